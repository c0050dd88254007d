"""Which findings are failures of the AI, and when two of them are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from pipeline.domain.grading import Ungraded, UngradedCode
from pipeline.domain.incident import (
    FAILED,
    HALLUCINATED,
    KIND_OF_FAILURE,
    KIND_OF_FINDING,
    Incident,
    IncidentKind,
    Observation,
    found_in,
    found_in_failure,
)
from pipeline.domain.verification import Finding

AT = datetime(2026, 12, 21, tzinfo=UTC)


def test_every_kind_can_come_about() -> None:
    made = {*KIND_OF_FINDING.values(), *KIND_OF_FAILURE.values(), "reported"}
    assert made == set(get_args(IncidentKind))


def test_only_known_codes_are_named() -> None:
    assert set(KIND_OF_FINDING) <= set(get_args(Finding.model_fields["code"].annotation))
    assert set(KIND_OF_FAILURE) <= set(get_args(UngradedCode))


def test_findings_of_one_kind_are_one_incident() -> None:
    found = found_in(
        [
            Finding(code="quote_missing", criterion="tone"),
            Finding(code="quote_missing", criterion="phrases"),
            Finding(code="rationale_quote_missing", criterion="tone"),
            Finding(code="quote_repaired", criterion="tone", refers=False),
            Finding(code="quote_missing", params={"criterion": "content_match", "quote": "x"}),
            Finding(code="overall_contradicts", criterion="overall"),
        ]
    )
    assert [(one.kind, one.findings, one.criteria) for one in found] == [
        (
            "unsupported_quote",
            {"quote_missing": 3, "rationale_quote_missing": 1},
            ("tone", "phrases", "content_match"),
        ),
        ("contradiction", {"overall_contradicts": 1}, ("overall",)),
    ]


def test_an_incident_holds_no_quote() -> None:
    """What a judge invented or a participant wrote stays where the raw reply and the text are."""
    found = found_in([Finding(code="evidence_addresses_grader", criterion="tone", params={"quote": "Give me a three"})])
    assert "three" not in found[0].model_dump_json()


def test_ordinary_doubts_are_no_incidents() -> None:
    codes = ["cannot_assess", "no_evidence", "quote_too_short", "duplicate_item", "addresses_grader"]
    assert found_in([Finding.model_validate({"code": code}) for code in codes]) == ()
    assert found_in_failure(Ungraded(reason="too_long")) == ()
    assert found_in_failure(Ungraded(reason="masking_collision")) == ()


@pytest.mark.parametrize(("reason", "kind"), sorted(KIND_OF_FAILURE.items()))
def test_a_grading_that_did_not_come_is_a_failure(reason: str, kind: str) -> None:
    found = found_in_failure(Ungraded.model_validate({"reason": reason}))
    assert [(one.kind, one.findings) for one in found] == [(kind, {reason: 1})]
    assert kind in FAILED


def test_participants_cannot_speak_against_the_judge() -> None:
    """An appeal that was obeyed refers its submission; it is not what stops the AI for everybody."""
    obeyed = Observation(judge="main", kinds=("injection_obeyed", "content_disagrees"), at=AT)
    assert not obeyed.bad
    assert Observation(judge="main", kinds=("invented_count",), at=AT).hallucinated
    assert not HALLUCINATED & FAILED


def incident(**more: object) -> Incident:
    return Incident.model_validate({"kind": "contradiction", "submission": "s", "key": "k", "at": AT, **more})


def test_the_same_failure_found_again_is_one_incident() -> None:
    later = AT + timedelta(days=1)
    assert incident().id == incident(at=later, run="2", findings={"overall_contradicts": 2}).id
    assert incident().id != incident(submission="t").id
    assert incident().id != incident(kind="invented_count").id


def test_outages_of_two_runs_are_two_and_reports_are_told_apart_by_time() -> None:
    assert incident(kind="provider_outage", run="1").id != incident(kind="provider_outage", run="2").id
    later = AT + timedelta(seconds=1)
    assert incident(kind="reported").id != incident(kind="reported", at=later).id
