"""Finds what will break or spoil a training in a folder of pictures, and writes a clean copy. Changes no original.

report = scan(folder)                 # one Finding(path, fault, detail, action) a row
report = clean(folder, destination)   # the same, and the clean copy
report.to_csv("findings.csv")
"""

from helpers.cleaning.copying import clean
from helpers.cleaning.decisions import read_decisions, write_decisions
from helpers.cleaning.faults import FAULTS, Fault
from helpers.cleaning.report import Finding, Report
from helpers.cleaning.scanning import scan

__all__ = ["FAULTS", "Fault", "Finding", "Report", "clean", "read_decisions", "scan", "write_decisions"]
