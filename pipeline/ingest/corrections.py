"""What people correct about a post, turned into cuts and lifted codes; in the order in which they decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.contest import Case
from pipeline.domain.decision import Correction
from pipeline.domain.submission import Span
from pipeline.ingest.splitting import Cut, ManualCut
from pipeline.ingest.statement import set_apart, without
from pipeline.ingest.versions import Chosen

OUTDATED = "correction_outdated"
"""flag: a person corrected another text of this post than the one that counts now; the question is open again"""
REJECTED = "rejected_by_person"
ABOUT_NUMBERS = frozenset({"no_case_number", "unknown_case", "case_number_disagrees"})
ALL = "*"


@dataclass(frozen=True)
class Plan:
    """The corrections of one post that hold for the text that counts."""

    manual: tuple[ManualCut, ...] = ()
    acts: tuple[Correction, ...] = ()
    """admit, reject and assign, in order; those about a part of an older cut are gone"""
    outdated: bool = False


@dataclass(frozen=True)
class Verdict:
    """What people's corrections make of one cut."""

    cut: Cut
    rejected: bool
    lifted: frozenset[str]
    """codes; `ALL` for every code that applies"""
    dropped: frozenset[str] = frozenset()
    """codes that assigning answered for good"""

    def lifts(self, code: str) -> bool:
        """Whether a person has lifted the code. What a case is missing for, only assigning lifts."""
        if code in ("no_case_number", "unknown_case") and self.cut.case is None:
            return False
        return code != REJECTED and (ALL in self.lifted or code in self.lifted)


def plan(chosen: Chosen, corrections: Iterable[Correction]) -> Plan:
    """What of this post's corrections holds: not one made on another text than the one that now counts.

    Except that a rejection holds, whatever the text has become, until a person admits: a later version must not
    bring back what a person took out. Rejecting a part holds for that place, and since places may have moved, the
    question is open for the others. A later recut replaces earlier ones and voids what was said about parts;
    assigning the whole post recuts it into one answer.
    """
    text = chosen.version.post.text
    manual: tuple[ManualCut, ...] = ()
    acts: list[Correction] = []
    outdated = False
    for correction in corrections:
        recut = correction.kind == "resplit" or (correction.kind == "assign" and correction.part is None)
        if recut:
            acts = [a for a in acts if a.part is None]
        if chosen.texts.get(correction.version) != text:
            outdated = outdated or correction.kind != "reject" or correction.part is not None
            acts += _standing(correction)
        elif recut:
            manual = correction.cuts if correction.kind == "resplit" else ((0, len(text), correction.case),)
            outdated = False
        else:
            acts.append(correction)
    return Plan(manual=manual, acts=tuple(acts), outdated=outdated)


def _standing(correction: Correction) -> list[Correction]:
    """What is left of a correction made on another text: that a person rejects, or rejects no longer."""
    if correction.kind == "reject":
        return [correction]
    if correction.kind == "admit" and (not correction.codes or REJECTED in correction.codes):
        return [correction.model_copy(update={"codes": (REJECTED,)})]
    return []


def verdict(text: str, cut: Cut, acts: Iterable[Correction], cases: Mapping[int, Case]) -> Verdict:
    """The cut as corrected: an assigned case with its statement set apart, lifted codes, rejected or not.

    The last of admit and reject decides whether a person rejects it; admitting without codes lifts every code.
    """
    rejected, lifted, dropped = False, frozenset[str](), frozenset[str]()
    for act in acts:
        if act.part not in (None, cut.ordinal):
            continue
        if act.kind == "reject":
            rejected = True
        elif act.kind == "admit":
            rejected = rejected and bool(act.codes) and REJECTED not in act.codes
            lifted |= frozenset(act.codes) or {ALL}
        elif act.kind == "assign":
            dropped |= {f.code for f in cut.flags if f.code in ABOUT_NUMBERS}
            cut = assigned(text, cut, act.case, cases)
    return Verdict(cut=cut, rejected=rejected, lifted=lifted, dropped=dropped)


def assigned(text: str, cut: Cut, number: int | None, cases: Mapping[int, Case]) -> Cut:
    """The cut as an answer to that case; a case that the contest has not leaves it as it was."""
    case = cases.get(number or 0)
    if case is None:
        return cut
    found = set_apart(text, without(text, cut.spans, cut.markers), case)
    apart: tuple[Span, ...] = tuple(sorted((*cut.set_apart, *found), key=lambda s: s.start))
    return cut.model_copy(
        update={
            "case": number,
            "spans": without(text, cut.spans, found),
            "set_apart": apart,
            "flags": tuple(f for f in cut.flags if f.code not in ABOUT_NUMBERS),
        }
    )
