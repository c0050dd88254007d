from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from pipeline.domain.chain import check_chain
from pipeline.domain.decision import GENESIS, ChainHead
from pipeline.errors import UsageError
from pipeline.store.store import Store
from tests.store.values import AT, ruling

WORKER = Path(__file__).with_name("worker.py")


def decide(store: Store, times: int = 3) -> None:
    for number in range(times):
        store.append_decision(by="chief", at=AT, reason=f"причина {number}", act=ruling(number % 4))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE decisions SET body = '{}'",
        "UPDATE decisions SET seq = seq + 10",
        "DELETE FROM decisions WHERE seq = 3",
        "DELETE FROM decisions",
    ],
)
def test_rule_6_decisions_are_never_updated_or_deleted(store: Store, url: str, act: str) -> None:
    """Any program that opens the database is refused, and the chain stays as it was."""
    decide(store)
    before = list(store.decisions())
    engine = sa.create_engine(url)
    with pytest.raises(sa.exc.DatabaseError, match="only appended to"), engine.begin() as connection:
        connection.execute(sa.text(act))
    engine.dispose()
    assert list(store.decisions()) == before
    assert check_chain(before) is None


def test_rule_6_nothing_replaces_or_overtakes_a_decision(store: Store, url: str) -> None:
    """No second decision under a number, no gap, no fork; REPLACE and TRUNCATE are no way round either."""
    decide(store)
    before = list(store.decisions())
    second = {"seq": 2, "previous": "x", "hash": "y"}
    fork = {"seq": 4, "previous": before[1].previous, "hash": "y"}
    insert = "INSERT INTO decisions (seq, previous, hash, body) VALUES (:seq, :previous, :hash, '{}')"
    tries = [(insert, second), (insert, fork)]
    if url.startswith("sqlite"):
        replace = insert.replace("INSERT", "REPLACE", 1)
        tries += [(replace, second), (replace, fork), (insert, {**second, "seq": 7})]
    else:
        tries += [("TRUNCATE decisions", {})]
    engine = sa.create_engine(url)
    for act, values in tries:
        with pytest.raises(sa.exc.DatabaseError), engine.begin() as connection:
            connection.execute(sa.text(act), values)
    engine.dispose()
    assert list(store.decisions()) == before


def test_rule_6_a_cut_tail_shows_against_a_printed_head(store: Store, url: str) -> None:
    """Whoever takes the triggers away and cuts the trail leaves a sound chain, but not the head that was printed."""
    decide(store)
    printed = store.head()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER decisions_no_delete"))
        else:
            connection.execute(sa.text("ALTER TABLE decisions DISABLE TRIGGER ALL"))
        connection.execute(sa.text("DELETE FROM decisions WHERE seq = 3"))
    engine.dispose()
    left = list(store.decisions())
    assert check_chain(left) is None
    assert store.head() != printed
    assert check_chain(left, printed) is not None


def test_the_chain_is_sound_and_says_who_when_why(store: Store) -> None:
    assert store.head() == ChainHead(count=0, hash=GENESIS)
    moscow = AT.astimezone(ZoneInfo("Europe/Moscow"))
    first = store.append_decision(by="Анна", at=moscow, reason="Полный ответ", act=ruling(3))
    second = store.append_decision(by="Анна", at=AT, reason="Перечитала", act=ruling(2), supersedes=1)
    assert [d.model_dump_json() for d in store.decisions()] == [
        d.model_validate_json(d.model_dump_json()).model_dump_json() for d in (first, second)
    ]
    assert check_chain(store.decisions()) is None
    assert store.head() == ChainHead(count=2, hash=second.hash)


@pytest.mark.parametrize("number", [0, 1, 2, -1])
def test_superseding_what_is_not_there_is_refused(store: Store, number: int) -> None:
    with pytest.raises(UsageError, match="no decision"):
        store.append_decision(by="a", at=AT, reason="r", act=ruling(), supersedes=number)
    assert store.head().count == 0


def test_a_chain_longer_than_a_page_is_read_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.store import queries

    monkeypatch.setattr(queries, "PAGE", 3)
    decide(store, 9)
    assert [d.seq for d in store.decisions()] == list(range(1, 10))


def test_runs_have_ids_of_their_second_and_a_number(store: Store) -> None:
    """The same clock gives the same ids; a run without an end counts as interrupted."""
    assert store.last_run("grade") is None
    first = store.start_run("grade", AT, {"trial": True})
    second = store.start_run("grade", AT, {})
    third = store.start_run("report", AT + timedelta(seconds=1), {})
    assert (first, second, third) == ("20261221T031500Z-1", "20261221T031500Z-2", "20261221T031501Z-1")
    store.finish_run(first, AT + timedelta(minutes=5), {"graded": 7, "кто": None})
    runs = {run.id: run for run in store.runs()}
    assert list(runs) == [first, second, third]
    assert not runs[first].interrupted
    assert runs[first].summary == {"graded": 7, "кто": None}
    assert runs[first].settings == {"trial": True}
    assert runs[second].interrupted
    last = store.last_run("grade")
    assert last is not None
    assert last.id == second


def test_a_run_ends_once(store: Store) -> None:
    run = store.start_run("grade", AT, {})
    store.finish_run(run, AT, {})
    for name in (run, "unknown"):
        with pytest.raises(UsageError):
            store.finish_run(name, AT, {"other": 1})
    assert store.runs()[0].summary == {}
