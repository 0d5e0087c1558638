"""How much memory there is for more: what the system has left, and what a container leaves of it."""

from pathlib import Path

MEMORY = Path("/proc/meminfo")
GROUP = Path("/proc/self/cgroup")  # which group of processes this one is in, for each thing that is counted
GROUPS = Path("/sys/fs/cgroup")
PLENTY = 2**40  # bytes, where a system does not say


def available() -> int:
    """Bytes, as far as the system says: Linux does, for itself and for a container (cgroups, version 1 and 2)."""
    try:
        said = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines())
        left = [int(said["MemAvailable"].split()[0]) * 1024]
    except (OSError, KeyError, ValueError):
        return PLENTY
    try:
        groups = [line.split(":", 2) for line in GROUP.read_text().splitlines()]
    except OSError:
        groups = []
    for _, counted, path in groups:
        if counted == "":
            left += _left(path, GROUPS, "memory.max", "memory.current", "inactive_file")
        elif "memory" in counted.split(","):
            left += _left(
                path, GROUPS / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
            )
    return max(0, min(left))


def _left(path: str, root: Path, most: str, used: str, spare: str) -> list[int]:
    """What the group and each above it has left; inside a container its path may be one that only the outside knows.
    spare: of what is used, pages of files that are given back when memory is wanted."""
    folder, found = root / path.strip("/"), []
    for place in (folder, *folder.parents):
        if root not in (place, *place.parents):
            break
        try:
            rows = dict(line.split() for line in (place / "memory.stat").read_text().splitlines())
            taken = int((place / used).read_text()) - int(rows.get(spare, 0))
            found.append(int((place / most).read_text()) - taken)
        except (OSError, ValueError):  # there is no such file here, or no bound ("max")
            continue
    return found
