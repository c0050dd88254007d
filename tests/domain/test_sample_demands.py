"""The sample contest's statements demand exactly these numbers, and its rubrics answer them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.domain.demands import find_demands
from pipeline.domain.lint import has_errors, lint_rubric
from pipeline.workspace.load import open_workspace

ROOT = Path(__file__).parents[2]
DEMANDS = {
    2: [(2, None)],
    3: [(5, None)],
    4: [(2, 3), (2, 3)],
    7: [(2, 3), (2, 3)],
    9: [(5, None), (5, None)],
    11: [(3, None)],
}


@pytest.mark.parametrize("case", range(1, 13))
def test_the_sample_statements_demand_exactly_these_numbers(case: int) -> None:
    statement = (ROOT / "cases" / f"{case:02d}.md").read_text(encoding="utf-8")
    assert [(d.at_least, d.at_most) for d in find_demands(statement)] == DEMANDS.get(case, [])


def test_the_sample_rubrics_have_no_lint_errors() -> None:
    workspace = open_workspace(ROOT)
    for number, rubric in workspace.rubrics.items():
        findings = lint_rubric(rubric, workspace.case(number), workspace.contest.scale.max)
        assert not has_errors(findings), [finding.message for finding in findings]
