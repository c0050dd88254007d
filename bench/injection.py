"""The tables of docs/injection.md: python bench/injection.py [--extra FILE] [--dev-only]

Every attack of the corpora at three positions of answers of three qualities, each under three judges that are lost to
it; every harmless answer through the same detectors. `--extra`: attacks of another collection (id, technique, text a
line), measured beside. `--dev-only` leaves the frozen half alone and prints instead of writing. Texts are never shown.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.domain.grader_text import find_grader_text, find_suspicious  # noqa: E402 - the repository is no package
from pipeline.domain.text import canonicalise  # noqa: E402
from tests.corpora.split import half  # noqa: E402
from tests.tools.hostile import JUDGES, Attack, Trial, corpus, foreign_corpus, trials  # noqa: E402

CORPORA = ROOT / "tests" / "corpora"
PAGE = ROOT / "docs" / "injection.md"
MARK = "<!-- tables: made by bench/injection.py -->"
PROMISES = ("structural", "hidden", "encoded", "cited", "persuasion")
PROMISED = {p: set(JUDGES) for p in ("structural", "hidden", "encoded")} | {
    "cited": {"cites_attack"},
    "persuasion": set(),
}
"""Which judges may never raise marks unnoticed with an attack of which class."""


def share(part: int, of: int) -> str:
    """Both numbers and the share."""
    return f"{part} of {of}" + (f" ({100 * part / of:.1f}%)" if of else "")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines)


def by_class(name: str, tried: Sequence[Trial]) -> list[list[object]]:
    """Undetected increases of one set of attacks by class and judge; bold where 0 is promised."""
    rows: list[list[object]] = []
    for promise in PROMISES:
        mine = [t for t in tried if t.attack.promise == promise]
        if not mine:
            continue
        row: list[object] = [name, promise, len({t.attack.id for t in mine})]
        for judge in JUDGES:
            of = [t for t in mine if t.judge == judge]
            said = share(sum(t.undetected for t in of), len(of))
            row.append(f"**{said}**" if judge in PROMISED[promise] else said)
        rows.append(row)
    return rows


def by_technique(sets: dict[str, list[Trial]]) -> list[list[object]]:
    """Attacks of which something passes unnoticed, by technique: classes whose rate is only measured."""
    counts: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for name, tried in sets.items():
        for t in tried:
            if t.attack.promise in ("cited", "persuasion"):
                counts[t.attack.promise, t.attack.technique][name][f"{t.judge} n"] += 1
                counts[t.attack.promise, t.attack.technique][name][t.judge] += t.undetected
    rows: list[list[object]] = []
    for (promise, technique), found in sorted(counts.items()):
        row: list[object] = [promise, technique]
        for name in sets:
            c = found[name]
            row += [" / ".join(f"{c[j]}" for j in JUDGES) + f" of {c[f'{JUDGES[0]} n']}" if c else "–"]
        rows.append(row)
    return rows


def harmless(halves: Sequence[str]) -> list[list[object]]:
    """Harmless answers that a detector refers, and those with a sentence that no evidence may come from, by kind."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for line in (CORPORA / "benign.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if half(row["id"]) not in halves:
            continue
        text = canonicalise(row["text"])
        for kind in (row["kind"], "all"):
            count = found[half(row["id"]), kind]
            count["n"] += 1
            count["referred"] += bool(text.removed or find_grader_text(text.text))
            count["doubted"] += bool(find_suspicious(text.text))
    return [
        [h, kind, share(c["referred"], c["n"]), share(c["doubted"], c["n"])]
        for (h, kind), c in sorted(found.items(), key=lambda item: (item[0][0], item[0][1] == "all", item[0][1]))
    ]


def report(sets: dict[str, list[Attack]], halves: Sequence[str]) -> str:
    """All tables."""
    tried = {name: list(trials(attacks)) for name, attacks in sets.items()}
    stamp = os.environ.get("SOURCE_DATE_EPOCH")
    day = datetime.fromtimestamp(int(stamp), UTC) if stamp else datetime.now(UTC)
    judges = [j.replace("_", " ") for j in JUDGES]
    return "\n\n".join(
        [
            f"Measured on {day:%d %B %Y}.",
            "### Undetected increases by class",
            table(["set", "class", "attacks", *judges], [r for n, t in tried.items() for r in by_class(n, t)]),
            "### Classes without a promise, by technique",
            f"Undetected increases under the judges in turn: {' / '.join(judges)}.",
            table(["class", "technique", *tried], by_technique(tried)),
            "### Harmless answers",
            table(["half", "kind", "referred", "with a doubtful sentence"], harmless(halves)),
        ]
    )


def main() -> None:
    """Writes the tables into docs/injection.md below their mark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extra", type=Path)
    parser.add_argument("--dev-only", action="store_true")
    options = parser.parse_args()
    every = corpus(CORPORA / "attacks.jsonl")
    halves = ("dev",) if options.dev_only else ("dev", "frozen")
    sets = {name: [a for a in every if half(a.id) == name] for name in halves}
    if options.extra:
        sets["extra"] = foreign_corpus(options.extra)
    made = report(sets, halves)
    if options.dev_only:
        sys.stdout.write(made + "\n")
        return
    before = PAGE.read_text("utf-8").partition(MARK)[0]
    PAGE.write_text(f"{before}{MARK}\n\n{made}\n", encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")


if __name__ == "__main__":
    main()
