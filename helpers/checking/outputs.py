"""Rules about what is saved below the cells: the same on every machine, small, and told in words to who cannot see."""

import getpass
import re
import socket
from collections.abc import Iterator, Mapping

from helpers.checking.lesson import ROOTS, Cell, Finding, Lesson

KILOBYTES = 500  # of one output: a figure of the size of a page has 100 to 300
TEXT_LINES = 60
DIGITS = 4  # behind the point; the next one differs from processor to processor
REFRESH = "run `labs refresh {}`"
ABSOLUTE = re.compile(
    rf"(?<![\w.:/~<-])/(?:[A-Za-z_][\w.-]*/[\w.-]+\S*|(?:{ROOTS})(?![\w-]))|"
    r"\b[A-Za-z]:[\\/][\w.\\-]\S*|\\\\\w[\w.-]*\\\S+|file:///\S+|"
    rf"(?<=\w:)/(?:{ROOTS})/\S+|(?<![\w/.])~/[\w.-]+\S*"
)
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{,6}"
TIME = re.compile(
    r"\b(?:19|20)\d\d[-/][01]?\d[-/][0-3]?\d(?!\d)|\b[0-2]?\d:[0-5]\d:[0-5]\d\b|"
    rf"\b\d?\d {MONTH} 20\d\d\b|\b{MONTH} \d?\d, 20\d\d\b|"
    r"\b\d?\d[./]\d?\d[./]20\d\d\b|"
    r"(?<!\d)20\d\d[01]\d[0-3]\d[-_T][0-2]\d[0-5]\d[0-5]\d(?!\d)"
)
MANY, SECONDS = r"\d[\d.,]* ?", r"(?:s|secs?|seconds?|min(?! ?[:=])|minutes?|h|hours?)\b"
# How long something took. A bare `2.5 s` is none: it may be what a file says, and so the same in each run.
TIMING = re.compile(
    rf"\b(?:took|takes|needed|elapsed|time|in|after)(?: taken| about| only| just|:| =)* ?{MANY}{SECONDS}|"
    rf"[:=] *{MANY}{SECONDS}|{MANY}(?:ns|[uµμ]s|ms)\b|{MANY}s/\w+|\bCPU times: .*|"
    rf"{MANY}(?:it|\w+s)(?:/s(?:ec)?| an? second| per second)\b|\d\d:\d\d<\d\d:\d\d",
    re.IGNORECASE,
)
WARNING = re.compile(r"\b\w*Warning\b.*|\bWARNING\b.*|\bwarning:.*")
PACKED = re.compile(r";base64,[^\"')\s]*")
PICTURE = re.compile(r"<img\b[^>]*>|(?s:<svg\b.*?</svg>)|!\[[^\]]*\][(\[]")
CAPTION = re.compile(r"<(?:fig)?caption\b[^>]*>(?:\s|<[^>]*>)*[^\s<]")
WORDED = re.compile(  # ![image.png], as JupyterLab calls what is pasted, says nothing
    r"""\balt\s*=\s*(?:"[^"]*\w|'[^']*\w|\w)|!\[(?![\w. -]+\.(?:png|jpe?g|gif|svg|webp)\])[^\]]*\w|"""
    r"""<(?:title|desc|text)\b|\baria-(?:label|labelledby|hidden)\b"""
)
# 4.11.0.86 is a version: of networks, only what a machine calls itself or its neighbours, or what has a port.
ADDRESS = re.compile(
    r"\b0x[0-9a-f]{6,}\b|(?<![\d.])(?:(?:127|10)\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|0\.0)(?:\.\d{1,3}){2}\b|"
    r"(?:(?<=//)|(?<=@))\d{1,3}(?:\.\d{1,3}){3}\b|\b\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}\b"
)
LONG_FLOAT = re.compile(
    rf"\d+\.\d{{{DIGITS + 1},}}(?:e[+-]?\d+)?|"
    rf"(?<![\d.])\d{{{DIGITS + 1},}}\.\d{{{DIGITS},}}|\d\.\d{{{DIGITS},}}e[+-]?\d+"
)


def machine_names() -> list[str]:
    """What this machine and its user are called, where that is no everyday word."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container has no name for its user
        user = ""
    names = {socket.gethostname(), socket.gethostname().split(".")[0], user}
    return sorted(name for name in names if len(name) > 4 and name.lower() not in ("localhost", "runner", "admin"))


def saved(lesson: Lesson) -> Iterator[Finding]:
    again = REFRESH.format(lesson.name)
    for cell in lesson.code:
        if cell.made.get("execution_count") is not None:
            yield lesson.finding("it was saved with a run count, so not by `labs refresh`", again, cell)
        if "compare" in cell.tags and not "".join(cell.texts()).strip():
            what = "it is tagged `compare` and has no saved text, so nothing would be compared"
            yield lesson.finding(what, again, cell)
        if "cover" in cell.tags and not any("image/png" in output.get("data", {}) for output in cell.outputs):
            yield lesson.finding("it is tagged `cover` and has no saved figure", again, cell)
        for output in cell.outputs:
            if output.output_type == "error":
                what = f"it was saved with an error ({output.get('ename')})"
                yield lesson.finding(what, "mend it, then " + again, cell)
            if output.get("name") == "stderr":
                what = "it was saved with a warning or a log"
                yield lesson.finding(what, "mend its cause, then " + again, cell)


def stable(lesson: Lesson) -> Iterator[Finding]:
    """Nothing that is so on one machine only, or at one time only."""
    names = machine_names()
    name = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in names) if names else r"(?!)")
    patterns = (
        (ABSOLUTE, "the path {}, which is there on one machine only", "print its name or its last parts"),
        (name, "{}, which is the name of this machine or its user", "take it out of what is printed"),
        (TIME, "the time {}, which is another one in each run", "take it out of what is printed"),
        (ADDRESS, "the address {}, which is another one in each run", "print what is in the thing, not the thing"),
        (WARNING, "a warning ({})", "mend its cause"),
    )
    for cell, number, line in lines(lesson):
        for pattern, what, cure in patterns:
            if found := pattern.search(line):
                yield lesson.finding(f"the output shows {what.format(found.group()[:60])}", cure, cell, number)
        if "timing" not in cell.tags and (found := TIMING.search(line)):
            what = f"the output shows the timing {found.group()[:60]!r}, which is another one in each run"
            yield lesson.finding(what, "tag the cell `timing`, which keeps what is saved, or print none", cell, number)


def comparable(lesson: Lesson) -> Iterator[Finding]:
    for cell, number, line in lines(lesson):
        if "compare" in cell.tags and (found := LONG_FLOAT.search(line)):
            what = f"it is tagged `compare` and prints {found.group()}, with more digits than are the same everywhere"
            yield lesson.finding(what, f"round it to {DIGITS} digits or fewer", cell, number)
    for cell in lesson.tagged("compare"):
        if "timing" in cell.tags:
            what = "it is tagged `compare` and `timing`, and no timing is the same twice"
            yield lesson.finding(what, "take one of the tags away", cell)
        if any(kind.startswith("image/") for output in cell.outputs for kind in output.get("data", {})):
            what = "it is tagged `compare` and shows a figure, whose points are other ones from machine to machine"
            yield lesson.finding(what, "show it in a cell of its own, and print here what it shows", cell)


def small(lesson: Lesson) -> Iterator[Finding]:
    for cell in lesson.code:
        for number, output in enumerate(cell.outputs, start=1):
            held = "".join(map(str, [output.get("text", ""), *output.get("data", {}).values()]))
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if len(held) > KILOBYTES * 1000:
                what = f"output {number} takes {len(held) // 1000} kB, and {KILOBYTES} are the most"
                yield lesson.finding(what, "make the figure smaller, or show fewer pictures", cell)
            if text.count("\n") > TEXT_LINES:
                what = f"output {number} has {text.count(chr(10))} lines, and {TEXT_LINES} are the most"
                yield lesson.finding(what, "print a part of it, or a sum", cell, TEXT_LINES + 1)


def described(lesson: Lesson) -> Iterator[Finding]:
    """Each figure has words for who cannot see it, and a caption for all."""
    for cell in lesson.code:
        for number, output in enumerate(cell.outputs, start=1):
            data = output.get("data", {})
            is_picture = any(kind.startswith("image/") for kind in data)
            alt = any(
                re.search(r"\w", about.get("alt", ""))
                for about in output.get("metadata", {}).values()
                if hasattr(about, "get")
            )
            texts = "\n".join(str(data.get(kind, "")) for kind in ("text/html", "text/markdown"))
            if (is_picture and not alt) or any(wordless(texts)):
                cure = "show it by `figures.show` or `figures.grid`, and say in `alt` what is to be seen"
                yield lesson.finding(f"output {number} is a figure without alt text", cure, cell)
            if (is_picture or uncaptioned(data)) and not has_caption(cell, number):
                cure = "show it by `figures.show` or `figures.grid`, with a `caption`"
                yield lesson.finding(f"output {number} is a figure without a caption", cure, cell)


def wordless(text: str) -> Iterator[re.Match]:
    """The pictures in Markdown and HTML that have no alt text."""
    return (found for found in PICTURE.finditer(text) if not WORDED.search(found.group()))


def uncaptioned(data: Mapping) -> bool:
    """Whether an output shows a picture by HTML or Markdown and has no words below it itself.

    In HTML, only those of a caption are below it; ornaments say that they are none, by `aria-hidden`.
    """
    html, markdown = (str(data.get(kind, "")) for kind in ("text/html", "text/markdown"))
    beside = re.sub(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])|<svg\b.*?</svg>|<[^>]*>", "", markdown, flags=re.DOTALL)
    pictures = [found.group() for text in (html, markdown) for found in PICTURE.finditer(text)]
    is_told = re.search(r"\w", beside) or CAPTION.search(html + markdown)
    return any("aria-hidden" not in picture for picture in pictures) and not is_told


def drawn(lesson: Lesson) -> Iterator[Finding]:
    """The same of pictures in the text."""
    for cell in lesson.text:
        for found in wordless(cell.prose):
            line = cell.prose.count("\n", 0, found.start()) + 1
            cure = 'say what is to be seen: `![a cat](…)`, `<img alt="a cat" …>`'
            yield lesson.finding("there is a picture without alt text", cure, cell, line)


def has_caption(cell: Cell, number: int) -> bool:
    """Whether the output after number `number` is a caption, with words in it."""
    after = cell.outputs[number].get("data", {}) if number < len(cell.outputs) else {}
    return bool(re.search(r"\w", after.get("text/markdown", "")))


def lines(lesson: Lesson) -> Iterator[tuple[Cell, int, str]]:
    """(cell, number of the line in its output, line) of all that the cells printed, returned and showed in words."""
    for cell in lesson.code:
        for text in (*cell.texts(), *(PACKED.sub(";", text) for text in cell.shown())):
            for number, line in enumerate(text.splitlines(), start=1):
                yield cell, number, line


RULES = (saved, stable, comparable, small, described, drawn)
