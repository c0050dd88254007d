"""Searches for files and replies that break the readers and the parser, for as long as you like.

`python bench/fuzz.py 20000` tries so many examples in each fuzz test (default 5000, about an hour). What it finds is
printed with the smallest example; mend it and keep the example in tests/fuzz/test_found.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """The exit code of the tests."""
    examples = sys.argv[1] if len(sys.argv) > 1 else "5000"
    if not examples.isdigit():
        print(__doc__)
        return 2
    command = [sys.executable, "-m", "pytest", "-q", "tests/fuzz"]
    environment = {**os.environ, "CASEJURY_FUZZ_EXAMPLES": examples}
    return subprocess.run(command, env=environment, check=False, cwd=Path(__file__).parents[1]).returncode


if __name__ == "__main__":
    sys.exit(main())
