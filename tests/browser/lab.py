"""JupyterLab as a learner meets it: started by `make lab`, opened in Chromium, driven by mouse and keyboard."""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
BUILD = PROJECT / "build" / "browser"
SECONDS = 600  # for what takes a while: a generous wait costs nothing where all is well
BARS = "bars"  # a notebook of our own, beside the lessons, whose work takes long enough for bars
CAPTION = r"Of $5 and $6, a_b_c, _d_, *e*, `f`, <b>g</b>, [h](i), &amp; and \\(j\\)."  # all of it text
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}  # asks the network, and covers what we look at

# What the page knows of the notebook in front: its cells with their outputs, and whether the kernel is at work.
STATE = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  if (!panel?.content?.model || !kernel) return null;
  const cells = panel.content.model.toJSON().cells;
  const code = cells.filter(cell => cell.cell_type === 'code' && String(cell.source).trim());
  return {
    path: panel.context.path,
    status: kernel.status,
    waiting: code.filter(cell => cell.execution_count === null).length,
    failed: code.some(cell => cell.outputs.some(output => output.output_type === 'error')),
    cells: cells,
  };
}"""
DONE = f"""() => {{
  const state = ({STATE})();
  return state && state.status === 'idle' && (state.failed || state.waiting === 0);
}}"""
BEGUN = f"() => ({STATE})()?.waiting > 0"
READY = f"() => ['idle', 'busy'].includes(({STATE})()?.status)"


@contextmanager
def started(notebooks: Path, home: Path):
    """`make lab` on a folder of notebooks, with no settings or progress but its own; gives the address to open."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS), encoding="utf-8")
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "LABS_HOME": home / "progress",
    }
    port, token = free_port(), secrets.token_hex(16)
    options = f"--no-browser --allow-root --ServerApp.port={port} --ServerApp.port_retries=0 "
    options += f"--IdentityProvider.token={token} --LabApp.expose_app_in_browser=True"
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "jupyterlab.log").open("w", encoding="utf-8") as log:
        make = subprocess.Popen(
            ["make", "--no-print-directory", "lab", f"NOTEBOOKS={notebooks}", f"LAB_OPTIONS={options}"],
            cwd=PROJECT,
            env=os.environ | {name: str(value) for name, value in own.items()},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for_server(f"http://localhost:{port}/api", make)
            yield f"http://localhost:{port}/?token={token}"
        finally:
            os.killpg(make.pid, signal.SIGTERM)  # make, JupyterLab and its kernels
            make.wait(timeout=SECONDS)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return one.getsockname()[1]


def wait_for_server(address: str, make: subprocess.Popen) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and make.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"`make lab` did not start: see {BUILD / 'jupyterlab.log'}")


class Notebook:
    """One notebook in front, on a page of JupyterLab."""

    def __init__(self, page):
        self.page, self.has_run = page, False

    def wait_until_ready(self) -> None:
        """Until the notebook is shown and its kernel answers."""
        self.page.wait_for_function(READY, timeout=1000 * SECONDS)

    def state(self) -> dict:
        return self.page.evaluate(STATE)

    def menu(self, name: str, item: str) -> None:
        """Choose from a menu, by mouse."""
        self.page.get_by_role("menubar").get_by_role("menuitem", name=name, exact=True).click()
        self.page.get_by_role("menu").get_by_role("menuitem", name=item).first.click()

    def run_all(self, wait: bool = True) -> None:
        self.menu("Run", "Run All Cells")
        if wait:
            self.wait_until_done()

    def restart_and_run_all(self) -> None:
        self.menu("Kernel", "Restart Kernel and Run All Cells…")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.wait_for_function(BEGUN, timeout=1000 * SECONDS)
        self.wait_until_done()

    def wait_until_done(self) -> None:
        self.page.wait_for_function(DONE, timeout=1000 * SECONDS, polling=250)
        self.has_run = True

    def compared(self) -> dict[str, str]:
        """Cell id -> what it printed, of the cells tagged `compare`."""
        return {
            cell["id"]: "".join("".join(output.get("text", "")) for output in cell["outputs"])
            for cell in self.state()["cells"]
            if "compare" in cell["metadata"].get("tags", [])
        }

    def photograph(self, name: str, width: int, height: int = 1600) -> int:
        """Write the whole notebook to build/browser as NAME_WIDTH_01.png and so on, a screen each; returns how many."""
        self.page.set_viewport_size({"width": width, "height": height})
        if width < 1000 and self.page.locator("#jp-left-stack").is_visible():
            self.page.keyboard.press("Control+b")  # on a small screen one puts the list of files away
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
        number = 0
        while True:
            number += 1
            place = panel.evaluate(
                "(one, number) => { one.scrollTop = (number - 1) * (one.clientHeight - 40);"
                " return one.scrollTop + one.clientHeight >= one.scrollHeight - 2; }",
                number,
            )
            self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            self.page.screenshot(path=BUILD / f"{name}_{width}_{number:02}.png")
            if place:
                return number
