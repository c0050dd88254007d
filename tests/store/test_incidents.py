"""Incidents are appended, closed once, and kept as they were written."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.domain.incident import Incident, Observation
from pipeline.errors import StorageError, UsageError
from pipeline.store.store import Store
from tests.store.values import AT


def incident(kind: str = "unsupported_quote", submission: str = "s1", **more: Any) -> Incident:
    return Incident.model_validate(
        {"kind": kind, "submission": submission, "key": "k", "judge": "main", "at": AT, **more}
    )


def observation(judge: str = "main", *kinds: str) -> Observation:
    return Observation.model_validate({"judge": judge, "kinds": kinds, "case": 5, "at": AT})


def test_an_incident_is_read_back_as_written_and_filed_once(store: Store) -> None:
    one = incident(findings={"quote_missing": 2}, criteria=("tone",), note="сказано", reply="sha256:r")
    assert store.commit([one, incident(submission="s2")]) == (one, incident(submission="s2"))
    assert store.commit([one.model_copy(update={"run": "later"})]) == ()
    assert [record.incident.submission for record in store.incidents()] == ["s1", "s2"]
    assert store.find_incident(one.id[7:15]).incident == one


def test_a_person_closes_it_once_and_says_how(store: Store) -> None:
    one = incident()
    store.commit([one])
    closed = store.close_incident(one.id[7:17], by="chief", at=AT, how="marked by hand")
    assert closed.closed is not None
    assert (closed.closed.by, closed.closed.how, closed.closed.incident) == ("chief", "marked by hand", one.id)
    assert store.incidents() == [closed]
    with pytest.raises(UsageError, match="closed already by chief"):
        store.close_incident(one.id, by="other", at=AT, how="again")


@pytest.mark.parametrize("name", ["", "ab", "zzzz", "abcd"])
def test_an_unknown_incident_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError):
        store.close_incident(name, by="chief", at=AT, how="x")


def test_open_reports_name_their_submissions(store: Store) -> None:
    report = incident("reported", "s1", note="it is wrong", by="juror")
    store.commit([report, incident("reported", "s2", by="juror"), incident("contradiction", "s3")])
    assert store.reported() == {"s1", "s2"}
    store.close_incident(report.id, by="chief", at=AT, how="it was right")
    assert store.reported() == {"s2"}


def test_observations_come_in_order_of_completion_by_judge(store: Store) -> None:
    assert (store.last_observation(), list(store.observations())) == (0, [])
    store.commit([observation("a"), observation("b", "contradiction"), observation("a", "schema_failure")])
    assert [one.kinds for one in store.observations("a")] == [(), ("schema_failure",)]
    last = store.last_observation()
    store.commit([observation("a", "invented_count")])
    assert [one.kinds for one in store.observations("a", last)] == [("invented_count",)]
    assert len(list(store.observations())) == 4


@pytest.mark.parametrize("table", ["incidents", "observations"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET body = ''", "DELETE FROM {}"])
def test_rule_6_incidents_are_kept_by_the_database_itself(store: Store, table: str, statement: str) -> None:
    store.commit([incident(), observation()])
    with pytest.raises(StorageError), store._database.write() as connection:
        connection.execute(sa.text(statement.format(table)))
    assert len(store.incidents()) == len(list(store.observations())) == 1


def test_replacing_a_row_leaves_the_first(store: Store) -> None:
    if not store._database.sqlite:
        pytest.skip("only SQLite has INSERT OR REPLACE")
    store.commit([incident(), observation()])
    with store._database.write() as connection:
        connection.execute(
            sa.text(
                "INSERT OR REPLACE INTO incidents (seq, incident, act, kind, submission, body) "
                "SELECT 1, incident, act, kind, submission, '{}' FROM incidents"
            )
        )
        connection.execute(sa.text("INSERT OR REPLACE INTO observations (seq, judge, body) VALUES (1, 'main', '{}')"))
    assert store.incidents()[0].incident == incident()
    assert list(store.observations()) == [observation()]
