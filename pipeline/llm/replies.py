"""From the bytes of a chat completion to a JudgeReply, and why a reply holds no grading. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.domain.grading import JudgeReply, JudgeRequest, Ungraded, Usage
from pipeline.llm.faults import Fault, of_status
from pipeline.llm.prices import estimate, estimate_text
from pipeline.llm.words import server_words

SHORTEST_KEY = 8
_CUT_SHORT = frozenset({"length", "max_tokens", "model_length"})
_DECLINED = frozenset({"content_filter", "safety", "refusal", "prohibited_content", "recitation"})


def read_reply(
    body: bytes, headers: Mapping[str, str], *, request: JudgeRequest, key: str, endpoint: str, received: datetime
) -> JudgeReply | Ungraded | Fault:
    """The reply in the body of a 200 answer.

    JudgeReply wherever there is a message, also one cut short, refused or empty: see `problem_of`; a key that the
    server repeats is taken out. Ungraded `empty_reply` for an answer without choices; a Fault for a body that is
    damaged, an error, or no completion at all.
    """
    try:
        value = json.loads(without_key(body.decode(), key))
    except (ValueError, RecursionError):
        return _no_json(body, headers)
    if not isinstance(value, dict):
        return Fault(what="give_up", code="provider_error", detail="the answer is JSON, but no chat completion")
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    if error := value.get("error") or choice.get("error"):
        return _error_inside(error, request=request, key=key, endpoint=endpoint, now=received.timestamp())
    message = choice.get("message")
    if not isinstance(message, dict):
        return Ungraded(reason="empty_reply", detail="the answer has no choices")
    content = _content(message.get("content"))
    return JudgeReply(
        content=content,
        finish_reason=_finish(choice, message),
        refusal=storable(message.get("refusal"))[:2000],
        model=storable(value.get("model"))[:200],
        fingerprint=storable(value.get("system_fingerprint"))[:200],
        usage=_usage(value.get("usage"), request, content),
        request_id=without_key(storable(headers.get("x-request-id") or value.get("id")), key)[:200],
        received_at=received,
    )


def problem_of(reply: JudgeReply) -> Ungraded | None:
    """Why this reply holds no whole grading although it arrived; None where its content is worth parsing."""
    reason = reply.finish_reason.lower()
    if reply.refusal or reason in _DECLINED:
        which = "the provider's content filter declined" if reason == "content_filter" else "the model declined"
        return Ungraded(reason="refused", detail=which)
    if reason in _CUT_SHORT:
        return Ungraded(reason="truncated", detail="the reply reached the limit of output tokens")
    if not reply.content.strip():
        tool = reason in {"tool_calls", "function_call"}
        detail = "the model called a tool instead of answering" if tool else "the reply has no content"
        return Ungraded(reason="empty_reply", detail=detail)
    return None


def without_key(text: str, key: str) -> str:
    """The text with the key, which a server may repeat, taken out; a key of a few letters is none."""
    return text.replace(key, "[key]") if len(key) >= SHORTEST_KEY else text


def storable(text: object) -> str:
    """The text with what no database or file can hold (lone surrogates, NUL) as U+FFFD; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _no_json(body: bytes, headers: Mapping[str, str]) -> Fault:
    if not body.strip():
        return Fault(what="again", code="provider_error", detail="the answer's body is empty")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "text/html" or body.lstrip()[:1] == b"<":
        detail = "the answer is a web page, no chat completion: is the address right, does it have to end in /v1?"
        return Fault(what="give_up", code="provider_error", detail=detail)
    if kind == "text/event-stream":
        detail = "the answer is an event stream, which was not asked for"
        return Fault(what="give_up", code="provider_error", detail=detail)
    return Fault(what="again", code="provider_error", detail="the answer is damaged: not JSON in UTF-8")


def _error_inside(error: object, *, request: JudgeRequest, key: str, endpoint: str, now: float) -> Fault:
    """An error in a 200 answer counts as the HTTP status its code names, else as a server's passing failure."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if re.fullmatch("[45][0-9]{2}", code) else 500
    words = server_words(json.dumps({"error": error}).encode(), request=request, key=key)
    fault = of_status(status, words, {}, judge=request.judge, now=now, endpoint=endpoint)
    return fault.model_copy(update={"detail": words.show("an error inside a 200 answer")})


def _content(content: object) -> str:
    """The message's text; some servers send it in parts."""
    if isinstance(content, list):
        return "".join(storable(part.get("text")) for part in content if isinstance(part, dict))
    return storable(content)


def _finish(choice: dict[str, Any], message: dict[str, Any]) -> str:
    reason = storable(choice.get("finish_reason"))[:60]
    return reason or ("tool_calls" if message.get("tool_calls") else "")


def _usage(reported: object, request: JudgeRequest, content: str) -> Usage:
    """As reported where it can be true (a prompt has tokens), else estimated from the bytes."""
    told = reported if isinstance(reported, dict) else {}
    prompt, completion = _count(told.get("prompt_tokens")), _count(told.get("completion_tokens"))
    if not prompt or completion is None:
        return Usage(prompt=estimate(request), completion=estimate_text(content), estimated=True)
    details = told.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return Usage(prompt=prompt, completion=completion, cached=min(cached or 0, prompt))


def _count(number: object) -> int | None:
    whole = isinstance(number, int) and not isinstance(number, bool)
    return number if whole and isinstance(number, int) and 0 <= number < 10**9 else None
