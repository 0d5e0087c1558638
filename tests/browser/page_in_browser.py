"""A page of `labs page` in Chromium, opened from the disk: the same answers as Python's to a hundred photos of all
kinds, or a sentence; nothing from the network; by mouse and keyboard; by day and by night, on a phone, enlarged."""

import re

import lab
import numpy as np
import odd_photos
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import TimeoutError as TookTooLong

from helpers import datasets, models, page, pipeline, training
from helpers.errors import InputError
from helpers.page import runtime
from helpers.quiet import keras

WITHIN = 1e-3
MANY = 100  # photos, at least
SIZES = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "at 200 %": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}


@pytest.fixture(scope="session")
def drawn():
    return datasets.load("drawn")


@pytest.fixture(scope="session")
def model(drawn):
    """A network that is sure of some pictures and doubts others: trained briefly on few."""
    keras.utils.set_random_seed(1)
    made = models.compact((64, 64))
    made.compile("adam", "binary_crossentropy")
    made.fit(pipeline.image_dataset(drawn.train, (64, 64), 20, seed=1, images=300), epochs=12, verbose=0)
    made.class_names = ["cats", "<i>dogs</i>"]  # as a folder may be called
    return made


@pytest.fixture(scope="session")
def made(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "page"
    try:
        page.make(model, folder)
    except InputError as error:
        if re.search("npm is not here|could not be fetched", str(error)):
            pytest.skip(f"{runtime.PACKAGE} is not to be had here: {error}")
        raise
    return folder


@pytest.fixture(params=["wide"])
def opened(browser, made, request):
    """The page, ready; what it asks the network for, and complains of, is held against it."""
    context = browser.new_context(color_scheme="light", **SIZES[request.param])
    opened = context.new_page()
    opened.set_default_timeout(1000 * lab.SECONDS)
    opened.foreign, opened.complaints = [], []
    opened.on("request", lambda one: one.url.startswith(("file:", "blob:")) or opened.foreign.append(one.url))
    opened.on("console", lambda one: one.type in ("error", "warning") and opened.complaints.append(one.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto((made / "index.html").as_uri())
    opened.get_by_role("status").get_by_text("Ready.").wait_for()
    yield opened
    assert opened.foreign == []
    assert opened.complaints == []
    context.close()


def answers(opened, paths) -> dict[str, tuple[float | None, str]]:
    """The page's answers by name of file: the probability of the second class, or the sentence that there is none."""
    opened.get_by_label("Choose photos").set_input_files([str(path) for path in paths])
    opened.wait_for_function("many => document.querySelectorAll('article').length === many", arg=len(paths))
    found = opened.locator("article").evaluate_all("all => all.map(one => ({...one.dataset}))")
    return {
        one["file"]: (float(one["probability"]) if "probability" in one else None, one.get("error", ""))
        for one in found
    }


def by_python(model, paths):
    """Python's answers, in the same form."""
    found = training.predict(model, paths, ["first", "second"])
    of_second = [one.probability if one.class_name == "second" else 1 - (one.probability or 0) for one in found]
    return {one.path.name: None if one.error else of for one, of in zip(found, of_second, strict=True)}


def test_a_hundred_photos_of_all_kinds_are_answered_as_in_python(opened, model, drawn, tmp_path):
    photos = sorted(drawn.validation.rglob("*.jpg"))
    picture = Image.open(photos[0]).convert("RGB").resize((391, 287))
    odd = odd_photos.make(picture, tmp_path)
    paths = [*odd, *photos[::18]]  # the same photos, however many odd ones there are
    assert len(paths) >= MANY
    expected, said = by_python(model, paths), answers(opened, paths)
    assert {name for name, (answer, _) in said.items() if answer is None} == set()
    apart = {name: abs(said[name][0] - answer) for name, answer in expected.items()}
    worst = max(apart, key=apart.get)
    print(f"{len(paths)} photos, largest difference {apart[worst]:.6f} ({worst})")
    assert apart[worst] < WITHIN
    damaged = opened.get_by_text("The file is damaged: parts of it may be missing.").all_inner_texts()
    assert sorted(text.split(". ")[0] for text in damaged) == ["ends_in_the_middle.jpg", "no_such_code.jpg"]
    assert np.ptp(list(expected.values())) > 0.5, "a network that says the same of everything proves nothing"


def test_what_cannot_be_read_is_said_and_the_rest_is_answered(opened, model, drawn, tmp_path):
    picture = Image.open(sorted(drawn.validation.rglob("*.jpg"))[0]).convert("RGB")
    bad = odd_photos.make_unreadable(picture, tmp_path)
    picture.save(tmp_path / "scan.tif")  # Python can, browsers cannot
    picture.save(tmp_path / "good.png")
    twelve = np.asarray(picture.convert("L")).astype("uint16") * 16  # a browser keeps the high byte alone
    Image.fromarray(twelve).save(tmp_path / "twelve_bits.png")
    not_here = [tmp_path / "scan.tif", tmp_path / "twelve_bits.png"]
    paths = [*bad, *not_here, tmp_path / "good.png"]
    expected, said = by_python(model, paths), answers(opened, paths)
    for path in [*bad, *not_here]:
        assert re.fullmatch(r"(it|this browser) .+\. Try another file, such as a JPEG or a PNG\.", said[path.name][1])
    assert all(expected[path.name] is None for path in bad)
    assert said["good.png"][0] == pytest.approx(expected["good.png"], abs=WITHIN)


@pytest.mark.parametrize("opened", SIZES, indirect=True)
def test_it_can_be_read_by_everybody(opened, drawn, request):
    cat = sorted(drawn.validation.rglob("*.jpg"))[0]
    answers(opened, [cat])
    status = opened.get_by_role("status").inner_text()
    assert re.fullmatch(rf"{cat.name}: (cats|<i>dogs</i>), [\d.]+%", status)
    assert opened.locator("i").count() == 0
    assert (
        opened.get_by_alt_text(f"your photo {cat.name}").evaluate("one => one.decode().then(() => one.naturalWidth)")
        > 1
    )
    shares = opened.locator("dt b").all_inner_texts()
    assert sum(float(share.rstrip("%")) for share in shares) == pytest.approx(100, abs=0.11)
    name = re.sub(r"\W+", "_", request.node.callspec.params["opened"])
    lab.BUILD.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        found = Axe().run(opened, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        opened.screenshot(path=lab.BUILD / f"page_{name}_{scheme}.png", full_page=True)
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "wider than the screen"


def chosen_by_keyboard(opened):
    """The dialog for files, opened by keys alone. Keys go to the page in front, and Chromium now and then loses one
    that comes just after a page was brought there."""
    choose = opened.get_by_label("Choose photos")
    for _ in range(5):
        opened.bring_to_front()
        for _ in range(3):
            if choose.evaluate("one => one === document.activeElement"):
                break
            opened.keyboard.press("Tab")
        try:
            with opened.expect_file_chooser(timeout=10_000) as chooser:
                opened.keyboard.press("Enter")
            return chooser
        except TookTooLong:
            continue
    raise AssertionError("no key opens the dialog for files")


def test_photos_come_by_keyboard_and_by_drop(opened, drawn):
    photos = sorted(drawn.validation.rglob("*.jpg"))[:2]
    chooser = chosen_by_keyboard(opened)
    chooser.value.set_files(photos[0])
    opened.locator("article").wait_for()
    stopped = opened.evaluate(
        """([bytes, name]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
            const event = (kind) => new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true});
            return ["dragover", "drop"].map((kind) => !document.body.dispatchEvent(event(kind)));
        }""",
        [list(photos[1].read_bytes()), "<img src=x onerror=alert(1)>.jpg"],
    )
    assert stopped == [True, True], "the browser would open the photo in place of the page"
    opened.get_by_role("status").get_by_text("<img src=x onerror=alert(1)>.jpg: ").wait_for()
    assert opened.locator("article").count() == 2
    assert opened.locator("img[src=x]").count() == 0


def test_a_browser_that_computes_otherwise_says_so_and_answers_nobody(browser, made, tmp_path):
    """As if something in the browser were broken: the answer that Python gave to the test picture is changed."""
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "model.js").read_text(encoding="utf-8")
    changed = re.sub(r'"answer": ([\d.e-]+)', lambda found: f'"answer": {(float(found[1]) + 0.4) % 1}', text)
    (tmp_path / "model.js").write_text(changed, encoding="utf-8")
    opened = browser.new_page()
    opened.goto((tmp_path / "index.html").as_uri())
    opened.get_by_text("This browser cannot run the network: it computes other answers than Python does.").wait_for()
    assert opened.get_by_label("Choose photos").is_disabled()
    opened.close()


def test_a_script_from_elsewhere_is_refused(opened):
    said = opened.evaluate("""() => new Promise(answer => {
        const refused = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            refused.push(event.effectiveDirective);
            if (refused.length === 3) answer(refused.sort());
        });
        document.body.append(Object.assign(new Image(), {src: 'https://example.org/picture.png'}));
        document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}));
        fetch('https://example.org/').catch(() => {});
        setTimeout(answer, 9000, refused); // for the message of the test only
    })""")
    assert said == ["connect-src", "img-src", "script-src-elem"]
    opened.foreign.clear()  # asked for, and refused
    opened.complaints.clear()
