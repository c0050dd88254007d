"""How long `casejury evaluate` takes on 20,000 rows, beside one plain loop over the same rows in the same process.

    python bench/evaluate.py [ROWS]

The yardstick reads the file with the csv module and counts one confusion matrix, its QWK, and 1000 resamplings of the
rows drawn one by one for that single figure, with nothing but the standard library: what one interval costs by the
plainest code there is. It is timed for 20 resamplings and multiplied.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRIED = 20


def write(path: Path, rows: int, entrants: int) -> None:
    """Ids, entrants, cases, two raters, a prediction with its confidence; `entrants` 0: each row is of another one."""
    drawn = random.Random(1)  # noqa: S311 - a stated seed
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        head = "id,entrant,case,rater1,rater2,prediction,confidence,length,format,published"
        writer.writerow(head.split(","))
        for i in range(rows):
            true = drawn.choices((0, 1, 2, 3), (1, 3, 4, 3))[0]
            marks = [max(0, min(3, true + drawn.choice((-1, 0, 0, 0, 1)))) for _ in range(3)]
            hour = f"2026-03-0{1 + i % 9}T{i % 24:02}:30:00+00:00"
            entrant = drawn.randrange(entrants) if entrants else ""
            length = 200 + 150 * true + drawn.randrange(300)
            writer.writerow([i, entrant, i % 12 + 1, *marks, round(drawn.random(), 3), length, "csv", hour])


def plain_kappa(pairs: list[tuple[int, int]]) -> float:
    """QWK by loops over the confusion matrix."""
    table = [[0] * 4 for _ in range(4)]
    for a, b in pairs:
        table[a][b] += 1
    rows = [sum(row) for row in table]
    columns = [sum(row[j] for row in table) for j in range(4)]
    cells = [(i, j) for i in range(4) for j in range(4)]
    observed = sum((i - j) ** 2 * table[i][j] for i, j in cells)
    return 1 - observed / sum((i - j) ** 2 * rows[i] * columns[j] / len(pairs) for i, j in cells)


def yardstick(path: Path) -> float:
    """Seconds that one interval of one figure takes by the plainest code."""
    start = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as stream:
        pairs = [(int(row["rater1"]), int(row["prediction"])) for row in csv.DictReader(stream)]
    plain_kappa(pairs)
    read = time.perf_counter() - start
    drawn = random.Random(2)  # noqa: S311 - a stated seed
    start = time.perf_counter()
    for _ in range(TRIED):
        plain_kappa([pairs[drawn.randrange(len(pairs))] for _ in pairs])
    return read + (time.perf_counter() - start) * 1000 / TRIED


def whole(path: Path, root: Path) -> float:
    """Seconds of the whole command: all figures, slices and intervals, page and JSON."""
    start = time.perf_counter()
    words = ["-m", "pipeline.cli.main", "-w", str(root), "evaluate", "--gold", str(path)]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Three turns of both, one after the other, so that a busy machine slows both."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "work"
        root.mkdir()
        subprocess.run(
            [sys.executable, "-m", "pipeline.cli.main", "-w", str(root), "init"], check=True, capture_output=True
        )
        for entrants in (0, rows // 10):
            path = Path(folder) / f"set-{entrants}.csv"
            write(path, rows, entrants)
            turns = [(whole(path, root), yardstick(path)) for _ in range(3)]
            shown = "; ".join(f"{took:.1f} s (one plain interval: {plain:.1f} s)" for took, plain in turns)
            print(f"{rows} rows, {entrants or rows} entrants: {shown}")


if __name__ == "__main__":
    main()
