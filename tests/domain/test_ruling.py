"""A juror's word, and what of the trail counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.domain.chain import append, head
from pipeline.domain.decision import (
    Act,
    Correction,
    Decision,
    Finalised,
    Pending,
    Referred,
    Release,
    RuledMark,
    Ruling,
    Suggested,
)
from pipeline.domain.rubric import Rubric
from pipeline.domain.ruling import effective, is_override, make_ruling, reopen
from pipeline.domain.submission import Media, Reason, Span, Submission

RUBRIC = Rubric.model_validate(
    {
        "case": 3,
        "criteria": [
            {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "a phrase", "at_least": 2},
            {"id": "harm", "kind": "check", "title": "Harm"},
            {"id": "overall", "kind": "level", "title": "Overall", "levels": {0: "a", 1: "b", 2: "c", 3: "d"}},
        ],
        "caps": [{"criterion": "phrases", "items_below": 2, "max": 1}, {"criterion": "harm", "is": True, "max": 0}],
    }
)


def submission(text: str = "my answer", case: int | None = 3, name: str = "s") -> Submission:
    spans = (Span(start=0, end=len(text)),)
    return Submission(id=name, post="p", version="v", source="f", entrant="e", case=case, spans=spans, text=text)


def marks(phrases: int = 2, *, harm: bool = False, overall: int = 3) -> list[RuledMark]:
    return [
        RuledMark(criterion="overall", level=overall),
        RuledMark(criterion="harm", is_=harm),
        RuledMark(criterion="phrases", items=phrases),
    ]


def made(**given: Any) -> Ruling | str:
    return make_ruling(submission(), RUBRIC, 3, **given)


@pytest.mark.parametrize(
    ("given", "guards"),
    [(marks(), 3), (marks(1), 1), (marks(9, overall=2), 2), (marks(harm=True), 0), (marks(overall=0), 0)],
)
def test_rule_2_the_guards_of_a_jurors_marks_are_computed_by_code(given: list[RuledMark], guards: int) -> None:
    ruling = made(marks=given)
    assert isinstance(ruling, Ruling)
    assert (ruling.guards, ruling.direct) == (guards, False)
    assert [m.criterion for m in ruling.marks] == ["phrases", "harm", "overall"]


@pytest.mark.parametrize("guards", [0, 1, 3])
def test_a_direct_ruling_is_recorded_as_such(guards: int) -> None:
    ruling = made(guards=guards, suggested=2, key="k")
    assert ruling == Ruling(
        submission="s",
        text=submission().text_id,
        rubric=RUBRIC.id,
        guards=guards,
        direct=True,
        suggested=2,
        key="k",
    )


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "either"),
    "both": ({"marks": marks(), "guards": 2}, "either"),
    "too many guards": ({"guards": 4}, "from 0 to 3"),
    "below zero": ({"guards": -1}, "from 0 to 3"),
    "true is no number": ({"guards": True}, "from 0 to 3"),
    "no marks": ({"marks": []}, "missing for phrases, harm, overall"),
    "a mark missing": ({"marks": marks()[:2]}, "missing for phrases"),
    "a mark twice": ({"marks": [*marks(), marks()[0]]}, "'overall' is marked twice"),
    "unknown criterion": ({"marks": [*marks(), RuledMark(criterion="style", level=1)]}, "no criterion 'style'"),
    "another kind": ({"marks": [*marks()[:2], RuledMark(criterion="phrases", level=2)]}, "a number of items"),
    "an empty mark": ({"marks": [*marks()[:2], RuledMark(criterion="phrases")]}, "a number of items"),
    "two values": ({"marks": [*marks()[:2], RuledMark(criterion="phrases", items=2, level=2)]}, "nothing else"),
    "negative items": ({"marks": marks(-1)}, "from 0"),
    "unknown level": ({"marks": marks(overall=4)}, "one of the levels 0, 1, 2, 3"),
}


@pytest.mark.parametrize("name", WRONG)
def test_rule_1_a_ruling_that_is_not_whole_is_refused(name: str) -> None:
    given, expected = WRONG[name]
    found = made(**given)
    assert isinstance(found, str)
    assert expected in found


def test_a_rubric_of_another_case_is_refused() -> None:
    assert isinstance(make_ruling(submission(case=4), RUBRIC, 3, guards=1), str)
    assert isinstance(make_ruling(submission(case=None), RUBRIC, 3, guards=1), str)


def test_an_override_differs_from_what_was_suggested() -> None:
    same, other, alone = made(guards=2, suggested=2), made(guards=2, suggested=3), made(guards=2)
    assert isinstance(same, Ruling)
    assert isinstance(other, Ruling)
    assert isinstance(alone, Ruling)
    assert (is_override(same), is_override(other), is_override(alone)) == (False, True, False)


def trail(*acts: Act) -> list[Decision]:
    links: list[Decision] = []
    for act in acts:
        before = head(links[-1]) if links else None
        links.append(append(before, by="juror", at=datetime(2026, 12, 21, tzinfo=UTC), reason="", act=act))
    return links


def released(**guards: int) -> Release:
    return Release(
        finalised={
            name: Finalised(guards=given, text=submission(name=name).content_id) for name, given in guards.items()
        }
    )


def ruled(guards: int, text: str = "my answer", name: str = "s") -> Ruling:
    found = make_ruling(submission(text, name=name), RUBRIC, 3, guards=guards)
    assert isinstance(found, Ruling)
    return found


def test_the_latest_ruling_counts_and_a_changed_text_reopens_the_question() -> None:
    state = effective(trail(ruled(1), ruled(3, name="other"), ruled(2)))
    current = state.ruling_for(submission())
    assert current is not None
    assert (current.guards, current.reopened, current.decision.seq) == (2, False, 3)
    changed = state.ruling_for(submission("my new answer"))
    assert changed is not None
    assert (changed.guards, changed.reopened, changed.ruling.guards) == (None, True, 2)
    assert state.ruling_for(submission(name="third")) is None


def test_corrections_and_releases_stay_in_order() -> None:
    first, second = (Correction(kind=kind, post="p", version="v") for kind in ("admit", "reject"))
    state = effective(trail(first, released(s=1, t=2), second, released(s=3)))
    assert state.corrections == (first, second)
    assert [d.seq for d in state.releases] == [2, 4]
    found = [state.released(submission(name=name)) for name in ("s", "t", "u")]
    assert [one.guards if one else None for one in found] == [3, 2, None]
    assert effective([]).corrections == ()


def test_rule_7_a_release_is_about_the_text_that_was_released() -> None:
    state = effective(trail(released(s=3)))
    changed = state.released(submission("my new answer"))
    assert changed is not None
    assert (changed.guards, changed.reopened, changed.finalised.guards) == (None, True, 3)
    assert state.reopened(submission("my new answer"))
    assert not state.reopened(submission())


@pytest.mark.parametrize("text", ["my answer", ""])
def test_rule_6_other_media_reopen_a_ruling_and_a_release(text: str) -> None:
    """What a person saw in the media is part of what was ruled on."""
    first, second = (
        submission(text).model_copy(update={"media": (Media(kind="video", url=f"https://v.example/{name}"),)})
        for name in ("one", "two")
    )
    made = make_ruling(first, RUBRIC, 3, guards=2)
    assert isinstance(made, Ruling)
    state = effective(trail(made))
    assert not state.reopened(first)
    assert state.reopened(second)
    assert state.reopened(submission(text)), "media that are gone are a change, too"
    final = {"s": Finalised(guards=2, text=first.content_id)}
    assert effective(trail(Release(finalised=final))).reopened(second)


def test_rule_7_what_is_reopened_is_no_suggestion() -> None:
    other = Reason(code="second_post")
    asked = reopen(Suggested(guards=2))
    assert asked == Referred(reasons=(Reason(code="reopened"),), guards=2)
    both = reopen(Referred(reasons=(other,)))
    assert isinstance(both, Referred)
    assert [reason.code for reason in both.reasons] == ["reopened", "second_post"]
    assert reopen(Pending()) == Pending()
