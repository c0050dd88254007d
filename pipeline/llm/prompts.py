"""Renders requests: instructions and rubric first and identical for all submissions of a case, the submission last.

Templates come from the package; a file of the same name in the workspace's `prompts/` wins. They run in Jinja's
sandbox with StrictUndefined. What a participant wrote is only ever a value, never template source, and stands in
lines that each begin with a mark derived from the text's own SHA-256: nobody can write a text that contains its
own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.domain.contest import Case, Contest, JudgeSpec, RosterRow
from pipeline.domain.draft import draft_schema
from pipeline.domain.grading import JudgeReply, JudgeRequest, Message, Ungraded, grading_key
from pipeline.domain.ids import Value, content_id, text_id
from pipeline.domain.masking import mask
from pipeline.domain.proposal import proposal_schema
from pipeline.domain.reply import reply_schema
from pipeline.domain.rubric import Exemplar, FromLevel, Rubric
from pipeline.domain.special_tokens import neutralised
from pipeline.errors import ConfigurationError

LANGUAGE_NAMES = {"ru": "Russian", "en": "English"}
FENCE_BITS = 128
LONGEST_ECHO = 20_000
"""characters of an unusable reply that a repair request repeats to the judge"""
_PROBE = "a text of two lines\nthat nobody has written"


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
    """The templates of a workspace. Thread-safe after construction; renders a case's prefix once.

    `roster`: whose values are masked in rubrics' samples as in submissions; `rubric_path` names a case's rubric in
    errors. `problem` is for callers that go on without prompts: the first error that they met.
    """

    def __init__(
        self,
        contest: Contest,
        guidelines: str = "",
        own: Path | None = None,
        *,
        roster: Sequence[RosterRow] = (),
        rubric_path: Callable[[int], object] = "rubrics/{:02d}.yaml".format,
    ) -> None:
        self.roster, self.rubric_path = roster, rubric_path
        self.problem: ConfigurationError | None = None
        self._frames: dict[str, list[str]] = {}
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
                "exemplars": [self._masked(e, case.number).model_dump() for e in rubric.exemplars],
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
        self._require_fence("grade", user, sent, {})
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
        """One more try after an unusable reply: the same conversation, the reply, and what was wrong with it.

        Special tokens are neutralised in both: what a participant made a judge write must not come back as a turn.
        """
        user = neutralised(self._block("repair", "user", {"problem": problem}))
        echo = neutralised(reply.content[:LONGEST_ECHO])
        asked = (Message(role="assistant", content=echo), Message(role="user", content=user))
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
        request = self._request("case", "case_proposal", values, schema, judge, None)
        self._require_fence("case", request.messages[-1].content, sent, values)
        return request

    def _masked(self, exemplar: Exemplar, number: int) -> Exemplar:
        """The sample as it may be sent (rule 10)."""
        texts = [mask(text, self.roster) for text in (exemplar.text, exemplar.why)]
        found = [text.text for text in texts if not isinstance(text, Ungraded)]
        if len(found) < len(texts):
            raise ConfigurationError(
                "a sample in `exemplars` cannot be masked: code cannot tell a value of the roster from words that stay",
                where=str(self.rubric_path(number)),
                remedy="take names and contacts out of the sample",
            )
        return exemplar.model_copy(update={"text": found[0], "why": found[1]})

    def _require_fence(self, template: str, user: str, sent: str, values: Mapping[str, object]) -> None:
        """Block `user` must hold the marked lines once, as they are, and nothing else that comes from the text.

        Told by rendering it for another text: but for text and mark, both must be equal.
        """
        mark = fence_of(_PROBE)
        if template not in self._frames:
            probe = self._block(template, "user", {**values, "fence": mark, "fenced": fenced(_PROBE)})
            self._frames[template] = probe.split(fenced(_PROBE))
        frame = [part.replace(mark, fence_of(sent)) for part in self._frames[template]]
        if len(frame) != 2 or user != fenced(sent).join(frame).strip():
            raise ConfigurationError(
                "block `user` must show `{{ fenced }}` once and unchanged, and nothing else made of it",
                where=self._sources[template][1],
                remedy="compare it with the default template",
            )

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
            made = "".join(compiled.blocks[block](context)).strip() if block in compiled.blocks else None
        except TemplateError as error:
            raise ConfigurationError(
                f"the template failed: {error}", where=where, remedy="compare it with the default template"
            ) from error
        except Exception as error:  # a template can raise whatever Python can; its words may hold the text
            raise ConfigurationError(
                f"the template failed: {type(error).__name__}",
                where=where,
                remedy="compare it with the default template",
            ) from error
        if made is None:
            raise ConfigurationError(f"has no block {block!r}", where=where, remedy="keep the default's blocks")
        return made

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
        try:
            return (own / file).read_text(encoding="utf-8"), str(own / file)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                "the template cannot be read as UTF-8 text", where=str(own / file), remedy="save it as UTF-8"
            ) from error
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
