"""Reasons as sentences for a page or a sheet: criteria by their titles, the AI's verdict in words."""

from __future__ import annotations

from pipeline.domain.submission import Reason
from pipeline.messages import N_, Texts
from pipeline.publish.edition import reasons_of
from pipeline.publish.view import Row

VERDICTS = {"yes": N_("yes"), "no": N_("no"), "unsure": N_("unsure")}
KINDS = {"video": N_("video"), "audio": N_("audio"), "image": N_("picture"), "file": N_("file")}
STATUSES = {
    "draft": N_("drafts"),
    "private": N_("private posts"),
    "password": N_("posts with a password"),
    "page": N_("pages"),
    "attachment": N_("attachments"),
    "comment": N_("comments"),
}


def reason_sentences(row: Row, t: Texts) -> tuple[str, ...]:
    """Why the row needs a person or takes no part."""
    return tuple(_sentence(reason, row, t) for reason in reasons_of(row))


def note_sentences(row: Row, t: Texts) -> tuple[str, ...]:
    """What was noticed and changes nothing."""
    return tuple(_sentence(note, row, t) for note in getattr(row.outcome, "notes", ()))


def _sentence(reason: Reason, row: Row, t: Texts) -> str:
    told = dict(reason.params)
    if row.rubric is not None:
        titles = {criterion.id: criterion.title for criterion in row.rubric.criteria}
        if (criterion := told.get("criterion")) in titles:
            told["criterion"] = titles[str(criterion)]
    if (verdict := told.get("verdict")) in VERDICTS:
        told["verdict"] = t(VERDICTS[str(verdict)])
    return t.reason(reason.model_copy(update={"params": told}))


def kind_words(kind: str, t: Texts) -> str:
    """What a link to media leads to."""
    return t(KINDS[kind]) if kind in KINDS else kind


def status_words(status: str, t: Texts) -> str:
    """What the source calls a text that is no entry."""
    return t(STATUSES[status]) if status in STATUSES else status
