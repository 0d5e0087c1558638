"""Finds what will break or spoil a training in a folder of pictures, and writes a clean copy. Changes no original.

    report = scan(folder)                 # one Finding(path, fault, detail, action) a row
    report.to_csv("findings.csv")
    write_page(report, folder, "findings.html")
    review(report, folder, "decisions.csv")  # in a notebook: keep, drop, another class
    clean(folder, destination, read_decisions("decisions.csv"))

What a clean copy promises, and the tests hold it to, on every fault that they can make and on thousands of files spoilt
at random:
- every file of it decodes in Pillow and in TensorFlow to the same size, upright, with three channels of 8 bits;
- `tf.keras.utils.image_dataset_from_directory`, `ImageDataGenerator.flow_from_directory` and
  `pipeline.image_dataset` each read all of it, and count the same files;
- no two copies, and no near copies that were found, stand on both sides of a split, unless a person kept them;
- the original tree, its names, bytes, times and modes, is as before (where the system lets a file be read without
  noting the time, as Linux lets its owner; and with `links`, which are the original files under a second name, the
  system counts one link more of these and notes when that came, their ctime);
- the copy is whole, or it is not there: after an error nothing is left, and what a killed run left is removed by the
  next run to the same place.

What it cannot promise: damage that happens to decode without any contradiction and shows little is not seen (of JPEGs
with bytes overwritten in the middle, nine in ten of those that look much different are found, two in five of those that
look a little so); nor is a near copy that was cropped by more than a tenth. And pictures that are alike by nature, such
as digits or cells of one solar panel, are taken for near copies: the report says so where there are many, and with
`near=False` none are sought.

`FAULTS` says what is looked for and what is done about each by default; `labs clean --faults` prints it.
"""

from helpers.cleaning.copying import clean
from helpers.cleaning.decisions import read_decisions, write_decisions
from helpers.cleaning.faults import FAULTS, Fault
from helpers.cleaning.page import write_page
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.reviewing import review
from helpers.cleaning.scanning import scan
from helpers.cleaning.suspecting import suspects

__all__ = [
    "FAULTS",
    "Fault",
    "Finding",
    "Report",
    "clean",
    "read_decisions",
    "review",
    "scan",
    "suspects",
    "write_decisions",
    "write_page",
]
