"""The page of an evaluation: nothing in it can act, nothing undefined is a number, raters are called what they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.agreement.evaluate import evaluate
from pipeline.domain.agreement.evaluation import EvaluatedItem, Options
from pipeline.domain.agreement.gates import Gate, Gates, check
from pipeline.messages import Texts
from pipeline.publish.evaluation import (
    EvaluationReport,
    Shown,
    evaluation_html,
    evaluation_schema,
    summary_text,
    write_evaluation,
)

WHO = "two language-model readers, not people"
EVIL = '<script>alert(1)</script>"onload=\u202e'


def made(n: int = 90, *, raters: tuple[str, ...] = ("ann", "bob"), doubt: bool = True) -> EvaluationReport:
    items = [
        EvaluatedItem(
            id=f"i{i}",
            entrant=f"e{i % 12}",
            marks=(i % 4, (i + (i % 5 == 0)) % 4)[: len(raters)],
            machine=None if i % 30 == 0 else (i + (i % 3 == 0)) % 4,
            state="ungraded" if i % 30 == 0 else "referred" if i % 3 == 0 else "suggested",
            doubt=(float(i % 3 == 0),) if doubt and i % 30 else (),
            length=50 + i,
            slices={"case": str(i % 2 + 1), "time": ("night", "evening")[i % 2], "format": EVIL},
            criteria={"1/tone": (1, 0, 1)[: len(raters) + 1]},
        )
        for i in range(n)
    ]
    found = evaluate(items, Options(scale_max=3, raters=raters, raters_are=WHO, replicates=100))
    gates = Gates(gates=(Gate(figure="qwk", at_least=0.999), Gate(figure="qwk", slice={"case": "9"}, at_least=0)))
    return EvaluationReport(
        contest="small",
        title=EVIL,
        at=datetime(2026, 12, 21, 9, 0, tzinfo=UTC),
        reference_from="gold.csv",
        machine_from="store",
        ignored=(EVIL,),
        names={1: "The parcel is late"},
        evaluation=found,
        gates=check(gates, found),
    )


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    return made()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_rule_9_nothing_that_a_file_says_can_act_in_the_page(report: EvaluationReport, language: str) -> None:
    page = evaluation_html(report, Texts("ru" if language == "ru" else "en"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "default-src &#39;none&#39;" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("n", [0, 3, 90])
def test_rule_1_what_is_undefined_is_words_and_never_a_number(n: int) -> None:
    page = evaluation_html(made(n), Texts("en"))
    assert "nan" not in page.lower().replace("finance", "")
    assert ">None<" not in page
    if n < 10:
        assert "too few" in page or "no items" in page
        assert ">0.00<" not in page


def test_the_raters_are_named_for_what_they_are_in_every_section_with_their_marks(report: EvaluationReport) -> None:
    page = evaluation_html(report, Texts("en"))
    for section in ("agreement", "matrices", "slices", "criteria", "selective"):
        start = page.index(f'<section id="{section}"')
        assert WHO in page[start : page.index("</section>", start)], section
    assert any(WHO in line for line in summary_text(report, Texts("en")))


def test_how_referrals_are_counted_stands_beside_every_comparison(report: EvaluationReport) -> None:
    lines = [line for line in summary_text(report, Texts("en")) if "QWK" in line and ":" in line and "[" in line]
    ways = ("suggestions only, referrals left out", "all computed guards, referrals too", "all that both marked")
    compared = len(report.evaluation.comparisons) + len(report.evaluation.degradation)
    assert sum(any(line.endswith(way) for way in ways) for line in lines) == compared


@pytest.mark.parametrize("language", ["en", "ru"])
def test_one_rater_and_no_signals_leave_sections_out(language: str) -> None:
    page = evaluation_html(made(40, raters=("ann",), doubt=False), Texts("ru" if language == "ru" else "en"))
    assert 'id="selective"' not in page
    assert "&lt;script" in page


def test_the_same_report_gives_the_same_files_and_the_json_is_the_report(
    report: EvaluationReport, tmp_path: Path
) -> None:
    first = write_evaluation(report, Texts("en"), tmp_path / "a")
    second = write_evaluation(report, Texts("en"), tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert EvaluationReport.model_validate(json.loads(first[1].read_text(encoding="utf-8"))) == report
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"], "no temporary folder stays"
    assert "evaluation" in str(evaluation_schema())


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [Shown(Texts(lang)).number(value) for lang, value in (("en", -0.125), ("ru", 0.5), ("en", -0.001))] == [
        "−0.12",
        "0,50",
        "0.00",
    ]
