"""One judge's marks for one submission, as parsed from its reply, and why there may be none."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.contest import JudgeSpec
from pipeline.domain.ids import Value, content_id


class ContentMatch(Value):
    """Whether the text answers this case's statement at all."""

    verdict: Literal["yes", "no", "unsure"]
    quote: str = ""


class Item(Value):
    """One thing the judge counts, with the quote that shows it."""

    quote: str
    why: str = ""


class LevelMark(Value):
    """`level` is None exactly where `cannot_assess` says why."""

    kind: Literal["level"] = "level"
    criterion: str
    evidence: tuple[str, ...] = ()
    rationale: str = ""
    level: int | None
    cannot_assess: str | None = None


class CountMark(Value):
    """The items are claims; only code counts them, after their quotes were found."""

    kind: Literal["count"] = "count"
    criterion: str
    items: tuple[Item, ...] = ()
    cannot_assess: str | None = None


class CheckMark(Value):
    """`is_` is None exactly where `cannot_assess` says why."""

    kind: Literal["check"] = "check"
    criterion: str
    evidence: tuple[str, ...] = ()
    rationale: str = ""
    is_: bool | None = Field(alias="is")
    cannot_assess: str | None = None


Mark = Annotated[LevelMark | CountMark | CheckMark, Field(discriminator="kind")]


class Grading(Value):
    """A whole, valid reply: one mark for each criterion of the rubric, in its order."""

    content_match: ContentMatch
    marks: tuple[Mark, ...]
    addresses_grader: tuple[str, ...] = ()
    feedback: str = ""

    def mark(self, criterion: str) -> LevelMark | CountMark | CheckMark:
        """The mark of that criterion; KeyError if there is none."""
        for mark in self.marks:
            if mark.criterion == criterion:
                return mark
        raise KeyError(criterion)


UngradedCode = Literal[
    "invalid_reply",  # not the schema, also after one repair request
    "truncated",  # finish_reason length
    "refused",  # the model or a content filter declined
    "empty_reply",  # no choices, null content
    "provider_error",  # the server answered with an error that is not worth a retry, or retries ran out
    "timeout",
    "unreachable",
    "rate_limited",
    "too_long",  # the request exceeds the model's or the contest's limit
    "over_limit",  # the post or the entrant has more than the contest's limits let through
    "masking_collision",  # a roster value cannot be masked without harming the text
    "not_sent",  # the run stopped before it was sent
]


class Ungraded(Value):
    """There is no grading, and why; never a number. Retried on the next run."""

    reason: UngradedCode
    detail: str = ""
    """for people: what the server or the validator said; holds no submission text and no key"""
    retry: bool = True


class Message(Value):
    """One chat message of a request."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(Value):
    """Tokens as the provider reported them; `estimated` where it reported none."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    estimated: bool = False


class JudgeRequest(Value):
    """What is sent to a judge: fully determined by its content, so that equal requests have equal keys."""

    purpose: Literal["grade", "repair", "rubric", "case", "probe"]
    key: str
    """the grading's key (see grading_key), or a content id for the other purposes"""
    case: int | None = None
    messages: tuple[Message, ...]
    reply_schema: dict[str, object]
    schema_name: str
    judge: JudgeSpec


class JudgeReply(Value):
    """What came back, raw."""

    content: str
    """the assistant's message as sent, unparsed"""
    finish_reason: str = ""
    refusal: str = ""
    model: str = ""
    fingerprint: str = ""
    usage: Usage = Usage()
    request_id: str = ""
    received_at: AwareDatetime | None = None


def grading_key(*, text: str, rubric: str, prompt: str, schema: str, judge: JudgeSpec) -> str:
    """The key of a grading: hash of the ids of all it depends on, and of nothing else.

    `text`: text_id of the text as sent (after masking); `rubric`: Rubric.id; `prompt`: id of the rendered prefix and
    the template of the rest; `schema`: id of the reply schema; `judge`: declared model, parameters, endpoint label.
    """
    return content_id(
        {"text": text, "rubric": rubric, "prompt": prompt, "schema": schema, "judge": judge.model_dump(mode="json")}
    )
