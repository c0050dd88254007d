"""A canary key and canary people go through a whole contest; nothing written or printed holds them afterwards."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.tools.contest import KEY, Ran, casejury, process, steady_judge, steady_reply, write_contest
from tests.tools.scripted_server import Answer, Json, completion, scripted_server

POSTGRES = os.environ.get("CASEJURY_TEST_POSTGRES", "")
ROSTER = (
    "pseudonym,names,contacts,authors,slugs\n"
    'ann,"Канарейкина Стефания Львовна","s.kanar@mail.example;+7 911 765-43-21;@kanar_fly;https://vk.com/kanar.fly",,\n'
    'bob,"Прокоп Щегловитов","p.scheglov@mail.example;+7 922 111-22-33",,\n'
)
PEOPLE = (
    "канарейкин",
    "щегловит",
    "s.kanar",
    "kanar_fly",
    "kanar.fly",
    "9117654321",
    "765-43-21",
    "p.scheglov",
    "111-22-33",
)
SIGNED = (
    "Здравствуйте, пишет Стефания Канарейкина, работу Канарейкиной прошу зачесть.\n"
    "Верну деньги сегодня, телефон +7 (911) 765-43-21, почта S.Kanar@mail.example, vk.com/kanar.fly, @kanar_fly.\n"
    "О Щегловитове и с Прокопом Щегловитовым говорили тоже, Щегловитову спасибо."
)
PLAIN = "Сравню оба счёта вместе с вами.\nПотом отменю лишний и перезвоню."
WHEN = "2026-12-11T10:00:00+03:00"


@pytest.fixture(params=["sqlite", *([pytest.param("postgres", marks=pytest.mark.postgres)] if POSTGRES else [])])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the environment says of the database: nothing, or a schema of its own on the server."""
    if request.param == "sqlite":
        yield {}
        return
    schema = f"test_{secrets.token_hex(6)}"
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    address = sa.make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield {"DATABASE_URL": address.render_as_string(hide_password=False)}
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    server.dispose()


def folded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").casefold().replace("ё", "е")


def people_in(raw: bytes) -> list[str]:
    text = folded(raw)
    digits = "".join(c for c in text if c.isdecimal())
    return [one for one in PEOPLE if one in text or (one.isdecimal() and one in digits)]


def stored(root: Path, database: dict[str, str]) -> bytes:
    """Everything the database holds, as bytes."""
    if not database:
        with sqlite3.connect(root / "casejury.db") as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.close()
        return b"".join(path.read_bytes() for path in root.glob("casejury.db*"))
    engine = sa.create_engine(database["DATABASE_URL"])
    found = sa.MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        rows = [repr(row) for table in found.tables.values() for row in connection.execute(sa.select(table))]
    engine.dispose()
    return "\n".join(rows).encode()


def faulty(body: Json, n: int) -> Answer:
    """Fails in several ways, each time repeating the key and all it was sent."""
    echo = f"{KEY} " + " ".join(str(message["content"]) for message in body["messages"])
    match n % 5:
        case 0:
            return Answer(500, body={"error": {"message": echo, "code": KEY}})
        case 1:
            return Answer(body=completion(echo))
        case 2:
            return Answer(400, body={"error": {"message": echo[-900:], "type": KEY}})
        case 3:
            return Answer(200, body=f"<html>{echo}</html>")
        case _:
            reply = steady_reply(body)
            reply["feedback"] = echo
            return Answer(body=completion(str(reply)))


def whole_run(root: Path, database: dict[str, str], posts: list[tuple[str, ...]]) -> list[Ran]:
    """Ingest, grade with faults, grade and record, replay, rule, show, status, report; everything printed."""
    write_contest(root, posts, roster=ROSTER, attempts=2)
    told = [casejury(root, "ingest", **database)]
    with scripted_server(faulty) as server:
        told += [casejury(root, "grade", server=server.url, **database) for _ in range(2)]
        told += [casejury(root, "doctor", server=server.url, **database)]
        assert server.calls
    with scripted_server(steady_judge) as server:
        told += [casejury(root, "grade", "--record", root / "tapes", server=server.url, **database)]
        assert server.calls
        assert server.calls[0].headers["authorization"] == f"Bearer {KEY}"
        assert not [people for call in server.calls if (people := people_in(str(call.body).encode()))]
    told += [
        casejury(root, "rule", "posts.csv#p1", "--guards", 2, "--by", "juror-1", "--reason", "fine", **database),
        casejury(root, "status", **database),
        casejury(root, "status", "--list", "--json", **database),
        casejury(root, "decisions", **database),
        casejury(root, "grade", "--replay", root / "tapes", "--json", **database),
        casejury(root, "report", "--out", root / "out", **database),
        process(root, "status", server="http://127.0.0.1:9/v1", **database),
    ]
    return told


def test_rule_11_no_key_and_no_person_is_left_anywhere(tmp_path: Path, database: dict[str, str]) -> None:
    """Texts that name nobody: then not even the database and the report, which hold texts, have a person."""
    posts = [
        ("p1", "ann", "2", WHEN, PLAIN),
        ("p2", "bob", "3", WHEN, PLAIN),
        ("p3", "ann", "", WHEN, PLAIN + "\nИ всё."),
    ]
    told = whole_run(tmp_path, database, posts)
    assert [ran.code for ran in told[4:]] == [0] * len(told[4:]), [ran.err for ran in told[4:]]
    bytes_of = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "roster.csv"}
    assert any(path.parent.name == "out" for path in bytes_of)
    assert any(path.parent.name == "tapes" for path in bytes_of)
    for raw in [*bytes_of.values(), stored(tmp_path, database), *((r.out + r.err).encode() for r in told)]:
        assert KEY.casefold() not in folded(raw)
        assert not people_in(raw)


def test_rule_10_a_name_in_any_case_is_in_no_request(tmp_path: Path) -> None:
    """The texts travel, their authors' names do not, whatever the case they stand in."""
    posts = [
        ("p1", "ann", "2", WHEN, SIGNED),
        ("p2", "bob", "3", WHEN, SIGNED + "\nЕщё раз."),
        ("p3", "ann", "", WHEN, SIGNED + "\nИ всё."),
    ]
    write_contest(tmp_path, posts, roster=ROSTER, attempts=1)
    casejury(tmp_path, "ingest")

    def script(body: Json, n: int) -> Answer:
        return Answer(body=completion("no JSON")) if n == 0 else steady_judge(body, n)

    with scripted_server(script) as server:
        assert casejury(tmp_path, "grade", server=server.url).code == 0
        bodies = [str(call.body) for call in server.calls]
    assert len(bodies) == 4
    for body in bodies:
        assert not people_in(body.encode())
        assert "работу [NAME-1] прошу зачесть" in body
        assert "О [NAME-2] и с [NAME-2] говорили тоже" in body


def test_rule_11_what_is_printed_and_recorded_names_nobody_who_signed_the_text(
    tmp_path: Path, database: dict[str, str]
) -> None:
    """Texts that name their author in every case: these stay in database and report, and go nowhere else."""
    posts = [
        ("p1", "ann", "2", WHEN, SIGNED),
        ("p2", "bob", "3", WHEN, SIGNED + "\nЕщё раз."),
        ("p3", "ann", "", WHEN, SIGNED + "\nИ всё."),
    ]
    told = whole_run(tmp_path, database, posts)
    for path in (tmp_path / "tapes").iterdir():
        assert not people_in(path.read_bytes()), path
        assert KEY not in path.read_text(encoding="utf-8")
    for ran in told:
        assert not people_in((ran.out + ran.err).encode())
        assert KEY not in ran.out + ran.err
    assert KEY.encode() not in stored(tmp_path, database)
    assert people_in(stored(tmp_path, database))
