"""Failures of the AI as the report shows them: rates by judge, case and kind, and what the stops of the AI were."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pipeline.domain.ids import Value
from pipeline.domain.incident import IncidentKind, Observation
from pipeline.publish.view import AiShown, Report


class Rate(Value):
    """Of `requests` for a grading that ended, how many showed what; one may have hallucinated and failed otherwise.

    A rate is of what code can prove. It is no rate of wrong marks.
    """

    judge: str
    case: int | None = None
    """None: all cases"""
    requests: int
    hallucinated: int
    failed: int
    kinds: dict[IncidentKind, int]


class IncidentCounts(Value):
    """Everything that the report says about failures of the AI, counted."""

    filed: int
    open: int
    reported: int
    by_judge: tuple[Rate, ...]
    by_case: tuple[Rate, ...]


def incident_counts(report: Report) -> IncidentCounts:
    """Rates over all requests for gradings; the incidents filed on submissions are a second count beside them."""
    by_judge: dict[str, list[Observation]] = defaultdict(list)
    by_case: dict[tuple[str, int], list[Observation]] = defaultdict(list)
    for one in report.observations:
        by_judge[one.judge].append(one)
        if one.case is not None:
            by_case[one.judge, one.case].append(one)
    return IncidentCounts(
        filed=len(report.incidents),
        open=sum(one.closed is None for one in report.incidents),
        reported=sum(one.incident.kind == "reported" for one in report.incidents),
        by_judge=tuple(_rate(judge, None, by_judge[judge]) for judge in sorted(by_judge)),
        by_case=tuple(_rate(judge, case, by_case[judge, case]) for judge, case in sorted(by_case)),
    )


def _rate(judge: str, case: int | None, observations: Iterable[Observation]) -> Rate:
    some = list(observations)
    kinds = Counter(kind for one in some for kind in one.kinds)
    return Rate(
        judge=judge,
        case=case,
        requests=len(some),
        hallucinated=sum(one.hallucinated for one in some),
        failed=sum(one.failed for one in some),
        kinds=dict(sorted(kinds.items())),
    )


def stop_in_force(report: Report) -> AiShown | None:
    """The stop of the AI that nobody has ended, or None."""
    last = report.ai[-1] if report.ai else None
    return last if last is not None and last.kind == "ai_stop" else None
