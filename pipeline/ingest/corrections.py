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
"""note: a person corrected another text of this post than the one that counts now; the question is open again"""
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
        return code != "rejected_by_person" and (ALL in self.lifted or code in self.lifted)


def plan(chosen: Chosen, corrections: Iterable[Correction]) -> Plan:
    """What of this post's corrections holds: not one made on another text than the one that now counts.

    A later recut replaces earlier ones and voids what was said about parts; assigning the whole post recuts it
    into one answer.
    """
    text = chosen.version.post.text
    manual: tuple[ManualCut, ...] = ()
    acts: list[Correction] = []
    outdated = False
    for correction in corrections:
        if chosen.texts.get(correction.version) != text:
            outdated = True
        elif correction.kind == "resplit" or (correction.kind == "assign" and correction.part is None):
            manual = correction.cuts if correction.kind == "resplit" else ((0, len(text), correction.case),)
            acts = [a for a in acts if a.part is None]
        else:
            acts.append(correction)
    return Plan(manual=manual, acts=tuple(acts), outdated=outdated)


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
            rejected = rejected and bool(act.codes) and "rejected_by_person" not in act.codes
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
