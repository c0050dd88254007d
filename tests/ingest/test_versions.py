"""The same post found again, and which of its versions counts."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from pipeline.domain.contest import RosterRow
from pipeline.domain.submission import Claim, Post
from pipeline.ingest.claims import Roster
from pipeline.ingest.versions import Chosen, PostVersion, choose, distinct, plain_url, same_posts
from tests.ingest.making import ANSWER, CONTEST, OTHER, at, post, version

BEFORE = datetime(2026, 12, 16, tzinfo=UTC)
LATER = datetime(2026, 12, 18, tzinfo=UTC)
AFTER = datetime(2026, 12, 22, tzinfo=UTC)


def chosen(*read: tuple[Post, datetime]) -> Chosen:
    group = [version(p, i, read_at) for i, (p, read_at) in enumerate(read, 1)]
    return choose(distinct(group), CONTEST)


def text_of(found: Chosen) -> str:
    return found.version.post.text


def test_the_last_version_before_closing_counts() -> None:
    found = chosen((post(ANSWER), BEFORE), (post(OTHER), LATER))
    assert (text_of(found), found.edited_after_close) == (OTHER, False)


def test_a_version_modified_after_closing_does_not_replace_the_earlier_one() -> None:
    edited = post(OTHER, modified_claims=at("2026-12-21T10:00:00+03:00"))
    found = chosen((post(ANSWER), BEFORE), (edited, AFTER))
    assert (text_of(found), found.edited_after_close) == (ANSWER, True)


def test_other_text_first_read_after_closing_is_taken_for_an_edit_after_closing() -> None:
    found = chosen((post(ANSWER), BEFORE), (post(OTHER), AFTER))
    assert (text_of(found), found.edited_after_close) == (ANSWER, True)


def test_a_version_read_after_closing_and_modified_before_counts() -> None:
    edited = post(OTHER, modified_claims=at("2026-12-19T10:00:00+03:00"))
    found = chosen((post(ANSWER), BEFORE), (edited, AFTER))
    assert (text_of(found), found.edited_after_close) == (OTHER, False)


def test_the_only_version_counts_even_when_edited_too_late() -> None:
    found = chosen((post(ANSWER, modified_claims=at("2026-12-21T10:00:00+03:00")), AFTER))
    assert (text_of(found), found.edited_after_close) == (ANSWER, True)


def test_reading_the_same_again_after_closing_is_no_edit() -> None:
    again = post(ANSWER, notes=("comments_dropped",))
    found = chosen((post(ANSWER), BEFORE), (again, AFTER))
    assert not found.edited_after_close


def test_a_late_post_is_not_called_edited_by_its_own_time() -> None:
    stamp = at("2026-12-21T10:00:00+03:00")
    assert not chosen((post(ANSWER, published_claims=stamp, modified_claims=stamp), AFTER)).edited_after_close


@pytest.mark.parametrize("cut", [ANSWER[:60] + "…", ANSWER[:60] + " […]", ANSWER[20:80], ""])
def test_an_excerpt_of_a_known_version_is_no_version(cut: str) -> None:
    assert text_of(chosen((post(ANSWER), BEFORE), (post(cut), LATER))) == ANSWER
    assert text_of(chosen((post(cut), BEFORE), (post(ANSWER), BEFORE))) == ANSWER


def test_what_was_published_short_and_grew_after_closing_counts_short() -> None:
    """The short text was known first: it is no excerpt of what nobody had seen yet."""
    assert text_of(chosen((post(ANSWER[:60]), BEFORE), (post(ANSWER), AFTER))) == ANSWER[:60]


def groups(*posts: Post) -> list[list[str]]:
    read = distinct([version(p, i) for i, p in enumerate(posts, 1)])
    return [[v.post.source for v in group] for group in same_posts(read)]


def test_posts_are_the_same_by_identity_or_canonical_link() -> None:
    page = post(ANSWER, source="p.html", identity="url:b.example/2", url="https://b.example/2/?utm_source=x#top")
    item = post(OTHER, source="w.xml#5", identity="wxr:5", kind="item", url="http://www.b.example/2")
    other = post(ANSWER, source="q.html", identity="url:b.example/3", url="https://b.example/3")
    assert groups(page, item, other) == [["p.html", "w.xml#5"], ["q.html"]]


def test_rows_that_share_a_blog_s_address_stay_apart() -> None:
    def row(n: int) -> Post:
        return post(ANSWER, source=f"t.csv#{n}", identity=f"row:t.csv#{n}", kind="row", url="https://b.example/")

    assert groups(row(1), row(2)) == [["t.csv#1"], ["t.csv#2"]]


def test_the_same_version_read_twice_is_one_as_first_read() -> None:
    twice = [version(post(ANSWER), 2, LATER), version(post(ANSWER), 1, BEFORE)]
    assert [v.read_at for v in distinct(twice)] == [BEFORE]


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://www.B.example/a/?utm_campaign=q&p=5#c", "b.example/a?p=5"),
        ("http://b.example/", "b.example"),
        ("nowhere", ""),
        ("http://[broken", ""),
    ],
)
def test_addresses_are_compared_without_what_does_not_matter(url: str, plain: str) -> None:
    assert plain_url(url) == plain


def test_choosing_keeps_every_text_by_version() -> None:
    found: Any = chosen((post(ANSWER), BEFORE), (post(OTHER), AFTER))
    assert sorted(found.texts.values()) == sorted([ANSWER, OTHER])
    assert isinstance(found.version, PostVersion)


def test_a_clock_that_was_set_back_does_not_bring_the_old_version_back() -> None:
    found = chosen((post(ANSWER), LATER), (post(OTHER), BEFORE))
    assert text_of(found) == OTHER
    assert found.version.read_at == LATER, "not dated before what was read earlier"


def test_a_clock_that_was_set_back_does_not_rename_a_post() -> None:
    page = version(post(ANSWER, source="p.html", url="https://b.example/2"), 1, LATER)
    copy = version(post(ANSWER, source="q.html", url="https://b.example/2"), 2, BEFORE)
    (group,) = same_posts(distinct([copy, page]))
    assert choose(group, CONTEST).identity == "path:p.html"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_people_are_found_in_either_form_of_their_letters(form: Literal["NFC", "NFD"]) -> None:
    claim = Claim(source="folder", value=unicodedata.normalize(form, "Андрей"))
    forms: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
    for written in forms:
        row = RosterRow(pseudonym="ann", slugs=(unicodedata.normalize(written, "андрей"),))
        assert Roster([row]).who(post(ANSWER, entrant_claims=(claim,))).pseudonym == "ann"
    assert Roster(None).who(post(ANSWER, entrant_claims=(claim,))).pseudonym == "Андрей"


def test_a_post_that_went_back_to_an_earlier_text_counts_with_it() -> None:
    found = chosen((post(ANSWER), BEFORE), (post(OTHER), LATER), (post(ANSWER), LATER))
    assert text_of(found) == ANSWER
