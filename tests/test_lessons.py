"""Lessons run to the end or say where they broke; fresh outputs are saved the same each time."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from helpers import environment, lessons, site_explorer
from helpers.errors import InputError
from helpers.telling import Teller, minutes

CONFTEST = lessons.NOTEBOOKS / "conftest.py"  # before the tests put other lessons in place
PARAMETERS = new_code_cell("IMAGES = 3\nSEED = 1", metadata={"tags": ["parameters"]}, id="knobs")
FIGURE = """
import matplotlib.pyplot as plt
from helpers import figures
figure, axis = plt.subplots(figsize=(3, 2))
axis.plot([1, 2, 3])
figures.show(figure, "A line.", "A line that rises")
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty project: `place.add(name, *sources)` puts a lesson in it."""
    for name in ("NOTEBOOKS", "BUILD", "PICTURES"):
        monkeypatch.setattr(lessons, name, tmp_path / name.lower())
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def add(place, name, *cells):
    """A lesson of a title, the parameters, and these cells (sources, or cells made elsewhere)."""
    made = [new_code_cell(cell, id=f"cell{n}") if isinstance(cell, str) else cell for n, cell in enumerate(cells)]
    notebook = new_notebook(cells=[new_markdown_cell(f"# {name}", id="title"), PARAMETERS, *made])
    nbformat.write(notebook, place / "notebooks" / f"{name}.ipynb")


DIES = """import os, pathlib, sys
starts = pathlib.Path({starts!r})
if any("ipykernel" in word for word in sys.orig_argv) and len(list(starts.iterdir())) < {times}:
    (starts / str(os.getpid())).touch()
    os._exit(1)
"""


def output_of(path, cell):
    return "".join(output.text for output in lessons.code_cells(nbformat.read(path, 4))[cell].outputs)


def test_a_lesson_runs_with_the_parameters_given_and_stays_as_it_was(place):
    add(place, "01_one", "print(IMAGES * 2, SEED)")
    before = (place / "notebooks" / "01_one.ipynb").read_bytes()
    made = lessons.run(["1"], {"IMAGES": "21"})
    assert output_of(made / "01_one.ipynb", 1) == "42 1\n"
    assert (place / "notebooks" / "01_one.ipynb").read_bytes() == before
    assert [path.name for path in made.iterdir()] == ["01_one.ipynb"]


def test_a_parameter_goes_to_the_lessons_that_have_it(place):
    add(place, "01_one", "print(IMAGES)")
    nbformat.write(new_notebook(cells=[new_code_cell("EPOCHS = 1", metadata={"tags": ["parameters"]})]),
                   place / "notebooks" / "02_two.ipynb")  # fmt: skip
    made = lessons.run([], {"IMAGES": "7", "EPOCHS": "2"})
    assert output_of(made / "01_one.ipynb", 1) == "7\n"
    second = [cell.source for cell in nbformat.read(made / "02_two.ipynb", 4).cells]
    assert "EPOCHS = 2" in "\n".join(second)
    assert "IMAGES" not in "\n".join(second)


def test_an_unknown_parameter_is_refused_before_anything_runs(place):
    add(place, "01_one", "open('touched', 'w').close()")
    with pytest.raises(InputError, match=r"IMAGE: no parameter of 01_one; choose among these: IMAGES, SEED\."):
        lessons.run([], {"IMAGE": "7"})
    assert not (place / "notebooks" / "touched").exists()
    assert not (place / "build").exists()


@pytest.mark.parametrize("name", ["5", "01_two", "one", "01"])
def test_a_lesson_is_found_by_name_or_number_only(place, name):
    add(place, "01_one")
    if name == "01":
        assert lessons.find(name) == "01_one"
        return
    with pytest.raises(InputError, match=f"{name}: no such lesson; choose among these: 01_one"):
        lessons.find(name)


def test_a_lesson_is_found_by_its_file_but_not_by_that_of_another_folder(place):
    add(place, "01_one")
    assert lessons.find(str(place / "notebooks" / "01_one.ipynb")) == "01_one"
    with pytest.raises(InputError, match="01_one.ipynb: lies in another folder than the lessons"):
        lessons.find(str(place / "mine" / "01_one.ipynb"))


def test_a_lesson_that_is_named_twice_runs_once(place):
    add(place, "01_one", "open('runs', 'a').write('x')")
    lessons.run(["1", "01_one"])
    assert (place / "notebooks" / "runs").read_text() == "x"


def test_a_lesson_without_ids_is_run_and_refreshed_and_gets_them(place):
    add(place, "01_one", "print(1)")
    file = place / "notebooks" / "01_one.ipynb"
    old = json.loads(file.read_text(encoding="utf-8")) | {"nbformat_minor": 4}
    for cell in old["cells"]:
        del cell["id"]
    file.write_text(json.dumps(old), encoding="utf-8")
    lessons.refresh()
    assert all(cell["id"] for cell in json.loads(file.read_text(encoding="utf-8"))["cells"])
    assert output_of(file, 1) == "1\n"


@pytest.mark.parametrize(
    ("name", "text"), [("IMAGES", "abc"), ("IMAGES", "0"), ("IMAGES", "2.5"), ("IMAGES", "true"), ("SEED", "-1")]
)
def test_a_value_that_will_break_the_lesson_is_refused_before_it_runs(place, name, text):
    add(place, "01_one", "print(IMAGES)")
    with pytest.raises(InputError, match=f"{name}: .*: give a whole number (above 0|of 0 or more), such as [13]"):
        lessons.run([], {name: text})
    assert not (place / "build").exists()


def test_a_value_like_the_default_is_taken():
    for name, value, default in (("CLASS", 0, 0), ("CLASS", 1, 0), ("SHIFT", -3, -2), ("SHIFTS", 0, -2.5)):
        lessons.must_fit(name, value, default)
    with pytest.raises(InputError, match="SHIFT: x: give a whole number, such as -2"):
        lessons.must_fit("SHIFT", "x", -2)


@pytest.mark.parametrize(
    "text", ["*.jpg", "a: b: c", "[1", "@x", "2024-13-45", "2009-08-14", "yes", "1:2:3", "", "{[]: 1}", "(" * 500]
)
def test_a_value_that_python_does_not_read_is_a_text(text):
    assert lessons.value_of(text) == text


def test_a_value_is_what_python_reads_or_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pets").mkdir()
    values = [lessons.value_of(text) for text in ("12", "0.5", "1e-3", "True", "'12'", "drawn", "pets")]
    assert values == [12, 0.5, 0.001, True, "12", "drawn", str((tmp_path / "pets").resolve())]


def test_a_value_that_looks_like_a_date_reaches_the_lesson_as_it_was_typed(place):
    knobs = new_code_cell("NAME = 'a'\nEMPTY = 'b'", metadata={"tags": ["parameters"]})
    cells = [knobs, new_code_cell("print(NAME, EMPTY == '')")]
    nbformat.write(new_notebook(cells=cells), place / "notebooks" / "01_one.ipynb")
    made = lessons.run([], {"NAME": "2024-13-45", "EMPTY": ""})
    assert output_of(made / "01_one.ipynb", 1) == "2024-13-45 True\n"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\nraise ValueError('too hot\\nsecond line')", r"\(`x = 1`\): ValueError: too hot; look at"),
        ("import sys\nsys.exit(0)", r"\(`import sys`\): ends the lesson here"),
        ("import os\nos._exit(0)", r"\(`import os`\): DeadKernelError"),
        (
            "from helpers.errors import InputError\nraise InputError('a: no such set; look.')",
            r"\(`from .*`\): a: no such set; look; look at",
        ),
        ("1 +", r"\(`1 \+`\): SyntaxError"),
    ],
)
def test_a_lesson_that_breaks_is_named_with_the_cell_and_its_first_line(place, source, says):
    add(place, "01_one", "print(1)", source, "print(3)")
    with pytest.raises(InputError, match=r"01_one, code cell 3 " + says) as caught:
        lessons.run([], {"SEED": "4"})
    assert "\n" not in str(caught.value)
    assert [path.name for path in (place / "build" / "lessons").iterdir()] == ["unfinished_01_one.ipynb"]


@pytest.mark.parametrize("times", [1, 9])
def test_a_kernel_that_ends_before_it_is_ready_is_started_anew_and_told_if_none_starts(place, monkeypatch, times):
    """As one does whose port another took at the same moment."""
    starts = place / "starts"
    starts.mkdir()
    (place / "sitecustomize.py").write_text(DIES.format(starts=str(starts), times=times))
    monkeypatch.setenv("PYTHONPATH", environment.python_path(place))
    add(place, "01_one", "print(1)")
    if times == 1:
        assert output_of(lessons.run() / "01_one.ipynb", 1) == "1\n"
    else:
        with pytest.raises(InputError, match="^01_one: its kernel ends as it starts; run"):
            lessons.run()
    assert len(list(starts.iterdir())) == min(times, 3)


def test_a_cell_without_end_is_stopped(place, monkeypatch):
    monkeypatch.setattr(lessons, "CELL_SECONDS", 5)
    add(place, "01_one", "while True:\n    pass")
    with pytest.raises(InputError, match=r"01_one, code cell 2 \(`while True:`\): CellTimeoutError"):
        lessons.run()


def test_it_says_which_lesson_and_how_long(place, capfd):
    add(place, "01_one", "print(1)")
    add(place, "02_two", "print(1)")
    lessons.run(at_once=1)
    said = capfd.readouterr().err
    assert "01_one: cell 0 of 2, about 2 min 00 s left" in said
    assert "02_two: cell 0 of 2, about" in said
    assert "2 lessons in" in said


WAITS = """
import pathlib, time
pathlib.Path("{mine}").touch()
for _ in range(3000):
    if pathlib.Path("{other}").exists(): break
    time.sleep(0.1)
print(pathlib.Path("{other}").exists())
"""


def test_two_lessons_run_side_by_side_in_their_own_folder_into_one_named_from_here(place, monkeypatch):
    monkeypatch.chdir(place)
    monkeypatch.setattr(lessons.os, "cpu_count", lambda: 2)  # on one core they would run one after the other
    add(place, "01_one", WAITS.format(mine="a", other="b"))
    add(place, "02_two", WAITS.format(mine="b", other="a"))
    made = lessons.run(at_once=2, output=Path("build/here"))
    assert [output_of(made / f"{name}.ipynb", 1) for name in ("01_one", "02_two")] == ["True\n", "True\n"]
    assert sorted(path.name for path in (place / "build" / "here").iterdir()) == ["01_one.ipynb", "02_two.ipynb"]
    assert (place / "notebooks" / "a").exists() and (place / "notebooks" / "b").exists()
    assert Path.cwd() == place


def test_after_a_lesson_that_breaks_no_other_begins(place):
    for name in ("01_one", "02_two", "03_three"):
        add(place, name, f"open('{name}', 'w').close()", "1 / 0")
    with pytest.raises(InputError, match="01_one, code cell 3"):
        lessons.run(at_once=1)
    assert not list((place / "notebooks").glob("0[23]_*o")) and (place / "notebooks" / "01_one").exists()


def test_two_that_look_for_the_last_lesson_at_once_run_it_once(monkeypatch):
    def slowly(frame, *_):  # so that both have seen that one is left before either takes it
        if frame.f_code.co_name == "one_after_another":
            time.sleep(0.02)
        return slowly

    before, done = threading.gettrace(), []
    threading.settrace(slowly)
    try:
        lessons.side_by_side(["01_one"], done.append, at_once=2)
    finally:
        threading.settrace(before)
    assert done == ["01_one"]


def test_lessons_that_tell_at_once_do_not_disturb_one_another(monkeypatch):
    monkeypatch.setattr(Teller, "write", lambda self, line: None)
    names = [[f"{thread}_{number}" for number in range(100)] for thread in range(4)]
    teller, before = Teller({name: 1.0 for mine in names for name in mine}, at_once=4), sys.getswitchinterval()

    def tell(mine):
        for name in mine:
            teller.begin(name, 3)

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(tell, names))
    finally:
        sys.setswitchinterval(before)
    assert len(teller.seen) == 400


def test_the_time_left_follows_the_pace(monkeypatch):
    teller = Teller({"01_one": 60, "02_two": 60})
    teller.begin("01_one", 10)
    teller.end("01_one")
    teller.begin("02_two", 10)
    assert Teller({"01_one": 60, "02_two": 60}, at_once=2).seconds_left(spent=0) == 60
    assert teller.seconds_left(spent=180) == 180  # the first took three times as long as expected, so will the second
    assert minutes(59.6) == "1 min 00 s"
    assert minutes(7) == "7 s"


def test_a_file_that_is_no_notebook_is_named(place):
    (place / "notebooks" / "01_one.ipynb").write_text("not a notebook")
    with pytest.raises(InputError, match="01_one.ipynb: is no notebook that can be read"):
        lessons.run()


def test_without_lessons_it_says_where_they_are(place):
    with pytest.raises(InputError, match="no lessons are here; they come with a clone"):
        lessons.run()


UNSTABLE = """
import sys, tempfile
print("one")
print("two", file=sys.stderr)
print("three", object(), tempfile.mkdtemp())
print("10 %\\r20 %\\rdone")
object()
"""


def test_refresh_saves_the_same_bytes_twice_and_the_picture(place):
    bar = "import time\nfrom tqdm.auto import tqdm\nfor _ in tqdm(range(3)): time.sleep(0.01)"
    figure = new_code_cell(FIGURE, metadata={"tags": ["cover"]}, id="figure")
    add(place, "01_one", UNSTABLE, bar, figure)
    file, picture = place / "notebooks" / "01_one.ipynb", place / "pictures" / "01_one.png"
    lessons.refresh()
    first = file.read_bytes(), picture.read_bytes()
    lessons.refresh(["01_one"])
    assert (file.read_bytes(), picture.read_bytes()) == first
    notebook = nbformat.read(file, 4)
    assert [cell.id for cell in notebook.cells] == ["title", "knobs", "cell0", "cell1", "figure"]
    printed, bars, shown = (cell.outputs for cell in notebook.cells[2:])
    assert [output.get("text") for output in printed] == ["one\nthree <object object> TEMP\ndone\n", None]
    assert not bars
    executed = nbformat.read(place / "build" / "refreshed" / "01_one.ipynb", 4)
    assert shown[0].data["image/png"] == executed.cells[4].outputs[0].data["image/png"]
    assert "text/html" in executed.cells[4].outputs[0].data and "text/html" not in shown[0].data


def test_maps_for_the_site_are_in_the_executed_lesson_and_not_in_the_saved_one(place):
    explorer = """
import numpy as np
from helpers import models, widgets
explored = widgets.explorer(models.lab_cnn((32, 32)), np.zeros((1, 32, 32, 3)))
"""
    add(place, "01_one", explorer.strip())
    executed = nbformat.read(lessons.run() / "01_one.ipynb", 4)
    kinds = [output.get("data", {}).keys() for output in executed.cells[-1].outputs]
    assert [site_explorer.KIND in those for those in kinds] == [False, False, True]
    saved = lessons.refreshed("01_one", executed).cells[-1].outputs
    assert site_explorer.KIND not in str(saved) and "image/png" in saved[0].data


def timed(place, number):
    """What the cell tagged `timing` shows, as it is saved."""
    return output_of(place / "notebooks" / "01_one.ipynb", number)


def test_a_timing_stays_as_it_is_saved_until_the_code_before_it_changes(place):
    clock = new_code_cell("import time\nprint(time.perf_counter_ns())", metadata={"tags": ["timing"]}, id="clock")
    add(place, "01_one", "x = 1", clock, "print(time.perf_counter_ns())")
    file = place / "notebooks" / "01_one.ipynb"
    lessons.refresh()
    first, other = timed(place, 2), timed(place, 3)
    lessons.refresh()
    assert timed(place, 2) == first
    assert timed(place, 3) != other  # not tagged
    for old, new, kept in (("x = 1", "x = 1  # one", True), ("x = 1", "x = 2", False)):
        file.write_text(file.read_text().replace(old, new))
        lessons.refresh()
        assert (timed(place, 2) == first) is kept
    now = timed(place, 2)
    lessons.refresh(timings=True)
    assert timed(place, 2) != now


def test_the_marks_of_the_code_pass_over_comments_and_empty_lines():
    def marks(source):
        return lessons.code_marks(new_notebook(cells=[new_code_cell(source, id="a")]))

    assert marks("x = 1") == marks("x = 1  # why\n\n") == marks("# why\nx = 1")
    assert marks('x = "# a"') != marks('x = "# b"')
    assert marks("if x:\n    y\nz") != marks("if x:\n    y\n    z")
    assert marks("%pip install x") != marks("%pip install y")


def test_what_a_cell_prints_in_pieces_is_saved_as_one():
    pieces = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in
              (("stdout", "a"), ("stderr", "a log"), ("stdout", "b\n"))]  # fmt: skip
    assert [output.text for output in lessons.stable_outputs(pieces)] == ["ab\n"]


def test_refresh_changes_nothing_where_a_lesson_breaks(place):
    add(place, "01_one", "print(1)")
    add(place, "02_two", "1 / 0")
    before = (place / "notebooks" / "01_one.ipynb").read_bytes()
    with pytest.raises(InputError, match="02_two, code cell 2"):
        lessons.refresh()
    assert (place / "notebooks" / "01_one.ipynb").read_bytes() == before


def test_a_lesson_edited_while_it_ran_is_not_saved_over(place):
    add(place, "01_one", "print(1)")
    made = lessons.run()
    add(place, "01_one", "print('what I have just written')")
    with pytest.raises(InputError, match="was edited while it ran"):
        lessons.refreshed("01_one", nbformat.read(made / "01_one.ipynb", 4))


def test_the_picture_for_the_readme_is_small():
    packed = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (400, 1200, 3), "uint8")).save(packed, "PNG")
    data = {"image/png": base64.b64encode(packed.getvalue()).decode()}
    figure = nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": "noise"}})
    picture, alt = lessons.cover(new_notebook(cells=[new_code_cell("x", outputs=[figure])]))
    assert len(picture) <= 150_000
    assert Image.open(io.BytesIO(picture)).width <= 960
    assert alt == "noise"


def test_nbval_compares_what_cells_tagged_compare_print(tmp_path):
    four = nbformat.v4.new_output("stream", text="4\n")
    ways = (("compare", [four]), ("compare", []), ("another", [four]))
    cells = [new_code_cell("print(2 + 3)", metadata={"tags": [tag]}, outputs=saved) for tag, saved in ways]
    done = by_nbval(tmp_path, *cells)
    assert done.returncode and "2 failed, 1 passed" in done.stdout
    told = "01_one, code cell 1 (`print(2 + 3)`): it prints something else in line 1 (now: 5; saved: 4)\n"
    assert told in done.stdout  # where nobody has to scroll
    assert "code cell 2" in done.stdout and "code cell 3" not in done.stdout


def by_nbval(folder, *cells):
    """A lesson of these cells, run as `make test` does it."""
    nbformat.write(new_notebook(cells=cells), folder / "01_one.ipynb")
    shutil.copy(CONFTEST, folder)
    words = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "--rootdir", folder, folder]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_of_many_cells_that_fail_nbval_tells_the_first_and_counts_the_others(tmp_path):
    cells = [new_code_cell(f"{n} / 0", metadata={"tags": ["compare"]}) for n in range(1, 6)]
    said = by_nbval(tmp_path, *cells).stdout
    told = [line for line in said.splitlines() if line.startswith("01_one, code cell")]
    assert [line.partition("`")[2].partition("`")[0] for line in told] == ["1 / 0", "2 / 0", "3 / 0"]
    assert "01_one.ipynb: 2 more cells after these\n" in said


@pytest.mark.skipif(sys.platform == "win32", reason="the guard stays out of the way there")
@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os.system('true')", "runs a shell command"),
        ("import subprocess; subprocess.run('true', shell=True)", "runs a shell command"),
        ("import subprocess; subprocess.run(['bash', '-c', 'true'])", "runs a shell command"),
        ("import socket; socket.create_server(('localhost', 0))", "listens on a port"),
        ("import urllib.request; urllib.request.urlopen('http://example.org')", "asks another machine"),
        ("import socket; socket.socket().connect(('192.0.2.1', 80))", "asks another machine"),
        ("import subprocess, sys; subprocess.run([sys.executable, '-c', ''])", ""),
    ],
)
def test_a_lesson_that_runs_a_shell_or_uses_the_network_fails_where_it_is_guarded(code, says):
    surroundings = os.environ | {"PYTHONPATH": str(Path(__file__).with_name("guarded"))}
    words = [sys.executable, "-c", code, "ipykernel"]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == bool(says) and says in done.stderr
