"""The site in Chromium, opened from the disk as a reader opens it: no barrier that axe-core calls serious, nothing from
the network, nothing wider than the screen; by day and by night, on a phone, enlarged, and by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers import lessons, site

LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "at 200 %": {
        "viewport": {"width": 640, "height": 450},
        "device_scale_factor": 2,
    },  # 1280 pixels, each twice as large
}
SERIOUS = ("serious", "critical")
NAMES = sorted([*lessons.names(), *(page.stem for page in site.PAGES.glob("*.md")), "glossary", "index", "search"])
LOOK_FOR = {"resultTypes": ["violations"], "preload": False}  # a page from the disk may not fetch its own styles
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what another palette can change


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The site of the lessons as they were saved."""
    place = tmp_path_factory.mktemp("site") / "site"
    site.build(lessons.NOTEBOOKS, place)
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
