"""What is stored and read back: frozen values, written as canonical JSON and equal again when read."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from pipeline.domain.contest import JudgeSpec
from pipeline.domain.decision import Outcome
from pipeline.domain.grading import Grading, JudgeReply, Ungraded
from pipeline.domain.ids import Value, canonical_json
from pipeline.domain.incident import Closing, Incident, Observation
from pipeline.domain.submission import Post, Proposal, Reason
from pipeline.domain.verification import Verification
from pipeline.errors import StorageError


class ReplyRecord(Value):
    """One raw answer of a judge, stored before it is parsed. `seq` is the store's number, None until stored."""

    key: str
    purpose: Literal["grade", "repair", "rubric", "case", "probe"]
    attempt: int = Field(default=1, ge=1)
    """1: first request, 2: its repair"""
    request: str
    """content id of the request it answers"""
    reply: JudgeReply
    at: AwareDatetime
    run: str = ""
    seq: int | None = None


class GradingRecord(Value):
    """The one accepted grading of a key, with what its key was made of and who answered."""

    key: str
    grading: Grading
    rubric: str
    judge: JudgeSpec
    prompt: str
    text: str
    """text_id of the text as sent"""
    reply_schema: str = ""
    model: str = ""
    """the model that answered, by its own word"""
    fingerprint: str = ""
    reasons: tuple[Reason, ...] = ()
    """what about the reply itself refers: another model, a change in mid-run"""
    run: str = ""
    at: AwareDatetime
    answer: str = ""
    """content id of the raw reply it was parsed from"""
    reply: int | None = None
    """seq of the newest reply of the key when the grading was stored: the one it was parsed from; set by the store"""


class UngradedRecord(Value):
    """A key that could not be graded this time, and why."""

    key: str
    ungraded: Ungraded
    run: str = ""
    at: AwareDatetime


class ProposalRecord(Value):
    """A judge's guess at the case of a text without a number."""

    key: str
    proposal: Proposal
    run: str = ""
    at: AwareDatetime


class OutcomeRecord(Value):
    """Where a submission stands; derived, replaced by the next one of the same submission.

    `basis`: id of everything it follows from; an equal basis means that nothing needs doing.
    """

    submission: str
    basis: str
    key: str = ""
    verification: Verification | None = None
    outcome: Outcome
    at: AwareDatetime


class IncidentRecord(Value):
    """An incident with its closing, if a person has closed it. `seq` is the store's number."""

    seq: int
    incident: Incident
    closed: Closing | None = None

    @property
    def id(self) -> str:
        return self.incident.id


Record = ReplyRecord | GradingRecord | UngradedRecord | ProposalRecord | OutcomeRecord | Incident | Observation


class Added(Value):
    """What a file brought: posts never seen, further versions of known posts, posts known word for word."""

    new_posts: int = 0
    new_versions: int = 0
    unchanged: int = 0


class StoredVersion(Value):
    """One version of a post as stored. `order` grows with every version stored; later is larger."""

    post: Post
    read_at: AwareDatetime
    order: int


class Holdings(Value):
    """How much is stored: posts, their versions, and what the newest reading of each file counted as no entry."""

    posts: int = 0
    versions: int = 0
    not_entries: dict[str, int] = Field(default_factory=dict)


class Used(Value):
    """Answered requests and their tokens; `estimated` if any reply came without the provider's own count."""

    requests: int = 0
    prompt: int = 0
    completion: int = 0
    cached: int = 0
    estimated: bool = False


class Replaced(Value):
    """What replacing the submissions changed."""

    new: int = 0
    changed: int = 0
    gone: int = 0


class RunRecord(Value):
    """One run of a command. While `finished_at` is None it is at work or was interrupted; the lock tells which."""

    id: str
    kind: str
    at: AwareDatetime
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    finished_at: AwareDatetime | None = None
    summary: dict[str, JsonValue] | None = None

    @property
    def interrupted(self) -> bool:
        """Whether no end was recorded; true of a run still at work."""
        return self.finished_at is None


SURROGATE = re.compile("[\ud800-\udfff]")
Model = TypeVar("Model", bound=BaseModel)


def dump(value: Any) -> str:
    """Canonical JSON that every database can hold: halves of surrogate pairs stand as escapes, NUL does already."""
    text = canonical_json(value)
    return SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def load(model: type[Model], text: str, where: str) -> Model:
    """The value that `dump` wrote; StorageError naming `where` if it is none (another version, a changed row)."""
    try:
        if "\\ud" in text:
            return model.model_validate(json.loads(text))
        return model.model_validate_json(text)
    except ValueError:  # pydantic's own error quotes what it read: texts stay out of tracebacks
        raise StorageError(
            f"a stored {model.__name__} cannot be read",
            where=where,
            remedy="use the casejury that wrote it, or restore a backup; `casejury doctor` checks the database",
        ) from None


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds, so that text order is time order; naive times are refused (ValueError)."""
    if at.tzinfo is None:
        raise ValueError("a stored time needs its offset")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def plain(text: str) -> str:
    """Text for a searched column: what a database cannot hold (NUL, halves of pairs) stands as escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
