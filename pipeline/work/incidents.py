"""Files incidents: from what verification found, from gradings that did not come, from people's reports."""

from __future__ import annotations

from datetime import datetime

from pipeline.domain.contest import JudgeSpec
from pipeline.domain.grading import Ungraded
from pipeline.domain.incident import Incident, Observation, found_in, found_in_failure
from pipeline.domain.verification import Finding
from pipeline.store.records import GradingRecord, IncidentRecord, OutcomeRecord
from pipeline.store.store import Store
from pipeline.work.items import Item


def graded_incidents(item: Item, graded: GradingRecord, outcome: OutcomeRecord, at: datetime) -> list[Incident]:
    """The incidents that one submission's check of a grading shows; each referred the submission already."""
    if outcome.verification is None:
        return []
    of_reply = [Finding.model_validate({"code": reason.code}) for reason in graded.reasons]
    return [
        Incident(
            kind=found.kind,
            submission=item.submission.id,
            case=item.submission.case,
            key=graded.key,
            judge=graded.judge.id,
            model=graded.model or graded.judge.model,
            prompt=graded.prompt,
            reply=graded.answer,
            findings=found.findings,
            criteria=found.criteria,
            run=graded.run,
            at=at,
        )
        for found in found_in([*outcome.verification.findings, *of_reply])
    ]


def failure_incidents(
    item: Item, failed: Ungraded, *, judge: JudgeSpec, prompt: str, reply: str, run: str, at: datetime
) -> list[Incident]:
    """The incident of a grading that did not come about, if the AI is to blame. `reply`: id of the unusable one."""
    return [
        Incident(
            kind=found.kind,
            submission=item.submission.id,
            case=item.submission.case,
            key=item.key,
            judge=judge.id,
            model=judge.model,
            prompt=prompt,
            reply=reply,
            findings=found.findings,
            note=failed.detail,
            run=run,
            at=at,
        )
        for found in found_in_failure(failed)
    ]


def observation_of(key: str, case: int, judge: str, incidents: list[Incident], run: str, at: datetime) -> Observation:
    """How the key's request ended, over all submissions that share it."""
    kinds = tuple(dict.fromkeys(incident.kind for incident in incidents))
    return Observation(judge=judge, case=case, key=key, kinds=kinds, run=run, at=at)


def report_incident(
    store: Store, item: Item, graded: GradingRecord | None, *, judge: JudgeSpec, by: str, text: str, at: datetime
) -> IncidentRecord:
    """Files a person's report; the submission is referred until somebody closes it."""
    incident = Incident(
        kind="reported",
        submission=item.submission.id,
        case=item.submission.case,
        key=item.key,
        judge=graded.judge.id if graded else judge.id,
        model=(graded.model or graded.judge.model) if graded else judge.model,
        prompt=graded.prompt if graded else "",
        reply=graded.answer if graded else "",
        note=text,
        by=by,
        at=at,
    )
    store.commit([incident])
    return store.find_incident(incident.id)


def outage_of_run(judge: JudgeSpec, note: str, run: str, at: datetime) -> Incident:
    """The incident of a provider that ended a whole run."""
    return Incident(
        kind="provider_outage", judge=judge.id, model=judge.model, done="run_ended", note=note, run=run, at=at
    )
