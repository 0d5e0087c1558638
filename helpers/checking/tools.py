"""What other tools say of a lesson: ruff of its code; nbval of what it prints when it is run anew."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

from helpers.checking.lesson import Finding, Lesson

SECONDS = 300  # for one cell


def style(lesson: Lesson) -> Iterator[Finding]:
    """What ruff finds, and whether it would format the code otherwise."""
    cells = {cell.number: cell for cell in lesson.cells}
    said = run("ruff", "check", "--output-format=json", "--no-cache", str(lesson.path))
    for one in json.loads(said.stdout or "[]"):
        cure = f"mend it ({one['code']}; `ruff check --fix` can do some)"
        yield lesson.finding(one["message"].rstrip("."), cure, cells.get(one["cell"]), one["location"]["row"])
    said = run("ruff", "format", "--diff", "--no-cache", str(lesson.path))
    for number in dict.fromkeys(re.findall(r"^--- .*:cell (\d+)\n.*\n@@", said.stdout, re.MULTILINE)):
        cure = f"run `ruff format notebooks/{lesson.path.name}`"
        yield lesson.finding("the code is not laid out as ruff does it", cure, cells.get(int(number)))


def anew(lesson: Lesson) -> Iterator[Finding]:
    """Run the lesson on its defaults; what cells tagged `compare` print must be what is saved."""
    words = ("--nbval-lax", f"--nbval-cell-timeout={SECONDS}", "-p", "no:cacheprovider", "--tb=line", "-q")
    said = run("pytest", *words, str(lesson.path))
    text = re.sub(r"\x1b\[[\d;]*m", "", said.stdout)
    _, *found = re.split(r"^Cell (\d+): ", text, flags=re.MULTILINE)
    for number, part in zip(found[::2], found[1::2], strict=True):
        cure = f"mend it; or, if what it prints now is right, `labs refresh {lesson.name}`"
        yield lesson.finding(f"run anew, {difference(part)}", cure, lesson.code[int(number)])
    if said.returncode and "::Cell" not in text:
        last = (said.stdout + said.stderr).strip()[-300:]
        yield lesson.finding(f"it could not be run anew ({' '.join(last.split())})", "mend that")


def difference(part: str) -> str:
    """What nbval says of a cell, in a few words."""
    rows = [line.strip() for line in part.splitlines() if line.strip()]
    now, saved = ("; ".join(row[2:] for row in rows if row.startswith(sign)) for sign in ("- ", "+ "))
    if now or saved:
        return f"it prints something else (now: {now[:120] or 'nothing'}; saved: {saved[:120] or 'nothing'})"
    reasons = [row for row in rows if re.match(r"\w+(Error|Exception|Interrupt)\b(?!.*\(most recent call last\))", row)]
    return f"it fails ({(reasons or rows)[-1][:200]})"


def run(tool: str, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", tool, *words], capture_output=True, text=True, check=False)
