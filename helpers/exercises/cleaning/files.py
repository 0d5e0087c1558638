"""Files that break, and copies."""

from pathlib import Path

from PIL import Image

from helpers.exercises.base import Exercise
from helpers.exercises.probes import encoded, files, items, noise, truth_value
from helpers.exercises.questions import Choice, Pick
from helpers.exercises.sandbox import TryAgain, ask

breaks = Pick(
    "cleaning.breaks",
    kind="pick the pictures that break",
    concept="which files stop a training?",
    prompt="A folder holds these files. Which of them make `tf.io.decode_image(content, channels=3, "
    "expand_animations=False)` raise an error?",
    options={
        "a": ("a JPEG that has lost its last third", "a decoder that comes to the end too early gives up."),
        "b": (
            "a PNG named `.jpg`",
            "The decoder looks at the first bytes, not at the name. Other programs may stumble.",
        ),
        "c": ("an empty file named `.jpg`", "without a single byte there is nothing to decode."),
        "d": (
            "a JPEG for print, in CMYK",
            "It is decoded to three channels without a word, in colours that depend on the decoder.",
        ),
        "e": ("a phone's photo with an EXIF note “turn me”", "It is decoded lying on its side: the note is not read."),
        "f": ("a web page (“not found”) named `.jpg`", "no picture begins like this, whatever the name says."),
        "g": ("a grey JPEG", "`channels=3` makes three equal channels of it."),
        "h": ("an animated GIF", "With `expand_animations=False` it is decoded to its first frame."),
    },
    right="acf",
    hints=[
        "Odd is not broken: which of them hold no complete picture?",
        "The name does not matter, only the content.",
        "Three of them: one is cut, one is empty, one is no picture.",
    ],
    insight="Three kinds stop the training; the other five go through. Two of them may spoil it silently: the turned "
    "one lies on its side, and the colours of the one in CMYK depend on the decoder. Those are the ones to fear.",
)


def _is_readable(path):
    try:
        with Image.open(path) as opened:
            opened.load()  # decodes every pixel; open() alone reads the header
        return True
    except (OSError, SyntaxError):
        return False


def _judge_readable(answer):
    good = encoded(noise(), "JPEG")
    page = b"<html><body>Not found</body></html>"
    contents = {
        "holiday.JPEG": (good, True, "a whole JPEG", "It turns a good picture away."),
        "empty.jpg": (b"", False, "an empty file", "It passes an empty file: the name promises a picture, no more."),
        "page.jpg": (
            page,
            False,
            "a web page",
            "It passes a web page: a file with something in it need not be a picture.",
        ),
        "cut.jpg": (
            good[: len(good) * 2 // 3],
            False,
            "a JPEG without its last third",
            "It passes a truncated picture: `open()` and `verify()` do not decode the pixels. Something must.",
        ),
        "scan.png": (encoded(noise(), "PNG"), True, "a whole PNG", "It turns a PNG away; PNG is as good as JPEG."),
        "photo.jpg": (
            encoded(noise(), "PNG"),
            True,
            "a whole PNG named .jpg",
            "It judges by the name: this picture can be read, whatever it is called.",
        ),
    }
    with files({name: content for name, (content, *_rest) in contents.items()}) as paths:
        for name, (content, expected, words, why) in contents.items():
            probe = f"{name}, {words}"
            came = truth_value(ask(answer, paths[name], probe=probe), probe)
            if not paths[name].is_file() or paths[name].read_bytes() != content:
                raise TryAgain("It changes or deletes the file; it should only look.", probe)
            if came != expected:
                raise TryAgain(why, probe, came, expected)


readable = Exercise(
    "cleaning.readable",
    kind="write a function",
    concept="can every pixel be read?",
    prompt="Write `is_readable`. It gets the path of a file, and returns `True` if the whole picture can be decoded, "
    "`False` if not. It must not raise an error, and not change the file.",
    stub="""
def is_readable(path):
    # True or False
    ...


exercises.cleaning.readable.check(is_readable)
""",
    hints=[
        "What has to be done with a file, to be sure that its last pixel is there?",
        "`Image.open` reads the header only, and `verify()` does not decode either. `.load()` does.",
        "Put `Image.open(path).load()` into `try:`, return `True` after it, and `False` in `except OSError:`.",
    ],
    insight="Decode each file once, before training: names, sizes and headers promise, only pixels prove.",
    answer=_is_readable,
    judge=_judge_readable,
)


verify = Choice(
    "cleaning.verify",
    concept="why did the check find nothing?",
    prompt="Pillow's `Image.verify()` had no complaint about any file. An hour into training, TensorFlow stops: "
    "“Invalid JPEG data or crop window”. What has happened?",
    options={
        "a": (
            "TensorFlow demands more than the JPEG standard does.",
            "Other decoders miss the same bytes; some fill in grey.",
        ),
        "b": (
            "The file's end is missing; `verify()` does not decode the pixels, so it could not notice.",
            "`verify()` looks at the frame of the file; whether the picture is whole is known once it is decoded.",
        ),
        "c": (
            "The file is a PNG named `.jpg`.",
            "TensorFlow looks at the first bytes and decodes a PNG under any name.",
        ),
        "d": (
            "The picture has four channels, not three.",
            "CMYK is decoded without an error, in colours that depend on the decoder.",
        ),
        "e": (
            "An augmentation cropped outside the picture.",
            "The words are the decoder's: it never got to augmentation.",
        ),
        "f": ("The memory is full; a smaller batch helps.", "Then it would say so, and not speak of JPEG data."),
        "g": (
            "The file has gone bad on the disk since it was checked.",
            "Check it once more: `verify()` still has no complaint. So the file may have been like this all along.",
        ),
    },
    right="b",
    hints=[
        "Which of the two has looked at the pixels?",
        "`verify()` is quick. What can it not have done in that time?",
        "A JPEG that has lost its end passes `verify()`.",
    ],
)


def _copies(train, validation):
    seen = {path.read_bytes() for path in train}
    return [path for path in validation if path.read_bytes() in seen]


def _judge_copies(answer):
    a, b, c, d, e = (encoded(noise(seed), "BMP") for seed in range(5))
    names = {"train/1.bmp": a, "train/2.bmp": b, "train/3.bmp": c}
    names |= {f"validation/{name}.bmp": content for name, content in {"1": d, "3": c, "7": a, "8": e, "9": e}.items()}
    probe = "validation: 1 (new), 3 and 7 (copies of 3 and 1 in train), 8 and 9 (new, and twice the same)"
    with files(names) as paths:
        sides = [[path for name, path in paths.items() if name.startswith(side)] for side in ("train", "validation")]
        given = items(ask(answer, *sides, probe=probe), probe)
        found = {Path(one).as_posix() for one in map(str, given)}
        train = {path.as_posix() for path in sides[0]} & found
        named = {path: {path.as_posix(), path.name, f"validation/{path.name}"} for path in sides[1]}
        came = {path.stem for path, names_of_it in named.items() if names_of_it & found}
    if given and not came and not train:
        raise TryAgain("These are no paths of validation files; return the paths themselves.", probe, given[0])
    if train:
        raise TryAgain(
            "There are training files among them; asked for are the validation files that are copies.", probe
        )
    for why, wrong in {
        "It compares names: 1 has the name of a training file, but not its content; 7 has another name.": {"1", "3"},
        "It finds what is twice within validation. Those are no leak: training has not seen them.": {"8", "9"},
        "It mixes up both: copies across, and copies within validation. Only those across are asked for.": {
            "3",
            "7",
            "8",
            "9",
        },
        "It takes all of them for copies: files of equal size need not have equal content.": {"1", "3", "7", "8", "9"},
        "It finds none; two of the files are copies.": set(),
        "It is turned round: these are the ones that training does not have.": {"1", "8", "9"},
    }.items():
        if came == wrong:
            raise TryAgain(why, probe, ", ".join(sorted(came)) or "no file", "3, 7")
    if came != {"3", "7"}:
        raise TryAgain("These are not the copies, or not all of them.", probe, ", ".join(sorted(came)), "3, 7")


copies = Exercise(
    "cleaning.copies",
    kind="write a function",
    concept="the same picture on both sides",
    prompt="Write `copies`. It gets two lists of paths, those of training and those of validation. It returns the "
    "paths **of validation** whose files have the same bytes as a file of training, under whatever name.",
    stub="""
def copies(train, validation):
    # two lists of paths -> those of validation that training has, too
    ...


exercises.cleaning.copies.check(copies)
""",
    hints=[
        "Names can differ, and sizes can be equal by chance. What cannot?",
        "`path.read_bytes()` is the content. Collect the contents of `train` in a set.",
        "Return `[path for path in validation if path.read_bytes() in seen]`.",
    ],
    insight="A picture on both sides makes the score lie: the network is asked what it has been told.",
    answer=_copies,
    judge=_judge_copies,
)
