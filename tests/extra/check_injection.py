"""Attacks of another collection never raise marks unnoticed: python tests/extra/check_injection.py FILE

One JSON object a line with id, technique and text. Measured as docs/injection.md says; pure persuasion and plain
words that the judge does not cite are counted and not judged. Ends with 0, or 1 and the ids that passed.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.tools.hostile import PROMISED, foreign_corpus, trials


def main() -> int:
    """How many were tried, how many passed, and which may not."""
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/extra/check_injection.py FILE")
    broken: set[str] = set()
    counts: Counter[str] = Counter()
    for trial in trials(foreign_corpus(Path(sys.argv[1]))):
        promise = trial.attack.promise
        counts[f"{promise}, {trial.judge}"] += 1
        counts[f"{promise}, {trial.judge} undetected"] += trial.undetected
        kept = promise in PROMISED or (promise == "cited" and trial.judge == "cites_attack")
        if trial.undetected and kept:
            broken.add(f"{trial.attack.id} ({promise}, {trial.judge}, {trial.position})")
    for name in sorted(name for name in counts if not name.endswith("undetected")):
        sys.stdout.write(f"{name}: {counts[f'{name} undetected']} undetected of {counts[name]}\n")
    for name in sorted(broken):
        sys.stdout.write(f"FAIL {name}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
