"""fastdup as its guide has it: `python cleaning_fastdup.py FOLDER` in an environment of its own."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import fastdup


def processor() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        wall, core = time.perf_counter(), processor()
        run = fastdup.create(work_dir=work, input_dir=sys.argv[1])
        run.run(print_summary=False)
        seconds = {"wall": time.perf_counter() - wall, "core": processor() - core}
    print(json.dumps({"pictures": sum(path.is_file() for path in Path(sys.argv[1]).rglob("*.jpg"))} | seconds))
