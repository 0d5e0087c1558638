"""CleanVision as its guide has it: `python cleaning_cleanvision.py FOLDER` in an environment of its own."""

import json
import resource
import sys
import time

from cleanvision import Imagelab


def processor() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


if __name__ == "__main__":
    wall, core = time.perf_counter(), processor()
    lab = Imagelab(data_path=sys.argv[1], verbose=False)
    lab.find_issues(verbose=False)
    print(json.dumps({"pictures": len(lab.issues), "wall": time.perf_counter() - wall, "core": processor() - core}))
