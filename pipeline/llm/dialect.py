"""How a request is worded for one endpoint: compatible servers differ in which parameters they know."""

from __future__ import annotations

import json
from typing import Any, Literal

from pipeline.domain.grading import JudgeRequest
from pipeline.domain.ids import Value
from pipeline.llm.words import ServerWords

_STEPS: tuple[Literal["json_schema", "json_object", "none"], ...] = ("json_schema", "json_object", "none")
_ABOUT_FORMAT = r"response_format|json_schema|json_object|structured.?output|\bstrict\b|guided_json"
_UNKNOWN_FIELD = (
    r"extra[ _](fields?|inputs?|forbidden)|unknown (field|parameter)|unrecognized|unexpected (keyword|field)"
)


class Dialect(Value):
    """What an endpoint is known to understand; `limit` is the name of the bound on the reply's tokens."""

    structured: Literal["json_schema", "json_object", "none"] = "json_schema"
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"


def first_dialect(structured: Literal["auto", "json_schema", "json_object", "none"]) -> Dialect:
    """Where a judge with that `structured` begins."""
    return Dialect(structured="json_schema" if structured == "auto" else structured)


def next_dialect(sent: Dialect, words: ServerWords, *, auto: bool) -> Dialect | None:
    """The next simpler dialect, where the server's words refuse something of the one sent; None where they do not.

    `auto`: the reply's format may step down. A refusal that names no field is put down to the format first. Repeated
    stepping ends: each step is simpler.
    """
    too_large = words.mention(r"too large|too high|at most|less than|greater than|maximum|exceed")
    if sent.limit == "max_completion_tokens" and words.mention("max_completion_tokens") and not too_large:
        return sent.model_copy(update={"limit": "max_tokens"})
    can_step = auto and sent.structured != "none"
    if can_step and words.mention(_ABOUT_FORMAT):
        return _simpler(sent)
    if words.mention(r"\b(temperature|seed)\b") or not words.mention(_UNKNOWN_FIELD):
        return None
    if can_step:
        return _simpler(sent)
    return sent.model_copy(update={"limit": "max_tokens"}) if sent.limit == "max_completion_tokens" else None


def _simpler(sent: Dialect) -> Dialect:
    return sent.model_copy(update={"structured": _STEPS[_STEPS.index(sent.structured) + 1]})


def parameters(request: JudgeRequest, dialect: Dialect) -> dict[str, Any]:
    """The chat completion's parameters: only what is declared, in a fixed order, so that equal requests are equal."""
    judge = request.judge
    messages = [message.model_dump(mode="json") for message in request.messages]
    sent: dict[str, Any] = {"model": judge.model, "messages": messages, dialect.limit: judge.max_output_tokens}
    if judge.temperature is not None:
        sent["temperature"] = judge.temperature
    if judge.seed is not None:
        sent["seed"] = judge.seed
    if dialect.structured == "json_schema":
        schema = {"name": request.schema_name, "strict": True, "schema": request.reply_schema}
        sent["response_format"] = {"type": "json_schema", "json_schema": schema}
        return sent
    sent["messages"] = with_schema_text(messages, request.reply_schema)
    if dialect.structured == "json_object":
        sent["response_format"] = {"type": "json_object"}
    return sent


SCHEMA_INTRODUCTION = "Answer with one JSON object and nothing else. It must be valid by this JSON Schema:"


def with_schema_text(messages: list[dict[str, Any]], schema: dict[str, object]) -> list[dict[str, Any]]:
    """The messages with the schema as text at the end of the last user message, for servers that enforce none."""
    text = f"{SCHEMA_INTRODUCTION}\n{json.dumps(schema, ensure_ascii=False, separators=(',', ':'))}"
    last = max((place for place, message in enumerate(messages) if message["role"] == "user"), default=None)
    if last is None:
        return [*messages, {"role": "user", "content": text}]
    changed = {**messages[last], "content": f"{messages[last]['content']}\n\n{text}"}
    return [*messages[:last], changed, *messages[last + 1 :]]
