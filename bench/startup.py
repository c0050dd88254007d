"""How long `casejury --help` takes beside an empty Python: python bench/startup.py [ROUNDS]

Pairs are run in turn, so that a busy machine slows both; printed are medians and the median of the differences.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

HELP = [sys.executable, "-m", "pipeline.cli.main", "--help"]
EMPTY = [sys.executable, "-c", "pass"]


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one run of the command."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Prints; judges nothing."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds(HELP)
    pairs = [(seconds(HELP), seconds(EMPTY)) for _ in range(rounds)]
    helps, empties = zip(*pairs, strict=True)
    difference = statistics.median(one - other for one, other in pairs)
    print(f"casejury --help   {statistics.median(helps):.3f} s (median of {rounds}; best {min(helps):.3f})")
    print(f"python -c pass    {statistics.median(empties):.3f} s")
    print(f"difference        {difference:.3f} s")


if __name__ == "__main__":
    main()
