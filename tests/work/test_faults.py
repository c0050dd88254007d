"""Every kind of bad reply and fault through a whole `grade`: a referral or a clean stop, never a number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.domain.decision import Referred
from tests.tools.contest import KEY, casejury, ingested, opened, said, steady_reply, write_contest
from tests.tools.scripted_server import Answer, Json, completion, scripted_server

Made = Callable[[Json], Answer]


def changed(change: Callable[[Any], None]) -> Made:
    """The good reply with a change, as a completion."""

    def answer(body: Json) -> Answer:
        reply = steady_reply(body)
        change(reply)
        return Answer(body=said(reply))

    return answer


def worded(change: Callable[[str], str | None], **more: Any) -> Made:
    """The good reply's JSON as text, changed as text."""

    def answer(body: Json) -> Answer:
        return Answer(body=completion(change(json.dumps(steady_reply(body), ensure_ascii=False)), **more))

    return answer


def plain(answer: Answer) -> Made:
    return lambda _body: answer


def error(status: int, message: str = "it did not work", **fields: Any) -> Answer:
    return Answer(status, fields.pop("headers", {}), {"error": {"message": message, **fields}})


def drop(*names: str) -> Callable[[Any], None]:
    """Removes what stands under the path."""

    def change(reply: Any) -> None:
        for name in names[:-1]:
            reply = reply[name]
        del reply[names[-1]]

    return change


def put(value: object, *names: str) -> Callable[[Any], None]:
    """Sets what stands under the path."""

    def change(reply: Any) -> None:
        for name in names[:-1]:
            reply = reply[name]
        reply[names[-1]] = value

    return change


class Row(NamedTuple):
    """A fault, the reason it ends in, how many requests it may cost, and how many raw replies are kept."""

    name: str
    answer: Made
    reason: str
    requests: int
    kept: int


OVERALL = ("criteria", "overall")
INVALID = [
    ("a level that is none", changed(put("9", *OVERALL, "level"))),
    ("a level as a number of its own", changed(put(2.5, *OVERALL, "level"))),
    ("a level in words", changed(put("good", *OVERALL, "level"))),
    ("no level and no reason", changed(put(None, *OVERALL, "level"))),
    ("the criterion is missing", changed(drop(*OVERALL))),
    ("all criteria are missing", changed(drop("criteria"))),
    ("an unknown criterion", changed(put({"level": "3"}, "criteria", "bonus"))),
    ("an unknown field", changed(put(3, "guards"))),
    ("no content match", changed(drop("content_match"))),
    ("a verdict that is none", changed(put("maybe", "content_match", "verdict"))),
    ("evidence that is no list", changed(put("all of it", "criteria", "tone", "evidence"))),
    ("a list instead of an object", worded(lambda text: f"[{text}]")),
    ("a number", worded(lambda _text: "3")),
    ("a word", worded(lambda _text: "Excellent! Three guards.")),
    ("cut off", worded(lambda text: text[: len(text) // 2])),
    ("twice the same key", worded(lambda text: text.replace('"verdict": "yes"', '"verdict": "no", "verdict": "yes"'))),
    ("NaN", worded(lambda text: re.sub(r'"level": "2"', '"level": NaN', text))),
    ("Infinity", worded(lambda text: re.sub(r'"level": "2"', '"level": Infinity', text))),
    ("nested without end", worded(lambda _text: '{"a":' * 5000 + "1" + "}" * 5000)),
    ("two objects", worded(lambda text: f"{text}\n{text}")),
    ("single quotes", worded(lambda text: text.replace('"', "'"))),
    ("words around it", worded(lambda text: f"Here it is: {text} I hope it helps.")),
]
ROWS = [
    *(Row(name, answer, "invalid_reply", 2, 2) for name, answer in INVALID),
    Row("reached the limit of tokens", worded(lambda text: text[:40], finish="length"), "truncated", 2, 2),
    Row("whole, but said to be cut off", worded(lambda text: text, finish="length"), "truncated", 2, 2),
    Row("refusal", worded(lambda _text: None, refusal="I cannot."), "refused", 2, 2),
    Row("content filter", worded(lambda _text: "", finish="content_filter"), "refused", 2, 2),
    Row("null", worded(lambda _text: None), "empty_reply", 2, 2),
    Row("blank", worded(lambda _text: " \n"), "empty_reply", 2, 2),
    Row("a tool call", worded(lambda _text: None, finish="tool_calls", tool_calls=[{"id": "a"}]), "empty_reply", 2, 2),
    Row("no choices", plain(Answer(body={**completion("x"), "choices": []})), "empty_reply", 1, 0),
    Row("an error in a 200", plain(Answer(body={"error": {"message": "oops"}})), "provider_error", 1, 0),
    Row("400", plain(error(400)), "provider_error", 1, 0),
    Row("400 too long", plain(error(400, "long", code="context_length_exceeded")), "too_long", 1, 0),
    Row("413", plain(error(413)), "too_long", 1, 0),
    Row("403 moderation", plain(error(403, "your input was flagged")), "refused", 1, 0),
    Row("408", plain(error(408)), "timeout", 1, 0),
    Row("429", plain(error(429)), "rate_limited", 1, 0),
    Row("500", plain(error(500)), "provider_error", 1, 0),
    Row("503", plain(error(503)), "provider_error", 1, 0),
    Row("a web page", plain(Answer(200, {"content-type": "text/html"}, "<html>hi</html>")), "provider_error", 1, 0),
    Row("no JSON", plain(Answer(body="{'choices': []}")), "provider_error", 1, 0),
    Row("an empty body", plain(Answer(body=b"")), "provider_error", 1, 0),
    Row("reset", plain(Answer(behaviour="reset")), "unreachable", 1, 0),
    Row("reset in the body", plain(Answer(chunks=[b'{"id"'], behaviour="reset_mid_body")), "unreachable", 1, 0),
    Row("silence", plain(Answer(chunks=[b'{"id"'], behaviour="stall")), "timeout", 1, 0),
]


def text_of(number: int) -> str:
    word = f"{number:03d}".translate(str.maketrans("0123456789", "abcdefghij"))
    return f"This is the answer named {word}.\nI would call the customer back at once."


def number_of(body: Json) -> int:
    """Which of the answers a request is about; a repair's too."""
    found = re.search(r"answer named ([a-j]{3})\.", str(body["messages"][1]["content"]))
    assert found
    return int(found[1].translate(str.maketrans("abcdefghij", "0123456789")))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One run over a submission for each fault: its summary, and per row its requests, replies and outcome."""
    posts = [(f"p{n}", f"e{n}", 2, "2026-12-11T10:00:00+03:00", text_of(n)) for n in range(len(ROWS) + 1)]
    root = ingested(
        write_contest(tmp_path_factory.mktemp("faults"), posts, attempts=1, idle=1, total=5, minimum=1000, window=1000)
    )

    def script(body: Json, _n: int) -> Answer:
        n = number_of(body)
        return ROWS[n].answer(body) if n < len(ROWS) else Answer(body=said(steady_reply(body)))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 20, server=server.url)
        sent = [call.body for call in server.calls]
    with opened(root) as store:
        numbers = {s.id: int(s.source.rpartition("#p")[2]) for s in store.submissions()}
        outcomes = {numbers[record.submission]: record for record in store.outcomes()}
        replies = {n: store.replies(record.key) for n, record in outcomes.items()}
        keys = store.known_keys()
    listed = casejury(root, "status", "--list", "--json").json["submissions"]
    rows = {numbers[row["id"]]: row for row in listed}
    return {"ran": ran, "sent": sent, "outcomes": outcomes, "replies": replies, "keys": keys, "rows": rows}


def test_the_table_holds_more_than_thirty_kinds() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40


@pytest.mark.parametrize("n", range(len(ROWS)), ids=[row.name for row in ROWS])
def test_rule_1_a_bad_reply_ends_as_a_referral_without_a_number(graded: Any, n: int) -> None:
    """One repair at most; what came is kept as it came."""
    row, record = ROWS[n], graded["outcomes"][n]
    assert isinstance(record.outcome, Referred)
    assert [reason.code for reason in record.outcome.reasons] == [f"ungraded_{row.reason}"]
    assert record.outcome.guards is None
    assert record.verification is None
    assert record.key not in graded["keys"]
    assert graded["rows"][n]["guards"] is None
    assert sum(number_of(body) == n for body in graded["sent"]) == row.requests
    kept = graded["replies"][n]
    assert [reply.purpose for reply in kept] == ["grade", "repair"][: row.kept]


def test_the_run_itself_ends_well_and_counts_them(graded: Any) -> None:
    """Referrals are no failure of the run."""
    assert graded["ran"].code == 0
    run = graded["ran"].json["run"]
    assert sum(run["ungraded"].values()) == len(ROWS)
    assert run["graded"] == 1
    assert run["spent"]["requests"] == len(graded["sent"])
    assert graded["rows"][len(ROWS)]["state"] == "suggested"
    assert "guards" not in json.dumps(graded["ran"].json["run"])


def test_the_raw_reply_is_kept_as_it_came(graded: Any) -> None:
    word = next(n for n, row in enumerate(ROWS) if row.name == "a word")
    assert [reply.reply.content for reply in graded["replies"][word]] == ["Excellent! Three guards."] * 2


def test_a_repair_says_what_was_wrong_and_repeats_the_whole_conversation(graded: Any) -> None:
    bonus = next(n for n, row in enumerate(ROWS) if row.name == "an unknown criterion")
    first, second = [body for body in graded["sent"] if number_of(body) == bonus]
    assert second["messages"][:2] == first["messages"]
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "user"]
    assert "bonus" in second["messages"][3]["content"]


def test_a_repaired_reply_counts(tmp_path: Path) -> None:
    root = ingested(write_contest(tmp_path))

    def script(body: Json, _n: int) -> Answer:
        repair = len(body["messages"]) > 2
        return Answer(body=said(steady_reply(body)) if repair else completion("not yet"))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", server=server.url).json
        assert len(server.calls) == 10
    assert (ran["run"]["graded"], ran["run"]["repaired"]) == (5, 5)
    assert ran["state"]["suggested"] == {"2": 5}


STOPS = [
    ("401", error(401, f"Incorrect API key provided: {KEY}"), "key"),
    ("402", error(402, "pay first"), "quota"),
    ("403", error(403, "not for you"), "key may use"),
    ("404 model", error(404, "no such model", code="model_not_found"), "does not serve"),
    ("404 address", Answer(404, body={"detail": "Not Found"}), "/v1"),
    ("429 quota", error(429, "no more", code="insufficient_quota"), "quota"),
    ("400 temperature", error(400, "Unsupported value", param="temperature"), "remove temperature"),
    ("307", Answer(307, {"location": "http://127.0.0.1:9/v1"}), "redirect"),
    ("quota in a 200", Answer(body={"error": {"message": "out of credits", "code": 402}}), "quota"),
]


@pytest.mark.parametrize(("answer", "said_so"), [row[1:] for row in STOPS], ids=[row[0] for row in STOPS])
def test_rule_1_what_every_request_would_meet_stops_the_run_and_keeps_what_there_is(
    tmp_path: Path, answer: Answer, said_so: str
) -> None:
    """Exit code 4; the first answers are graded, nobody else is marked in any way, and the next run goes on."""
    root = ingested(write_contest(tmp_path))
    stopping = True

    def script(body: Json, n: int) -> Answer:
        return answer if stopping and n >= 2 else Answer(body=said(steady_reply(body)))

    with scripted_server(script) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert ran.code == 4
        assert len(ran.err.splitlines()) == 1
        assert said_so in ran.err
        assert ran.json["error"]["exit_code"] == 4
        assert ran.json["state"]["suggested"] == {"2": 2}
        assert ran.json["state"]["pending"] == 3
        assert KEY not in ran.out + ran.err
        stopping = False
        after = casejury(root, "grade", "--json", server=server.url)
    assert (after.code, after.json["run"]["graded"], after.json["run"]["already_graded"]) == (0, 3, 2)


def test_a_provider_that_asks_for_a_day_is_not_asked_again(tmp_path: Path) -> None:
    """The gate is closed for all; each submission is referred with the reason and tried again on the next run."""
    root = ingested(write_contest(tmp_path))
    with scripted_server(lambda _body, _n: error(429, headers={"retry-after": "86400"})) as server:
        ran = casejury(root, "grade", "--json", "--concurrency", 1, server=server.url)
        assert len(server.calls) == 1
    assert (ran.code, ran.json["run"]["ungraded"]) == (0, {"rate_limited": 5})
    assert casejury(root, "grade", "--dry-run", "--json").json["retried"] == 5
