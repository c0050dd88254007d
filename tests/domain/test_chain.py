"""The chain over decisions shows every change, loss and exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.chain import append, check_chain, head
from pipeline.domain.decision import ChainHead, Correction, Decision, Finalised, Release, RuledMark, Ruling

AT = datetime(2026, 12, 21, 9, 30, tzinfo=UTC)


def ruling(submission: str = "s1", guards: int = 2) -> Ruling:
    marks = (RuledMark(criterion="harm", is_=False), RuledMark(criterion="phrases", items=5))
    return Ruling(submission=submission, text="t", rubric="r", guards=guards, marks=marks)


def trail(length: int = 5) -> list[Decision]:
    links: list[Decision] = []
    for number in range(1, length + 1):
        act: Any = ruling(guards=number % 4) if number % 2 else Correction(kind="admit", post="p", version="v")
        links.append(
            append(
                head(links[-1]) if links else None,
                by="juror-1",
                at=AT + timedelta(minutes=number),
                reason="as read",
                act=act,
                supersedes=number - 2 if number > 2 else None,
            )
        )
    return links


def test_a_whole_trail_is_sound_also_after_storage() -> None:
    links = trail()
    stored = [Decision.model_validate_json(link.model_dump_json(by_alias=True)) for link in links]
    assert check_chain(links) is None
    assert check_chain(stored) is None
    assert check_chain([]) is None
    assert [link.seq for link in links] == [1, 2, 3, 4, 5]


def test_the_zone_of_a_stamp_does_not_change_its_link() -> None:
    here = append(None, by="a", at=AT, reason="", act=ruling())
    there = append(None, by="a", at=AT.astimezone(timezone(timedelta(hours=3))), reason="", act=ruling())
    assert here.hash == there.hash
    assert check_chain([there]) is None


CHANGES: dict[str, dict[str, Any]] = {
    "who": {"by": "juror-2"},
    "when": {"at": AT},
    "why": {"reason": "another reason"},
    "what": {"act": ruling(guards=1)},
    "instead of what": {"supersedes": None},
    "the hash": {"hash": "sha256:" + "0" * 64},
}


@pytest.mark.parametrize("what", CHANGES)
def test_rule_6_a_changed_decision_is_named(what: str) -> None:
    links = trail()
    links[2] = links[2].model_copy(update=CHANGES[what])
    assert (check_chain(links) or "").startswith("decision 3 was changed")


def test_rule_6_a_rewritten_link_breaks_the_next_one() -> None:
    """Making the changed link's own hash fit moves the break to its successor."""
    links = trail()
    links[2] = append(head(links[1]), by="juror-1", at=links[2].at, reason="as read", act=ruling(guards=0))
    assert (check_chain(links) or "").startswith("decision 4 does not follow decision 3")


def test_rule_6_a_removed_or_exchanged_decision_is_named() -> None:
    links = trail()
    assert "decision 2 is missing" in (check_chain([links[0], *links[2:]]) or "")
    assert "decision 1 is missing" in (check_chain(links[1:]) or "")
    assert check_chain([links[1], links[0], *links[2:]]) is not None


def test_rule_6_a_cut_tail_shows_against_a_printed_head() -> None:
    links = trail()
    printed = head(links[-1])
    assert check_chain(links, printed) is None
    assert check_chain(links, head(links[2])) is None
    assert check_chain(links[:3]) is None
    assert "but 5 were printed" in (check_chain(links[:3], printed) or "")
    assert "but 5 were printed" in (check_chain([], printed) or "")
    assert check_chain([], head(None)) is None
    assert check_chain(links, ChainHead(count=0, hash="other")) is not None
    assert "rewritten" in (check_chain(links, ChainHead(count=4, hash="other")) or "")


def test_a_decision_supersedes_only_earlier_ones() -> None:
    with pytest.raises(ValueError, match="not an earlier decision"):
        append(None, by="a", at=AT, reason="", act=ruling(), supersedes=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.integers(0, 3)), min_size=1, max_size=6), st.data())
def test_rule_6_no_single_change_goes_unseen(rows: list[tuple[str, str, int]], data: st.DataObject) -> None:
    links: list[Decision] = []
    for by, reason, guards in rows:
        act = Release(finalised={"s": Finalised(guards=guards, text="t")})
        links.append(append(head(links[-1]) if links else None, by=by, at=AT, reason=reason, act=act))
    index = data.draw(st.integers(0, len(links) - 1))
    link = links[index]
    field, value = data.draw(
        st.sampled_from(
            [
                ("by", link.by + "x"),
                ("reason", link.reason + " "),
                ("at", link.at + timedelta(microseconds=1)),
                ("act", Release(finalised={"s": Finalised(guards=9, text="t")})),
                ("previous", "sha256:other"),
                ("seq", link.seq + 1),
            ]
        )
    )
    changed = [*links[:index], link.model_copy(update={field: value}), *links[index + 1 :]]
    assert check_chain(links) is None
    assert check_chain(changed) is not None
