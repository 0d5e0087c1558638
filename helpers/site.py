"""Executed lessons -> a site that can be read without a network: one page a lesson, and a front page.

Sphinx with MyST-NB makes the pages, Furo is their look. Here the lessons are only prepared for them: each figure
becomes an HTML figure with its alt text and caption, and the front page is put together from the lessons themselves.
"""

import base64
import html
import io
import re
import shutil
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import nbformat

from helpers import environment, site_explorer
from helpers.errors import InputError
from helpers.lessons import NOTEBOOKS, PROJECT, cover, read_file
from helpers.site_finish import finish
from helpers.telling import INJECTED

PAGES = PROJECT / "docs" / "pages"  # where to begin, when it goes wrong: they are read on GitHub, too
GLOSSARY = NOTEBOOKS / "glossary.md"  # beside the lessons, so that JupyterLab finds it when a link in one is followed
ASSETS = Path(__file__).with_name("site_assets")
HELP = """---

A word that you do not know? It stands in the [glossary](glossary.md). Something went wrong? Look it up
[by what you see](wrong.md)."""
PICTURE = re.compile(r"!\[[^\]]*\]\(((?:\.\./)+[\w/]+/(\w+\.png))\)")  # that a page shows from elsewhere in the project
ESCAPED = re.compile(r"<span>\\(.)</span>|\\([^\w\s]|_)|`[^`]+`")  # a mark that is text; in code, nothing is escaped
OURS = "_static/lessons.css"  # a folder that holds it was made here


def build(lessons: Path, destination: Path) -> Path:
    """Make the site of the executed lessons in a folder; returns its `index.html`. A lesson that was not executed is
    shown as it was saved.

    An older site at `destination` is replaced, when the new one is whole. Raises InputError if there are no lessons, if
    one cannot be read, if Sphinx finds something wrong with them, such as a link that leads nowhere, or if something
    else is at `destination`.
    """
    ours = not destination.exists() or (destination / OURS).is_file()
    if not ours and (destination.is_file() or any(destination.iterdir())):
        raise InputError(f"{destination}: is something else than a site of the lessons, and stays; move it away.")
    committed = {path.name: path for path in NOTEBOOKS.glob("[0-9]*.ipynb")}
    executed = {path.name: path for path in lessons.glob("[0-9]*.ipynb")}
    found = [path for _, path in sorted((committed | executed).items())]
    if not executed:
        raise InputError(f"{lessons}: holds no executed lessons; run `labs run` first.")
    with tempfile.TemporaryDirectory() as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "site"
        shutil.copytree(ASSETS, source)
        (source / "_static" / "figures").mkdir(parents=True)
        pages = [prepare(path, source) for path in found]
        for page in ({GLOSSARY.name: GLOSSARY} | {page.name: page for page in PAGES.glob("*.md")}).values():
            (source / page.name).write_text(with_pictures(page, source), encoding="utf-8")
        (source / "index.md").write_text(front_page(pages), encoding="utf-8")
        sphinx(source, made, Path(scratch) / "doctrees")
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".site_") as beside:
            new = Path(shutil.move(made, beside))  # perhaps from another disk, file by file: not under its name yet
            if destination.exists():
                destination.rename(Path(beside) / "old")
            new.rename(destination)
    return destination / "index.html"


def sphinx(source: Path, made: Path, doctrees: Path) -> None:
    """Run Sphinx; a warning is an error. What it says is shown only if something is wrong."""
    from sphinx.cmd.build import build_main

    said, quiet = io.StringIO(), environment.variable("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    with quiet, redirect_stdout(said), redirect_stderr(said):
        failed = build_main(["-q", "-W", "--keep-going", "-d", str(doctrees), str(source), str(made)])
    if failed:
        lines = [line.replace(str(source), "lessons") for line in said.getvalue().splitlines() if "WARNING" in line]
        raise InputError("the site could not be made: " + ("; ".join(lines[:5]) or said.getvalue().strip()[-500:]))
    (made / ".buildinfo").unlink(missing_ok=True)
    for page in made.glob("*.html"):
        page.write_text(finish(page.read_text(encoding="utf-8")), encoding="utf-8")


def for_the_site(text: str) -> str:
    """A page, or a lesson's text, as it stands on GitHub -> the same with its links as they are on the site."""
    return text.replace("](../../notebooks/", "](").replace("](../docs/pages/", "](")


def with_pictures(page: Path, source: Path) -> str:
    """A page's text for the site; the pictures that it shows are copied into the source of the site. One that is not
    there stays as it is, for Sphinx to name."""
    text = page.read_text(encoding="utf-8")
    for path, name in PICTURE.findall(text):
        if (page.parent / path).is_file():
            shutil.copy(page.parent / path, source / name)
            text = text.replace(f"]({path})", f"]({name})")
    return for_the_site(text)


@dataclass(frozen=True)
class Page:
    """What the front page says of a lesson: file name, title, first paragraph, a picture with its alt text."""

    name: str
    title: str
    summary: str
    picture: str
    alt: str


def prepare(path: Path, source: Path) -> Page:
    """Write a copy of the lesson, with HTML figures, into the source of the site."""
    notebook = read_file(path)
    title, summary, *_ = [*notebook.cells[0].source.split("\n\n"), ""]
    picture, alt = "", ""
    if found := cover(notebook):
        picture, alt = f"_static/figures/{path.stem}.png", found[1]
        (source / picture).write_bytes(found[0])
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = for_the_site(cell.source)
        if cell.cell_type == "code":
            if INJECTED in cell.metadata.get("tags", []):
                cell.metadata["tags"] = [*cell.metadata["tags"], "remove-input"]
            cell.outputs = figures_as_html(cell.outputs, f"{path.stem}_{number:02d}", source)
    notebook.cells.append(nbformat.v4.new_markdown_cell(HELP))
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, source / path.name)
    return Page(path.stem, title.lstrip("# ").strip(), summary.replace("\n", " ").strip(), picture, alt)


def figures_as_html(outputs: list, stem: str, source: Path) -> list:
    """Outputs without buttons and bars, in which each PNG, with the caption that follows it, is one HTML figure;
    a tap on it shows it by itself, to be enlarged on a phone. An explorer that kept its maps can still be used."""
    kept: list = []
    for output in outputs:
        data = output.get("data", {})
        if found := data.get(site_explorer.KIND):
            page = site_explorer.explorer(found, f"{stem}_{len(kept)}", source)
            kept.append(nbformat.v4.new_output("display_data", {"text/html": page}))
            continue
        if "application/vnd.jupyter.widget-view+json" in data:
            continue
        if "image/png" in data:
            file = f"_static/figures/{stem}_{len(kept)}.png"
            (source / file).write_bytes(base64.b64decode(data["image/png"]))
            about = output.metadata.get("image/png", {})
            alt = html.escape(about.get("alt", data.get("text/plain", "")))
            size = "".join(f' {side}="{about[side]}"' for side in ("width", "height") if side in about)
            picture = f'<img src="{file}" alt="{alt}"{size} loading="lazy">'
            kept.append(
                nbformat.v4.new_output(
                    "display_data", {"text/html": f'<figure><a href="{file}">{picture}</a></figure>'}
                )
            )
        elif "text/markdown" in data and kept and "<figure>" in kept[-1].get("data", {}).get("text/html", ""):
            caption = plain(data["text/markdown"].strip().removeprefix("*").removesuffix("*"))
            figure = kept[-1]["data"]["text/html"].removesuffix("</figure>")
            kept[-1]["data"]["text/html"] = f"{figure}<figcaption>{caption}</figcaption></figure>"
        else:
            kept.append(output)
    return kept


def card(page: Page) -> str:
    """A lesson on the front page: a link that holds its picture, title and first paragraph."""
    picture = f'<img src="{page.picture}" alt="{html.escape(page.alt)}">' if page.picture else ""
    text = f"<div><h2>{html.escape(page.title)}</h2><p>{plain(page.summary)}</p></div>"
    return f'<a class="lesson" href="{page.name}.html">{picture}{text}</a>'


def front_page(pages: list[Page]) -> str:
    """The front page in Markdown: a title, a picture and the first paragraph of each lesson, and the contents."""
    cards = "\n".join(map(card, pages))
    contents = "\n".join(page.name for page in pages)
    others = "\n".join(sorted({page.stem for page in PAGES.glob("*.md")} - {"start", "glossary", "wrong", "peers"}))
    return f"""# Cats, dogs and convolutions

How do you really learn image classification with TensorFlow? By seeing each rule of thumb measured. These lessons
follow two-class photos from a messy folder to a network whose answers you can question. Every number and every
picture here was made by the cell above it.

Not sure where to begin? [Two questions](start.md) tell. A word that you do not know stands in the
[glossary](glossary.md); and [when it goes wrong](wrong.md), look it up by what you see.

<div class="lessons">
{cards}
</div>

```{{toctree}}
:hidden:

start
```

```{{toctree}}
:hidden:
:caption: Lessons

{contents}
```

```{{toctree}}
:hidden:
:caption: To look up

glossary
wrong
peers
{others}
```
"""


def plain(text: str) -> str:
    """Markdown of a paragraph as HTML, as far as lessons use it in openings and captions: strong words and code.

    Of a link its words stay: a card of the front page is a link itself, and links do not go into one another. What was
    escaped, as `figures.as_markdown` does it, is text.
    """
    text = ESCAPED.sub(lambda one: f"\0{ord(one[1] or one[2])};" if one[1] or one[2] else one[0], text)
    text = html.escape(text, quote=False)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"`(.+?)`", r"<code>\1</code>", text)
    return re.sub("\0([0-9]+;)", r"&#\1", text)
