"""`labs page`: its photos go Python's way to the last bit or nearly; its folder is whole, and asks nobody for anything.

What a browser computes of it is tried in tests/browser/page_in_browser.py.
"""

import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from types import SimpleNamespace

import numpy as np
import odd_photos
import PIL
import pytest
from PIL import Image

from helpers import cli, datasets, downloads, models, page, pipeline, training
from helpers.drawing import draw_pet
from helpers.errors import InputError
from helpers.page import runtime
from helpers.quiet import keras, tf

SIDE = 24
NAMES = ["<b>cats</b>", 'dogs & "others"']
# How many numbers may be rounded in another way: on this kind of processor none are. Before its version 13, Pillow
# resized tall pictures in the other order of directions.
ROUNDED = 0.001 if int(PIL.__version__.split(".")[0]) >= 13 else 0.3
READ_ALL = """
const [assets, ...photos] = process.argv.slice(2), fs = require("fs"), vm = require("vm");
const names = ["exif.js", "jpeg_reading.js", "jpeg_pixels.js", "resize.js", "photo.js"];
const scripts = names.map((name) => fs.readFileSync(`${assets}/${name}`, "utf8"));
const Photo = vm.runInThisContext([...scripts, "Photo"].join("\\n"));
const read = (path, size) => {
  try {
    const {pixels} = Photo.readJpeg(new Uint8Array(fs.readFileSync(path)), ...size);
    return [Buffer.from(pixels).toString("base64")];
  } catch (error) { return error.message; }
};
const sizes = SIZES;
console.log(JSON.stringify(photos.map((path) => sizes.map((size) => read(path, size)))));
"""
SIZES = [
    [96, 96],
    [40, 24],
    [24, 130],
    [240, 170],
    [280, 200],
    [340, 240],
]  # (width, height): 1, 3 to 7 eighths, and up


@pytest.fixture(scope="module")
def picture():
    """A drawn pet, of odd sides."""
    return Image.fromarray(draw_pet("cat", np.random.default_rng(3), (391, 287))[0])


def node():
    found = shutil.which("node")
    if not found:
        pytest.skip("the page's scripts are tried in node here, and there is none; make test-browser tries them, too")
    return found


def read_by_script(paths, tmp_path):
    """What the page's own decoder makes of JPEGs, by path and size; a sentence where it makes nothing."""
    (tmp_path / "read.js").write_text(READ_ALL.replace("SIZES", str(SIZES)), encoding="utf-8")
    words = [node(), str(tmp_path / "read.js"), str(page.ASSETS), *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_jpeg_of_any_kind_becomes_the_same_numbers_as_in_python(picture, tmp_path):
    paths = [path for path in odd_photos.make(picture, tmp_path) if path.read_bytes()[:2] == b"\xff\xd8"]
    assert len(paths) > 25
    for path, by_size in zip(paths, read_by_script(paths, tmp_path), strict=True):
        for (width, height), (pixels,) in zip(SIZES, by_size, strict=True):
            expected = pipeline.decode(path, (height, width)).astype(int)
            apart = np.frombuffer(base64.b64decode(pixels), "uint8").reshape(expected.shape) - expected
            if path.name == "scratched.jpg":  # there, some numbers leave their range, and each decoder has its own way
                assert (apart != 0).mean() < 0.005
            else:
                assert abs(apart).max() <= 1 and (apart != 0).mean() < ROUNDED, path.name


def test_a_broken_jpeg_is_refused_where_python_refuses_it(picture, tmp_path):
    paths = [path for path in odd_photos.make_unreadable(picture, tmp_path) if path.read_bytes()[:2] == b"\xff\xd8"]
    assert len(paths) > 2
    for path, by_size in zip(paths, read_by_script(paths, tmp_path), strict=True):
        with pytest.raises(InputError):
            pipeline.decode(path, (96, 96))
        assert all(isinstance(one, str) and one.startswith("it ") for one in by_size), path.name


def test_transparent_and_16_bit_pictures_are_seen_on_white_and_in_their_range(picture, tmp_path):
    """As `labs clean` and the page do it: without this, Python saw what is hidden, and white in place of 16 bits."""
    odd_photos.make(picture, tmp_path)
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(Image.open(tmp_path / "clear.png"))
    white.convert("RGB").save(tmp_path / "on_white.png")
    for one, same in (("clear.png", "on_white.png"), ("sixteen_bits.png", "grey.png")):
        assert np.array_equal(*(pipeline.decode(tmp_path / name, (50, 40)) for name in (one, same)))


# --- the folder -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(4)
    made = models.compact((SIDE, SIDE), (8, 16))
    made.class_names = NAMES
    return made


def model_js(folder):
    """What is in model.js, with the network as bytes."""
    text = (folder / "model.js").read_text(encoding="utf-8")
    held = json.loads(re.fullmatch(r"const MODEL = (.*);\n", text)[1])
    return held | {"file": gzip.decompress(base64.b64decode(held["file"]))}


def test_the_folder_holds_all_that_the_page_names_and_nothing_points_elsewhere(model, stand_in, tmp_path):
    said = page.make(model, tmp_path / "out")
    assert "index.html: open it in a browser" in said and "--pictures" in said
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert sorted(named) == sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix in (".js", ".css"))
    assert "default-src 'none'" in html and "http" not in html.replace("http-equiv", "")
    packed = (tmp_path / "out" / "litert_binary.js").read_text().split('"')[1]
    assert gzip.decompress(base64.b64decode(packed)) == b"binary"


def test_names_of_classes_are_text_and_never_tags(model, stand_in, tmp_path):
    page.make(model, tmp_path / "out")
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<b>" not in html and "&lt;b&gt;cats&lt;/b&gt; or dogs &amp; &quot;others&quot;?" in html
    assert model_js(tmp_path / "out")["names"] == NAMES
    assert "$" not in html


def test_the_network_in_it_answers_as_the_model_does(model, stand_in, tmp_path):
    page.make(model, tmp_path / "out")
    held = model_js(tmp_path / "out")
    lite = tf.lite.Interpreter(model_content=held["file"])
    lite.allocate_tensors()
    assert lite.get_input_details()[0]["shape"].tolist() == [1, *held["size"], 3]

    def answer(values):
        lite.set_tensor(lite.get_input_details()[0]["index"], values)
        lite.invoke()
        return float(lite.get_tensor(lite.get_output_details()[0]["index"])[0, 0])

    some = np.random.default_rng(0).random((1, SIDE, SIDE, 3), "float32")
    assert answer(some) == pytest.approx(float(model.predict(some, verbose=0)[0, 0]), abs=1e-5)
    pattern = (np.arange(3 * SIDE * SIDE) * held["test"] % 256).reshape(some.shape).astype("float32") / 255
    assert answer(pattern) == pytest.approx(held["answer"], abs=1e-5)


@pytest.fixture
def grey_scale(tmp_path):
    """Dark and light squares, in folders with the model's odd names where the system takes them."""
    for split, many in (("train", 2), ("validation", 5)):
        for name, light in (("dark", 60), ("light", 190)):
            folder = tmp_path / "squares" / split / name
            folder.mkdir(parents=True)
            for number in range(many):
                Image.new("RGB", (30, 30), (light + number,) * 3).save(folder / f"{number}.png")
    return datasets.load(tmp_path / "squares")


def test_with_pictures_the_page_says_how_often_it_is_right(model, grey_scale, stand_in, tmp_path):
    with pytest.raises(InputError, match=r"the pictures are of dark, light, the model knows <b>"):
        page.make(model, tmp_path / "out", grey_scale)
    model = keras.models.clone_model(model)
    model.class_names = ["dark", "light"]
    page.make(model, tmp_path / "out", grey_scale)
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    result = training.evaluate(model, pipeline.image_dataset(grey_scale.validation, (SIDE, SIDE), shuffle=False))
    low, high = result.interval
    share = f"{result.accuracy:.1%} ({low:.1%} to {high:.1%})"
    assert f"Right on <strong>{share}</strong> of 10 pictures (its file does not tell" in html
    rows = dict(re.findall(r'<th scope="row">(\w+)</th><td>5</td><td>([\d.]+)%', html))
    assert {name: float(share) / 20 for name, share in rows.items()} == {
        "dark": result.confusion[0, 0], "light": result.confusion[1, 1]}  # fmt: skip
    assert "Do not let it decide by itself" in html and "Not measured" not in html


def test_a_photo_larger_than_a_browser_allows_is_refused_and_not_taken_for_a_black_one(tmp_path):
    """Chromium stops at 16,384 x 16,384 pixels, Safari on a phone at 4,096 x 4,096: then all they give is zeros."""
    too_large = """
    const sheet = {fillRect() {}, drawImage() {}, getImageData: () => ({data: new Uint8ClampedArray(64)})};
    globalThis.document = {createElement: () => ({getContext: () => sheet})};
    globalThis.createImageBitmap = async () => ({width: 4, height: 4, close() {}});
    const answer = (one) => console.log(JSON.stringify(one.message || one));
    Photo.read(new Blob([new Uint8Array(64)]), 4, 4).then(answer, answer);
    """
    scripts = [(page.ASSETS / name).read_text(encoding="utf-8") for name in page.SCRIPTS[:5]]
    (tmp_path / "read.js").write_text("\n".join([*scripts, too_large]), encoding="utf-8")
    done = subprocess.run([node(), str(tmp_path / "read.js")], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == "it has more pixels than this browser can hold"


def test_names_in_the_table_are_text_too():
    seen = SimpleNamespace(right=np.array([True, False]), labels=np.array([0, 1]), names=NAMES, newness=str)
    table = page.accuracy(seen)
    assert "<b>" not in table and "&lt;b&gt;cats&lt;/b&gt;</th><td>1</td><td>100.0%" in table


def test_labs_page_makes_it_and_bad_input_leaves_nothing(model, stand_in, tmp_path, monkeypatch, capsys):
    training.save(model, tmp_path / "m.keras", NAMES)
    words = ["page", str(tmp_path / "m.keras"), "--to", str(tmp_path / "out")]
    (tmp_path / "out").mkdir()
    assert cli.main(words) == 0
    assert f"Made {tmp_path / 'out' / 'index.html'}" in capsys.readouterr().out
    assert cli.main(words) == 2
    assert "is there already and is not overwritten" in capsys.readouterr().err
    (tmp_path / "no.keras").write_bytes(b"no model")
    assert cli.main(["page", str(tmp_path / "no.keras"), "--to", str(tmp_path / "new")]) == 2
    assert re.fullmatch(r"labs: .*cannot be read as a Keras model .*\n", capsys.readouterr().err)
    monkeypatch.setattr(page, "to_tflite", lambda model: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        page.make(model, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.keras", "no.keras", "out"]


def test_models_that_do_not_fit_are_refused(stand_in, tmp_path):
    with pytest.raises(InputError, match="does not say what its two classes are called"):
        page.make(models.lab_cnn((32, 32)), tmp_path / "out")
    odd = {((None, None, 3), 1): "any size", ((20, 20, 1), 1): "1 channels", ((20, 20, 3), 2): "into one probability"}
    for (shape, units), says in odd.items():
        inputs = keras.layers.Input(shape)
        pooled = keras.layers.GlobalAveragePooling2D()(inputs)
        model = keras.Model(inputs, keras.layers.Dense(units, activation="sigmoid")(pooled))
        model.class_names = ["a", "b"]
        with pytest.raises(InputError, match=says):
            page.make(model, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


# --- where the runtime comes from -------------------------------------------------------------------------------------


@pytest.fixture
def package(monkeypatch):
    """A small package in place of the real one, which is expected from now on."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in ((runtime.SCRIPT, b"// loads"), (runtime.BINARY, b"\0asm")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    data = content.getvalue()
    monkeypatch.setattr(runtime, "SHA512", base64.b64encode(hashlib.sha512(data).digest()).decode())
    return data


def test_a_package_that_one_has_is_taken_if_it_is_the_right_one(package, tmp_path):
    path = tmp_path / "core.tgz"
    path.write_bytes(package)
    got = runtime.get(path)
    assert (got.script, got.binary) == ("// loads", b"\0asm")
    assert "Google" in got.licence and "Apache License" in got.licence and "Redistribution" in got.licence
    path.write_bytes(package + b"x")
    with pytest.raises(
        InputError, match=r"not version [\d.]+ of @litertjs/core .* make it by `npm pack @litertjs/core@"
    ):
        runtime.get(path)
    with pytest.raises(InputError, match=r"there is no such file; check the path, or make it by `npm pack"):
        runtime.get(tmp_path / "gone.tgz")


def test_it_is_fetched_once_from_the_registry_that_npm_is_set_to(package, tmp_path, monkeypatch):
    asked = []

    def download(address, sha256, folder):
        asked.append(address)
        (folder / runtime.FILE).write_bytes(package)
        return folder / runtime.FILE

    monkeypatch.setattr(downloads, "cache", lambda: tmp_path)
    monkeypatch.setattr(runtime.downloads, "download", download)
    monkeypatch.setenv("npm_config_registry", "https://mirror.example/npm/")
    assert runtime.get() == runtime.get()
    assert asked == [f"https://mirror.example/npm/@litertjs/core/-/core-{runtime.VERSION}.tgz"]


def test_in_a_handout_it_is_there_and_nothing_is_asked(package, tmp_path, monkeypatch):
    (tmp_path / runtime.FILE).write_bytes(package)
    monkeypatch.setattr(runtime, "PACKED", tmp_path / runtime.FILE)
    monkeypatch.setattr(runtime, "registry", lambda _: pytest.fail("the network is asked"))
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path / "none")
    assert runtime.get().binary == b"\0asm"


def test_where_nobody_knows_a_registry_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"npm is not here: install Node.js.*`npm pack .*` makes elsewhere with --run"):
        runtime.registry({"PATH": str(tmp_path)})
    with pytest.raises(InputError, match=r"http://mirror.example/: npm's registry is not asked without https"):
        runtime.registry({"PATH": "", "npm_config_registry": "http://mirror.example/"})
    monkeypatch.setattr(downloads, "cache", lambda: tmp_path)
    monkeypatch.setenv("npm_config_registry", "https://127.0.0.1:9/")
    with pytest.raises(InputError, match=r"could not be fetched .* or give a copy with --runtime \(by `npm pack"):
        runtime.get()
