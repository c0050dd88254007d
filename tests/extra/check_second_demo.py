"""Checks that a second demo sends nothing: python tests/extra/check_second_demo.py FILE

FILE holds what `casejury grade --replay recordings --json` printed after the demo.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """0 if the run found everything graded and asked for nothing; 1 with what it did otherwise; 2 without a file."""
    if len(arguments) != 1:
        print(__doc__)  # noqa: T201 - the usage
        return 2
    told = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    run, state = told["run"], told["state"]
    wrong = [
        f"{name} is {value}, not {wanted}"
        for name, value, wanted in (
            ("requests", run["spent"]["requests"], 0),
            ("to grade", run["to_grade"], 0),
            ("graded now", run["graded"], 0),
            ("ungraded", run["ungraded"], {}),
            ("proposals", run["proposals"], 0),
            ("pending", state["pending"], 0),
        )
        if value != wanted
    ]
    if not run["already_graded"]:
        wrong.append("nothing was graded before: the first demo did nothing")
    if run["stopped"]:
        wrong.append(f"stopped: {run['stopped']}")
    done = f"second demo: {run['already_graded']} graded before, {run['spent']['requests']} requests"
    print("\n".join([done, *(f"  WRONG: {one}" for one in wrong)]))  # noqa: T201 - the result
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
