"""Every fault of a provider: what the scripted server does, and what casejury then must do and say.

The tests of the judge (tests/llm), of the whole command (tests/acceptance) and docs/faults.md are made from these
rows, so that none can say what the others do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Literal

from pipeline.domain.grading import UngradedCode
from pipeline.messages.reasons import REASONS
from tests.tools.contest import KEY, said, steady_reply
from tests.tools.scripted_server import Answer, Json, completion

Made = Callable[[Json], Answer]
Group = Literal["status", "connection", "answer", "reply"]
ATTEMPTS = 3
"""limits.attempts in the tests of this table"""


@dataclass(frozen=True)
class Fault:
    """A fault that every sending of one request meets.

    `ends`: the code under which the item is referred; "graded" where it is none of the item's business, "differs"
    where the item is graded and referred because another model answered, "stop" where the run ends with exit code 4.
    `sent`: how many requests it costs with ATTEMPTS allowed, the repair included. `says`: what the line on standard
    error holds (where the exit code is 4), or the reason's detail (else). `waits`: seconds that the server asks for
    between two requests.
    """

    name: str
    answer: Made
    ends: UngradedCode | Literal["graded", "differs", "stop"]
    sent: int = 1
    says: str = ""
    waits: float = 0
    group: Group = "status"
    listening: bool = True
    """False: no item of the run reaches a server"""
    repaired: bool = False
    """the reply is read as a reply and followed by one repair request, which meets the same"""

    @property
    def code(self) -> int:
        """The exit code of a run that meets it."""
        return 4 if self.ends == "stop" or not self.listening else 0

    @property
    def tried(self) -> str:
        """For the reader: is it sent again, and how long?"""
        if self.repaired:
            return "one repair request"
        if self.sent == 1:
            return "no: asked to wait longer than 10 min" if self.waits > 600 else "no"
        after = f"after the {self.waits:g} s asked for, plus jitter" if self.waits else "after a jittered pause"
        return f"up to `limits.attempts` sendings, {after}"

    @property
    def item(self) -> str:
        """For the reader: what becomes of the item."""
        match self.ends:
            case "graded":
                return "graded"
            case "differs":
                return "graded, referred: " + REASONS["model_differs"].label
            case "stop":
                return "not graded yet"
            case code:
                return "referred: " + REASONS[f"ungraded_{code}"].label

    @property
    def run(self) -> str:
        """For the reader: what becomes of the run."""
        if not self.listening:
            return "tries every item, then fails: nothing was reached; the next run goes on"
        return "stops; what came is kept, the next run goes on" if self.ends == "stop" else "goes on"


def error(status: int, message: str = "it did not work", **fields: Any) -> Made:
    """An error of this API."""
    headers = fields.pop("headers", {})
    return plain(Answer(status, headers, {"error": {"message": message, **fields}}))


def plain(answer: Answer) -> Made:
    """Always that answer."""
    return lambda _body: answer


def whole(**changes: Any) -> Made:
    """A good completion with fields changed; None takes one away."""

    def answer(body: Json) -> Answer:
        made = {**good(body), **changes}
        return Answer(body={name: value for name, value in made.items() if value is not None})

    return answer


def good(body: Json) -> Json:
    return said(steady_reply(body), model=str(body["model"]))


def cut(change: Callable[[bytes], bytes], **more: Any) -> Made:
    """A good completion's bytes, changed."""
    return lambda body: Answer(body=change(json.dumps(good(body)).encode()), **more)


def worded(change: Callable[[str], str | None], **more: Any) -> Made:
    """The good reply's JSON as text, changed as text."""

    def answer(body: Json) -> Answer:
        text = json.dumps(steady_reply(body), ensure_ascii=False)
        return Answer(body=completion(change(text), **{"model": str(body["model"]), **more}))

    return answer


def changed(change: Callable[[Any], None]) -> Made:
    """The good reply with a change, as a completion."""

    def answer(body: Json) -> Answer:
        reply = steady_reply(body)
        change(reply)
        return Answer(body=said(reply, model=str(body["model"])))

    return answer


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


def parts(body: Json) -> Answer:
    content = json.dumps(steady_reply(body), ensure_ascii=False)
    return Answer(body=completion([{"type": "text", "text": content}], model=str(body["model"])))


def usage(value: object) -> Made:
    return lambda body: Answer(body={**good(body), "usage": value})


def dated(seconds: int) -> dict[str, str]:
    """A Retry-After date so many seconds after the server's own."""
    return {
        "date": formatdate(1_900_000_000, usegmt=True),
        "retry-after": formatdate(1_900_000_000 + seconds, usegmt=True),
    }


SECONDS, DATE = {"retry-after": "7"}, dated(40)
LONG = "maximum context length is 100"
PAGE = {"content-type": "text/html"}
NO_TEMPERATURE = "remove temperature from judges[0] in contest.yaml"
NO_SEED = "remove seed from judges[0] in contest.yaml"
TOKENS = "lower max_output_tokens of judges[0] in contest.yaml"
NO_MODEL = "the endpoint does not serve 'scripted-1': name another"
NOBODY = "check the address and that its server is running (`casejury doctor`), then run again"
NO_KEY = "the provider does not accept the key: check it"
NO_RIGHT = "check that the key may use this model and address"
NO_QUOTA = "the quota or credit is used up: top it up and run again; what was done is kept"
NO_API = "no chat completions at this address: does it have to end in /v1?"
ELSEWHERE = "write the final address: a request is never sent on elsewhere"

STATUS = [
    Fault("400 without a reason", error(400), "provider_error"),
    Fault("400, the context is too short", error(400, LONG, code="context_length_exceeded"), "too_long"),
    Fault("400, content policy", error(400, "blocked", code="content_filter"), "refused"),
    Fault(
        "400, temperature refused",
        error(400, "Unsupported value", param="temperature"),
        "stop",
        1,
        NO_TEMPERATURE,
    ),
    Fault("400, seed refused", error(400, "Unsupported value", param="seed"), "stop", 1, NO_SEED),
    Fault("400, unknown model", error(400, "The model `scripted-1` does not exist"), "stop", 1, NO_MODEL),
    Fault("400, too many output tokens", error(400, "max_tokens is too large: 8000"), "stop", 1, TOKENS),
    Fault("401", error(401, f"Incorrect API key provided: {KEY}"), "stop", 1, NO_KEY),
    Fault("402", error(402, "pay first"), "stop", 1, NO_QUOTA),
    Fault("403", error(403, "not for you"), "stop", 1, NO_RIGHT),
    Fault("403, moderation", error(403, "your input was flagged"), "refused"),
    Fault("404, unknown model", error(404, "no such model", code="model_not_found"), "stop", 1, NO_MODEL),
    Fault("404, something", error(404, "nothing here"), "provider_error"),
    Fault("404, no such address", plain(Answer(404, body={"detail": "Not Found"})), "stop", 1, NO_API),
    Fault("405, no such address", plain(Answer(405, body="no")), "stop", 1, NO_API),
    Fault("408", error(408), "timeout", 3),
    Fault("409", error(409), "provider_error", 3),
    Fault("413", error(413), "too_long"),
    Fault("422", plain(Answer(422, body={"detail": [{"loc": ["body", "n"], "msg": "bad"}]})), "provider_error"),
    Fault("425", error(425), "provider_error", 3),
    Fault("429, Retry-After in seconds", error(429, headers=SECONDS), "rate_limited", 3, "HTTP 429", 7),
    Fault("429, retry-after-ms", error(429, headers={"retry-after-ms": "1500"}), "rate_limited", 3, "HTTP 429", 1.5),
    Fault("429, Retry-After as a date", error(429, headers=DATE), "rate_limited", 3, "HTTP 429", 40),
    Fault("429, Retry-After in the past", error(429, headers=dated(-40)), "rate_limited", 3),
    Fault("429 without a time", error(429), "rate_limited", 3),
    Fault("429, Retry-After that is none", error(429, headers={"retry-after": "soon"}), "rate_limited", 3),
    Fault("429, Retry-After negative", error(429, headers={"retry-after": "-5"}), "rate_limited", 3),
    Fault("429, Retry-After of a day", error(429, headers={"retry-after": "86400"}), "rate_limited", 1, "", 86400),
    Fault("429, quota", error(429, "no more", code="insufficient_quota"), "stop", 1, NO_QUOTA),
    Fault("429, this one too large", error(429, "Request too large: limit 3000, requested 9000"), "too_long"),
    Fault("500", error(500), "provider_error", 3),
    Fault("501", error(501), "provider_error"),
    Fault("502, a proxy's web page", plain(Answer(502, PAGE, "<html>bad gateway</html>")), "provider_error", 3),
    Fault("503", error(503, headers={"retry-after": "2"}), "provider_error", 3, "HTTP 503", 2),
    Fault("503 of a proxy, no body", plain(Answer(503)), "provider_error", 3),
    Fault("504", error(504), "timeout", 3),
    Fault("529, overloaded", error(529, "overloaded"), "provider_error", 3),
    Fault("307 to another host", plain(Answer(307, {"location": "http://127.0.0.1:9/v1"})), "stop", 1, ELSEWHERE),
]

CONNECTION = [
    Fault("nobody listens", plain(Answer()), "unreachable", 3, NOBODY, listening=False),
    Fault("connection reset before the headers", plain(Answer(behaviour="reset")), "unreachable", 3),
    Fault("hung up before the headers", plain(Answer(behaviour="hang_up")), "unreachable", 3),
    Fault("hung up within the headers", plain(Answer(behaviour="half_headers")), "unreachable", 3),
    Fault("no HTTP at all", plain(Answer(behaviour="garbage")), "unreachable", 3),
    Fault(
        "reset in the body",
        lambda body: Answer(chunks=[json.dumps(good(body)).encode()[:40]], behaviour="reset_mid_body"),
        "unreachable",
        3,
    ),
    Fault("headers too late", lambda body: Answer(body=good(body), delay=1.5), "timeout", 3),
    Fault("silence within the body", plain(Answer(chunks=[b'{"id"'], behaviour="stall")), "timeout", 3),
    Fault("one byte at a time, for ever", plain(Answer(chunks=[b" "] * 60, pause=0.1)), "timeout", 3, "no whole"),
]

ANSWER = [
    Fault("truncated JSON", cut(lambda data: data[:-30]), "provider_error", 3),
    Fault("invalid JSON", plain(Answer(body="{'choices': []}")), "provider_error", 3),
    Fault("JSON nested without end", plain(Answer(body="[" * 100_000)), "provider_error", 3),
    Fault("JSON, but no completion", plain(Answer(body="[1, 2]")), "provider_error"),
    Fault("a web page with status 200", plain(Answer(200, PAGE, "<html>log in</html>")), "provider_error"),
    Fault("an event stream", plain(Answer(200, {"content-type": "text/event-stream"}, "data: {}")), "provider_error"),
    Fault("an empty body", plain(Answer(body=b"")), "provider_error", 3),
    Fault("damaged gzip", cut(lambda data: data, headers={"content-encoding": "gzip"}), "provider_error", 3),
    Fault("invalid UTF-8", cut(lambda data: data.replace(b"chatcmpl", b"\xff\xfe")), "provider_error", 3),
    Fault("a reply of 50 MB", plain(Answer(chunks=[b" " * 1_000_000] * 50)), "provider_error", 1, "longer than 4 MB"),
    Fault("an error in a 200", plain(Answer(body={"error": {"message": "oops"}})), "provider_error", 3),
    Fault("a 429 in a 200", plain(Answer(body={"error": {"message": "slow", "code": 429}})), "rate_limited", 3),
    Fault("no quota in a 200", plain(Answer(body={"error": {"message": "x", "code": 402}})), "stop", 1, NO_QUOTA),
    Fault("an error in the choice", whole(choices=[{"error": {"message": "upstream"}}]), "provider_error", 3),
    Fault("choices empty", whole(choices=[]), "empty_reply"),
    Fault("choices missing", whole(choices=None), "empty_reply"),
    Fault("choices of another kind", whole(choices={"0": 1}), "empty_reply"),
    Fault("another model answered", lambda body: Answer(body={**good(body), "model": "someone-else"}), "differs"),
    Fault("no model named", whole(model=None), "graded"),
    Fault("an id that is no text", whole(id=7), "graded"),
    Fault("no id", whole(id=None), "graded"),
    Fault("usage missing", whole(usage=None), "graded"),
    Fault("usage as strings", usage({"prompt_tokens": "1200", "completion_tokens": "300"}), "graded"),
    Fault("usage negative", usage({"prompt_tokens": -1200, "completion_tokens": 10**12}), "graded"),
    Fault("content in parts", parts, "graded"),
    Fault("another content type", cut(lambda data: data, headers={"content-type": "text/plain"}), "graded"),
    Fault("no finish reason", worded(lambda text: text, finish=""), "graded"),
]

OVERALL = ("criteria", "overall")
UNUSABLE: list[tuple[str, Made]] = [
    ("a level that does not exist", changed(put("9", *OVERALL, "level"))),
    ("a level as a number instead of a string", changed(put(2, *OVERALL, "level"))),
    ("a level that is no whole number", changed(put(2.5, *OVERALL, "level"))),
    ("a level in words", changed(put("good", *OVERALL, "level"))),
    ("no level and no reason why", changed(put(None, *OVERALL, "level"))),
    ("a criterion missing", changed(drop(*OVERALL))),
    ("all criteria missing", changed(drop("criteria"))),
    ("the id of another criterion", changed(put({"level": "3"}, "criteria", "bonus"))),
    ("an unknown field", changed(put(3, "guards"))),
    ("no verdict on the content", changed(drop("content_match"))),
    ("a verdict that does not exist", changed(put("maybe", "content_match", "verdict"))),
    ("evidence that is no list", changed(put("all of it", "criteria", "tone", "evidence"))),
    ("a list instead of an object", worded(lambda text: f"[{text}]")),
    ("a bare number", worded(lambda _text: "3")),
    ("a word", worded(lambda _text: "Excellent! Three guards.")),
    ("JSON cut off", worded(lambda text: text[: len(text) // 2])),
    ("a key twice", worded(lambda text: text.replace('"verdict": "yes"', '"verdict": "no", "verdict": "yes"'))),
    ("NaN", worded(lambda text: re.sub(r'"level": "2"', '"level": NaN', text))),
    ("Infinity", worded(lambda text: re.sub(r'"level": "2"', '"level": Infinity', text))),
    ("nested 5000 deep", worded(lambda _text: '{"a":' * 5000 + "1" + "}" * 5000)),
    ("two objects", worded(lambda text: f"{text}\n{text}")),
    ("single quotes", worded(lambda text: text.replace('"', "'"))),
    ("words around it", worded(lambda text: f"Here it is: {text} I hope it helps.")),
]
CALLS = [{"id": "call_1", "type": "function", "function": {"name": "grade", "arguments": '{"level": 3}'}}]
REPLY = [
    *(Fault(name, made, "invalid_reply", 2, repaired=True) for name, made in UNUSABLE),
    Fault("cut off at the limit of tokens", worded(lambda text: text[:40], finish="length"), "truncated", 2),
    Fault("whole, but said to be cut off", worded(lambda text: text, finish="length"), "truncated", 2),
    Fault("a refusal", worded(lambda _text: None, refusal="I cannot help with that."), "refused", 2),
    Fault("stopped by a content filter", worded(lambda _text: "", finish="content_filter"), "refused", 2),
    Fault("content null", worded(lambda _text: None), "empty_reply", 2),
    Fault("content blank", worded(lambda _text: " \n"), "empty_reply", 2),
    Fault("a tool call", worded(lambda _text: None, finish="tool_calls", tool_calls=CALLS), "empty_reply", 2),
    Fault("one fence around the JSON", worded(lambda text: f"```json\n{text}\n```"), "graded"),
]


def _all() -> Iterator[Fault]:
    groups: list[tuple[Group, list[Fault]]] = [
        ("status", STATUS),
        ("connection", CONNECTION),
        ("answer", ANSWER),
        ("reply", REPLY),
    ]
    for group, rows in groups:
        for row in rows:
            repaired = row.repaired or (group == "reply" and row.sent == 2)
            yield Fault(**{**row.__dict__, "group": group, "repaired": repaired})


FAULTS: tuple[Fault, ...] = tuple(_all())
