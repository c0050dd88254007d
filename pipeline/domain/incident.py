"""Documented failures of the AI: what went wrong, on which submission, by which judge, what was done, who closed it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.grading import Ungraded
from pipeline.domain.ids import Value, content_id
from pipeline.domain.verification import Finding

IncidentKind = Literal[
    "unsupported_quote",  # words given as the submission's own that do not stand in it
    "invented_count",  # a rationale names a number of items that code did not count
    "contradiction",  # the overall level does not fit the other marks
    "injection_obeyed",  # the evidence for a mark is text that speaks to whoever grades
    "content_disagrees",  # the judge says the text answers another case than its number says
    "schema_failure",  # no usable reply, also after one repair
    "provider_outage",  # the provider did not answer, or answered with errors
    "model_differs",  # another model answered than declared, or it changed in mid-run
    "reported",  # a person reported it
]

KIND_OF_FINDING: dict[str, IncidentKind] = {
    "quote_missing": "unsupported_quote",
    "rationale_quote_missing": "unsupported_quote",
    "count_contradicts": "invented_count",
    "overall_contradicts": "contradiction",
    "evidence_addresses_grader": "injection_obeyed",
    "content_mismatch": "content_disagrees",
    "model_differs": "model_differs",
    "fingerprint_changed": "model_differs",
}
"""Which findings, and reasons of the reply itself, are incidents; the rest are ordinary doubts."""

KIND_OF_FAILURE: dict[str, IncidentKind] = {
    "invalid_reply": "schema_failure",
    "truncated": "schema_failure",
    "refused": "schema_failure",
    "empty_reply": "schema_failure",
    "provider_error": "provider_outage",
    "timeout": "provider_outage",
    "unreachable": "provider_outage",
    "rate_limited": "provider_outage",
}
"""Which reasons for having no grading are the AI's failures; a text too long to send is not."""

HALLUCINATED: frozenset[IncidentKind] = frozenset({"unsupported_quote", "invented_count", "contradiction"})
"""What the judge made up by itself. An appeal that it obeyed is not among them: else participants could stop the AI."""

FAILED: frozenset[IncidentKind] = frozenset({"schema_failure", "provider_outage"})


class Incident(Value):
    """One failure of one kind on one submission. Holds no text of the submission: the raw reply is kept, by its hash.

    `findings`: the codes that code found, with how often each; `criteria`: where. `note`: the reporter's words, or
    what the provider said.
    """

    kind: IncidentKind
    submission: str = ""
    """empty where it concerns a whole run"""
    case: int | None = None
    key: str = ""
    """the grading it was found in, or that did not come about"""
    judge: str = ""
    model: str = ""
    """the model that answered, by its own word; the declared one where none answered"""
    prompt: str = ""
    reply: str = ""
    """content id of the raw reply; empty where none came"""
    findings: dict[str, int] = Field(default_factory=dict)
    criteria: tuple[str, ...] = ()
    done: Literal["referred", "run_ended"] = "referred"
    """referred: a person marks the submission; run_ended: nothing more was sent"""
    note: str = ""
    by: str = "casejury"
    """who found it: the software, or the person who reported it"""
    run: str = ""
    at: AwareDatetime

    @property
    def id(self) -> str:
        """Equal for the same failure found again; failures without a grading are told apart by run, reports by time."""
        told = [self.kind, self.submission, self.key, self.reply]
        if self.kind in FAILED:
            told.append(self.run)
        if self.kind == "reported":
            told.append(self.at.isoformat())
        return content_id(told)


class Closing(Value):
    """A person closes an incident and says how it was dealt with; there is one closing an incident."""

    incident: str
    by: str = Field(min_length=1)
    at: AwareDatetime
    how: str = Field(min_length=1)


class Observation(Value):
    """How one request for a grading ended: the kinds of incident it showed, none where it was clean."""

    judge: str
    case: int | None = None
    key: str = ""
    kinds: tuple[IncidentKind, ...] = ()
    run: str = ""
    at: AwareDatetime

    @property
    def hallucinated(self) -> bool:
        return any(kind in HALLUCINATED for kind in self.kinds)

    @property
    def failed(self) -> bool:
        return any(kind in FAILED for kind in self.kinds)

    @property
    def bad(self) -> bool:
        """Whether it speaks against the judge."""
        return self.hallucinated or self.failed


class Found(Value):
    """What of a grading's findings makes one incident."""

    kind: IncidentKind
    findings: dict[str, int]
    criteria: tuple[str, ...] = ()


def found_in(findings: Iterable[Finding]) -> tuple[Found, ...]:
    """The incidents in a grading's findings (those of the reply itself included), one a kind, in the order found."""
    counts: dict[IncidentKind, dict[str, int]] = {}
    criteria: dict[IncidentKind, list[str]] = {}
    for finding in findings:
        kind = KIND_OF_FINDING.get(finding.code)
        if kind is None:
            continue
        counts.setdefault(kind, {})
        counts[kind][finding.code] = counts[kind].get(finding.code, 0) + 1
        named = criteria.setdefault(kind, [])
        criterion = finding.criterion or str(finding.params.get("criterion", ""))
        if criterion and criterion not in named:
            named.append(criterion)
    return tuple(Found(kind=kind, findings=n, criteria=tuple(criteria[kind])) for kind, n in counts.items())


def found_in_failure(ungraded: Ungraded) -> tuple[Found, ...]:
    """The incident behind a missing grading; none where the AI is not to blame."""
    kind = KIND_OF_FAILURE.get(ungraded.reason)
    return () if kind is None else (Found(kind=kind, findings={ungraded.reason: 1}),)
