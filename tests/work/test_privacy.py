"""Who wrote it does not travel (rule 10); no key, person or text in what is printed or recorded (rule 11)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tools.contest import KEY, casejury, ingested, process, said, steady_judge, steady_reply, write_contest
from tests.tools.scripted_server import Answer, Json, completion, scripted_server

NAME, SURNAME, MAIL, PHONE, HANDLE = (
    "Елена Стрижова",
    "Стрижова",
    "a.verh@mail.example",
    "+7 900 123-45-67",
    "verh_line",
)
ROSTER = (
    "pseudonym,names,contacts,authors,slugs\n"
    f'ann,"{NAME}","{MAIL};{PHONE};@{HANDLE}",verh77,verh-blog\n'
    'bob,"Борис Лыков","b.lykov@mail.example",,\n'
)
SECRET = "Канареечная фраза про сломанный самокат клиента"
ANSWER = (
    f"Добрый день! Меня зовут {NAME}, звоните {PHONE} или пишите на {MAIL}.\n"
    f"{SECRET}, и я верну деньги сегодня же.\n"
    f"Мой блог https://verh-blog.example.org/post и канал @{HANDLE}, подпись: {SURNAME}."
)
POSTS = [
    ("p1", "ann", 2, "2026-12-11T10:00:00+03:00", ANSWER),
    ("p2", "ann", "", "2026-12-11T10:00:00+03:00", f"{ANSWER}\nЕщё одна строка без номера."),
    ("p3", "bob", 3, "2026-12-12T10:00:00+03:00", "Сравню оба счёта и отменю второй.\nПишите: Б. Лыков."),
]
PEOPLE = (NAME, SURNAME, MAIL, PHONE, HANDLE, "verh77", "verh-blog", "Лыков", "b.lykov", "900 123")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ingested(write_contest(tmp_path, POSTS, roster=ROSTER, attempts=1))


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from strings(one)
        case list():
            for one in value:
                yield from strings(one)


def test_rule_10_no_value_of_the_roster_is_in_any_request(root: Path) -> None:
    """Gradings, repairs and case proposals alike; the answer itself does travel."""

    def script(body: Json, n: int) -> Answer:
        return Answer(body=completion("not yet")) if n == 0 else steady_judge(body, n)

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", server=server.url)
        bodies = [call.body for call in server.calls]
        headers = [call.headers for call in server.calls]
    assert ran.code == 0, ran.err
    assert len(bodies) == 4
    assert any(len(body["messages"]) == 4 for body in bodies)
    for body in bodies:
        sent = "\n".join(strings(body)).casefold().replace("ё", "е")
        assert not [value for value in PEOPLE if value.casefold() in sent]
        assert "+7 900" not in sent
    assert not [value for value in PEOPLE if value in str(headers)]
    assert sum(SECRET in "\n".join(strings(body)) for body in bodies) >= 2
    assert any("[NAME-1]" in "\n".join(strings(body)) for body in bodies)


def test_rule_10_what_people_see_is_the_source_with_its_quotes(root: Path) -> None:
    """Quotes that hold a placeholder are shown in the author's own characters."""

    def script(body: Json, _n: int) -> Answer:
        reply = steady_reply(body)
        if "tone" in reply.get("criteria", {}):
            reply["criteria"]["tone"]["evidence"] = ["Меня зовут [NAME-1], звоните [PHONE-1]"]
        return Answer(body=said(reply))

    with scripted_server(script) as server:
        casejury(root, "grade", server=server.url)
    shown = casejury(root, "show", "posts.csv#p1").out
    assert f"«Меня зовут {NAME}, звоните {PHONE}»" in shown
    assert "[NAME-1]" not in shown


def test_rule_10_a_collision_is_not_sent_at_all(tmp_path: Path) -> None:
    text = f"Уважаемая {NAME}, мы вернём деньги.\nВсё будет сделано сегодня же."
    posts = [("p1", "ann", 2, "2026-12-11T10:00:00+03:00", text)]
    ingested(write_contest(tmp_path, posts, roster=ROSTER))
    with scripted_server(steady_judge) as server:
        ran = casejury(tmp_path, "grade", "--json", server=server.url)
        assert (ran.code, server.calls) == (0, [])
    assert ran.json["state"]["referrals"] == {"ungraded_masking_collision": 1}


def echo(status: int) -> Any:
    """A server that repeats all it was sent, key included."""

    def script(body: Json, _n: int) -> Answer:
        text = "\n".join(strings(body["messages"]))
        return Answer(status, body={"error": {"message": f"{KEY} {text[-600:]}", "code": KEY, "input": body}})

    return script


SECRETS = (KEY, SECRET, SECRET[:20], "сломанный самокат", NAME, SURNAME, MAIL)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 200])
def test_rule_11_failing_runs_print_neither_key_nor_person_nor_text(root: Path, status: int) -> None:
    with scripted_server(echo(status)) as server:
        for arguments in (("grade",), ("grade", "--json"), ("doctor",), ("status", "--list")):
            ran = casejury(root, *arguments, server=server.url)
            assert not [secret for secret in SECRETS if secret in ran.out + ran.err]


@pytest.mark.parametrize(
    "reply",
    [
        SECRET,
        f'{{"{SECRET}": 1}}',
        f'{{"content_match": "{SECRET}"}}',
        f'{{"content_match": 1, "content_match": "{SECRET}"',
    ],
)
def test_rule_11_unusable_replies_print_none_of_their_words(root: Path, reply: str) -> None:
    with scripted_server(lambda _body, _n: Answer(body=completion(reply))) as server:
        ran = casejury(root, "grade", server=server.url)
        told = casejury(root, "grade", "--json", server=server.url)
    assert ran.code == told.code == 0
    assert SECRET not in ran.out + ran.err + told.out + told.err


@pytest.mark.parametrize("debug", ["", "1"])
def test_rule_11_a_bug_prints_where_it_is_and_no_words(root: Path, debug: str) -> None:
    """Only with CASEJURY_DEBUG does an exception's own message show, and the help says so."""
    (root / "sitecustomize.py").write_text(
        "import pipeline.domain.verify as v\n"
        "def broken(grading, sent, rubric, **kw):\n    raise RuntimeError(sent.source)\n"
        "v.verify = broken\n",
        encoding="utf-8",
    )
    with scripted_server(steady_judge) as server:
        ran = process(root, "grade", server=server.url, PYTHONPATH=str(root), CASEJURY_DEBUG=debug)
    assert ran.code == 1
    assert "casejury: a bug" in ran.err
    assert "verify" in ran.err or "sitecustomize" in ran.err
    assert (SECRET in ran.err or "Сравню оба счёта" in ran.err) == bool(debug)
    assert KEY not in ran.out + ran.err


def test_rule_11_the_key_is_stored_nowhere(root: Path) -> None:
    """Not in the database, the recordings or the report."""
    with scripted_server(steady_judge) as server:
        assert casejury(root, "grade", "--record", root / "tapes", server=server.url).code == 0
        assert server.calls[0].headers["authorization"] == f"Bearer {KEY}"
    with scripted_server(echo(401)) as server:
        (root / "guidelines.md").write_text("Be kind.", encoding="utf-8")
        assert casejury(root, "grade", "--record", root / "tapes", server=server.url).code == 4
    assert casejury(root, "report", "--out", root / "out").code == 0
    with sqlite3.connect(root / "casejury.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for path in root.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    tapes = sorted((root / "tapes").iterdir())
    assert [tape.name for tape in tapes] == ["case-02.yaml", "case-03.yaml", "cases.yaml"]
    for tape in tapes:
        text = tape.read_text(encoding="utf-8")
        assert "uthorization" not in text
        assert "127.0.0.1" not in text
        assert not [value for value in PEOPLE if value in text]


def test_rule_11_the_key_is_not_printed_by_any_command(root: Path) -> None:
    with scripted_server(steady_judge) as server:
        for arguments in (("doctor",), ("doctor", "--json"), ("grade", "--dry-run"), ("grade", "--json"), ("report",)):
            ran = casejury(root, *arguments, server=server.url)
            assert KEY not in ran.out + ran.err
        strange = casejury(root, "doctor", server=server.url, OPENAI_API_KEY=f"{KEY} with a space")
        assert strange.code == 2
        assert KEY not in strange.out + strange.err


def test_rule_11_the_databases_password_is_not_printed(root: Path) -> None:
    address = f"postgresql+psycopg://user:{KEY}@127.0.0.1:9/none"
    ran = casejury(root, "status", DATABASE_URL=address)
    assert ran.code == 8
    assert KEY not in ran.out + ran.err


def test_rule_9_text_that_looks_like_a_terminals_orders_is_shown_as_text(tmp_path: Path) -> None:
    posts = [
        (
            "p1",
            "ann",
            2,
            "2026-12-11T10:00:00+03:00",
            "I \x1b[31mhelp\x1b[0m you \x1b]0;owned\x07now.\nAnd call you back.",
        )
    ]
    ingested(write_contest(tmp_path, posts))

    def script(body: Json, _n: int) -> Answer:
        reply = steady_reply(body)
        reply["criteria"]["overall"]["rationale"] = "Fine.\x1b[2J\x07"
        return Answer(body=said(reply))

    with scripted_server(script) as server:
        casejury(tmp_path, "grade", server=server.url)
    for arguments in (("show", "posts.csv#p1"), ("status", "--list"), ("decisions",)):
        assert "\x1b" not in casejury(tmp_path, *arguments).out
    assert "\\u001b" not in json.dumps(casejury(tmp_path, "status", "--list", "--json").json)
