"""From guards of single cases to the award of each entrant, by the contest's published rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from pydantic import AwareDatetime, Field

from pipeline.domain.contest import Contest
from pipeline.domain.ids import Value

DIGITS = 6
"""Awards are rounded to this many decimals, at the very end; before that the arithmetic is exact."""
_MICROSECOND = timedelta(microseconds=1)


class CaseGuards(Value):
    """One entrant's case: decided guards, or None while nobody has decided. A suggestion is no decision.

    `case` None: an answer whose case nobody has named yet. It is undecided and counts as one more case.
    """

    case: int | None
    guards: int | None = Field(default=None, ge=0)
    published: AwareDatetime | None = None


class EntrantAward(Value):
    """An entrant's award, or its range while open cases can still change it.

    `award` is None exactly while low < high. `counted`: the cases whose guards count most, `further`: those that
    count for breadth, both empty while the award is open. `open`: cases without a decision; `unplaced`: how many
    answers wait for their case.
    """

    entrant: str
    award: float | None
    low: float
    high: float
    counted: tuple[int, ...] = ()
    further: tuple[int, ...] = ()
    open: tuple[int, ...] = ()
    unplaced: int = 0


def awards(contest: Contest, entrants: Mapping[str, Sequence[CaseGuards]]) -> tuple[EntrantAward, ...]:
    """Each entrant's award by `contest.award` (its docstring is the rule), highest first, then by pseudonym.

    An undecided case, and an answer without a case, may still earn anything from 0 to scale.max: low and high are the
    awards at these two ends. An
    entrant without cases has the award 0: nothing was handed in, which is known. The order of the input does not
    matter; more guards or an earlier stamp never lower an award. ValueError if a case of an entrant is given twice:
    which of two posts counts is decided before.
    """
    found = [_award(contest, name, cases) for name, cases in entrants.items()]
    return tuple(sorted(found, key=lambda a: (-a.low, -a.high, a.entrant)))


def speed_share(contest: Contest, published: datetime | None) -> Fraction:
    """The share of the open time left at `published`, 0..1; 1 before opening.

    0 for an unknown stamp and in a contest without `opens` and `closes`: nobody can show that it was early.
    """
    if published is None or contest.opens is None or contest.closes is None:
        return Fraction(0)
    left, whole = contest.closes - published, contest.closes - contest.opens
    share = Fraction(left // _MICROSECOND, whole // _MICROSECOND)
    return max(Fraction(0), min(Fraction(1), share))


def _award(contest: Contest, entrant: str, cases: Sequence[CaseGuards]) -> EntrantAward:
    placed = Counter(c.case for c in cases if c.case is not None)
    if twice := [case for case, n in placed.items() if n > 1]:
        raise ValueError(f"case {twice[0]} of {entrant!r} is given twice")
    ordered = sorted(cases, key=lambda c: (c.case is None, c.case or 0))
    low, counted, further = _total(contest, ordered, unknown=0)
    high, _, _ = _total(contest, ordered, unknown=contest.scale.max)
    exact = low == high
    return EntrantAward(
        entrant=entrant,
        award=low if exact else None,
        low=low,
        high=high,
        counted=counted if exact else (),
        further=further if exact else (),
        open=tuple(c.case for c in ordered if c.guards is None and c.case is not None),
        unplaced=sum(c.case is None for c in ordered),
    )


def _total(
    contest: Contest, cases: Sequence[CaseGuards], *, unknown: int
) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
    """The award with `unknown` guards for what is undecided, the cases counted and the cases beyond."""
    award = contest.award
    guards = {i: given for i, c in enumerate(cases) if (given := unknown if c.guards is None else c.guards)}
    part = {i: Fraction(given, contest.scale.max) for i, given in guards.items()}
    early = {i: Fraction(award.speed) * speed_share(contest, cases[i].published) * part[i] for i in part}
    if award.method == "sum":
        points = sum((guards[i] + early[i] for i in part), Fraction(0))
        return _rounded(points, award.max), _numbers(cases, part), ()
    core, breadth = Fraction(award.max if award.core is None else award.core), Fraction(award.breadth)
    inside = {i: (core * part[i] + early[i]) / award.best for i in part}
    gain = {i: inside[i] - breadth * part[i] for i in part}
    ranked = sorted(part, key=lambda i: (-gain[i], -guards[i], i))
    counted, further = ranked[: award.best], ranked[award.best :]
    points = sum((inside[i] for i in counted), Fraction(0)) + breadth * sum((part[i] for i in further), Fraction(0))
    return _rounded(points, award.max), _numbers(cases, counted), _numbers(cases, further)


def _numbers(cases: Sequence[CaseGuards], chosen: Iterable[int]) -> tuple[int, ...]:
    return tuple(case for i in chosen if (case := cases[i].case) is not None)


def _rounded(points: Fraction, highest: float) -> float:
    return min(float(round(points, DIGITS)), highest)
