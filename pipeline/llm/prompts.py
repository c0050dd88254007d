"""Renders requests: instructions and rubric first and identical for all submissions of a case, the submission last.

Templates come from the package; a file of the same name in the workspace's `prompts/` wins. They run in Jinja's
sandbox with StrictUndefined. What a participant wrote is only ever a value, never template source, and stands in
lines that each begin with a mark derived from the text's own SHA-256: nobody can write a text that contains its
own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.domain.contest import Case, Contest, JudgeSpec
from pipeline.domain.draft import draft_schema
from pipeline.domain.grading import JudgeReply, JudgeRequest, Message, grading_key
from pipeline.domain.ids import Value, content_id, text_id
from pipeline.domain.proposal import proposal_schema
from pipeline.domain.reply import reply_schema
from pipeline.domain.rubric import FromLevel, Rubric
from pipeline.errors import ConfigurationError

LANGUAGE_NAMES = {"ru": "Russian", "en": "English"}
FENCE_BITS = 128
LONGEST_ECHO = 20_000
"""characters of an unusable reply that a repair request repeats to the judge"""


def fence_of(text: str) -> str:
    """The mark of each line of `text`: the first 128 bits of the SHA-256 of the text as sent, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()[: FENCE_BITS // 4]


def fenced(text: str) -> str:
    """The text with `<mark>| ` before each line; no line of it can stand outside or imitate the mark."""
    mark = fence_of(text)
    return "\n".join(f"{mark}| {line}" for line in text.split("\n"))


class CasePrompt(Value):
    """What is rendered once per case and is the same for all its submissions."""

    system: str
    prompt_id: str
    reply_schema: dict[str, Any]
    schema_id: str


class Prompts:
    """The templates of a workspace. Thread-safe after construction; renders a case's prefix once."""

    def __init__(self, contest: Contest, guidelines: str = "", own: Path | None = None) -> None:
        self.contest, self.guidelines, self.own = contest, guidelines.strip(), own
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False, trim_blocks=False
        )
        self._cases: dict[tuple[str, str], CasePrompt] = {}
        self._templates: dict[str, Template] = {}

    def case_prompt(self, case: Case, rubric: Rubric) -> CasePrompt:
        """The prefix of a case's grading requests, rendered on first use."""
        at = (rubric.id, case.statement_id)
        if at not in self._cases:
            schema = reply_schema(rubric)
            overall = rubric.guards.from_ if isinstance(rubric.guards, FromLevel) else rubric.criteria[-1].id
            values = {
                "statement": case.statement.strip(),
                "guidelines": self.guidelines,
                "criteria": [c.model_dump() for c in rubric.criteria],
                "exemplars": [e.model_dump() for e in rubric.exemplars],
                "overall_id": overall,
                "min_quote": self.contest.policy.min_quote_chars,
                "reply_shape": shape_of(schema),
            }
            system = self._block("grade", "system", values)
            frame = self._block("grade", "user", {"fence": "<fence>", "fenced": "<text>"})
            self._cases[at] = CasePrompt(
                system=system,
                prompt_id=content_id({"system": system, "user": frame}),
                reply_schema=schema,
                schema_id=content_id(schema),
            )
        return self._cases[at]

    def grading_key(self, case: Case, rubric: Rubric, sent: str, judge: JudgeSpec) -> str:
        """The key that a grading of `sent` (the masked text) would have; rule 4."""
        prompt = self.case_prompt(case, rubric)
        return grading_key(
            text=text_id(sent), rubric=rubric.id, prompt=prompt.prompt_id, schema=prompt.schema_id, judge=judge
        )

    def grade(self, case: Case, rubric: Rubric, sent: str, judge: JudgeSpec) -> JudgeRequest:
        """The request to grade `sent` by `rubric`."""
        prompt = self.case_prompt(case, rubric)
        user = self._block("grade", "user", {"fence": fence_of(sent), "fenced": fenced(sent)})
        return JudgeRequest(
            purpose="grade",
            key=self.grading_key(case, rubric, sent, judge),
            case=case.number,
            messages=(Message(role="system", content=prompt.system), Message(role="user", content=user)),
            reply_schema=prompt.reply_schema,
            schema_name="grading",
            judge=judge,
        )

    def repair(self, request: JudgeRequest, reply: JudgeReply, problem: str) -> JudgeRequest:
        """One more try after an unusable reply: the same conversation, the reply, and what was wrong with it."""
        user = self._block("repair", "user", {"problem": problem})
        asked = (Message(role="assistant", content=reply.content[:LONGEST_ECHO]), Message(role="user", content=user))
        return request.model_copy(update={"purpose": "repair", "messages": request.messages + asked})

    def draft(self, case: Case, judge: JudgeSpec) -> JudgeRequest:
        """The request to draft a rubric for a case."""
        schema = draft_schema()
        values = {
            "statement": case.statement.strip(),
            "guidelines": self.guidelines,
            "reply_shape": shape_of(schema),
        }
        return self._request("rubric", "rubric_draft", values, schema, judge, case.number)

    def propose(self, sent: str, cases: Sequence[Case], judge: JudgeSpec) -> JudgeRequest:
        """The request to propose the case of a text without a number."""
        schema = proposal_schema([case.number for case in cases])
        values = {
            "cases": [case.model_dump() for case in cases],
            "fence": fence_of(sent),
            "fenced": fenced(sent),
            "reply_shape": shape_of(schema),
        }
        return self._request("case", "case_proposal", values, schema, judge, None)

    def _request(
        self,
        template: str,
        schema_name: str,
        values: Mapping[str, object],
        schema: dict[str, Any],
        judge: JudgeSpec,
        case: int | None,
    ) -> JudgeRequest:
        messages = tuple(Message(role=role, content=self._block(template, role, values)) for role in ("system", "user"))
        body = {
            "messages": [m.model_dump() for m in messages],
            "schema": schema,
            "judge": judge.model_dump(mode="json"),
        }
        return JudgeRequest(
            purpose="rubric" if template == "rubric" else "case",
            key=content_id(body),
            case=case,
            messages=messages,
            reply_schema=schema,
            schema_name=schema_name,
            judge=judge,
        )

    def _block(self, template: str, block: str, values: Mapping[str, object]) -> str:
        where = self._sources[template][1]
        common = {
            "language_name": LANGUAGE_NAMES[self.contest.language],
            "unit": self.contest.scale.unit.get("en") or next(iter(self.contest.scale.unit.values())),
            "scale_max": self.contest.scale.max,
        }
        try:
            compiled = self._compiled(template)
            context = compiled.new_context({**common, **values})
            return "".join(compiled.blocks[block](context)).strip()
        except KeyError as error:
            raise ConfigurationError(
                f"has no block {error}", where=where, remedy="keep the default's blocks"
            ) from error
        except TemplateError as error:
            raise ConfigurationError(
                f"the template failed: {error}", where=where, remedy="compare it with the default template"
            ) from error

    def _compiled(self, template: str) -> Template:
        if template not in self._templates:
            self._templates[template] = self._environment.from_string(self._sources[template][0])
        return self._templates[template]

    @cached_property
    def _sources(self) -> dict[str, tuple[str, str]]:
        return {name: template_source(name, self.own) for name in ("grade", "repair", "rubric", "case")}


def template_source(name: str, own: Path | None) -> tuple[str, str]:
    """The template's source and where it came from: the workspace's file if there is one, else the package's."""
    file = f"{name}.j2"
    if own is not None and (own / file).is_file():
        return (own / file).read_text(encoding="utf-8"), str(own / file)
    package = resources.files("pipeline")
    for folder in (package / "prompts", package / ".." / "prompts"):
        if (folder / file).is_file():
            return (folder / file).read_text(encoding="utf-8"), file
    raise ConfigurationError("the template is missing from the installation", where=file, remedy="reinstall casejury")


def shape_of(schema: Mapping[str, Any]) -> str:
    """A schema as one example-like JSON text, for judges whose server does not enforce schemas."""
    return json.dumps(_shape(schema, schema.get("$defs", {})), ensure_ascii=False, indent=1)


def _shape(node: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    if "$ref" in node:
        return _shape(defs[str(node["$ref"]).rsplit("/", 1)[-1]], defs)
    if "anyOf" in node:
        options = [_shape(option, defs) for option in node["anyOf"]]
        named = [o for o in options if not isinstance(o, str)]
        return named[0] if named else " or ".join(dict.fromkeys(options))
    if "enum" in node:
        return " | ".join("null" if v is None else str(v) for v in node["enum"])
    kind = node.get("type")
    if isinstance(kind, list):
        return " or ".join(str(k) for k in kind)
    if kind == "object":
        return {name: _shape(sub, defs) for name, sub in node["properties"].items()}
    if kind == "array":
        return [_shape(node["items"], defs)]
    return str(kind)
