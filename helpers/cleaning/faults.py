"""Every fault that is looked for: its name, what it means, and what is done about it unless a person decides."""

from dataclasses import dataclass

LEAVE_OUT, REPAIR, KEEP, DECIDE = "leave out", "repair", "keep", "decide"


@dataclass(frozen=True)
class Fault:
    """meaning: one line for people. action: "leave out", "repair", "keep" (and report), or "decide" (for a person).

    group: what it does to a training.
    """

    meaning: str
    action: str
    group: str


GROUPS = {
    "breaks training": {
        "empty": ("no bytes at all", LEAVE_OUT),
        "unreadable": ("the system does not let it be read, or it changed meanwhile", LEAVE_OUT),
        "not a picture": ("something else under the name of a picture", LEAVE_OUT),
        "truncated": ("ends before the picture does", LEAVE_OUT),
        "damaged": ("its data contradict themselves", LEAVE_OUT),
        "too large": ("decoding it may use up the memory", LEAVE_OUT),
        "crashes": ("a decoder broke down over it, or came to no end", LEAVE_OUT),
        "unknown format": ("a picture of a kind that nothing here decodes", LEAVE_OUT),
        "other format": ("a picture that TensorFlow does not decode", REPAIR),
        "no end mark": ("all of the picture is there, but not the mark that ends it", REPAIR),
        "bad notes": ("notes beside its pixels, such as EXIF or a colour profile, at which Pillow stops", REPAIR),
        "odd name": ("TensorFlow cannot open this name, or other systems cannot write it", REPAIR),
    },
    "trains, but wrongly": {
        "wrong suffix": ("the name says another format than the content", REPAIR),
        "suffix not read": ("Keras passes over files with this ending", REPAIR),
        "cmyk": ("four printing inks; their colours depend on the decoder", REPAIR),
        "grey": ("one channel in place of three", REPAIR),
        "16 bit": ("values to 65,535; decoders clip or scale them", REPAIR),
        "palette": ("numbers of colours in place of colours", REPAIR),
        "transparent": ("what shows through depends on the decoder", REPAIR),
        "animated": ("several pictures in one file", REPAIR),
        "turned": ("lies on its side until EXIF is followed; decoders do not", REPAIR),
        "half grey": ("its lower part is one flat grey, as decoders leave it where data are missing", LEAVE_OUT),
        "torn": ("lighter or darker from a block on, as changed bytes leave it, which no decoder reports", LEAVE_OUT),
        "one colour": ("the same colour all over", LEAVE_OUT),
        "tiny": ("fewer than 16 pixels on a side", LEAVE_OUT),
        "sliver": ("more than 8 times as long as it is wide", LEAVE_OUT),
        "dark": ("almost black", KEEP),
        "light": ("almost white", KEEP),
        "blurred": ("hardly an edge in it", KEEP),
    },
    "misleads the score": {
        "copy": ("the same bytes as another picture of its class", LEAVE_OUT),
        "near copy": ("nearly the same as another picture of its class", LEAVE_OUT),
        "copy across splits": ("stands in another part of the split too, so a score on it means nothing", LEAVE_OUT),
        "copied across splits": ("the one that stays, of which another part of the split has a copy", KEEP),
        "copy across classes": ("stands in two classes: one label is wrong", DECIDE),
        "class or split": ("a folder read as one of the two that may be meant as the other; see its row", KEEP),
        "suspect": ("looks unlike its class: wrong label, or not the subject (listed only if asked for)", KEEP),
    },
    "never read": {
        "link": ("points elsewhere; never followed", LEAVE_OUT),
        "special file": ("a pipe or a device; never opened", LEAVE_OUT),
        "hidden": ("a file of the system, not a picture", LEAVE_OUT),
        "folder as picture": ("a folder named like a picture; not entered", LEAVE_OUT),
        "no class": ("lies outside the class folders", LEAVE_OUT),
        "empty class": ("a class folder without pictures", DECIDE),
        "same but for case": ("folders that some systems take for one; put together", REPAIR),
    },
}
FAULTS = {name: Fault(*about, group) for group, faults in GROUPS.items() for name, about in faults.items()}
# No decision can bring these into a clean copy: there is no whole picture to bring.
HOPELESS = frozenset(
    ("empty", "unreadable", "not a picture", "truncated", "damaged", "too large", "crashes", "unknown format")
)


def table() -> str:
    """All faults by what they do to a training, with what is done about each, for people."""
    lines = []
    for group, faults in GROUPS.items():
        lines += ["", f"{group}:"] if lines else [f"{group}:"]
        lines += [f"  {name:20} {action:10} {meaning}" for name, (meaning, action) in faults.items()]
    return "\n".join(lines)
