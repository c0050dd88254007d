"""One submission as the page shows it: values and words, no markup."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.domain.grading import CountMark, LevelMark, Mark
from pipeline.domain.ids import short
from pipeline.domain.items import independent
from pipeline.domain.rubric import CheckCriterion, CountCriterion, Criterion, LevelCriterion, Rubric
from pipeline.domain.verification import CapApplied, CriterionCheck, Located, Verification
from pipeline.messages import Texts
from pipeline.publish.columns import state_words
from pipeline.publish.edition import State, guards_of, range_of, reasons_of, state_of
from pipeline.publish.highlight import Quoted, Segment, inside, own_words, segments
from pipeline.publish.saying import note_sentences, reason_sentences
from pipeline.publish.view import Report, Row


class QuoteShown(NamedTuple):
    """The source's own words where they were found; what the judge wrote instead only where they were not."""

    words: str
    not_found: str
    note: str
    why: str
    place: str


class CriterionShown(NamedTuple):
    """A criterion with the AI's and the juror's mark on it."""

    number: int
    title: str
    ai: str
    ai_descriptor: str
    demand: str
    juror: str
    rationale: str
    quotes: tuple[QuoteShown, ...]
    caps: tuple[str, ...]


class ItemShown(NamedTuple):
    """Everything about one submission, in the page's language."""

    row: Row
    anchor: str
    short_id: str
    state: State
    state_words: str
    guards: int | None
    open_range: tuple[int, int] | None
    reasons: tuple[str, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    flags: tuple[tuple[str, str], ...]
    segments: tuple[Segment, ...]
    criteria: tuple[CriterionShown, ...]
    appeals: tuple[str, ...]
    computed: tuple[str, ...]
    search: str


def anchor_of(row: Row) -> str:
    return f"s-{short(row.submission.id)}"


def item_shown(row: Row, report: Report, t: Texts) -> ItemShown:
    """The row as `edition_of` left it; what it lacks is absent from the page."""
    s = row.submission
    words = state_words(row, report, t)
    return ItemShown(
        row=row,
        anchor=anchor_of(row),
        short_id=short(s.id),
        state=state_of(row),
        state_words=words,
        guards=guards_of(row),
        open_range=range_of(row),
        reasons=reason_sentences(row, t),
        labels=tuple(t.label(reason.code) for reason in reasons_of(row)),
        notes=note_sentences(row, t),
        flags=tuple((t.label(flag.code), t(_OUTCOMES[flag.outcome])) for flag in s.flags),
        segments=segments(s.text, _quoted(row)),
        criteria=_criteria(row, t),
        appeals=tuple(w for quote in _appeals(row.verification) if (w := own_words(quote, s.text))),
        computed=_computed(row, t),
        search=" ".join([s.entrant, t("case {case}", case=s.case or "—"), words, s.title, short(s.id)]).casefold(),
    )


def _(text: str) -> str:
    return text


_OUTCOMES = {"reject": _("leaves it out"), "refer": _("refers it to a person"), "allow": _("only noted")}


def _appeals(verification: Verification | None) -> tuple[Located, ...]:
    return verification.addresses_grader if verification else ()


def _checks(row: Row) -> dict[str, CriterionCheck]:
    return {check.criterion: check for check in row.verification.checks} if row.verification else {}


def _quoted(row: Row) -> list[Quoted]:
    if row.rubric is None:
        return []
    text, checks = row.submission.text, _checks(row)
    found = [
        Quoted(start, end, number)
        for number, criterion in enumerate(row.rubric.criteria, start=1)
        if criterion.id in checks
        for quote in checks[criterion.id].quotes
        for start, end in inside(quote, text)
    ]
    return found + [Quoted(start, end, 0) for quote in _appeals(row.verification) for start, end in inside(quote, text)]


def _criteria(row: Row, t: Texts) -> tuple[CriterionShown, ...]:
    if row.rubric is None or (row.grading is None and not (row.ruling and row.ruling.marks)):
        return ()
    marks = {mark.criterion: mark for mark in row.grading.marks} if row.grading else {}
    checks = _checks(row)
    caps = row.verification.computed.caps if row.verification else ()
    return tuple(
        _criterion(
            number,
            criterion,
            marks.get(criterion.id),
            checks.get(criterion.id, CriterionCheck(criterion=criterion.id)),
            tuple(cap_words(cap, row.rubric, t) for cap in caps if cap.criterion == criterion.id),
            row,
            t,
        )
        for number, criterion in enumerate(row.rubric.criteria, start=1)
    )


def _criterion(
    number: int,
    criterion: Criterion,
    mark: Mark | None,
    check: CriterionCheck,
    caps: tuple[str, ...],
    row: Row,
    t: Texts,
) -> CriterionShown:
    ai, descriptor = _ai(criterion, mark, check, t)
    return CriterionShown(
        number=number,
        title=criterion.title,
        ai=ai,
        ai_descriptor=descriptor,
        demand=_demand(criterion, t),
        juror=_juror(criterion, row, t),
        rationale="" if mark is None or isinstance(mark, CountMark) else mark.rationale,
        quotes=_quotes(mark, check, row.submission.text, t),
        caps=caps,
    )


def _ai(criterion: Criterion, mark: Mark | None, check: CriterionCheck, t: Texts) -> tuple[str, str]:
    if mark is None:
        return "", ""
    if mark.cannot_assess is not None:
        return t("not assessable"), mark.cannot_assess
    if isinstance(mark, CountMark):
        if check.counted is None:
            return t("not counted"), ""
        return t("{n} counted of {all} listed", n=check.counted, all=len(mark.items)), ""
    if isinstance(mark, LevelMark):
        if mark.level is None or not isinstance(criterion, LevelCriterion):
            return t("not assessable"), ""
        told = t("level {level} of {highest}", level=mark.level, highest=max(criterion.levels))
        return told, criterion.levels.get(mark.level, "")
    asked = criterion.asks if isinstance(criterion, CheckCriterion) else ""
    return (t("not assessable") if mark.is_ is None else t("yes") if mark.is_ else t("no")), asked


def _demand(criterion: Criterion, t: Texts) -> str:
    if not isinstance(criterion, CountCriterion):
        return ""
    if criterion.at_most:
        return t("demanded: {least} to {most}", least=criterion.at_least, most=criterion.at_most)
    return t("demanded: at least {least}", least=criterion.at_least)


def _juror(criterion: Criterion, row: Row, t: Texts) -> str:
    mark = next((m for m in row.ruling.marks if m.criterion == criterion.id), None) if row.ruling else None
    if mark is None:
        return ""
    if mark.is_ is not None:
        return t("yes") if mark.is_ else t("no")
    if mark.items is not None:
        return t("{n} counted", n=mark.items)
    return "—" if mark.level is None else t("level {level}", level=mark.level)


def _quotes(mark: Mark | None, check: CriterionCheck, text: str, t: Texts) -> tuple[QuoteShown, ...]:
    counting = isinstance(mark, CountMark)
    kept = independent(check.quotes) if counting else frozenset(range(len(check.quotes)))
    whys = [item.why for item in mark.items] if isinstance(mark, CountMark) else []
    return tuple(
        _quote(quote, text, whys[index] if index < len(whys) else "", t, counted=index in kept)
        for index, quote in enumerate(check.quotes)
    )


def _quote(quote: Located, text: str, why: str, t: Texts, *, counted: bool) -> QuoteShown:
    words = own_words(quote, text)
    if not words:
        note = t("too short to prove anything") if quote.how == "too_short" else t("not in the text")
        return QuoteShown("", quote.quote, note, why, "")
    place = "; ".join(f"{start}–{end}" for start, end in inside(quote, text))
    note = t("repaired: the AI wrote it slightly differently") if quote.how == "repaired" else ""
    if not counted:
        note = t("not counted: overlaps or repeats another")
    return QuoteShown(words, "", note, why, t("characters {place}", place=place))


def cap_words(cap: CapApplied, rubric: Rubric, t: Texts) -> str:
    """Why the guards are bounded, by the rubric's own rule."""
    title = next((c.title for c in rubric.criteria if c.id == cap.criterion), cap.criterion)
    if cap.why == "items_below":
        return t("“{title}”: fewer than {bound} — at most {max}", title=title, bound=cap.bound, max=cap.max)
    if cap.why == "level_below":
        return t("“{title}”: level below {bound} — at most {max}", title=title, bound=cap.bound, max=cap.max)
    is_ = t("yes") if cap.bound else t("no")
    return t("“{title}”: {is_} — at most {max}", title=title, is_=is_, max=cap.max)


def _computed(row: Row, t: Texts) -> tuple[str, ...]:
    """How code came from the AI's marks to guards, step by step."""
    if row.verification is None:
        return ()
    computed = row.verification.computed
    told = []
    if computed.points is not None:
        told.append(t("points: {n}", n=computed.points))
    if computed.guards is None:
        told.append(t("not graded: open, range {low}–{high}", low=computed.low, high=computed.high))
        return tuple(told)
    if computed.before_caps is not None and computed.before_caps != computed.guards:
        told.append(t("{before} before caps, {n} after", before=computed.before_caps, n=computed.guards))
    else:
        told.append(t("computed from the AI's marks: {n}", n=computed.guards))
    return tuple(told)
