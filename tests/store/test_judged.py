from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.domain.ids import canonical_json
from pipeline.errors import StorageError, UsageError
from pipeline.store.store import Store
from tests.store.values import failure, file_of, graded, outcome, post, proposal, reply, rubric, submission


def raw(url: str) -> sa.Engine:
    """The database as any other program sees it."""
    return sa.create_engine(url)


def test_rule_5_one_accepted_grading_per_key(store: Store, url: str) -> None:
    """The first grading of a key stays, whoever comes second, in the same batch or later, and the database says so."""
    assert store.commit([graded("k", level=2), graded("k", level=0)]) == (graded("k", level=2),)
    assert store.commit([graded("k", level=1), graded("other")]) == (graded("other"),)
    assert store.gradings(["k"])["k"].grading == graded("k", level=2).grading
    assert store.known_keys() == {"k", "other"}
    engine = raw(url)
    with suppress(sa.exc.IntegrityError), engine.begin() as connection:  # SQLite's trigger leaves it out without a word
        connection.execute(sa.text("INSERT INTO gradings (key, body) VALUES ('k', '{}')"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM gradings WHERE key = 'k'")).scalar_one() == 1
    engine.dispose()
    assert store.gradings(["k"])["k"].grading == graded("k", level=2).grading


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE gradings SET body = ''",
        "DELETE FROM gradings",
        "UPDATE replies SET body = ''",
        "DELETE FROM replies",
        "UPDATE post_versions SET body = ''",
        "DELETE FROM post_versions",
        "DELETE FROM blobs",
    ],
)
def test_evidence_is_never_updated_or_deleted(store: Store, url: str, act: str) -> None:
    """What judges answered and people wrote is refused every change by the database itself."""
    store.add_file(**file_of(post()))
    store.commit([reply("k"), graded("k")])
    engine = raw(url)
    with pytest.raises(sa.exc.DatabaseError, match="only appended to"), engine.begin() as connection:
        connection.execute(sa.text(act))
    engine.dispose()
    assert store.gradings(["k"])["k"].grading == graded("k").grading
    assert len(store.replies("k")) == 1
    assert len(list(store.post_versions())) == 1


def test_replace_does_not_slip_past_the_guards(tmp_path: Path) -> None:
    """INSERT OR REPLACE from a connection without recursive triggers leaves the first row in place."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store = Store.open(url)
    store.commit([reply("k"), graded("k", level=2)])
    engine = raw(url)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT OR REPLACE INTO gradings (key, body) VALUES ('k', 'x')"))
        connection.execute(sa.text("INSERT OR REPLACE INTO replies VALUES (1, 'k', 'grade', 'x')"))
    engine.dispose()
    assert store.gradings(["k"])["k"].grading == graded("k", level=2).grading
    assert store.replies("k")[0].reply == reply("k").reply
    store.close()


def test_a_grading_names_the_reply_it_was_parsed_from(store: Store) -> None:
    store.commit([reply("k", 1), reply("other"), reply("k", 2), graded("k")])
    first, _, second = (r.seq for r in (*store.replies("k")[:1], *store.replies("other"), *store.replies("k")[1:]))
    assert store.gradings(["k"])["k"].reply == second != first


def test_open_replies_are_those_nothing_was_made_of(store: Store) -> None:
    """A reply is open until a grading, a failure or a proposal of its key is stored after it."""
    store.commit([reply("a"), reply("b", content="x"), reply("c"), reply("d"), reply("e", purpose="case")])
    store.commit([reply("draft", purpose="rubric"), reply("probe", purpose="probe")])
    assert [r.key for r in store.open_replies()] == ["a", "b", "c", "d", "e"]
    store.commit([graded("a"), failure("b", "invalid_reply"), proposal("e")])
    assert [r.key for r in store.open_replies()] == ["c", "d"]
    store.commit([reply("b", content="next run")])
    assert [(r.key, r.reply.content) for r in store.open_replies()][-1] == ("b", "next run")


def test_a_failure_without_a_reply_closes_nothing_that_comes_later(store: Store) -> None:
    store.commit([failure("k")])
    store.commit([reply("k")])
    assert [r.key for r in store.open_replies()] == ["k"]


def test_both_replies_of_a_repair_stay_open_in_order(store: Store) -> None:
    store.commit([reply("k", 1), reply("k", 2)])
    assert [r.purpose for r in store.open_replies()] == ["grade", "repair"]
    assert store.attempts(["k", "unknown"]) == {"k": 2}


def test_ungraded_is_the_newest_failure_of_keys_without_a_grading(store: Store) -> None:
    store.commit([failure("a", "timeout"), failure("a", "refused"), failure("b"), graded("b")])
    assert {key: u.reason for key, u in store.ungraded().items()} == {"a": "refused"}
    assert store.ungraded(["b", "c"]) == {}
    assert store.ungraded([]) == {}


def test_more_keys_than_a_statement_takes(store: Store) -> None:
    keys = [f"k{number}" for number in range(1203)]
    store.commit([graded(key) for key in keys])
    assert set(store.gradings(iter(keys))) == set(keys) == store.known_keys()


def test_proposals_keep_the_first(store: Store) -> None:
    assert store.commit([proposal("k", 3), proposal("k", None)]) == (proposal("k", 3),)
    assert store.proposals(["k", "x"]) == {"k": proposal("k", 3)}


def test_a_failed_commit_writes_nothing(store: Store, url: str) -> None:
    """All or nothing, also where the database fails in the middle of a batch."""
    engine = raw(url)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE proposals RENAME TO lost"))
    engine.dispose()
    with pytest.raises(StorageError):
        store.commit([reply("a"), graded("a"), proposal("k"), graded("b")])
    assert store.known_keys() == set()
    assert store.replies("a") == []
    assert store.commit([graded("a")])


def test_an_outcome_takes_the_place_of_the_last(store: Store) -> None:
    """Equal ones write nothing; one of a submission that is gone does not show."""
    first, second = submission(1), submission(2)
    store.replace_submissions([first, second])
    records = (outcome(first), outcome(second))
    assert store.commit(records) == records
    assert store.commit(records) == ()
    better = outcome(first, basis="c", key="k", guards=2)
    assert store.commit([better]) == (better,)
    assert store.outcome(first.id) == better
    assert store.outcome("unknown") is None
    store.replace_submissions([first])
    assert list(store.outcomes()) == [better]


def test_graded_before_outlives_a_changed_key(store: Store) -> None:
    """A pending outcome under a new key does not hide that there was a grading: a change made it stale."""
    one = submission(1)
    store.replace_submissions([one])
    store.commit([outcome(one, key="old")])
    assert not store.graded_before(one.id)
    store.commit([outcome(one, basis="c", key="old", guards=3)])
    store.commit([outcome(one, basis="d", key="new")])
    assert store.graded_before(one.id)


def test_a_rubric_is_read_with_its_newest_approval(store: Store) -> None:
    draft = rubric()
    signed = rubric(status="approved", approved={"by": "chief", "at": "2026-12-01T12:00:00+03:00"})
    for value in (draft, draft, signed):
        store.put_rubric(value)
    assert canonical_json(store.rubric(draft.id)) == canonical_json(signed)
    with pytest.raises(UsageError):
        store.rubric("sha256:unknown")
