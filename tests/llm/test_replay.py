"""Recordings: the same bytes for the same request, nothing private in the files, and a loud end where none fits."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from pipeline.domain.grading import JudgeReply, JudgeRequest, Ungraded
from pipeline.errors import ConfigurationError, RecordingMissing
from pipeline.llm.replay import RecordTransport, ReplayTransport, cassette_name
from tests.llm.asking import KEY, judge, request
from tests.tools.scripted_server import Answer, completion, good_judge, scripted_server

TEXTS = [
    "Здравствуйте! 🙂 Мы вернём деньги сегодня — «до копейки».",
    "Первый\u2028второй\u0085третий\ufeff и \u202eнаоборот",
    "{'yaml': [1, 2]} # не комментарий: да\n\n  - и не список",
    "Кавычки \" и ' и обратная \\ черта, \ttab, 👩‍👩‍👧 и 𝔘",
]
REPLAYED = "http://elsewhere.invalid/gateway/v1"


def requests() -> list[JudgeRequest]:
    return [request(text, case=3 + number % 2) for number, text in enumerate(TEXTS)]


def run(url: str, asked: Sequence[JudgeRequest], transport: httpx2.AsyncBaseTransport) -> list[JudgeReply | Ungraded]:
    """All at once, through one judge."""

    async def all_at_once() -> list[JudgeReply | Ungraded]:
        async with judge(url, transport=transport, spec=asked[0].judge) as one:
            return list(await asyncio.gather(*(one.ask(single) for single in asked)))

    return asyncio.run(all_at_once())


def record(folder: Path, asked: Sequence[JudgeRequest], script: Any = good_judge) -> tuple[list[Any], int]:
    """The replies, and how many requests reached the server."""
    with scripted_server(script) as server:
        transport = RecordTransport(folder, httpx2.AsyncHTTPTransport())
        replies = run(server.url, asked, transport)
        transport.save()
        return replies, len(server.calls)


def contents(replies: Sequence[JudgeReply | Ungraded]) -> list[str]:
    return [reply.content if isinstance(reply, JudgeReply) else reply.reason for reply in replies]


def test_a_replay_gives_what_was_recorded_in_any_order_and_as_often_as_asked(tmp_path: Path) -> None:
    asked = requests()
    recorded, _ = record(tmp_path, asked)
    wanted = dict(zip((one.key for one in asked), contents(recorded), strict=True))
    for seed in range(4):
        order = sorted(asked * 2, key=lambda one, seed=seed: hashlib.sha256(f"{seed}{one.key}".encode()).digest())
        replay = ReplayTransport(tmp_path)
        replies = run(REPLAYED, order, replay)
        assert contents(replies) == [wanted[one.key] for one in order]
        assert replay.unplayed() == ()


def test_replaying_opens_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, requests())

    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", refuse)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", refuse)
    assert all(isinstance(reply, JudgeReply) for reply in run(REPLAYED, requests(), ReplayTransport(tmp_path)))


def test_a_request_without_a_recording_fails_loudly_and_says_what_to_do(tmp_path: Path) -> None:
    record(tmp_path, requests())
    with pytest.raises(RecordingMissing) as missing:
        run(REPLAYED, [request("Этого ответа никто не записывал", case=3)], ReplayTransport(tmp_path))
    said = str(missing.value)
    assert "case-03.yaml" in said
    assert "grade" in said
    assert "casejury grade --record recordings" in said
    assert "никто" not in said


def test_a_missing_folder_is_a_missing_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingMissing):
        run(REPLAYED, requests()[:1], ReplayTransport(tmp_path / "nowhere"))


@pytest.mark.parametrize("change", [{"temperature": 0.5}, {"max_output_tokens": 900}, {"structured": "none"}])
def test_a_changed_parameter_voids_the_recording(tmp_path: Path, change: dict[str, Any]) -> None:
    record(tmp_path, [request()])
    with pytest.raises(RecordingMissing):
        run(REPLAYED, [request(**change)], ReplayTransport(tmp_path))


def test_one_file_a_case_and_purpose(tmp_path: Path) -> None:
    asked = [request(case=3), request(case=12), request(purpose="rubric"), request(case=None, purpose="case")]
    assert [cassette_name(one) for one in asked] == ["case-03.yaml", "case-12.yaml", "rubric-03.yaml", "cases.yaml"]
    assert cassette_name(request(purpose="repair")) == "case-03.yaml"
    for one in asked:
        with scripted_server() as server:
            transport = RecordTransport(tmp_path, httpx2.AsyncHTTPTransport())

            async def ask_one(
                url: str = server.url, single: JudgeRequest = one, through: RecordTransport = transport
            ) -> None:
                async with judge(url, transport=through) as judge_:
                    await judge_.ask(single)

            asyncio.run(ask_one())
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(cassette_name(one) for one in asked)


def test_rule_11_a_cassette_holds_no_key_no_address_and_no_header_of_ours(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Answer:
        private = {"set-cookie": "session=secret", "x-request-id": "req-9", "openai-organization": "org-secret"}
        return Answer(200, private, good_judge(body, n).body)

    record(tmp_path, requests(), script)
    written = "".join(file.read_text(encoding="utf-8") for file in tmp_path.iterdir())
    for private in (KEY, "127.0.0.1", "uthorization", "ookie", "secret", "stainless", "user-agent", "req-9"):
        assert private not in written


def test_rule_11_neither_recording_nor_replaying_logs_what_was_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    record(tmp_path, requests())
    run(REPLAYED, requests(), ReplayTransport(tmp_path))
    assert not [one for one in caplog.records if not one.name.startswith("asyncio")]


def test_cassettes_are_readable_and_vcrpys_own(tmp_path: Path) -> None:
    """Cyrillic and emoji as they are, bodies as indented JSON in literal blocks; vcrpy reads the file back."""
    asked = requests()
    record(tmp_path, asked)
    text = (tmp_path / "case-03.yaml").read_text(encoding="utf-8")
    assert "Здравствуйте! 🙂 Мы вернём деньги сегодня — «до копейки»." in text
    assert "body: |-\n" in text
    assert "string: |-\n" in text
    stored, replies = deserialize(text, yamlserializer)
    assert len(stored) == len(replies) == 2
    bodies = [json.loads(one.body)["messages"][1]["content"] for one in stored]
    assert sorted(bodies) == sorted(one.messages[1].content for one in asked if one.case == 3)
    assert json.loads(replies[0]["body"]["string"])["created"] == 1_800_000_000


def test_recording_again_writes_the_same_bytes_and_sends_nothing(tmp_path: Path) -> None:
    asked = requests()
    _, sent = record(tmp_path, asked)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    _, sent_again = record(tmp_path, list(reversed(asked)))
    assert (sent, sent_again) == (len(asked), 0)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_order_of_a_cassette_is_not_the_order_of_the_run(tmp_path: Path) -> None:
    asked = requests()
    record(tmp_path / "one", asked)
    record(tmp_path / "two", list(reversed(asked)))
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_the_same_request_is_sent_and_stored_once(tmp_path: Path) -> None:
    replies, sent = record(tmp_path, [request()] * 5)
    assert sent == 1
    assert len(set(contents(replies))) == 1
    stored, _ = deserialize((tmp_path / "case-03.yaml").read_text(encoding="utf-8"), yamlserializer)
    assert len(stored) == 1


def test_what_a_run_did_not_use_leaves_only_the_cassettes_it_touched(tmp_path: Path) -> None:
    old, kept, new = request("Старый ответ", case=3), request("Прежний ответ", case=3), request("Новый ответ", case=3)
    other = request("Ответ на другой кейс", case=4)
    record(tmp_path, [old, kept, other])
    _, sent = record(tmp_path, [kept, new])
    assert sent == 1
    run(REPLAYED, [kept, new, other], ReplayTransport(tmp_path))
    with pytest.raises(RecordingMissing):
        run(REPLAYED, [old], ReplayTransport(tmp_path))


def test_a_run_that_breaks_off_loses_nothing_recorded(tmp_path: Path) -> None:
    """Each answer is on the disk as soon as it is there, and only a run that ended drops anything."""
    record(tmp_path, [request("Прежний ответ")])
    with scripted_server() as server:
        run(server.url, [request("Новый ответ")], RecordTransport(tmp_path, httpx2.AsyncHTTPTransport()))
    run(REPLAYED, [request("Прежний ответ"), request("Новый ответ")], ReplayTransport(tmp_path))


@pytest.mark.parametrize(
    "fault",
    [
        Answer(500, body={"error": {"message": "no"}}),
        Answer(body={"error": {"message": "no"}}),
        Answer(body="{'broken'"),
        Answer(429, body={}),
    ],
)
def test_faults_are_not_recorded(tmp_path: Path, fault: Answer) -> None:
    replies, sent = record(tmp_path, [request()], lambda body, n: fault if n == 0 else good_judge(body, n))
    assert sent == 2
    assert contents(run(REPLAYED, [request()], ReplayTransport(tmp_path))) == contents(replies)


def test_an_endpoint_that_only_knew_max_tokens_replays(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Answer:
        if "max_completion_tokens" in body:
            return Answer(400, body={"error": {"message": "unknown field max_completion_tokens"}})
        return good_judge(body, n)

    replies, _ = record(tmp_path, [request()], script)
    assert contents(run(REPLAYED, [request()], ReplayTransport(tmp_path))) == contents(replies)


def test_unplayed_recordings_are_listed(tmp_path: Path) -> None:
    asked = requests()
    record(tmp_path, asked)
    replay = ReplayTransport(tmp_path)
    assert replay.unplayed() == ("case-03.yaml #1", "case-03.yaml #2", "case-04.yaml #1", "case-04.yaml #2")
    run(REPLAYED, [one for one in asked if one.case == 4], replay)
    assert replay.unplayed() == ("case-03.yaml #1", "case-03.yaml #2")


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"interactions: [", b"a: 1", b"- 1", b"!!python/object:os.x {}"])
def test_a_damaged_cassette_is_named(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "case-03.yaml").write_bytes(damage)
    with pytest.raises(ConfigurationError, match=r"case-03\.yaml"):
        run(REPLAYED, [request()], ReplayTransport(tmp_path))


@given(st.text(max_size=120))
@settings(max_examples=40, deadline=None)
def test_any_text_survives_a_cassette(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("cassettes")

    class Parrot(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            body = json.loads(await request.aread())
            return httpx2.Response(200, json=completion(body["messages"][1]["content"]))

    recorded = run(REPLAYED, [request(text)], RecordTransport(folder, Parrot()))
    replayed = run(REPLAYED, [request(text)], ReplayTransport(folder))
    assert contents(recorded) == contents(replayed)
    assert text.replace("\0", "\ufffd") in contents(replayed)[0]
