"""What an evaluation compares: marks of a file or of the trail, with guards of the store or of a file."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipeline.cli.context import Session
from pipeline.domain.agreement.doubt import doubt_of
from pipeline.domain.agreement.evaluation import Dimension, EvaluatedItem, State
from pipeline.domain.agreement.slicing import length_tercile, style, time_of_day
from pipeline.domain.contest import Contest, in_zone
from pipeline.domain.decision import Referred, Ruling, Suggested
from pipeline.domain.ids import short
from pipeline.domain.rubric import CheckCriterion, CountCriterion, Rubric
from pipeline.domain.submission import Submission
from pipeline.errors import ConfigurationError
from pipeline.workspace.gold import Gold, GoldRow
from pipeline.workspace.load import INBOX

if TYPE_CHECKING:
    from pipeline.publish.view import Row

FIRST_HEX = 4


# --- from files alone


def items_of_files(gold: Gold, predictions: Gold | None, contest: Contest) -> list[EvaluatedItem]:
    """Items of a data set: gold's rows, with the predictions of the same id (gold's own columns otherwise)."""
    given = {row.id: row for row in predictions.rows} if predictions else {}
    told = any(row.state is not None for row in (predictions or gold).rows)
    items = []
    for row in gold.rows:
        machine = given.get(row.id) if predictions else row
        facts = {name: getattr(row, name) or getattr(machine, name, "") for name in ("entrant", "case", "format")}
        text, published = row.text or getattr(machine, "text", ""), _stamp(row.published, contest)
        length = len(text) if text else row.length
        items.append(
            EvaluatedItem(
                id=row.id,
                entrant=facts["entrant"] or f"row:{row.id}",
                marks=tuple(row.marks.get(name) for name in gold.raters),
                machine=machine.prediction if machine else None,
                state=_state(machine, told=told),
                doubt=_doubt(machine, told=told),
                length=length,
                slices=_slices(facts["case"], text, facts["format"], published),
                criteria=_criteria_of(row, machine, gold.raters, facts["case"]),
            )
        )
    return with_lengths(items)


def _state(machine: GoldRow | None, *, told: bool) -> State:
    if machine is None or machine.prediction is None:
        return "ungraded"
    return machine.state or "referred" if told else "predicted"


def _doubt(machine: GoldRow | None, *, told: bool) -> tuple[float, ...]:
    if machine is None or machine.prediction is None:
        return ()
    referred = (float(machine.state != "suggested"),) if told else ()
    return referred if machine.confidence is None else (*referred, -machine.confidence)


def _stamp(text: str, contest: Contest) -> datetime | None:
    """The time in the contest's zone; None where it is no ISO 8601 stamp with a time of day."""
    try:
        return in_zone(datetime.fromisoformat(text), contest) if len(text) > len("2026-12-01") else None
    except ValueError:
        return None


def _criteria_of(
    row: GoldRow, machine: GoldRow | None, raters: Sequence[str], case: str
) -> dict[str, tuple[int | None, ...]]:
    guesses = machine.criteria.get("prediction", {}) if machine else {}
    names = {name for rater in raters for name in row.criteria.get(rater, {})}
    return {
        f"{case}/{name}": (*(row.criteria.get(rater, {}).get(name) for rater in raters), guesses.get(name))
        for name in sorted(names)
    }


def _slices(case: str, text: str, kind: str, published: datetime | None) -> dict[Dimension, str]:
    found: dict[Dimension, str] = {
        "case": case,
        "style": style(text) if text else "",
        "format": kind,
        "time": time_of_day(published) if published else "",
    }
    return {dimension: label for dimension, label in found.items() if label}


def with_lengths(items: Iterable[EvaluatedItem]) -> list[EvaluatedItem]:
    """The items with their tercile of length among all whose length is known."""
    items = list(items)
    lengths = sorted(item.length for item in items if item.length is not None)
    return [
        item
        if item.length is None
        else item.model_copy(update={"slices": {**item.slices, "length": length_tercile(item.length, lengths)}})
        for item in items
    ]


# --- from the store


def items_of_store(session: Session, rows: Sequence[Row], gold: Gold) -> list[EvaluatedItem]:
    """Items of stored submissions that gold names; ConfigurationError for a name that fits none or several."""
    known = _Names([row.submission for row in rows])
    by_id = {row.submission.id: row for row in rows}
    lines: dict[str, int] = {}
    items = []
    for marked in gold.rows:
        place = f"{gold.where}, line {marked.line}"
        submission = known.one(marked.id, place)
        if submission.id in lines:
            raise ConfigurationError(
                f"names the same submission as line {lines[submission.id]}", where=place, remedy="keep one row"
            )
        lines[submission.id] = marked.line
        row = by_id[submission.id]
        criteria = _marked_criteria(row, [marked.criteria.get(rater, {}) for rater in gold.raters])
        items.append(_item(session, row, tuple(marked.marks.get(name) for name in gold.raters), criteria))
    return with_lengths(items)


def items_of_jurors(session: Session, rows: Sequence[Row]) -> tuple[list[EvaluatedItem], int]:
    """Items that jurors ruled on as their text stands now, and how many marks the most marked of them has.

    Each person's first ruling counts; the marks stand in the order they were given.
    """
    by_id = {row.submission.id: row for row in rows}
    given: dict[str, dict[str, Ruling]] = defaultdict(dict)
    for decision in session.store.decisions():
        act = decision.act
        if isinstance(act, Ruling) and (row := by_id.get(act.submission)) and act.text == row.submission.content_id:
            given[act.submission].setdefault(decision.by, act)
    most = max(map(len, given.values()), default=0)
    items = []
    for name, by_juror in given.items():
        row, rulings = by_id[name], list(by_juror.values())
        marks = tuple(ruling.guards for ruling in rulings) + (None,) * (most - len(rulings))
        criteria = [_ruled_criteria(ruling, row.rubric) for ruling in rulings] + [{}] * (most - len(rulings))
        items.append(_item(session, row, marks, _marked_criteria(row, criteria)))
    return with_lengths(items), most


def _item(
    session: Session, row: Row, marks: tuple[int | None, ...], criteria: dict[str, tuple[int | None, ...]]
) -> EvaluatedItem:
    submission, outcome = row.submission, row.outcome
    guards = outcome.guards if isinstance(outcome, Suggested | Referred) else None
    state: State = "ungraded" if guards is None else "suggested" if isinstance(outcome, Suggested) else "referred"
    published = submission.published.astimezone(session.contest.zone) if submission.published else None
    case = "" if submission.case is None else str(submission.case)
    return EvaluatedItem(
        id=submission.id,
        entrant=submission.entrant or f"row:{submission.id}",
        marks=marks,
        machine=guards,
        state=state,
        doubt=doubt_of(outcome, row.verification, session.contest.scale.max),
        length=len(submission.text),
        slices=_slices(case, submission.text, _format(submission.source), published),
        criteria=criteria,
    )


def _format(source: str) -> str:
    """The kind of the file a submission came from, by its ending."""
    return PurePosixPath(source.partition("#")[0]).suffix.lower().lstrip(".")


def _marked_criteria(row: Row, marks: Sequence[Mapping[str, int]]) -> dict[str, tuple[int | None, ...]]:
    machine, rubric = _machine_criteria(row), row.rubric
    names = {name for one in marks for name in one}
    return {
        f"{row.submission.case}/{name}": (
            *(_bounded(one.get(name), name, rubric) for one in marks),
            _bounded(machine.get(name), name, rubric),
        )
        for name in sorted(names)
    }


def _bounded(mark: int | None, name: str, rubric: Rubric | None) -> int | None:
    """Items beyond what a count criterion asks for are worth nothing more, so they are no disagreement."""
    criterion = next((c for c in rubric.criteria if c.id == name), None) if rubric else None
    return min(mark, criterion.at_least) if mark is not None and isinstance(criterion, CountCriterion) else mark


def _ruled_criteria(ruling: Ruling, rubric: Rubric | None) -> dict[str, int]:
    if rubric is None or ruling.rubric != rubric.id:
        return {}
    values = {
        m.criterion: m.level if m.level is not None else m.items if m.items is not None else m.is_ for m in ruling.marks
    }
    return {name: int(value) for name, value in values.items() if value is not None}


def _machine_criteria(row: Row) -> dict[str, int]:
    """The machine's marks as code counts them: levels, verified items, true or false."""
    if row.grading is None or row.verification is None or row.rubric is None:
        return {}
    counted = {check.criterion: check.counted for check in row.verification.checks}
    found: dict[str, int | None] = {}
    for criterion in row.rubric.criteria:
        mark = row.grading.mark(criterion.id)
        if isinstance(criterion, CountCriterion):
            found[criterion.id] = counted.get(criterion.id)
        elif isinstance(criterion, CheckCriterion):
            found[criterion.id] = getattr(mark, "is_", None)
        else:
            found[criterion.id] = getattr(mark, "level", None)
    return {name: int(value) for name, value in found.items() if value is not None}


class _Names:
    """Everything people may call a submission by (as `cli.targets` has it), looked up at once."""

    def __init__(self, submissions: Sequence[Submission]) -> None:
        self._by_name: dict[str, list[Submission]] = defaultdict(list)
        for s in submissions:
            source = s.source
            names = {s.id, s.post, s.url, source, source.partition("#")[2], source.rpartition("/")[2]}
            if s.entrant and s.case is not None:
                names.add(f"{s.entrant}/{s.case}")
            for name in names - {""}:
                self._by_name[name].append(s)
        self._by_hex = sorted((s.id.removeprefix("sha256:"), s) for s in submissions) if submissions else []
        self._hexes = [name for name, _ in self._by_hex]

    def one(self, target: str, place: str) -> Submission:
        """The submission of that name, or of an id with that beginning."""
        wanted = target.strip().removeprefix(f"{INBOX}/")
        found = self._by_name.get(wanted) or self._beginning(wanted.removeprefix("sha256:").lower())
        if len(found) == 1:
            return found[0]
        if found:
            listed = "; ".join(f"{short(s.id)} (case {s.case or '—'})" for s in found[:5])
            raise ConfigurationError(
                f"{target[:60]!r} names several: {listed}", where=place, remedy="name one by its id"
            )
        raise ConfigurationError(
            f"no submission {target[:60]!r}",
            where=place,
            remedy="`casejury status --list` shows their ids; for a data set that was not ingested give --predictions",
        )

    def _beginning(self, wanted: str) -> list[Submission]:
        if len(wanted) < FIRST_HEX:
            return []
        found = []
        for name, submission in self._by_hex[bisect_left(self._hexes, wanted) :]:
            if not name.startswith(wanted):
                break
            found.append(submission)
        return found
