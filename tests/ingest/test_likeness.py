"""A likely case for a text without a number, or none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Case
from pipeline.ingest.likeness import propose
from tests.ingest.making import CASES


def test_an_answer_is_proposed_to_the_case_whose_words_it_takes_up() -> None:
    found = propose("Новичка на удалёнке я учу трём навыкам; каждый навык мы измерим.", CASES)
    assert (found.case, found.by) == (5, "likeness")
    assert found.likeness is not None
    assert "новичка" in found.why


def test_a_text_about_something_else_fits_none() -> None:
    found = propose("Вчера пекла пирог с яблоками: мука, яйца, корица, немного терпения.", CASES)
    assert (found.case, found.why) == (None, "")


def test_two_equally_likely_cases_are_none() -> None:
    twins = {n: CASES[5].model_copy(update={"number": n}) for n in (1, 2)} | {3: CASES[3]}
    assert propose(CASES[5].statement, twins).case is None


def test_nothing_to_compare_is_none() -> None:
    assert propose("", CASES).case is None
    assert propose("Новичок", {}).likeness == 0


@given(st.sampled_from(sorted(CASES)))
@settings(max_examples=10, deadline=None)
def test_a_statement_is_most_like_itself(number: int) -> None:
    assert propose(CASES[number].statement, CASES).case == number


def test_a_contest_with_one_case_can_propose_it() -> None:
    one = {7: Case(number=7, title="Refund", statement="A traveller wants the refund of a cancelled hotel booking.")}
    assert propose("Dear traveller, your cancelled booking means a full refund from the hotel.", one).case == 7
