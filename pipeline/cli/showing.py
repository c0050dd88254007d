"""One submission as text for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.domain.contest import Case, Contest
from pipeline.domain.decision import Ineligible, Referred, Suggested
from pipeline.domain.grading import CheckMark, CountMark, LevelMark
from pipeline.domain.ids import short
from pipeline.domain.rubric import Cap, CountCriterion, Criterion, LevelCriterion, Rubric
from pipeline.domain.verification import CriterionCheck, Located
from pipeline.messages import Texts
from pipeline.publish.view import Row

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def row_text(row: Row, contest: Contest, t: Texts) -> str:
    """Everything a juror needs to rule without the report; control characters never reach the terminal."""
    return _CONTROL.sub("", "\n".join(_lines(row, contest, t)))


def rubric_text(case: Case | None, rubric: Rubric | None, guidelines: str, t: Texts) -> str:
    """What to mark by: the case's statement, the guidelines of all cases, and the rubric with how to name its marks."""
    return _CONTROL.sub("", "\n".join(_rubric_lines(case, rubric, guidelines, t)))


def _rubric_lines(case: Case | None, rubric: Rubric | None, guidelines: str, t: Texts) -> Iterator[str]:
    if case is not None:
        yield f"{t('case')} {case.number}. {case.title}"
        yield from (f"  {line}" for line in case.statement.strip().split("\n"))
        yield ""
    if guidelines.strip():
        yield t("guidelines for all cases:")
        yield from (f"  {line}" for line in guidelines.strip().split("\n"))
        yield ""
    if rubric is None:
        yield t("no rubric")
        return
    yield f"{t('Rubric')} {short(rubric.id)}"
    for criterion in rubric.criteria:
        yield from _criterion_lines(criterion, t)
    for cap in rubric.caps:
        yield f"  {t('cap')}: {cap_words(cap, t)}"


def _criterion_lines(criterion: Criterion, t: Texts) -> Iterator[str]:
    wanted = {"level": t("a level"), "count": t("a number"), "check": t("yes or no")}[criterion.kind]
    yield f"  --mark {criterion.id}=… ({wanted})  {criterion.title}"
    if isinstance(criterion, LevelCriterion):
        yield from (f"      {level}: {words}" for level, words in sorted(criterion.levels.items()))
    elif isinstance(criterion, CountCriterion):
        if criterion.at_most:
            yield "      " + t("demanded: {least} to {most}", least=criterion.at_least, most=criterion.at_most)
        else:
            yield "      " + t("demanded: at least {least}", least=criterion.at_least)
        yield f"      {criterion.qualifies}"
    else:
        yield f"      {criterion.asks}"


def cap_words(cap: Cap, t: Texts) -> str:
    """A cap's condition and what it allows at most."""
    if cap.items_below is not None:
        return t(
            "“{title}”: fewer than {bound} — at most {max}", title=cap.criterion, bound=cap.items_below, max=cap.max
        )
    if cap.level_below is not None:
        return t(
            "“{title}”: level below {bound} — at most {max}", title=cap.criterion, bound=cap.level_below, max=cap.max
        )
    is_ = t("yes") if cap.is_ else t("no")
    return t("“{title}”: {is_} — at most {max}", title=cap.criterion, is_=is_, max=cap.max)


def _lines(row: Row, contest: Contest, t: Texts) -> Iterator[str]:
    s = row.submission
    yield f"{short(s.id)}  {t('case')} {s.case or '—'}  {t('entrant')} {s.entrant or '—'}  {t.time(s.published)}"
    yield f"{s.source}  {s.url}".rstrip()
    ranges = ", ".join(f"{span.start}:{span.end}" for span in s.spans)
    yield t("part {n} of the post, characters {ranges}", n=s.ordinal, ranges=ranges)
    if s.title:
        yield s.title
    yield ""
    yield from (f"  {line}" for line in s.text.split("\n"))
    yield ""
    for hidden in s.hidden:
        yield f"{t('hidden in the post')} ({hidden.how}): {hidden.text[:500]}"
    for media in s.media:
        yield f"{t('a person must look')}: {media.kind} {media.url}"
    if row.proposal is not None:
        guess = row.proposal.case or t("none fits")
        yield f"{t('proposed case')}: {guess} ({row.proposal.by}) {row.proposal.why}".rstrip()
    yield from _outcome(row, contest, t)
    yield from _marks(row, t)
    if row.ruling is not None and row.ruled is not None:
        state = t("reopened: the text changed since") if row.reopened else t("decided")
        yield f"{state}: {row.ruling.guards} · {row.ruled.by} · {t.time(row.ruled.at)} · {row.ruled.reason}"


def _outcome(row: Row, contest: Contest, t: Texts) -> Iterator[str]:
    outcome = row.outcome
    if isinstance(outcome, Suggested):
        yield f"{t('AI suggestion, not a decision')}: {outcome.guards} / {contest.scale.max}"
    elif isinstance(outcome, Referred):
        yield t("referred to a person:")
        yield from (f"  - {t.reason(reason)}" for reason in outcome.reasons)
    elif isinstance(outcome, Ineligible):
        yield t("ineligible:")
        yield from (f"  - {t.reason(reason)}" for reason in outcome.reasons)
    else:
        yield t("not graded yet")
    yield from (f"  · {t.reason(note)}" for note in getattr(outcome, "notes", ()))


def _marks(row: Row, t: Texts) -> Iterator[str]:
    if row.grading is None or row.verification is None or row.rubric is None:
        return
    checks = {check.criterion: check for check in row.verification.checks}
    yield t("marks of the AI:")
    for mark in row.grading.marks:
        title = row.rubric.criterion(mark.criterion).title
        check = checks.get(mark.criterion, CriterionCheck(criterion=mark.criterion))
        yield f"  {mark.criterion}: {_value(mark, check, t)} — {title}"
        if not isinstance(mark, CountMark) and mark.rationale:
            yield f"      {mark.rationale}"
        yield from (f"      {_quote(quote, t)}" for quote in check.quotes)


def _value(mark: LevelMark | CountMark | CheckMark, check: CriterionCheck, t: Texts) -> str:
    if mark.cannot_assess is not None:
        return t("not assessable")
    if isinstance(mark, LevelMark):
        return str(mark.level)
    if isinstance(mark, CountMark):
        return str(check.counted)
    return t("yes") if mark.is_ else t("no")


def _quote(quote: Located, t: Texts) -> str:
    if quote.start is None:
        return f"✗ {t('not in the text')}: {quote.quote}"
    return f"✓ [{quote.start}–{quote.end}] «{quote.text}»" + (f" ({t('repaired')})" if quote.how == "repaired" else "")
