"""What README and CONTRIBUTING say to type is typed, in a copy of the project with two small lessons and one benchmark.

Left to others: `make test` is what runs this; `make lab` does not end (tests/browser opens JupyterLab);
`labs handout`, `new-lesson`, `check` and `site`, behind the targets of these names, have tests of their own;
`make mutations` takes hours. `make .venv` is what the copy has already: the environment of the tests.
What is typed for photos of one's own is in test_readme.py.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_readme import PAGES, commands

from helpers import drawing, lessons

RUN = {  # what is typed: a file that it makes, and what stands in it
    (): ("", ""),
    ("data",): ("data/drawn/truth.csv", "train/cats/"),
    ("diff",): (".git/config", "git-nbdiffdriver"),
    ("run",): ("build/site/index.html", "Only this."),
    ("bench",): ("benchmarks/results/cleaning_damage_drawn.csv", "over 16"),
    ("refresh", "LESSON=03_training"): ("notebooks/03_training.ipynb", "image/png"),
    ("run", "DATASET=cats_vs_dogs", "FROM=cats_and_dogs_filtered.zip"): (
        "build/lessons/01_cleaning.ipynb",
        "cats_vs_d",
    ),
}
RUN_BY_LABS = {  # the same for `labs`
    ("run", "03_training", "-p", "EPOCHS", "2", "-p", "SEEDS", "2", "--to", "build/quick"): (
        "build/quick/lessons/03_training.ipynb",
        "2 epochs, 2 seeds",
    ),
    ("progress",): ("", "cleaning: 0 of"),
    ("--help",): ("", "predict"),
}
ELSEWHERE = {"test", "test-browser", "lab", "handout", "new-lesson", "check", "site", "mutations"}
ELSEWHERE |= {".venv", "LESSON=01_cleaning"}  # one like it is typed here
ELSEWHERE |= {"DATASET=cats_vs_dogs", "DATASET=my_photos_clean"}  # a download; as a folder that is there
LESSONS = "01_cleaning", "03_training"
KNOBS = 'DATASET = "drawn"\nEPOCHS = 1\nSEEDS = 1'
PYTHON = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
FIGURE = """import numpy as np
from helpers import datasets, figures
print(datasets.load(DATASET).class_names, f"{EPOCHS} epochs, {SEEDS} seeds")
figures.grid([np.ones((8, 8))], caption="Grey.", alt="A grey picture")"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The project with a few pictures and two lessons; the same environment."""
    place = tmp_path_factory.mktemp("copy")
    for name in ("helpers", "docs"):
        shutil.copytree(lessons.PROJECT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(lessons.PROJECT / "benchmarks" / "shared", place / "benchmarks" / "shared")
    shutil.copy(lessons.PROJECT / "benchmarks" / "cleaning_damage.py", place / "benchmarks")
    for page in (place / "docs" / "pages").glob("*.md"):  # without their links into the lessons
        page.write_text(page.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "README.md", ".gitignore"):
        shutil.copy(lessons.PROJECT / name, place)
        os.utime(place / name, (1, 1))  # older than the environment, which is therefore not set up anew
    (place / ".venv").mkdir()
    extras = ("cluster", "solar")  # as if they were there: nothing is installed from here
    for one in Path(sys.prefix).iterdir():
        if one.name not in extras:
            (place / ".venv" / one.name).symlink_to(one)
    for extra in extras:
        (place / ".venv" / extra).touch()
    drawing.draw_set(place / "data" / "drawn", images=40)
    (place / "data" / "drawn" / "drawn_by.txt").write_text(drawing.version())
    with zipfile.ZipFile(place / "cats_and_dogs_filtered.zip", "w") as archive:
        for path in (place / "data" / "drawn").glob("*/*/*.jpg"):
            archive.write(path, Path("cats_and_dogs_filtered") / path.relative_to(place / "data" / "drawn"))
    knobs = new_code_cell(KNOBS, metadata={"tags": ["parameters"]}, id="knobs")
    cells = [new_markdown_cell("# One\n\nOnly this.", id="title"), knobs, new_code_cell(FIGURE, id="figure")]
    (place / "notebooks").mkdir()
    (place / "notebooks" / "glossary.md").write_text("# Words\n")
    for name in LESSONS:
        nbformat.write(new_notebook(cells=cells, metadata=PYTHON), place / "notebooks" / f"{name}.ipynb")
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    return place


@pytest.fixture
def benchmarks(copy):
    """The folder of the copy, without the one benchmark: it takes its time, and other tests run it."""
    folder = copy / "benchmarks"
    one = folder / "cleaning_damage.py"
    away = one.rename(copy / one.name)
    yield folder
    away.rename(one)


def make(place, *words):
    return typed(place, "make", *words)


def typed(place, *words):
    """Run it as it is written, returns what it said."""
    done = subprocess.run(words, cwd=place, env=home(place), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def home(place):
    return os.environ | {
        "PYTHONPATH": str(place),
        "HOME": str(place),
        "LABS_HOME": str(place / "home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "MAKEFLAGS": "",
        "PYTHON": "false",
    }


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="needs make, and links to folders")
@pytest.mark.parametrize("words", RUN, ids=" ".join)
def test_it_does_what_it_says(copy, words):
    code, said = make(copy, *words)
    file, holds = RUN[words]
    assert code == 0, said
    assert holds in (copy / file).read_text(encoding="utf-8") if file else "make run" in said


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="needs make, and links to folders")
def test_a_benchmark_that_fails_is_named_at_the_end_and_stops_no_other(copy, benchmarks):
    for name, code in (("a_first.py", "1 / 0"), ("z_last.py", "print('the last one ran')")):
        (benchmarks / name).write_text(f'"""It.\n\npython benchmarks/{name} --keep\n"""\n{code}\n')
    code, said = make(copy, "bench")
    for name in ("a_first.py", "z_last.py"):
        (benchmarks / name).unlink()
    assert code and "the last one ran" in said
    assert "These ended with an error, told above:\n  benchmarks/a_first.py --keep\n" in said


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="needs make, and links to folders")
def test_a_benchmark_is_run_as_its_table_was_made_and_what_has_no_photos_is_named(copy, benchmarks):
    lines = ["--most 2", "--most 3 --keep  # whole", "--photos data/cats_vs_dogs --keep", "--rivals PYTHON --keep"]
    script = benchmarks / "counting.py"
    script.write_text(
        "\n".join(['"""It.\n', *(f"python benchmarks/counting.py {one}" for one in lines), '"""'])
        + "\nimport sys\nprint('given', *sys.argv[1:])\n"
    )
    photos = copy / "data" / "cats_vs_dogs"
    photos.mkdir(exist_ok=True)
    _, with_all = make(copy, "bench", "RIVALS=python3")
    shutil.rmtree(photos)
    code, without = make(copy, "bench")
    script.unlink()
    assert [line for line in with_all.splitlines() if line.startswith("given")] == [
        "given --most 3 --keep",
        "given --photos data/cats_vs_dogs --keep",
        "given --rivals python3 --keep",
    ]
    assert code == 0 and "given --photos" not in without and "given --rivals" not in without
    left = without.partition("Left out")[2]
    assert "counting.py --photos data/cats_vs_dogs --keep\n" in left and "counting.py --rivals PYTHON --keep\n" in left


@pytest.mark.skipif(sys.platform == "win32", reason="needs links to folders")
def test_a_quick_look_leaves_the_table_as_it_is_and_git_does_not_see_it(copy):
    kept = copy / "benchmarks" / "results" / "cleaning_damage_drawn.csv"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("made in hours\n")
    code, said = typed(copy, ".venv/bin/python", "benchmarks/cleaning_damage.py", "--pictures", "5")
    assert code == 0, said
    assert kept.read_text() == "made in hours\n"
    small = kept.with_name("cleaning_damage_drawn_small.csv")
    assert "over 16" in small.read_text()
    assert typed(copy, "git", "check-ignore", str(small))[0] == 0 != typed(copy, "git", "check-ignore", str(kept))[0]


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="needs make, and links to folders")
def test_make_edit_opens_jupyterlab_says_at_a_save_what_is_missing_and_ends_with_ctrl_c(copy):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    (copy / "jupyter").mkdir()
    options = {"port": port, "port_retries": 0, "ip": "127.0.0.1", "open_browser": False, "allow_root": True}
    asked = {"ServerApp": options, "ExtensionApp": {"open_browser": False}, "IdentityProvider": {"token": "t"}}
    (copy / "jupyter" / "jupyter_server_config.json").write_text(json.dumps(asked))
    own = {f"JUPYTER_{name}_DIR": str(copy / "jupyter") for name in ("CONFIG", "DATA", "RUNTIME")}
    said = copy / "said.txt"
    with said.open("w") as out:
        edit = subprocess.Popen(
            ["make", "edit"],
            cwd=copy,
            env=home(copy) | own,
            stdin=subprocess.PIPE,  # where nobody answers
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=hears_ctrl_c,
        )
    try:
        until(said, lambda: b"<title>JupyterLab</title>" in asked_of(port, "lab"))
        lesson = f"api/contents/{LESSONS[0]}.ipynb"

        def saved():  # as JupyterLab does it; again and again, for what watches may not look yet
            if found := asked_of(port, lesson):
                asked_of(port, lesson, json.dumps(json.loads(found)).encode())
            return "0 cells are tagged `compare`; tag 5 that print the same on every machine" in said.read_text()

        until(said, saved)

        def ended():  # Ctrl-C, which reaches all
            if edit.poll() is None:
                with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of one that is just over
                    os.killpg(edit.pid, signal.SIGINT)
            return edit.poll() is not None

        until(said, ended)
        until(said, lambda: not any_left(edit.pid))
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(edit.pid, signal.SIGKILL)
        edit.communicate()


def hears_ctrl_c():
    """Where tests run in the background, what they start would pass over it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def until(said, is_so):
    """Wait, two minutes at most, until it is so."""
    end = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < end, said.read_text()
        time.sleep(1)


def any_left(group):
    """Whether a process of the group still works; one that is over may stay in the list where nobody asks for it."""
    for one in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            if os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def asked_of(port, what, body=None):
    """What the server answers, asked directly; nothing as long as there is none, or it is not ready."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/{what}", body, {"Authorization": "token t"})
    asked.method = "PUT" if body else "GET"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60) as answer:
            return answer.read()
    except (OSError, http.client.HTTPException):  # whoever asks does so again, for two minutes
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs links to folders")
@pytest.mark.parametrize("words", RUN_BY_LABS, ids=" ".join)
def test_labs_does_what_it_says(copy, words):
    code, said = typed(copy, ".venv/bin/labs", *words)
    file, holds = RUN_BY_LABS[words]
    assert code == 0, said
    assert holds in ((copy / file).read_text(encoding="utf-8") if file else said)


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="needs make, and links to folders")
def test_git_shows_and_merges_lessons_cell_by_cell_where_the_environment_is_not_active(copy, tmp_path):
    def git(*words):
        path = os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if ".venv" not in one)
        own = {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_PAGER": "cat"}
        words = ["git", "-C", str(place), "-c", "user.name=A", "-c", "user.email=a@b.c", *words]
        return subprocess.run(words, env=os.environ | own, capture_output=True, text=True, check=True).stdout

    def change(number, text):
        notebook = nbformat.read(lesson, 4)
        notebook.cells[number].source = text
        nbformat.write(notebook, lesson)
        return git("diff", "--", "notebooks")

    place = tmp_path / "two words"
    place.mkdir()
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "notebooks"):
        (shutil.copytree if name == "notebooks" else shutil.copy2)(copy / name, place / name)
    (place / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    lesson = place / "notebooks" / f"{LESSONS[0]}.ipynb"
    git("init", "-q", "-b", "mine")
    git("add", "notebooks")
    git("commit", "-qm", "one")
    for _ in range(2):
        assert make(place, "diff")[0] == 0
    assert ".gitattributes" not in git("status", "--short")
    assert "modified /cells/0/source" in change(0, "# Two")
    git("commit", "-qam", "two")
    git("checkout", "-q", "-b", "other", "HEAD~1")
    change(1, 'DATASET = "pets"')
    git("commit", "-qam", "other")
    git("merge", "-q", "-m", "both", "mine")
    assert [cell.source for cell in nbformat.read(lesson, 4).cells[:2]] == ["# Two", 'DATASET = "pets"']


def test_no_command_is_left_out():
    written = {tuple(line[1:]) for page in PAGES for line in commands(page, "make")} - {("refresh",)}  # in the text
    assert written >= set(RUN)
    assert not [words for words in written - set(RUN) - {("edit",)} if not ELSEWHERE & set(words)]
    on_photos = ("data", "clean", "train", "predict", "evaluate", "export", "page")
    by_labs = {tuple(line[1:]) for line in commands(PAGES[0], "labs") if line[1] not in on_photos}
    assert by_labs == set(RUN_BY_LABS)
