from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.domain.grading import JudgeReply, Usage
from pipeline.domain.ids import canonical_json
from pipeline.domain.submission import Claim, Heading, Hidden, Post
from pipeline.errors import StorageError
from pipeline.store.records import Record, ReplyRecord, dump, load, plain, stamp
from pipeline.store.store import Store
from tests.store.values import AT, failure, file_of, graded, outcome, proposal, reply, submission

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""also NUL, control characters and halves of surrogate pairs: a server may send anything"""
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Moscow"), ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kathmandu")])
STAMPS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds the zone

REPLIES = st.builds(
    JudgeReply,
    content=ANY_TEXT,
    finish_reason=ANY_TEXT,
    model=ANY_TEXT,
    usage=st.builds(Usage, prompt=st.integers(0, 10**12), estimated=st.booleans()),
    received_at=st.none() | STAMPS,
)


def posts(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Post]:
    return st.builds(
        Post,
        identity=texts,
        source=texts,
        text=texts,
        headings=st.lists(st.builds(Heading, start=st.integers(0, 9), end=st.integers(0, 9)), max_size=2).map(tuple),
        entrant_claims=st.lists(st.builds(Claim, source=texts, value=texts), max_size=2).map(tuple),
        hidden=st.lists(st.builds(Hidden, how=texts, text=texts), max_size=2).map(tuple),
    )


quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
number = count()


@quiet
@given(answer=REPLIES, at=STAMPS)
def test_raw_replies_come_back_byte_for_byte(store: Store, answer: JudgeReply, at: object) -> None:
    key = f"k{next(number)}"
    record = ReplyRecord.model_validate(
        {"key": key, "purpose": "grade", "request": "r", "reply": answer, "at": at, "run": "x"}
    )
    store.commit([record])
    (back,) = store.replies(key)
    assert back.reply.content == answer.content
    assert canonical_json(back.model_copy(update={"seq": None})) == canonical_json(record)


@quiet
@given(text=st.text(max_size=60), level=st.integers(-1, 10**9), rationale=ANY_TEXT)
def test_gradings_come_back_byte_for_byte(store: Store, text: str, level: int, rationale: str) -> None:
    key = f"k{next(number)}"
    base = graded(key)
    last = base.grading.marks[-1].model_copy(update={"level": level, "rationale": rationale})
    judged = base.grading.model_copy(update={"marks": (*base.grading.marks[:-1], last), "feedback": text})
    record = base.model_copy(update={"grading": judged, "model": rationale})
    store.commit([record])
    assert canonical_json(store.gradings([key])[key]) == canonical_json(record)


@settings(max_examples=200, deadline=None)
@given(post=posts(ANY_TEXT))
def test_posts_survive_json(post: Post) -> None:
    """What the database is given is UTF-8 without NUL, and the same value is made of it again."""
    written = dump(post)
    assert "\0" not in written
    written.encode()
    assert canonical_json(load(Post, written, "here")) == canonical_json(post)


@pytest.mark.parametrize(
    "make",
    [
        lambda: reply("k", run="r"),
        lambda: graded("k"),
        lambda: failure("k"),
        lambda: proposal("k"),
        lambda: outcome(submission(1), key="k", guards=2),
        lambda: outcome(submission(1)),
    ],
)
def test_every_record_is_equal_when_read(make: Callable[[], Record]) -> None:
    record = make()
    assert load(type(record), dump(record), "here") == record
    assert TypeAdapter(Record).validate_python(record) is record


def test_what_cannot_be_read_names_its_place_and_quotes_nothing() -> None:
    """A row of another version, or one that somebody changed, is a StorageError without the text in it."""
    with pytest.raises(StorageError) as caught:
        load(Post, '{"secret": "Иван Петров"}', "casejury.db: post version 7")
    assert caught.value.where == "casejury.db: post version 7"
    assert "Иван" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_times_sort_as_text() -> None:
    assert stamp(AT) == "2026-12-21T03:15:00.000000+00:00"
    with pytest.raises(ValueError, match="offset"):
        stamp(AT.replace(tzinfo=None))


def test_plain_text_keeps_different_names_apart() -> None:
    names = ["a", "a\0", "a\udcff", "a\udcfe"]
    assert len({plain(name) for name in names}) == 4


def test_a_file_of_any_post_is_known_again(store: Store) -> None:
    @quiet
    @given(post=posts(st.text(max_size=40)))
    def known_again(post: Post) -> None:
        file = file_of(post, data=dump(post).encode(), source=f"{next(number)}")
        store.add_file(**file)
        assert store.add_file(**file).unchanged == 1

    known_again()
