"""What the sheets hold: typed values by column, before any file format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pipeline.domain.ids import short
from pipeline.domain.ruling import is_override
from pipeline.messages import N_, Texts
from pipeline.publish.award_words import award_words
from pipeline.publish.edition import State, guards_of, range_of, reasons_of, state_of
from pipeline.publish.saying import note_sentences, reason_sentences
from pipeline.publish.view import Report, Row

Cell = str | int | float | datetime | None
"""None: not known, an empty cell; a stamp is aware and written in the contest's zone"""

STATE_WORDS: dict[State, str] = {
    "decided": N_("decided by a juror"),
    "released": N_("AI under policy"),
    "suggested": N_("AI suggestion, not a decision"),
    "referred": N_("referred to a person"),
    "pending": N_("not graded yet"),
    "ineligible": N_("ineligible"),
}


class Sheet(NamedTuple):
    """A table: its title, the columns' heads and widths in characters, and its rows."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    """sentences below the table"""


def state_words(row: Row, report: Report, t: Texts) -> str:
    """The row's state as people call it; in the jury's edition all that is open is just not decided yet."""
    state = state_of(row)
    if state == "pending" and report.edition == "jury":
        return t("not decided yet")
    return t(STATE_WORDS[state])


def unit_of(report: Report, t: Texts) -> str:
    units = report.contest.scale.unit
    return units.get(t.language) or next(iter(units.values()), "")


def decisions_sheet(report: Report, t: Texts) -> Sheet:
    """One row a submission; guards by a juror, by policy and by the AI stand in columns of their own."""
    columns = (
        (t("id"), 12),
        (t("case"), 7),
        (t("entrant"), 20),
        (t("state"), 24),
        (t("guards: decided by a juror"), 12),
        (t("guards: AI under policy"), 12),
        (t("guards: AI suggestion, not a decision"), 14),
        (t("range while open: low"), 10),
        (t("range while open: high"), 10),
        (t("differs from the suggestion"), 12),
        (t("decided by"), 18),
        (t("decided at"), 17),
        (t("why"), 40),
        (t("reasons"), 60),
        (t("notes"), 40),
        (t("title"), 40),
        (t("published"), 17),
        (t("changed"), 17),
        (t("source"), 40),
        (t("address"), 40),
        (t("rubric"), 13),
        (t("grading's key"), 13),
        (t("model that answered"), 22),
        (t("run"), 20),
    )
    rows = tuple(_decision(row, report, t) for row in report.rows)
    return Sheet(t("Decisions"), tuple(c[0] for c in columns), tuple(c[1] for c in columns), rows)


def _decision(row: Row, report: Report, t: Texts) -> tuple[Cell, ...]:
    s, state, guards, open_range = row.submission, state_of(row), guards_of(row), range_of(row)
    decided, source = state == "decided", row.provenance
    ruled = row.ruled if decided else None
    return (
        short(s.id),
        s.case,
        s.entrant or None,
        state_words(row, report, t) + (f"; {t('reopened')}" if row.reopened else ""),
        guards if decided else None,
        guards if state == "released" else None,
        guards if state == "suggested" else None,
        open_range[0] if open_range and state == "referred" else None,
        open_range[1] if open_range and state == "referred" else None,
        (t("yes") if is_override(row.ruling) else t("no")) if decided and row.ruling and _compared(row) else None,
        ruled.by if ruled else None,
        ruled.at if ruled else None,
        ruled.reason if ruled else None,
        "\n".join(reason_sentences(row, t)) or None,
        "\n".join(note_sentences(row, t)) or None,
        s.title or None,
        s.published,
        s.modified,
        s.source,
        s.url or None,
        short(row.rubric.id) if row.rubric else None,
        short(source.key) if source else None,
        source.answered_model or None if source else None,
        source.run or None if source else None,
    )


def _compared(row: Row) -> bool:
    return row.ruling is not None and row.ruling.suggested is not None


def further_sheets(report: Report, t: Texts) -> tuple[Sheet, ...]:
    """Reasons one a row, what takes no part, and the awards with their rule."""
    return (_reasons(report, t), _ineligible(report, t), _awards(report, t))


def _reasons(report: Report, t: Texts) -> Sheet:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in report.rows:
            for reason, told in zip(reasons_of(row), reason_sentences(row, t), strict=True):
                s = row.submission
                state = state_words(row, report, t)
                yield short(s.id), s.case, s.entrant or None, state, reason.code, t.label(reason.code), told

    heads = (t("id"), t("case"), t("entrant"), t("state"), t("code"), t("reason"), t("what to look at"))
    return Sheet(t("Reasons"), heads, (12, 7, 20, 24, 24, 24, 90), tuple(rows()))


def _ineligible(report: Report, t: Texts) -> Sheet:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in report.rows:
            if state_of(row) == "ineligible":
                s, p = row.submission, row.proposal
                reasons = "\n".join(reason_sentences(row, t))
                told = None if p is None else t("none fits") if p.case is None else t("case {case}", case=p.case)
                by = p.by if p else None
                yield (
                    short(s.id),
                    s.case,
                    s.entrant or None,
                    s.title or None,
                    reasons,
                    told,
                    by,
                    s.source,
                    s.url or None,
                )

    heads = (
        t("id"),
        t("case"),
        t("entrant"),
        t("title"),
        t("reasons"),
        t("proposed case, not acted on"),
        t("proposed by"),
        t("source"),
        t("address"),
    )
    return Sheet(t("Ineligible"), heads, (12, 7, 20, 40, 60, 18, 16, 40, 40), tuple(rows()))


def _awards(report: Report, t: Texts) -> Sheet:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for a in report.awards:
            final = a.award is not None
            yield (
                a.entrant,
                a.award,
                None if final else a.low,
                None if final else a.high,
                ", ".join(map(str, a.counted)) or None,
                ", ".join(map(str, a.further)) or None,
                ", ".join(map(str, a.open)) or None,
            )

    heads = (
        t("entrant"),
        t("award"),
        t("not final: low"),
        t("not final: high"),
        t("best cases"),
        t("further cases"),
        t("open cases"),
    )
    return Sheet(t("Awards"), heads, (24, 10, 14, 14, 24, 24, 24), tuple(rows()), award_words(report.contest, t))
