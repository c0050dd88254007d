"""A scripted OpenAI-compatible server on a loopback port, with the standard library alone.

In a test: `with scripted_server(script) as server:` gives `server.url` and `server.calls`. As a process of its own:
`python tests/tools/scripted_server.py --port 0 --log calls.jsonl --delay 0.05` prints its URL and answers as a good
judge; the log has one line of JSON per request, on the disk before the answer begins.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]


EARLY = {
    "hang_up": b"",
    "half_headers": b"HTTP/1.1 200 OK\r\ncontent-type: appl",
    "garbage": b"\x16\x03 no HTTP\r\n\r\n",
}
"""what is sent, instead of an answer, before the connection ends"""


@dataclass(frozen=True)
class Answer:
    """What the server does with one request.

    `delay`: seconds before anything is sent; `chunks`: the body in pieces, `pause` seconds apart. `behaviour`:
    `reset` closes the connection hard before the headers, `reset_mid_body` after the first chunk (the announced length
    is longer), `stall` goes silent after the first chunk until the server stops; `hang_up` closes it in order before
    the headers, `half_headers` within them, `garbage` answers something that is no HTTP.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | str | Json | list[Any] = b""
    chunks: Sequence[bytes] = ()
    delay: float = 0
    pause: float = 0
    behaviour: Literal["answer", "reset", "reset_mid_body", "stall", "hang_up", "half_headers", "garbage"] = "answer"

    def parts(self) -> list[bytes]:
        """The body as it is sent."""
        if self.chunks:
            return list(self.chunks)
        if isinstance(self.body, bytes):
            return [self.body]
        return [self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()]


Script = Callable[[Json, int], Answer]
"""(request body, number of the request among all completions, from 0) -> answer"""


@dataclass(frozen=True)
class Call:
    """One request as received."""

    n: int
    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: Json


def completion(
    content: str | list[Any] | None, *, model: str = "scripted-1", finish: str = "stop", **extra: Any
) -> Json:
    """A well-formed chat completion around that content; `extra` goes into the message."""
    message = {"role": "assistant", "content": content, **extra}
    return {
        "id": "chatcmpl-" + hashlib.sha256(repr(content).encode()).hexdigest()[:12],
        "object": "chat.completion",
        "created": 1_800_000_000,
        "model": model,
        "system_fingerprint": "fp_scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500},
    }


def good_judge(body: Json, n: int = 0) -> Answer:
    """A valid reply to any request that carries a JSON schema, with quotes of real lines; always the same for it."""
    model = str(body.get("model", "scripted-1"))
    return Answer(body=completion(json.dumps(good_reply(body), ensure_ascii=False), model=model))


def good_reply(body: Json) -> Any:
    """The reply's value: built from the schema alone, quoting distinct lines of the fenced text, longest list first."""
    users = [str(message["content"]) for message in body["messages"] if message["role"] == "user"]
    schema = _schema_of(body, users)
    return _Writer(schema, _lines(users), json.dumps(body["messages"], sort_keys=True)).write(schema, "")


def _schema_of(body: Json, users: list[str]) -> Json:
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return dict(wanted["json_schema"]["schema"])
    for text in reversed(users):
        for line in reversed(text.splitlines()):
            if line.startswith("{") and '"type"' in line:
                return dict(json.loads(line))
    return {"type": "object", "properties": {}}


_FENCED = re.compile(r"^[0-9a-f]{32}\| ?(.*)$", re.MULTILINE)


def _lines(users: list[str]) -> list[str]:
    """Lines of the submission that are long enough to be quoted; of a repair's messages, those of the first."""
    for text in users:
        if fenced := _FENCED.findall(text):
            lines = [line.strip() for line in fenced if line.strip()]
            return [line for line in lines if len(line) >= 20] or [" ".join(lines)]
    return []


class _Writer:
    """Fills a schema in; choices come from a hash of the request and the place, so that they never change."""

    def __init__(self, root: Json, lines: list[str], seed: str) -> None:
        self._root, self._lines, self._seed = root, lines, seed
        self._next = 0

    def write(self, schema: Json, place: str) -> Any:
        schema = self._resolved(schema)
        name = place.rsplit("/", 1)[-1]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            options = [option for option in schema["enum"] if option is not None]
            return "yes" if name == "verdict" and "yes" in options else options[self._draw(place, len(options))]
        kinds = schema.get("type", "object")
        kind = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
        if name == "cannot_assess":
            return None
        if kind == "object":
            return self._object(schema, place)
        if kind == "array":
            return self._array(schema, place, name)
        if kind == "string":
            return self._quote() if name == "quote" else f"Stands in the text ({name})."[: schema.get("maxLength", 99)]
        if kind == "boolean":
            return self._draw(place, 2) == 1
        if kind in {"integer", "number"}:
            return schema.get("minimum", 1)
        return None

    def _resolved(self, schema: Json) -> Json:
        if "$ref" in schema:
            target: Any = self._root
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                target = target[part]
            return self._resolved(dict(target))
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self._resolved(next(one for one in schema[several] if one.get("type") != "null"))
        return schema

    def _object(self, schema: Json, place: str) -> Json:
        written = {name: self.write(part, f"{place}/{name}") for name, part in schema.get("properties", {}).items()}
        if written.get("is") is False and "evidence" in written:
            written["evidence"] = []
        return written

    def _array(self, schema: Json, place: str, name: str) -> list[Any]:
        if name == "addresses_grader":
            return []
        item = self._resolved(schema["items"])
        if name == "evidence" and item.get("type") == "string":
            return [self._quote()] if self._lines else []
        quoting = item.get("type") == "object" and "quote" in item.get("properties", {})
        if not quoting:
            return [self.write(item, f"{place}/{name}_one") for _ in range(max(1, schema.get("minItems", 1)))]
        self._next = 0
        count = min(len(self._lines), 2 + self._draw(place, 5))
        return [self.write(item, f"{place}/{number}") for number in range(count)]

    def _quote(self) -> str:
        if not self._lines:
            return ""
        line = self._lines[self._next % len(self._lines)]
        self._next += 1
        return line[:180].rstrip()

    def _draw(self, place: str, options: int) -> int:
        return hashlib.sha256(f"{self._seed}{place}".encode()).digest()[0] % options


class Server:
    """A running server. `calls` are the completions received so far, `listed` the models that GET /models names."""

    def __init__(self, script: Script, *, port: int = 0, log: Path | None = None, listed: Sequence[str] = ()) -> None:
        self.script, self.listed = script, tuple(listed)
        self.calls: list[Call] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._log = log.open("a", encoding="utf-8") if log else None
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def run(self) -> None:
        """Serve until `close`."""
        self._http.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Stop at once, also what stalls."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        if self._log:
            self._log.close()

    def received(self, method: str, path: str, headers: dict[str, str], body: Json) -> int:
        """Note a request, durably if there is a log, and give its number."""
        with self._lock:
            call = Call(len(self.calls), time.time(), method, path, headers, body)
            self.calls.append(call)
            if self._log:
                digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
                line = {"n": call.n, "at": call.at, "path": path, "body_sha256": digest, "body": body}
                self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._log.flush()
                os.fsync(self._log.fileno())
        return call.n


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    owner: Server

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the script."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""

    def do_GET(self) -> None:
        models = [{"id": name, "object": "model"} for name in self.server.owner.listed]
        found = self.path.endswith("/models") and models
        self._answer(Answer(body={"data": models}) if found else Answer(404, body={"detail": "Not Found"}))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        owner, body = self.server.owner, json.loads(raw)
        n = owner.received("POST", self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self._answer(owner.script(body, n))

    def _answer(self, answer: Answer) -> None:
        if answer.delay and self.server.owner.stopping.wait(answer.delay):
            return
        if answer.behaviour == "reset":
            self._reset()
            return
        if answer.behaviour in EARLY:
            self.wfile.write(EARLY[answer.behaviour])
            self.close_connection = True
            return
        parts = answer.parts()
        cut = answer.behaviour != "answer"
        self.send_response_only(answer.status)
        headers = {"content-type": "application/json", **answer.headers}
        headers["content-length"] = str(sum(map(len, parts)) + (1000 if cut else 0))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for part in parts:
            self.wfile.write(part)
            self.wfile.flush()
            if answer.pause:
                self.server.owner.stopping.wait(answer.pause)
        if answer.behaviour == "reset_mid_body":
            self._reset()
        elif answer.behaviour == "stall":
            self.server.owner.stopping.wait(60)
            self.close_connection = True

    def _reset(self) -> None:
        """Close with RST instead of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


@contextmanager
def scripted_server(
    script: Script = good_judge, *, log: Path | None = None, listed: Sequence[str] = ()
) -> Iterator[Server]:
    """A server in a thread of this process, for the length of the block."""
    server = Server(script, log=log, listed=listed)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)


def main() -> None:
    """Serve as a good judge until killed."""
    parser = argparse.ArgumentParser(description="a scripted OpenAI-compatible server on a loopback port")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, default=None, help="append one line of JSON for each request")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--jitter", type=float, default=0.0, help="up to so many seconds more, by the request's hash")
    options = parser.parse_args()

    def script(body: Json, n: int) -> Answer:
        answer = good_judge(body, n)
        drawn = hashlib.sha256(json.dumps(body["messages"]).encode()).digest()[0] / 255
        return Answer(answer.status, answer.headers, answer.body, delay=options.delay + options.jitter * drawn)

    server = Server(script, port=options.port, log=options.log)
    sys.stdout.write(server.url + "\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
