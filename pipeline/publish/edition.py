"""Which of a report's rows say what: the jury's edition, and the state that each row is in."""

from __future__ import annotations

from typing import Literal

from pipeline.domain.contest import DEFAULT_ELIGIBILITY
from pipeline.domain.decision import Ineligible, Outcome, Pending, Referred, Suggested
from pipeline.domain.submission import Reason
from pipeline.publish.view import Report, Row

State = Literal["decided", "released", "suggested", "referred", "pending", "ineligible"]


def edition_of(report: Report) -> Report:
    """The report as its edition may be read; everything is written from this value and from nothing else.

    Organiser: the report itself. Jury: a row that no juror has decided keeps nothing the AI said or that follows from
    it (grading, verification, provenance, released guards, reasons that are not ingest's own), and looks the same
    whether it was suggested, referred by what the AI said, or never graded. Incidents by submission and awards into
    which released guards went are left out.
    """
    if report.edition == "organiser":
        return report
    released = {row.submission.entrant for row in report.rows if row.released is not None and not row.decided}
    return report.model_copy(
        update={
            "rows": tuple(_blind(row) for row in report.rows),
            "incidents": (),
            "awards": tuple(award for award in report.awards if award.entrant not in released),
        }
    )


def _blind(row: Row) -> Row:
    if row.decided:
        return row
    earlier = row.ruling.model_copy(update={"suggested": None, "key": ""}) if row.ruling else None
    outcome: Outcome = row.outcome
    if not isinstance(outcome, Ineligible):
        reasons = _of_ingest(getattr(outcome, "reasons", ())) or _flags(row)
        notes = _of_ingest(getattr(outcome, "notes", ()))
        outcome = Referred(reasons=reasons, notes=notes) if reasons else Pending()
    return row.model_copy(update={**_NOTHING_OF_THE_AI, "outcome": outcome, "ruling": earlier})


_NOTHING_OF_THE_AI: dict[str, None] = {"grading": None, "verification": None, "provenance": None, "released": None}


def _of_ingest(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if reason.code in DEFAULT_ELIGIBILITY)


def _flags(row: Row) -> tuple[Reason, ...]:
    return tuple(Reason(code=flag.code, params=flag.params) for flag in row.submission.referred_by)


def state_of(row: Row) -> State:
    """What the row is now; a ruling on an earlier text, or on what takes no part, does not decide it."""
    if isinstance(row.outcome, Ineligible):
        return "ineligible"
    if row.decided:
        return "decided"
    if row.released is not None:
        return "released"
    return row.outcome.state


def guards_of(row: Row) -> int | None:
    """A juror's guards, else the released, else the suggested ones; None where there are none of these.

    What code computed for a referred row is no suggestion and is not given here.
    """
    state = state_of(row)
    if state == "decided" and row.ruling is not None:
        return row.ruling.guards
    if state == "released":
        return row.released
    return row.outcome.guards if state == "suggested" and isinstance(row.outcome, Suggested) else None


def range_of(row: Row) -> tuple[int, int] | None:
    """The guards that are still possible where the AI's marks leave them open; None where they do not."""
    if row.verification is None or row.verification.computed.guards is not None:
        return None
    return row.verification.computed.low, row.verification.computed.high


def reasons_of(row: Row) -> tuple[Reason, ...]:
    """Why it needs a person or takes no part."""
    return row.outcome.reasons if isinstance(row.outcome, Referred | Ineligible) else ()


def notes_of(row: Row) -> tuple[Reason, ...]:
    """What was noticed and changes nothing."""
    return row.outcome.notes if isinstance(row.outcome, Referred | Suggested) else ()
