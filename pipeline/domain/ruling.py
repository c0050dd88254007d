"""A juror's word: how a ruling is made, and what of the whole trail counts now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.domain.decision import (
    Correction,
    Decision,
    Finalised,
    Outcome,
    Referred,
    Release,
    RuledMark,
    Ruling,
    Suggested,
)
from pipeline.domain.guards import compute_guards
from pipeline.domain.ids import Value
from pipeline.domain.rubric import CheckCriterion, CountCriterion, LevelCriterion, Rubric
from pipeline.domain.submission import Reason, Submission


def make_ruling(
    submission: Submission,
    rubric: Rubric,
    scale_max: int,
    *,
    marks: Sequence[RuledMark] | None = None,
    guards: int | None = None,
    suggested: int | None = None,
    key: str = "",
) -> Ruling | str:
    """A ruling on the submission's present text and media, or what is wrong with it in words.

    Either `marks`, one fitting mark for every criterion of the rubric (code computes the guards), or `guards` alone,
    0..scale_max, recorded as direct. `suggested` and `key` say what the AI had suggested by which grading, if it had.
    """
    if submission.case != rubric.case:
        return f"the submission answers case {submission.case or 'unknown'}, the rubric is of case {rubric.case}"
    if (marks is None) == (guards is None):
        return "a ruling needs either a mark for every criterion or guards alone"
    if marks is not None:
        if wrong := _wrong(marks, rubric):
            return wrong
        ruled = _computed(marks, rubric, scale_max)
        if ruled is None:
            return "the rubric's caps do not fit its criteria, so that no guards follow from marks; give guards alone"
    else:
        ruled = guards
    if ruled is None or isinstance(ruled, bool) or not 0 <= ruled <= scale_max:
        return f"guards must be a whole number from 0 to {scale_max}"
    order = [c.id for c in rubric.criteria]
    return Ruling(
        submission=submission.id,
        text=submission.content_id,
        rubric=rubric.id,
        guards=ruled,
        marks=tuple(sorted(marks or (), key=lambda m: order.index(m.criterion))),
        direct=marks is None,
        suggested=suggested,
        key=key,
    )


def is_override(ruling: Ruling) -> bool:
    """Whether it differs from what the AI had suggested; a ruling where nothing was suggested overrides nothing."""
    return ruling.suggested is not None and ruling.suggested != ruling.guards


def _computed(marks: Sequence[RuledMark], rubric: Rubric, scale_max: int) -> int | None:
    return compute_guards(
        rubric,
        scale_max,
        levels={m.criterion: m.level for m in marks},
        counts={m.criterion: m.items for m in marks},
        checks={m.criterion: m.is_ for m in marks},
    ).guards


def _wrong(marks: Sequence[RuledMark], rubric: Rubric) -> str:
    given = Counter(mark.criterion for mark in marks)
    known = [criterion.id for criterion in rubric.criteria]
    if unknown := [name for name in given if name not in known]:
        return f"the rubric has no criterion {unknown[0]!r}; it has {', '.join(known)}"
    if twice := [name for name, n in given.items() if n > 1]:
        return f"criterion {twice[0]!r} is marked twice"
    if absent := [name for name in known if name not in given]:
        return f"a mark is missing for {', '.join(absent)}"
    return next((wrong for mark in marks if (wrong := _unfit(mark, rubric))), "")


def _unfit(mark: RuledMark, rubric: Rubric) -> str:
    criterion = rubric.criterion(mark.criterion)
    values = {"level": mark.level, "count": mark.items, "check": mark.is_}
    if values[criterion.kind] is None or sum(value is not None for value in values.values()) != 1:
        return f"{criterion.id}: expected {_wanted(criterion)} and nothing else"
    if isinstance(criterion, LevelCriterion) and mark.level not in criterion.levels:
        return f"{criterion.id}: expected {_wanted(criterion)}"
    if mark.items is not None and mark.items < 0:
        return f"{criterion.id}: expected {_wanted(criterion)}"
    return ""


def _wanted(criterion: LevelCriterion | CountCriterion | CheckCriterion) -> str:
    if isinstance(criterion, LevelCriterion):
        return f"one of the levels {', '.join(str(level) for level in sorted(criterion.levels))}"
    return "a number of items from 0" if isinstance(criterion, CountCriterion) else "yes or no"


class EffectiveRuling(Value):
    """The latest ruling on a submission; `reopened` where its text or media have changed since.

    A reopened ruling decides nothing.
    """

    decision: Decision
    ruling: Ruling
    reopened: bool

    @property
    def guards(self) -> int | None:
        """The ruled guards; None where the question is open again."""
        return None if self.reopened else self.ruling.guards


class EffectiveRelease(Value):
    """The latest release naming a submission; `reopened` where its text or media have changed since."""

    decision: Decision
    finalised: Finalised
    reopened: bool

    @property
    def guards(self) -> int | None:
        """The released guards; None where the question is open again."""
        return None if self.reopened else self.finalised.guards


def reopen(outcome: Outcome) -> Outcome:
    """The outcome of a submission whose final word was about an earlier version: a person must look again.

    A suggestion becomes a referral with the reason `reopened`, a referral gets this reason besides its own; what is
    not graded yet or takes no part stays what it is.
    """
    reason = Reason(code="reopened")
    if isinstance(outcome, Suggested):
        return Referred(reasons=(reason,), guards=outcome.guards, notes=outcome.notes)
    if isinstance(outcome, Referred):
        return outcome.model_copy(update={"reasons": (reason, *outcome.reasons)})
    return outcome


class EffectiveState(Value):
    """What of a trail counts now."""

    rulings: dict[str, Decision]
    """the latest ruling by submission id"""
    corrections: tuple[Correction, ...]
    """all of them in the order they were made; later ones are applied after earlier ones"""
    releases: tuple[Decision, ...]

    def ruling_for(self, submission: Submission) -> EffectiveRuling | None:
        """The latest ruling on `submission`, reopened if made on another text or other media; None if nobody ruled."""
        decision = self.rulings.get(submission.id)
        if decision is None or not isinstance(decision.act, Ruling):
            return None
        reopened = decision.act.text != submission.content_id
        return EffectiveRuling(decision=decision, ruling=decision.act, reopened=reopened)

    def released(self, submission: Submission) -> EffectiveRelease | None:
        """The latest release that made `submission` final under policy, reopened if it was another text or media.

        None if no release names it. A ruling goes before it.
        """
        for decision in reversed(self.releases):
            if isinstance(decision.act, Release) and (made := decision.act.finalised.get(submission.id)):
                reopened = made.text != submission.content_id
                return EffectiveRelease(decision=decision, finalised=made, reopened=reopened)
        return None

    def reopened(self, submission: Submission) -> bool:
        """Whether the last final word on `submission`, a ruling or else a release, was about an earlier version."""
        word = self.ruling_for(submission) or self.released(submission)
        return word is not None and word.reopened


def effective(decisions: Iterable[Decision]) -> EffectiveState:
    """What counts of the decisions, given in the order of their chain."""
    rulings: dict[str, Decision] = {}
    corrections: list[Correction] = []
    releases: list[Decision] = []
    for decision in decisions:
        match decision.act:
            case Ruling():
                rulings[decision.act.submission] = decision
            case Correction():
                corrections.append(decision.act)
            case Release():
                releases.append(decision)
    return EffectiveState(rulings=rulings, corrections=tuple(corrections), releases=tuple(releases))
