"""Each lesson in JupyterLab: opened, run from top to bottom, and worked with by mouse and keyboard, as a learner would.

A test that names a lesson finds it run; `conftest.py` brings the tests of one lesson together.
"""

import re

import lab
import pytest
from PIL import Image

from helpers import lessons

# What TensorFlow, Keras and Python write when something is not as it should be, or when they are talkative.
NOISE = re.compile(r"warning|retracing|cuda|oneDNN|cpu_feature_guard|\bE0000\b", re.IGNORECASE)


def test_jupyterlab_opens_on_the_first_lesson(page, address):
    page.goto(address)
    page.get_by_role("heading", name="1 · Cleaning").wait_for()
    assert page.get_by_role("tab", name="01_cleaning.ipynb", selected=True).is_visible()


@pytest.mark.parametrize("lesson", [lab.BARS])
def test_a_bar_moves_and_takes_itself_away(opened, lesson):
    bar = opened.page.locator(".widget-hprogress .progress-bar")
    opened.run_all(wait=False)
    for text in ("training", "reading"):
        opened.page.get_by_text(f"{text}:").wait_for(timeout=1000 * lab.SECONDS)
        wide = "() => parseFloat(document.querySelector('.widget-hprogress .progress-bar')?.style.width) || 0"
        first = opened.page.evaluate(wide)
        opened.page.wait_for_function(f"first => ({wide})() > first", arg=first)
        opened.page.get_by_text(f"{text}:").wait_for(state="detached")
    opened.wait_until_done()
    assert bar.count() == 0


@pytest.mark.parametrize("lesson", [lab.BARS])
def test_a_caption_shows_names_as_they_are(ran, lesson):
    shown = ran.page.locator(".jp-RenderedMarkdown em").last
    shown.wait_for()
    assert shown.inner_text() == lab.CAPTION
    assert ran.page.locator(".jp-OutputArea mjx-container, .jp-OutputArea .MathJax").count() == 0


@pytest.mark.parametrize("lesson", [*lessons.names(), lab.BARS])
def test_run_all_ends_without_error_or_noise(ran, lesson):
    state = ran.state()
    assert state["path"] == f"{lesson}.ipynb"
    outputs = [(cell["id"], output) for cell in state["cells"] for output in cell.get("outputs", [])]
    errors = [(one, output["ename"], output["evalue"]) for one, output in outputs if output["output_type"] == "error"]
    assert errors == []
    assert state["waiting"] == 0
    said = [(one, out["name"], "".join(out["text"])) for one, out in outputs if out["output_type"] == "stream"]
    assert [words for words in said if words[1] == "stderr" or NOISE.search(words[2])] == []
    assert ran.page.get_by_text("Error displaying widget").count() == 0


@pytest.mark.parametrize("lesson", lessons.names())
@pytest.mark.parametrize("width", [1280, 800])
def test_it_can_be_looked_at(ran, lesson, width):
    assert ran.photograph(lesson, width) > 3
    alts = ran.page.evaluate("() => [...document.querySelectorAll('.jp-OutputArea-output img')].map(one => one.alt)")
    assert alts and all(alts)


def slider(page, name):
    """The slider with this word before it."""
    return page.locator(".widget-slider").filter(has=page.get_by_text(name, exact=True))


def explored(page, layer, channel=r"\d+"):
    """The map in the explorer; the pictures above it, of which JupyterLab may keep some in the page, begin likewise."""
    return page.get_by_alt_text(re.compile(rf"^{layer}, channel {channel} \(of 0 to \d+\)"))


def press(page, widget, key, times=1):
    widget.focus()
    for _ in range(times):
        page.keyboard.press(key)


# --- lesson 1: the review of doubtful pictures ------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", ["01_cleaning"])
def test_the_review_takes_decisions_by_mouse_and_by_key(ran, lesson):
    ran.page.get_by_text(re.compile(r"picture 1 of \d+, 0 decided")).wait_for()
    ran.page.get_by_role("button", name="keep").click()
    ran.page.get_by_text(re.compile(r"picture 2 of \d+, 1 decided")).wait_for()
    press(ran.page, ran.page.get_by_role("button", name="drop"), "Enter")
    ran.page.get_by_text(re.compile(r"picture 3 of \d+, 2 decided")).wait_for()
    ran.page.get_by_placeholder("keys").click()
    ran.page.keyboard.type("u")
    ran.page.get_by_text(re.compile(r"picture 2 of \d+, 1 decided")).wait_for()


# --- lesson 2: sliders ------------------------------------------------------------------------------------------------

SLIDERS = pytest.mark.parametrize("lesson", ["02_augmentation"])


@SLIDERS
def test_a_picture_follows_the_keys(ran, lesson):
    handle = slider(ran.page, "rotation").get_by_role("slider")
    press(ran.page, handle, "ArrowRight", 3)
    ran.page.get_by_alt_text(re.compile(r"the picture after RandomWarp\(flip=False, rotation=3,")).wait_for()
    press(ran.page, handle, "ArrowLeft", 5)
    ran.page.get_by_alt_text(re.compile(r"the picture after RandomWarp\(flip=False, rotation=2,")).wait_for()
    press(ran.page, ran.page.get_by_role("button", name="back to zero"), "Enter")
    ran.page.get_by_alt_text("the picture after no layer at all", exact=True).wait_for()


@SLIDERS
def test_a_picture_follows_the_mouse(ran, lesson):
    before = ran.page.get_by_alt_text("the picture after", exact=False).get_attribute("src")
    track = slider(ran.page, "shear").locator(".noUi-target")
    wide = track.bounding_box()["width"]
    track.click(position={"x": 0.8 * wide, "y": 2})
    after = ran.page.get_by_alt_text(re.compile(r"the picture after RandomWarp\(flip=False, .*shear=2\d"))
    after.wait_for()
    assert after.get_attribute("src") != before
    ran.page.get_by_text("flip", exact=True).click()
    ran.page.get_by_alt_text(re.compile(r"the picture after RandomWarp\(flip=True, .*shear=2\d")).wait_for()
    ran.page.get_by_role("button", name="draw at random").click()
    ran.page.get_by_alt_text(re.compile(r"the picture after RandomWarp\(.*zoom=0\.\d")).wait_for()
    ran.page.get_by_role("button", name="back to zero").click()
    ran.page.get_by_alt_text("the picture after no layer at all", exact=True).wait_for()


@SLIDERS
def test_restarted_and_run_again_it_says_the_same(ran, lesson):
    first = ran.compared()
    assert len(first) >= 5 and all(first.values())
    ran.restart_and_run_all()
    assert ran.compared() == first


# --- lesson 3: photos of one's own ------------------------------------------------------------------------------------

PHOTOS = pytest.mark.parametrize("lesson", ["03_training"])


@pytest.fixture
def photo(tmp_path):
    """A phone's photo that lies on its side, with a note to turn it."""
    note = Image.Exif()
    note[0x0112] = 6
    path = tmp_path / "tom.jpg"
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(path, exif=note)
    return path


@PHOTOS
@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_photo_chosen_by_button_is_answered(ran, lesson, how, photo):
    named = photo.rename(photo.with_name(f"{how}.jpg"))
    with ran.page.expect_file_chooser() as chooser:
        button = ran.page.get_by_role("button", name="Choose photos").last
        if how == "mouse":
            button.click()
        else:
            press(ran.page, button, "Enter")
    chooser.value.set_files(named)
    says = rf"^{how}\.jpg: (cats|dogs), says the network, with \d+%\. On the right the training pictures"
    ran.page.get_by_text(re.compile(says)).wait_for()


@PHOTOS
def test_a_photo_named_by_its_path_is_answered(ran, lesson, photo):
    field = ran.page.get_by_placeholder("path of a photo").last
    field.click()
    ran.page.keyboard.type(str(photo))
    ran.page.keyboard.press("Enter")
    ran.page.get_by_text("tom.jpg: ").wait_for()
    field.fill("nowhere.jpg")
    ran.page.keyboard.press("Enter")
    ran.page.get_by_text("nowhere.jpg: there is no such file; check the path.").wait_for()


# --- lesson 4: the layer explorer -------------------------------------------------------------------------------------

EXPLORER = pytest.mark.parametrize("lesson", ["04_layer_visualization"])


@EXPLORER
def test_the_explorer_follows_the_keys(ran, lesson):
    press(ran.page, slider(ran.page, "channel").get_by_role("slider"), "ArrowRight", 2)
    explored(ran.page, "conv_1", 2).wait_for()
    press(ran.page, ran.page.get_by_role("button", name="conv_2", exact=True), "Enter")
    explored(ran.page, "conv_2", 2).wait_for()
    first = explored(ran.page, "conv_2", 2).get_attribute("src")
    press(ran.page, ran.page.get_by_role("button", name=re.compile("^2 · ")), "Enter")
    ran.page.wait_for_function(
        "first => document.querySelector('img[alt^=\"conv_2, channel 2 (of\"]')?.src !== first", arg=first
    )


@EXPLORER
def test_the_explorer_follows_the_mouse(ran, lesson, photo):
    ran.page.get_by_role("button", name="conv_3", exact=True).click()
    explored(ran.page, "conv_3").wait_for()
    track = slider(ran.page, "channel").locator(".noUi-target")
    track.click(position={"x": track.bounding_box()["width"] - 2, "y": 2})
    explored(ran.page, "conv_3", r"6\d").wait_for()
    with ran.page.expect_file_chooser() as chooser:
        ran.page.get_by_role("button", name="A photo of mine").click()
    chooser.value.set_files(photo)
    ran.page.get_by_alt_text("tom.jpg", exact=True).wait_for()
