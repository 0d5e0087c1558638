"""The site in Chromium, opened from the disk as a reader opens it: no barrier that axe-core calls serious, nothing from
the network, nothing wider than the screen; by day and by night, on a phone, enlarged, and by keyboard. The explorer
shows what the network makes of a picture."""

import io

import cv2
import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_output
from PIL import Image
from playwright.sync_api import expect

from helpers import datasets, lessons, models, pipeline, site, site_explorer
from helpers.quiet import keras
from helpers.widgets import Exploration, keeping

LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "at 200 %": {
        "viewport": {"width": 640, "height": 450},
        "device_scale_factor": 2,
    },  # 1280 pixels, each twice as large
}
EXPLORED = "04_layer_visualization"
SERIOUS = ("serious", "critical")
NAMES = sorted([*lessons.names(), *(page.stem for page in site.PAGES.glob("*.md")), "glossary", "index", "search"])
LOOK_FOR = {"resultTypes": ["violations"], "preload": False}  # a page from the disk may not fetch its own styles
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what another palette can change


@pytest.fixture(scope="session")
def exploration():
    """An untrained network and six drawn pictures; of the last layer, a channel is the same everywhere."""
    keras.utils.set_random_seed(1)
    model = models.lab_cnn((64, 64))
    kernel, bias = model.get_layer("conv_3").get_weights()
    kernel[..., 63] = 0
    model.get_layer("conv_3").set_weights([kernel, bias])
    shown = next(iter(pipeline.image_dataset(datasets.load("drawn").validation, (64, 64), images=6)))[0].numpy()
    return Exploration(model, shown, [f"{n} · one" for n in range(1, 7)], ["cats", "dogs"])


@pytest.fixture(scope="session")
def made(exploration, tmp_path_factory):
    """The site of the lessons as they were saved, with an explorer as `labs run` leaves it in the fourth."""
    place = tmp_path_factory.mktemp("site") / "site"
    run = tmp_path_factory.mktemp("run")
    notebook = lessons.read(EXPLORED)
    (cell,) = [one for one in lessons.code_cells(notebook) if "widgets.explorer" in one.source]
    cell.outputs.append(new_output("display_data", {site_explorer.KIND: keeping.kept(exploration)}))
    nbformat.write(notebook, run / f"{EXPLORED}.ipynb")
    site.build(run, place)
    assert sorted(page.stem for page in place.glob("*.html")) == NAMES
    return place


@pytest.fixture(params=LOOKS)
def opened(browser, made, request):
    """A function that opens a page of the site and returns it; what it asks the network for, and complains of, is held
    against it."""
    context = browser.new_context(color_scheme="light", **LOOKS[request.param])
    page = context.new_page()
    page.foreign, page.complaints = [], []
    page.on("request", lambda one: one.url.startswith(("file:", "data:")) or page.foreign.append(one.url))
    page.on("console", lambda one: one.type in ("error", "warning") and page.complaints.append(one.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))

    def open_page(name):
        page.goto((made / f"{name}.html").as_uri())
        return page

    yield open_page
    context.close()


def barriers(page, **more):
    """What axe-core calls serious or worse, a line each, with the first place where it is."""
    found = Axe().run(page, options=LOOK_FOR | more).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_serious_barrier_and_needs_no_network(opened, name):
    page = opened(name)
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page, **COLOURS) == []
    assert page.foreign == []
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "wider than the screen"


@pytest.mark.parametrize("opened", ["phone"], indirect=True)
def test_the_list_of_pages_opens_by_keyboard_on_a_phone(opened):
    page = opened("03_training")
    first = page.get_by_role("link", name="Where to begin")
    assert not first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    first.wait_for()
    assert barriers(page) == []
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Where to begin":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "one cannot see where one is"
    page.keyboard.press("Enter")
    page.wait_for_url("**/start.html")


@pytest.mark.parametrize("opened", ["wide"], indirect=True)
def test_the_search_finds_a_symptom(opened):
    page = opened("index")
    page.get_by_role("textbox", name="Search").fill("softmax")
    page.keyboard.press("Enter")
    page.locator("#search-results").get_by_role("link", name="When it goes wrong").wait_for()


@pytest.mark.parametrize("opened", ["wide"], indirect=True)
def test_a_script_or_picture_from_elsewhere_is_refused(opened):
    page = opened("index")
    said = page.evaluate("""() => new Promise(answer => {
        const refused = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            refused.push(event.effectiveDirective);
            if (refused.length === 2) answer(refused.sort());
        });
        document.body.append(Object.assign(new Image(), {src: 'https://example.org/picture.png'}));
        document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}));
    })""")
    assert said == ["img-src", "script-src-elem"]
    assert page.evaluate("window.ran") is None


def seen(page, place):
    """What one of the explorer's three pictures looks like on the screen: (H, W, 3) in 0..1."""
    picture = page.locator("form.explorer .view canvas").nth(place)
    alone = picture.screenshot(style=".mobile-header, .back-to-top { display: none !important }")
    return np.asarray(Image.open(io.BytesIO(alone)).convert("RGB")) / 255


def middles(picture, height, width):
    """The colours in the middle of each of height x width fields of a picture: (height, width, 3)."""
    rows = ((np.arange(height) + 0.5) * picture.shape[0] / height).astype(int)
    return picture[rows][:, ((np.arange(width) + 0.5) * picture.shape[1] / width).astype(int)]


def test_the_explorer_shows_by_keyboard_what_the_network_makes_of_a_picture(opened, exploration):
    page = opened(EXPLORED)
    form = page.locator("form.explorer")
    form.get_by_role("radio", name="1 · one").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    for _ in range(exploration.layers.index("conv_3")):
        page.keyboard.press("ArrowRight")
    form.get_by_role("radio", name="63", exact=True).wait_for()
    page.keyboard.press("Tab")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    exploration.choose(1, "conv_3", 5)
    form.get_by_role("status").get_by_text(exploration.words()).wait_for()
    assert form.get_by_text(exploration.called()).is_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outline == "solid", "one cannot see where one is"
    height, width, _ = exploration.maps().shape
    times = exploration.tile().shape[0] // height
    np.testing.assert_allclose(
        middles(seen(page, 1), height, width), exploration.tile()[::times, ::times], atol=0.03, err_msg="the map"
    )
    near = 0.015 if seen(page, 0).shape[1] > 150 else 0.025  # on a phone, pixels of the screen fall between those shown
    for place, wanted in ((0, exploration.pictures[1]), (2, exploration.over())):
        here, there = (
            cv2.resize(np.float32(one), (16, 16), interpolation=cv2.INTER_AREA) for one in (seen(page, place), wanted)
        )
        assert np.abs(here - there)[1:-1, 1:-1].mean() < near, ("the picture", "", "laid over it")[place]
    form.get_by_role("radio", name="63", exact=True).check()
    form.get_by_text("channel 63 (of 0 to 63): 12 × 12 numbers from 0 to 0, 100% of them zero").wait_for()
    dead = len(exploration.tiles().dead)
    assert (form.locator(".channel canvas.dead").count(), form.locator(".view canvas.dead").count()) == (dead, 1)
    assert (page.foreign, page.complaints) == ([], [])
    assert barriers(page) == []


@pytest.mark.parametrize("opened", ["wide"], indirect=True)
def test_the_explorer_says_something_else_at_each_choice(opened):
    page = opened(EXPLORED)
    form = page.locator("form.explorer")
    said = form.get_by_role("status")
    for name in ("2 · one", "conv_2", "3 · one", "7", "conv_1", "12", "conv_3", "4 · one"):
        before = said.inner_text()
        form.get_by_role("radio", name=name, exact=True).check()
        expect(said).not_to_have_text(before)


def test_without_scripts_the_figure_stays_and_the_explorer_is_not_there(browser, made):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((made / f"{EXPLORED}.html").as_uri())
    assert not page.locator("form.explorer").is_visible()
    assert page.get_by_text("The liveliest channels of each convolution").is_visible()
    context.close()


def test_the_explorer_is_light(made):
    files = [*(made / "_static" / "figures").glob("*_map_*"), *(made / "_static" / "figures").glob("*_heat_*")]
    assert len(files) == 2 * 6 * 6
    assert sum(file.stat().st_size for file in files) + (made / f"{EXPLORED}.html").stat().st_size < 1_500_000
