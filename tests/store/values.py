"""Small values for the store's tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from pipeline.domain.contest import Eligible, JudgeSpec
from pipeline.domain.decision import Pending, Ruling, Suggested
from pipeline.domain.grading import CheckMark, ContentMatch, CountMark, Grading, Item, JudgeReply, LevelMark
from pipeline.domain.rubric import Rubric
from pipeline.domain.submission import Flag, Post, Proposal, Span, Submission, submission_id
from pipeline.domain.verification import GuardsComputed, Verification
from pipeline.store.records import GradingRecord, OutcomeRecord, ProposalRecord, ReplyRecord, UngradedRecord

AT = datetime(2026, 12, 21, 3, 15, tzinfo=UTC)


def post(text: str = "Ответ оператора.", identity: str = "path:ann/5.txt", **more: Any) -> Post:
    return Post(identity=identity, source=more.pop("source", "ann/5.txt"), text=text, **more)


def file_of(*posts: Post, data: bytes | None = None, source: str = "ann/5.txt", **more: Any) -> dict[str, Any]:
    """Arguments of add_file for one file with these posts."""
    data = "\n".join(p.text for p in posts).encode() if data is None else data
    blob = "sha256:" + hashlib.sha256(data).hexdigest()
    return {"source": source, "blob": blob, "data": data, "posts": posts, "unreadable": (), "read_at": AT, **more}


def submission(number: int, case: int | None = 5, **more: Any) -> Submission:
    identity = f"path:{number}.txt"
    text = more.pop("text", f"Ответ номер {number}.")
    return Submission(
        id=submission_id(identity, case, 0),
        post=identity,
        version="sha256:0",
        source=f"{number}.txt",
        entrant=f"entrant-{number}",
        case=case,
        spans=(Span(start=0, end=len(text)),),
        text=text,
        flags=(Flag(code="early", outcome=Eligible.ALLOW, params={"hours": 3}),),
        **more,
    )


def grading(level: int = 2) -> Grading:
    return Grading(
        content_match=ContentMatch(verdict="yes"),
        marks=(
            CountMark(criterion="phrases", items=(Item(quote="Понимаю вас", why="эмпатия"),)),
            CheckMark.model_validate({"criterion": "harm", "is": False}),
            LevelMark(criterion="overall", level=level, rationale="полно"),
        ),
    )


def reply(key: str, attempt: int = 1, **more: Any) -> ReplyRecord:
    purpose = more.pop("purpose", "grade" if attempt == 1 else "repair")
    content = more.pop("content", '{"level": "2"}')
    return ReplyRecord(
        key=key, purpose=purpose, attempt=attempt, request="sha256:r", reply=JudgeReply(content=content), at=AT, **more
    )


def graded(key: str, level: int = 2, run: str = "") -> GradingRecord:
    return GradingRecord(
        key=key, grading=grading(level), rubric="sha256:b", judge=JudgeSpec(), prompt="p", text="t", run=run, at=AT
    )


def failure(key: str, reason: str = "timeout") -> UngradedRecord:
    return UngradedRecord.model_validate({"key": key, "ungraded": {"reason": reason}, "at": AT})


def proposal(key: str, case: int | None = 3) -> ProposalRecord:
    return ProposalRecord(key=key, proposal=Proposal(case=case, by="judge:main"), at=AT)


def verification(guards: int = 2) -> Verification:
    return Verification(checks=(), computed=GuardsComputed(guards=guards, low=guards, high=guards))


def outcome(of: Submission, basis: str = "b", key: str = "", guards: int | None = None) -> OutcomeRecord:
    return OutcomeRecord(
        submission=of.id,
        basis=basis,
        key=key,
        verification=None if guards is None else verification(guards),
        outcome=Pending() if guards is None else Suggested(guards=guards),
        at=AT,
    )


def ruling(guards: int = 2) -> Ruling:
    return Ruling(submission="sha256:s", text="sha256:t", rubric="sha256:b", guards=guards, direct=True)


def rubric(**more: Any) -> Rubric:
    overall = {"id": "overall", "kind": "level", "title": "В целом", "levels": {0: "нет", 1: "да"}}
    return Rubric.model_validate({"case": 5, "criteria": [overall], **more})
