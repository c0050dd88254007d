"""Numbers in rationales against what code counted: clear contradictions only."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.domain.prose import quoted_passages, without_quoted
from pipeline.domain.rubric import Rubric
from pipeline.domain.stated_counts import contradicted


def rubric(*criteria: dict[str, Any]) -> Rubric:
    counts = [{"kind": "count", "at_least": 5, "qualifies": "", **c} for c in criteria]
    overall = {"id": "overall", "kind": "level", "title": "Overall", "levels": {0: "a", 1: "b"}}
    return Rubric.model_validate({"case": 1, "criteria": [*counts, overall]})


RU = rubric({"id": "phrases", "title": "Фразы, которые возвращают к сути", "qualifies": "готовая реплика оператора"})
EN = rubric({"id": "phrases", "title": "Phrases that steer back", "qualifies": "a ready reply of the operator"})
TWO = rubric(
    {"id": "good", "title": "Приёмы для вечера", "qualifies": "приём"},
    {"id": "bad", "title": "Приёмы для утра", "qualifies": "приём"},
)

CONTRADICTS = [
    (RU, 4, "Автор приводит пять фраз, все уместны.", 5),
    (RU, 4, "Даны все 5 требуемых фраз.", 5),
    (RU, 4, "В ответе 6 живых тёплых фраз", 6),
    (RU, 4, "Названо семь реплик.", 7),
    (RU, 5, "Приведено только 3 фразы.", 3),
    (RU, 0, "Есть одна фраза.", 1),
    (EN, 4, "The author gives five phrases.", 5),
    (EN, 4, "All 5 required phrases are there.", 5),
    (EN, 3, "It lists 6 usable phrases", 6),
    (EN, 5, "There are only two phrases.", 2),
]
AGREES = [
    (RU, 5, "Автор приводит пять фраз."),
    (RU, 4, "Две фразы звучат резко."),
    (RU, 4, "Не хватает 5 фраз до полного набора."),
    (RU, 4, "Требуется не менее 5 фраз, дано меньше."),
    (RU, 4, "Нужны все 5 фраз, а их нет."),
    (RU, 4, "Четыре из пяти фраз уместны."),
    (RU, 4, "Вместо 5 фраз названо четыре."),
    (RU, 4, "Пять фраз были бы лучше."),
    (RU, 4, "Не все 5 фраз уместны."),
    (RU, 4, "Пятая фраза повторяет первую."),
    (RU, 4, "5-я фраза повторяет первую."),
    (RU, 4, "Просили 5–7 фраз."),
    (RU, 4, "Клиент звонит пять раз."),
    (RU, 4, "Автор пишет: «Вот пять фраз для вас», но это не так."),
    (RU, 4, "Вывод №5. Фразы хороши."),
    (RU, 4, "Ответ занимает 12 предложений."),
    (RU, 4, "Только две фразы удачны."),
    (RU, 4, "До 10 фраз автор не дошёл."),
    (EN, 4, "Five phrases were required."),
    (EN, 4, "Fewer than five phrases are usable."),
    (EN, 4, "It would need 5 phrases."),
    (EN, 4, "Three of the five phrases are warm."),
    (EN, 4, "Two phrases are weak."),
    (EN, 4, "Not all five phrases are usable."),
    (EN, 4, 'It promises "five phrases to use" and keeps the promise halfway.'),
    (EN, 4, "One of the phrases repeats."),
]


@pytest.mark.parametrize(("guide", "counted", "rationale", "claimed"), CONTRADICTS)
def test_a_number_beyond_the_counted_items_contradicts(
    guide: Rubric, counted: int, rationale: str, claimed: int
) -> None:
    found = contradicted(guide, {"phrases": counted}, {"overall": rationale})
    assert [(f.criterion, f.rationale, f.claimed, f.counted) for f in found] == [
        ("phrases", "overall", claimed, counted)
    ]


@pytest.mark.parametrize(("guide", "counted", "rationale"), AGREES)
def test_demands_parts_and_other_numbers_do_not(guide: Rubric, counted: int, rationale: str) -> None:
    assert contradicted(guide, {"phrases": counted}, {"overall": rationale}) == ()


@pytest.mark.parametrize(("claim", "fits"), [("пять", True), ("четыре", True), ("девять", True), ("шесть", False)])
def test_where_two_criteria_share_the_noun_any_of_them_or_their_sum_may_be_meant(claim: str, *, fits: bool) -> None:
    found = contradicted(TWO, {"good": 5, "bad": 4}, {"overall": f"Автор даёт {claim} приёмов."})
    assert (found == ()) is fits


def test_what_could_not_be_counted_contradicts_nothing() -> None:
    assert contradicted(RU, {}, {"overall": "Автор приводит пять фраз."}) == ()


def test_quoted_passages_are_told_from_own_words() -> None:
    prose = 'Он пишет «Вот "пять" фраз» и “next step”, потом "да, конечно" и „так“.'
    assert quoted_passages(prose) == ('Вот "пять" фраз', "next step", "да, конечно", "так")
    assert without_quoted(prose) == "Он пишет  …  и  … , потом  …  и  … ."
    assert quoted_passages('a 5" screen is "wide" here') == ()
