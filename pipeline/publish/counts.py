"""The numbers of the summary and of the distribution: counted from the rows as the edition shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.domain.ids import Value
from pipeline.publish.edition import guards_of, reasons_of, state_of
from pipeline.publish.view import Report, Row


class CaseCounts(Value):
    """How the eligible submissions of a case stand; guards -> how many."""

    case: int
    decided: dict[int, int]
    released: dict[int, int]
    suggested: dict[int, int]
    referred: int
    pending: int

    @property
    def total(self) -> int:
        given = sum(self.decided.values()) + sum(self.released.values()) + sum(self.suggested.values())
        return given + self.referred + self.pending


class Counts(Value):
    """Submissions by state, and what they were referred or left out for (one may have several reasons)."""

    posts: int
    versions: int
    submissions: int
    decided: dict[int, int]
    released: dict[int, int]
    suggested: dict[int, int]
    referred: int
    pending: int
    ineligible: int
    reopened: int
    referred_by: dict[str, int]
    ineligible_by: dict[str, int]
    cases: tuple[CaseCounts, ...]


def counts_of(report: Report) -> Counts:
    """Counts of a report that `edition_of` has already made fit to be read."""
    rows = report.rows
    states = Counter(state_of(row) for row in rows)
    return Counts(
        posts=report.posts,
        versions=report.versions,
        submissions=len(rows),
        decided=_guards(rows, "decided"),
        released=_guards(rows, "released"),
        suggested=_guards(rows, "suggested"),
        referred=states["referred"],
        pending=states["pending"],
        ineligible=states["ineligible"],
        reopened=sum(row.reopened for row in rows),
        referred_by=_reasons(rows, "referred"),
        ineligible_by=_reasons(rows, "ineligible"),
        cases=tuple(_case(case.number, rows) for case in sorted(report.cases, key=lambda c: c.number)),
    )


def _case(number: int, rows: Iterable[Row]) -> CaseCounts:
    own = [row for row in rows if row.submission.case == number]
    states = Counter(state_of(row) for row in own)
    return CaseCounts(
        case=number,
        decided=_guards(own, "decided"),
        released=_guards(own, "released"),
        suggested=_guards(own, "suggested"),
        referred=states["referred"],
        pending=states["pending"],
    )


def _guards(rows: Iterable[Row], state: str) -> dict[int, int]:
    found = Counter(g for row in rows if state_of(row) == state and (g := guards_of(row)) is not None)
    return dict(sorted(found.items()))


def _reasons(rows: Iterable[Row], state: str) -> dict[str, int]:
    codes = (code for row in rows if state_of(row) == state for code in {r.code for r in reasons_of(row)})
    return dict(sorted(Counter(codes).items(), key=lambda kv: (-kv[1], kv[0])))
