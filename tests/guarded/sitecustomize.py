"""What no lesson may do: run a shell, listen on a port, ask another machine. A kernel that does any of it fails.

    PYTHONPATH=tests/guarded labs run ...    (as `helpers.checking.elsewhere` does)

Python runs this file as it starts, and calls the hook before each such step (PEP 578). What it raises is no OSError:
those are often taken for a network that is down, and passed over. On Windows it stays out of the way, for there
libraries ask the shell what system it is.
"""

import sys
from pathlib import Path

SHELLS = {"sh", "bash", "dash", "zsh", "cmd", "powershell", "pwsh"}
HERE = {"localhost", "127.0.0.1", "::1", "", None}


def hook(event: str, given: tuple) -> None:
    if event == "os.system" or (event == "subprocess.Popen" and Path(str(given[0])).stem.lower() in SHELLS):
        raise RuntimeError(f"a lesson runs a shell command: {given}")
    if event == "socket.bind" and isinstance(given[1], tuple):
        raise RuntimeError(f"a lesson listens on a port: {given[1]}")
    if event == "socket.connect" and isinstance(given[1], tuple) and given[1][0] not in HERE:
        raise RuntimeError(f"a lesson asks another machine: {given[1]}")
    if event == "socket.getaddrinfo" and given[0] not in HERE:
        raise RuntimeError(f"a lesson asks another machine: {given[0]}")


is_kernel = any("ipykernel" in word for word in sys.orig_argv)
if is_kernel and sys.platform != "win32":  # not in those that start the kernels, which need ports
    sys.addaudithook(hook)
