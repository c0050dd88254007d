"""Outcomes: suggested only where nothing speaks against it, otherwise every reason named."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.audit import is_drawn
from pipeline.domain.contest import DEFAULT_ELIGIBILITY, Eligible, Policy
from pipeline.domain.decide import REASON_CODES, decide
from pipeline.domain.decision import Ineligible, Outcome, Pending, Referred, Suggested
from pipeline.domain.grading import Ungraded, UngradedCode
from pipeline.domain.submission import Flag, Reason, Span, Submission
from pipeline.domain.verification import Finding, GuardsComputed, Verification

FINDINGS = get_args(Finding.model_fields["code"].annotation)


def submission(*flags: Flag, case: int | None = 3) -> Submission:
    spans = (Span(start=0, end=4),)
    return Submission(
        id="s", post="p", version="v", source="f.txt", entrant="e1", case=case, spans=spans, text="text", flags=flags
    )


def flag(code: str, outcome: Eligible, **params: Any) -> Flag:
    return Flag(code=code, outcome=outcome, params=params)


def verified(*findings: Finding, guards: int | None = 2) -> Verification:
    low, high = (1, 3) if guards is None else (guards, guards)
    return Verification(checks=(), findings=findings, computed=GuardsComputed(guards=guards, low=low, high=high))


def decided(given_submission: Submission, graded: Verification | Ungraded | None, *extra: Reason) -> Outcome:
    return decide(given_submission, graded, policy=Policy(), extra=extra)


def test_a_grading_without_doubt_is_suggested_with_notes() -> None:
    found = decided(
        submission(flag("early", Eligible.ALLOW)),
        verified(Finding(code="quote_repaired", criterion="tone", refers=False, params={"quote": "q"})),
    )
    assert found == Suggested(
        guards=2,
        notes=(Reason(code="early"), Reason(code="quote_repaired", params={"criterion": "tone", "quote": "q"})),
    )


def test_a_random_share_of_what_would_be_suggested_is_referred() -> None:
    """Drawn by content alone: the same again, about that share of many, and never what is referred anyway."""
    policy = Policy(refer_share=0.25)

    def outcome(lot: str, *extra: Reason) -> Outcome:
        return decide(submission(), verified(), policy=policy, extra=extra, lot=lot)

    drawn = [lot for lot in map(str, range(2000)) if isinstance(outcome(lot), Referred)]
    assert 420 < len(drawn) < 580
    assert outcome(drawn[0]) == Referred(reasons=(Reason(code="random_audit"),), guards=2)
    doubt = Reason(code="model_differs")
    assert outcome(drawn[0], doubt) == Referred(reasons=(doubt,), guards=2)
    assert isinstance(outcome(""), Suggested)
    assert {is_drawn(str(n), 1.0) for n in range(99)} == {True}
    assert {is_drawn(str(n), 0.0) for n in range(99)} == {False}
    assert all(is_drawn(lot, 0.5) for lot in drawn)


def test_every_reason_is_named_once() -> None:
    found = decided(
        submission(
            flag("second_post", Eligible.REFER, n=2), flag("guessed_cut", Eligible.REFER), flag("early", Eligible.ALLOW)
        ),
        verified(
            Finding(code="quote_missing", criterion="tone", params={"quote": "q"}),
            Finding(code="quote_missing", criterion="tone", params={"quote": "q"}),
            Finding(code="content_mismatch", params={"verdict": "no"}),
        ),
        Reason(code="model_differs"),
    )
    assert isinstance(found, Referred)
    assert found.guards == 2
    assert found.reasons == (
        Reason(code="second_post", params={"n": 2}),
        Reason(code="guessed_cut"),
        Reason(code="model_differs"),
        Reason(code="quote_missing", params={"criterion": "tone", "quote": "q"}),
        Reason(code="content_mismatch", params={"verdict": "no"}),
    )
    assert found.notes == (Reason(code="early"),)


@pytest.mark.parametrize("code", get_args(UngradedCode))
def test_rule_1_what_is_not_graded_is_referred_without_a_number(code: UngradedCode) -> None:
    found = decided(submission(), Ungraded(reason=code, detail="the server said so"))
    expected = Reason(code=f"ungraded_{code}", params={"detail": "the server said so"})
    assert found == Referred(reasons=(expected,), guards=None)


def test_rule_1_open_guards_are_referred_with_their_range() -> None:
    found = decided(submission(), verified(guards=None))
    assert found == Referred(reasons=(Reason(code="guards_open", params={"low": 1, "high": 3}),), guards=None)


@pytest.mark.parametrize("flags", [(), (flag("edited_after_close", Eligible.REFER),)])
def test_what_is_not_graded_yet_is_pending(flags: tuple[Flag, ...]) -> None:
    assert decided(submission(*flags), None) == Pending()


@pytest.mark.parametrize("graded", [None, verified(), Ungraded(reason="timeout")])
def test_a_rejecting_flag_decides_with_all_rejecting_reasons(graded: Verification | Ungraded | None) -> None:
    flags = (
        flag("late", Eligible.REJECT, published="21 Dec"),
        flag("second_post", Eligible.REFER),
        flag("empty", Eligible.REJECT),
    )
    found = decided(submission(*flags), graded)
    assert found == Ineligible(reasons=(Reason(code="late", params={"published": "21 Dec"}), Reason(code="empty")))


def test_without_a_case_nothing_can_be_graded_whatever_the_contest_allows() -> None:
    found = decided(submission(flag("no_case_number", Eligible.ALLOW), case=None), verified())
    assert found == Ineligible(reasons=(Reason(code="no_case_number"),))


FLAGS = st.builds(flag, st.sampled_from(sorted(DEFAULT_ELIGIBILITY)), st.sampled_from(list(Eligible)))
GRADED = st.one_of(
    st.none(),
    st.builds(Ungraded, reason=st.sampled_from(get_args(UngradedCode))),
    st.builds(
        lambda findings, guards: verified(*findings, guards=guards),
        st.lists(st.builds(Finding, code=st.sampled_from(FINDINGS), refers=st.booleans()), max_size=3),
        st.none() | st.integers(0, 3),
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(FLAGS, max_size=3), GRADED, st.sampled_from([(), (Reason(code="model_differs"),)]), st.none() | st.just(5)
)
def test_rule_7_a_suggestion_stands_only_where_nothing_speaks_against_it(
    flags: list[Flag], graded: Verification | Ungraded | None, extra: tuple[Reason, ...], case: int | None
) -> None:
    found = decided(submission(*flags, case=case), graded, *extra)
    clean = (
        case is not None
        and not extra
        and all(f.outcome is Eligible.ALLOW for f in flags)
        and isinstance(graded, Verification)
        and graded.computed.guards is not None
        and not any(f.refers for f in graded.findings)
    )
    assert isinstance(found, Suggested) is clean
    reasons = [*getattr(found, "reasons", ()), *getattr(found, "notes", ())]
    assert {reason.code for reason in reasons} <= REASON_CODES


def test_every_code_of_ingest_grading_and_verification_is_listed() -> None:
    assert set(DEFAULT_ELIGIBILITY) | set(FINDINGS) <= REASON_CODES
    assert "ungraded_truncated" in REASON_CODES
