"""The page of dependencies, from what the project's own files ask for and what is known of each package.

python docs/dependencies.py             # docs/pages/dependencies.md anew, from docs/dependencies.csv
python docs/dependencies.py --look-up   # first ask the registry for the newest releases; needs `make lock` once, for uv

Reasons stand where the package is asked for. What would replace each is written by hand, into the CSV; licence, newest
release and its day are looked up. A package that was added needs a row with its name and its `instead`.
"""

import argparse
import csv
import datetime
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
KNOWN, PAGE = ROOT / "docs" / "dependencies.csv", ROOT / "docs" / "pages" / "dependencies.md"
COLUMNS = ("package", "licence", "newest", "released", "looked_up", "instead")
FILES = {
    "requirements.txt": "The lessons and tools",
    "tests/browser/requirements.txt": "Tests in a browser",
    "tests/tools.txt": "The lock, and long trials",
}
TABLE = re.compile(r"(?<=<!-- made by docs/dependencies.py -->\n).*?(?=<!-- end -->)", re.S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--look-up", action="store_true", help="ask the registry for the newest releases")
    known = read()
    if parser.parse_args().look_up:
        look_up(known)
        write(known)
    PAGE.write_text(TABLE.sub(lambda _: tables(known), PAGE.read_text(encoding="utf-8"), 1), encoding="utf-8")


def asked() -> dict[str, dict[str, str]]:
    """{what for: {package: its reason}}, from requirements files and the extras of pyproject.toml."""
    found = {}
    for name, title in FILES.items():
        found[title] = reasons((ROOT / name).read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = {}
    for name, packages in tomllib.loads(project)["project"]["optional-dependencies"].items():
        reason = re.search(rf"^{name} = \[.*\]\s*# (.+)$", project, re.M)[1]
        extras |= {Requirement(one).name: f'{reason}: `pip install -e ".[{name}]"`' for one in packages}
    return found | {"Only if you want it": extras}


def reasons(text: str) -> dict[str, str]:
    """{package: the comment behind it, or else the first sentence of the one above it}."""
    found, above = {}, ""
    for line in text.splitlines():
        asks, _, comment = (part.strip() for part in line.partition("#"))
        if asks and not asks.startswith("-"):
            found[Requirement(asks).name] = comment or above.partition(". ")[0].rstrip(".")
        elif comment:
            above = f"{above} {comment}".strip()
        else:
            above = ""
    return found


def licence(package: str) -> str:
    """What the installed package says of itself, in short; "" for nothing."""
    about = metadata.metadata(package)
    trove = [one.split(" :: ")[-1] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    said = about.get("License-Expression") or ", ".join(trove) or (about.get("License") or "").strip()
    return said.splitlines()[0][:60] if said else ""


def look_up(known: Mapping[str, dict[str, str]]) -> None:
    """Newest releases and their days, as uv knows them from the registry; licences of what is installed."""
    words = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--no-deps",
        "--universal",
        "--format",
        "pylock.toml",
    ]
    said = subprocess.run([*words, "-"], input="\n".join(known), capture_output=True, text=True, check=True).stdout
    locked = {one["name"]: one for one in tomllib.loads(said)["packages"]}
    for name, row in known.items():
        one = locked[re.sub(r"[-_.]+", "-", name).lower()]
        days = [
            str(each["upload-time"])[:10]
            for each in [*one.get("wheels", []), one.get("sdist", {})]
            if "upload-time" in each
        ]
        row |= {"newest": one["version"], "released": min(days, default="not said")}
        row["looked_up"] = datetime.date.today().isoformat()
        try:
            row["licence"] = licence(name) or row["licence"]
        except metadata.PackageNotFoundError:  # for another system, or not wanted here: what stands there stays
            continue


def tables(known: Mapping[str, dict[str, str]]) -> str:
    """Every package in a row, below the title of what asks for it."""
    parts = []
    for title, packages in asked().items():
        rows = [
            f"\n## {title}\n",
            "| Package | What for | Licence | Newest release | What would replace it |",
            "|---|---|---|---|---|",
        ]
        for package, reason in packages.items():
            one = known[package]
            rows.append(
                f"| {package} | {reason} | {one['licence']} | {one['newest']}, {one['released']} | {one['instead']} |"
            )
        parts += rows
    days = sorted({row["looked_up"] for row in known.values()})
    return "\n".join([f"Looked up on {' and '.join(days)}.", *parts, "\n"])


def read() -> dict[str, dict[str, str]]:
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {row["package"]: row for row in csv.DictReader(file)}


def write(known: Mapping[str, dict[str, str]]) -> None:
    with KNOWN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(known.values())


if __name__ == "__main__":
    main()
