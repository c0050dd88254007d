"""Whether an endpoint can judge: is it reachable, does it serve the model, does the model keep to a schema."""

from __future__ import annotations

import json

import httpx2

from pipeline.domain.grading import JudgeRequest, Message, Ungraded
from pipeline.domain.ids import Value, content_id
from pipeline.errors import ProviderStopped
from pipeline.llm.faults import Fault
from pipeline.llm.judge import Judge
from pipeline.llm.replies import problem_of

_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}, "letters": {"type": "integer"}},
    "required": ["colour", "letters"],
    "additionalProperties": False,
}


class Check(Value):
    """One thing that was looked at; `detail` says what was found, also where it is ok."""

    name: str
    ok: bool
    detail: str = ""


async def probe(judge: Judge) -> tuple[Check, ...]:
    """The checks `endpoint`, `model` and `schema`, in this order; costs one short completion. Never raises for a fault.

    An endpoint that lists no models is no problem: then only the completion tells whether the model is served.
    """
    listed = await judge.models()
    address = httpx2.URL(judge.base_url)
    shown = f"{address.scheme}://{address.netloc.decode()}{address.path}"
    if isinstance(listed, Fault):
        reachable = listed.code not in {"unreachable", "timeout"}
        checks = [Check(name="endpoint", ok=reachable, detail=shown if reachable else listed.detail)]
        if not reachable:
            return tuple(checks)
        checks.append(Check(name="model", ok=True, detail=f"not listed: {listed.detail}"))
    else:
        served = judge.spec.model in listed
        detail = judge.spec.model if served else f"{judge.spec.model} is not among the {len(listed)} models listed"
        checks = [Check(name="endpoint", ok=True, detail=shown), Check(name="model", ok=served, detail=detail)]
    return (*checks, await _schema_check(judge))


async def _schema_check(judge: Judge) -> Check:
    try:
        reply = await judge.ask(_request(judge))
    except ProviderStopped as stopped:
        return Check(name="schema", ok=False, detail=str(stopped))
    if isinstance(reply, Ungraded):
        return Check(name="schema", ok=False, detail=f"{reply.reason}: {reply.detail}")
    if problem := problem_of(reply):
        return Check(name="schema", ok=False, detail=f"{problem.reason}: {problem.detail}")
    if not _obeys(reply.content):
        return Check(name="schema", ok=False, detail=f"the reply is not by the schema (asked as {_asked_as(judge)})")
    return Check(name="schema", ok=True, detail=f"asked as {_asked_as(judge)}; {reply.model or 'no model'} replied")


def _asked_as(judge: Judge) -> str:
    return {"none": "plain text"}.get(judge.dialect.structured, judge.dialect.structured)


def _request(judge: Judge) -> JudgeRequest:
    messages = (
        Message(role="system", content="You fill in a form."),
        Message(role="user", content="Name the colour of fresh grass and how many letters its English name has."),
    )
    key = content_id({"probe": [message.content for message in messages], "schema": _SCHEMA})
    return JudgeRequest(
        purpose="probe", key=key, messages=messages, reply_schema=_SCHEMA, schema_name="probe", judge=judge.spec
    )


def _obeys(content: str) -> bool:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(value, dict)
        and set(value) == {"colour", "letters"}
        and value["colour"] in {"red", "green"}
        and type(value["letters"]) is int
    )
