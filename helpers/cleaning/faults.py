"""Every fault that is looked for: its name, what it means, and what is done about it unless a person decides."""

from dataclasses import dataclass

LEAVE_OUT, REPAIR, KEEP, DECIDE = "leave out", "repair", "keep", "decide"


@dataclass(frozen=True)
class Fault:
    """meaning: one line for people. action: "leave out", "repair", "keep" (and report), or "decide" (for a person)."""

    meaning: str
    action: str


FAULTS = {
    # breaks training
    "empty": Fault("no bytes at all", LEAVE_OUT),
    "unreadable": Fault("the system does not let it be read", LEAVE_OUT),
    "not a picture": Fault("something else under the name of a picture", LEAVE_OUT),
    "truncated": Fault("ends before the picture does", LEAVE_OUT),
    "damaged": Fault("its data contradict themselves", LEAVE_OUT),
    "too large": Fault("says it has so many pixels that memory may run out", LEAVE_OUT),
    "crashes": Fault("a decoder broke down over it", LEAVE_OUT),
    "other format": Fault("a picture that TensorFlow does not decode", REPAIR),
    # trains, but wrongly
    "wrong suffix": Fault("the name says another format than the content", REPAIR),
    "suffix not read": Fault("Keras passes over files with this ending", REPAIR),
    "cmyk": Fault("four printing colours; decoders turn them into wrong ones", REPAIR),
    "grey": Fault("one channel in place of three", REPAIR),
    "16 bit": Fault("values to 65,535; decoders clip or scale them", REPAIR),
    "palette": Fault("numbers of colours in place of colours", REPAIR),
    "transparent": Fault("what shows through depends on the decoder", REPAIR),
    "animated": Fault("several pictures in one file", REPAIR),
    "turned": Fault("lies on its side until EXIF is followed; decoders do not", REPAIR),
    "half grey": Fault("its lower part is one flat grey, as decoders leave it where data are missing", LEAVE_OUT),
    "one colour": Fault("the same colour all over", LEAVE_OUT),
    "tiny": Fault("fewer than 16 pixels on a side", LEAVE_OUT),
    "sliver": Fault("more than 8 times as long as it is wide", LEAVE_OUT),
    "dark": Fault("almost black", KEEP),
    "light": Fault("almost white", KEEP),
    "blurred": Fault("hardly an edge in it", KEEP),
    # misleads the score
    "copy": Fault("the same bytes as another picture of its class", LEAVE_OUT),
    "near copy": Fault("nearly the same as another picture of its class", LEAVE_OUT),
    "copy across splits": Fault("stands in training too, so the score on it means nothing", LEAVE_OUT),
    "copy across classes": Fault("stands in two classes: one label is wrong", DECIDE),
    # not to be read
    "link": Fault("points elsewhere; never followed", LEAVE_OUT),
    "special file": Fault("a pipe or a device; never opened", LEAVE_OUT),
    "hidden": Fault("a file of the system, not a picture", LEAVE_OUT),
    "no class": Fault("lies outside the class folders", LEAVE_OUT),
    "empty class": Fault("a class folder without pictures", DECIDE),
    "same but for case": Fault("class folders that some systems take for one", DECIDE),
}
