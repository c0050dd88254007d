"""Recorded answers: a transport that replays them without a network, and one that records them.

Cassettes are vcrpy's, one file a case, readable UTF-8: bodies stand as indented JSON. Requests are stored without
address and headers (no key, no cookie, no machine), and match by method, API path and equal JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import defaultdict
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString
from vcr.cassette import Cassette
from vcr.matchers import method, path
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from pipeline.domain.grading import JudgeRequest
from pipeline.domain.ids import content_id
from pipeline.errors import ConfigurationError, RecordingMissing
from pipeline.llm.replies import without_key
from pipeline.llm.transport import Bounded, asked

# vcrpy logs whole answers at its info level.
logging.getLogger("vcr").setLevel(logging.WARNING)

_HOST = "https://judge.invalid"
_JSON = "application/json"
_API_PATHS = ("/chat/completions", "/models")
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that are no printable ones in YAML or break its lines; in JSON they only stand inside strings."""


def cassette_name(request: JudgeRequest | None) -> str:
    """The file for that request: `case-03.yaml`, `rubric-03.yaml`, `cases.yaml` (which case a text answers), …"""
    if request is None:
        return "other.yaml"
    if request.purpose == "case":
        return "cases.yaml"
    kind = "case" if request.purpose in {"grade", "repair"} else request.purpose
    return f"{kind}.yaml" if request.case is None else f"{kind}-{request.case:02d}.yaml"


class ReplayTransport(httpx2.AsyncBaseTransport):
    """Answers from the cassettes of a folder; never opens a socket.

    The same request gets the same bytes, however often, in whatever order and by however many workers it is asked.
    A request without a fitting recording raises RecordingMissing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cassettes: dict[str, Cassette] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = await _stored_request(request)
        current = asked.get()
        name = cassette_name(current)
        cassette = self._cassette(name)
        if not cassette.can_play_response_for(sent):
            purpose = current.purpose if current else request.url.path
            raise RecordingMissing(
                f"no recording fits this request ({purpose})",
                where=str(self._folder / name),
                remedy="a changed prompt, rubric, judge or text voids its recordings; "
                f"record again with: {_record_command(current)}",
            )
        return _played(cassette.play_response(sent))

    def unplayed(self) -> tuple[str, ...]:
        """The recordings of the whole folder that no request has used yet, as `case-03.yaml #2`, in order of names."""
        left: list[str] = []
        for file in sorted(self._folder.glob("*.yaml")):
            cassette = self._cassette(file.name)
            left.extend(
                f"{file.name} #{place + 1}" for place in range(len(cassette)) if not cassette.play_counts[place]
            )
        return tuple(left)

    def _cassette(self, name: str) -> Cassette:
        if name not in self._cassettes:
            self._cassettes[name] = _load(self._folder / name, RecordMode.NONE)
        return self._cassettes[name]


class RecordTransport(httpx2.AsyncBaseTransport):
    """Passes requests through `inner` and stores each whole answer at once, so that nothing paid for is lost.

    Stored are 2xx answers that are a JSON object without an error. A request that is already recorded is not sent
    again: its recording is the answer (remove the file to record it anew). `save` at the end of a whole run drops what
    the run did not use from the cassettes that it touched; cassettes of cases that it did not ask stay as they are.
    """

    def __init__(self, folder: Path, inner: httpx2.AsyncBaseTransport) -> None:
        self._folder = folder
        self._inner = Bounded(inner)
        self._cassettes: dict[str, Cassette] = {}
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = await _stored_request(request)
        async with self._one_at_a_time[_order(sent)]:
            name = cassette_name(asked.get())
            if name not in self._cassettes:
                self._cassettes[name] = _load(self._folder / name, RecordMode.NEW_EPISODES)
            cassette = self._cassettes[name]
            if not cassette.can_play_response_for(sent):
                response = await self._inner.handle_async_request(request)
                if not _worth_keeping(response):
                    return response
                key = request.headers.get("authorization", "").removeprefix("Bearer ")
                cassette.append(sent, _stored_response(response, key))
                _write(cassette, cassette.data)
            return _played(cassette.play_response(sent))

    def save(self) -> None:
        """Leave in each touched cassette exactly what this run used.

        Only for a run that came to its end and asked for all of the touched cases' work itself: what an earlier run
        had graded it does not use, but a replay from the beginning does.
        """
        for cassette in self._cassettes.values():
            _write(cassette, [pair for place, pair in enumerate(cassette.data) if cassette.play_counts[place]])

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Persister:
    """Cassette files in UTF-8 whatever the locale; a file is replaced whole or not at all."""

    @staticmethod
    def load_cassette(file: Path, serializer: Any) -> Any:
        try:
            return deserialize(file.read_text(encoding="utf-8"), serializer)
        except FileNotFoundError:
            raise CassetteNotFoundError from None
        except Exception as error:  # a damaged file fails in YAML and in vcrpy in many ways
            raise ConfigurationError(
                "not a readable cassette", where=str(file), remedy="restore the file, or remove it and record again"
            ) from error

    @staticmethod
    def save_cassette(file: Path, cassette: dict[str, Any], serializer: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.part")
        draft.write_text(serialize(cassette, serializer), encoding="utf-8", newline="\n")
        draft.replace(file)


class _Readable:
    """vcrpy's YAML with readable characters and bodies in literal blocks."""

    @staticmethod
    def deserialize(text: str) -> Any:
        return yamlserializer.deserialize(text)

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        for interaction in cassette["interactions"]:
            request, response = interaction["request"], interaction["response"]
            request["body"] = _block(request["body"])
            response["body"] = {"string": _block(response["body"]["string"])}
        yaml = YAML()
        yaml.default_flow_style = False
        written = StringIO()
        yaml.dump(cassette, written)
        return written.getvalue()


def _block(body: str | None) -> str | None:
    return LiteralScalarString(body) if body and "\n" in body else body


def _load(file: Path, mode: RecordMode) -> Cassette:
    return Cassette.load(
        path=file,
        serializer=_Readable,
        persister=_Persister,
        record_mode=mode,
        match_on=(method, path, _same_json),
        allow_playback_repeats=True,
    )


def _write(cassette: Cassette, pairs: list[tuple[Request, dict[str, Any]]]) -> None:
    ordered = sorted(pairs, key=lambda pair: _order(pair[0]))
    # The stored dictionaries go on being played, and vcrpy's serializer changes what it is given.
    responses = [{**response, "body": dict(response["body"])} for _, response in ordered]
    _Persister.save_cassette(
        cassette.path, {"requests": [request for request, _ in ordered], "responses": responses}, _Readable
    )


def _same_json(one: Request, other: Request) -> None:
    if _comparable(one.body) != _comparable(other.body):
        raise AssertionError("another body")


def _comparable(body: bytes | None) -> Any:
    """The body's JSON; the two names of the bound on output tokens count as one, whichever an endpoint knew."""
    value = json.loads(body) if body else None
    if isinstance(value, dict) and "max_tokens" in value:
        value["max_completion_tokens"] = value.pop("max_tokens")
    return value


def _order(request: Request) -> str:
    return content_id([request.method, request.path, _comparable(request.body)])


async def _stored_request(request: httpx2.Request) -> Request:
    """The request without address, query and headers; its path from where the API's own begins."""
    body = await request.aread()
    api_path = next((end for end in _API_PATHS if request.url.path.endswith(end)), request.url.path)
    headers = {"content-type": _JSON} if body else {}
    return Request(request.method, _HOST + api_path, _pretty(json.loads(body)) if body else None, headers)


def _stored_response(response: httpx2.Response, key: str) -> dict[str, Any]:
    return {
        "status": {"code": response.status_code, "message": "OK"},
        "headers": {"content-type": [_JSON]},
        "body": {"string": without_key(_pretty(json.loads(response.content)), key).encode()},
    }


def _pretty(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _played(response: dict[str, Any]) -> httpx2.Response:
    headers = [(name, value) for name, values in response["headers"].items() for value in values]
    return httpx2.Response(response["status"]["code"], headers=headers, content=response["body"]["string"])


def _worth_keeping(response: httpx2.Response) -> bool:
    if not response.is_success:
        return False
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not value.get("error")


def _record_command(request: JudgeRequest | None) -> str:
    if request is not None and request.purpose == "rubric":
        return f"casejury rubric draft {request.case} --record recordings"
    return "casejury grade --record recordings"
