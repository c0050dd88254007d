"""Replies of a judge as strict JSON: all of it or a problem in words, never a part, never a default."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Never, TypeVar

from pydantic import BaseModel, Field, ValidationError

from pipeline.domain.grading import UngradedCode
from pipeline.domain.ids import Value

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_ENTRIES = 200
"""quotes or items of one criterion; a longer list is a runaway reply"""
MAX_MESSAGE = 500

M = TypeVar("M", bound=BaseModel)

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z0-9_-]{0,20}[ \t]*\r?\n")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not part of the reply",
    "string_type": "expected a string",
    "bool_type": "expected true, false or null",
    "int_type": "expected a whole number",
    "list_type": "expected an array",
    "model_type": "expected an object",
    "too_long": f"expected at most {MAX_ENTRIES} entries",
}


class ReplyProblem(Value):
    """Why a reply was not accepted, in words that a repair request can quote.

    `message` names places and what was expected there, never the values found: it holds no submission text.
    """

    message: str = Field(max_length=MAX_MESSAGE)
    code: UngradedCode = "invalid_reply"


class _Refused(Exception):
    """Carries a problem out of the JSON decoder's hooks."""


def problem(message: str, code: UngradedCode = "invalid_reply") -> ReplyProblem:
    """A problem whose message is cut to the allowed length."""
    return ReplyProblem(message=message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…", code=code)


def strict_json(content: str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> object | ReplyProblem:
    """The one JSON value that `content` is, or why it is none.

    White space and one Markdown fence around it are tolerated. Refused: nothing at all (`empty_reply`), text before
    or after, duplicate keys, NaN and infinities (also by overflow), more than `max_bytes` of UTF-8 or `max_depth`
    levels of nesting, lone surrogates and NUL in strings.
    """
    if len(content) > max_bytes or len(content.encode(errors="surrogatepass")) > max_bytes:
        return problem(f"the reply is larger than {max_bytes} bytes")
    body = _without_fence(content.strip())
    if not body:
        return problem("the reply is empty; expected one JSON object", "empty_reply")
    if _depth(body) > max_depth:
        return problem(f"the reply is nested deeper than {max_depth} levels")
    try:
        value = json.loads(
            body, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except _Refused as refused:
        return problem(str(refused))
    except json.JSONDecodeError as error:
        return problem(f"not valid JSON: {error.msg} at line {error.lineno} column {error.colno}; expected one object")
    bad = _bad_character(value)
    return problem(bad) if bad else value


def _without_fence(body: str) -> str:
    opening = _FENCE.match(body)
    if opening and len(body) >= opening.end() + 3 and body.endswith("```"):
        return body[opening.end() : -3].strip()
    return body


def _depth(body: str) -> int:
    deepest = now = 0
    for token in _TOKENS.finditer(body):
        now += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        deepest = max(deepest, now)
    return deepest


def _name(key: object) -> str:
    """A key as it may be shown: long or odd ones could carry text of the submission."""
    text = str(key)
    return text if _PLAIN_KEY.fullmatch(text) or text.isdigit() else f"(a key of {len(text)} characters)"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"the key {_name(key)} occurs twice in one object; expected it once")
        found[key] = value
    return found


def _no_constant(name: str) -> Never:
    raise _Refused(f"{name} is not JSON; expected a number, a string or null")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Refused("a number is too large to be represented")
    return value


def _whole(digits: str) -> int:
    if len(digits) > 100:
        raise _Refused("a number has more than 100 digits")
    return int(digits)


def _bad_character(value: object, path: str = "reply") -> str:
    if isinstance(value, str):
        bad = next((c for c in value if c == "\0" or "\ud800" <= c <= "\udfff"), "")
        what = "a NUL character" if bad == "\0" else "half of a surrogate pair"
        return f"{path}: the string holds {what}, which is no text" if bad else ""
    if isinstance(value, list):
        inner = ((f"{path}.{i}", entry) for i, entry in enumerate(value))
    elif isinstance(value, dict):
        if bad := next((b for b in (_bad_character(key, f"{path}: a key") for key in value) if b), ""):
            return bad
        inner = ((f"{path}.{_name(key)}", entry) for key, entry in value.items())
    else:
        return ""
    return next((bad for bad in (_bad_character(entry, place) for place, entry in inner) if bad), "")


def validated(model: type[M], value: object) -> M | ReplyProblem:
    """`value` as a `model`, or a problem that names up to four places and what was expected there."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        return problem("; ".join(_line(dict(e)) for e in error.errors(include_url=False, include_input=False)[:4]))


def _line(error: dict[str, Any]) -> str:
    path = ".".join(_name(part) for part in error["loc"]) or "reply"
    words = _WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return f"{path}: {words}"


def strict_object(properties: dict[str, object]) -> dict[str, object]:
    """An object schema of the strict kind: every property required, nothing else allowed."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
