"""The measured table of docs/protocol.md holds: the command that makes it fails where it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_rule_12_every_invented_quote_is_found_and_the_breaker_opens_where_it_should() -> None:
    """Whole batches at x = 0, 2, 5, 10, 30, 100%, with fewer gradings than in the page."""
    size = ["--batches", "1", "--gradings", "120", "--many", "50"]
    made = subprocess.run(
        [sys.executable, "bench/breaker.py", *size], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.count("(100%)") >= 5


def test_the_page_holds_a_table_that_was_measured() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    table = page.split("<!-- measured: bench/breaker.py -->")[1].split("<!-- end -->")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    assert [row[1].strip() for row in rows[1:7]] == ["0", "2", "5", "10", "30", "100"]
