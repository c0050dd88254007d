"""A grading checked against its submission: nothing the judge says of the text is believed before it is found there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.domain.contest import Policy
from pipeline.domain.grader_text import find_grader_text, find_suspicious
from pipeline.domain.grading import CheckMark, CountMark, Grading, LevelMark
from pipeline.domain.guards import compute_guards
from pipeline.domain.items import independent, overlap, ranges
from pipeline.domain.masking import Masked
from pipeline.domain.overall import contradicting_level
from pipeline.domain.prose import quoted_passages
from pipeline.domain.quotes import locate
from pipeline.domain.rubric import CountCriterion, FromLevel, FromPoints, LevelCriterion, Rubric
from pipeline.domain.special_tokens import neutralised
from pipeline.domain.stated_counts import contradicted
from pipeline.domain.verification import CriterionCheck, Finding, Located, Verification

_FENCE = re.compile(r"(?:^|(?<=\s))[0-9a-f]{32}\|[ \t]?", re.MULTILINE)
_SHOWN = 300
"""How many characters of a quote a finding carries."""

Range = tuple[int, int]


def verify(
    grading: Grading, sent: Masked, rubric: Rubric, *, scale_max: int, policy: Policy, statement: str = ""
) -> Verification:
    """What code makes of `grading`: quotes located, items counted, guards computed, findings listed.

    Quotes are looked for in the text as sent; all offsets and characters that come back are those of `sent.source`.
    The fence's mark at the start of a line is removed from quotes first. Items of a count criterion count if their
    quotes are found and neither overlap nor repeat another counted one. Rationales may quote the rubric and the
    case's `statement`; what is found there is no quote of the submission.

    Findings that refer to a person:
    `content_mismatch`: the judge says no or unsure. `quote_missing`: a quote of evidence, of an item, of the content
    match or of `addresses_grader` is not in the text. `rationale_quote_missing`: a passage in quotation marks of a
    rationale or an item's why, long enough to be a quote, is neither in the text nor in rubric or statement.
    `no_evidence`: a level above the lowest, or a true check, where the rubric demands evidence and no quote was
    found. `cannot_assess`. `count_contradicts`: see stated_counts. `overall_contradicts`: see overall.
    `addresses_grader`: the judge lists text that speaks to whoever grades. `evidence_addresses_grader`: a quote of
    evidence or of an item overlaps such text, listed or seen by code, or a sentence that code only suspects.
    `grader_text_unlisted`: code sees such text
    where the judge lists none. `quote_too_short` of an item, where counting it could change a demand or cap.
    Notes only: `quote_repaired`, `duplicate_item`, any other `quote_too_short`.
    """
    return _Check(grading, sent, rubric, policy, statement).verification(scale_max)


class _Check:
    """One verification at work; findings are collected in the order of the reply."""

    def __init__(self, grading: Grading, sent: Masked, rubric: Rubric, policy: Policy, statement: str) -> None:
        self.grading, self.sent, self.rubric, self.policy = grading, sent, rubric, policy
        self.not_the_answers = "\n".join([statement, *_texts(rubric)])
        self.findings: list[Finding] = []
        self.counted: dict[str, int] = {}

    def verification(self, scale_max: int) -> Verification:
        content = self.content()
        listed = self.listed()
        orders = [(span.start, span.end) for span in find_grader_text(self.sent.source)]
        doubtful = [(span.start, span.end) for span in find_suspicious(self.sent.source)]
        spoken = [*orders, *doubtful, *(r for quote in listed for r in ranges(quote))]
        checks = tuple(self.criterion(mark, spoken) for mark in self.grading.marks)
        self.unlisted(orders, listed)
        self.stated_counts()
        levels = {m.criterion: m.level for m in self.grading.marks if isinstance(m, LevelMark)}
        truths = {m.criterion: m.is_ for m in self.grading.marks if isinstance(m, CheckMark)}
        computed = compute_guards(self.rubric, scale_max, levels=levels, counts=self.counted, checks=truths)
        level = contradicting_level(self.rubric, computed, levels=levels, counts=self.counted, checks=truths)
        if level is not None:
            self.find("overall_contradicts", self.rubric.criteria[-1].id, {"level": level})
        return Verification(
            checks=checks,
            content_quote=content,
            addresses_grader=listed,
            findings=tuple(self.findings),
            computed=computed,
        )

    def find(self, code: str, criterion: str, params: Mapping[str, str | int], *, refers: bool = True) -> None:
        """Notes a finding once."""
        cut = {name: value[:_SHOWN] if isinstance(value, str) else value for name, value in params.items()}
        finding = Finding.model_validate({"code": code, "criterion": criterion, "refers": refers, "params": cut})
        if finding not in self.findings:
            self.findings.append(finding)

    def located(self, quote: str) -> Located:
        """The quote in the source; its own characters there."""
        bare = neutralised(_FENCE.sub("", quote))
        found = self.located_as_sent(bare)
        if bare != quote and not ranges(found):
            found = self.located_as_sent(quote)
        if found.start is None or found.end is None:
            return found
        start, end = self.sent.to_source(found.start, found.end)
        pieces = tuple(self.sent.to_source(*piece) for piece in found.pieces)
        text = self.sent.source[start:end]
        return found.model_copy(update={"start": start, "end": end, "text": text, "pieces": pieces})

    def located_as_sent(self, quote: str) -> Located:
        return locate(quote, self.sent.text, fuzzy=self.policy.fuzzy_quote, min_chars=self.policy.min_quote_chars)

    def quote(self, quote: str, criterion: str, part: str = "") -> Located:
        """The located quote; whether it was missing, repaired or too short becomes a finding.

        `part` names a part of the reply that is no criterion.
        """
        found = self.located(quote)
        params = {"criterion": part} if part else {}
        match found.how:
            case "missing":
                self.find("quote_missing", criterion, {"quote": quote, **params})
            case "repaired":
                self.find("quote_repaired", criterion, {"quote": found.text, **params}, refers=False)
            case "too_short":
                self.find("quote_too_short", criterion, {"quote": quote, **params}, refers=False)
        return found

    def content(self) -> Located | None:
        match = self.grading.content_match
        if match.verdict != "yes":
            self.find("content_mismatch", "", {"verdict": match.verdict})
        return self.quote(match.quote, "", "content_match") if match.quote.strip() else None

    def listed(self) -> tuple[Located, ...]:
        quotes = [quote for quote in self.grading.addresses_grader if quote.strip()]
        found = tuple(self.located(quote) for quote in quotes)
        for quote, place in zip(quotes, found, strict=True):
            if place.how == "missing":
                self.find("quote_missing", "", {"quote": quote, "criterion": "addresses_grader"})
            else:
                self.find("addresses_grader", "", {"quote": place.text or quote})
        return found

    def criterion(self, mark: LevelMark | CountMark | CheckMark, spoken: Sequence[Range]) -> CriterionCheck:
        if mark.cannot_assess is not None:
            self.find("cannot_assess", mark.criterion, {"why": mark.cannot_assess})
        if isinstance(mark, CountMark):
            quotes = self.count(mark)
            said = self.prose(mark.criterion, (item.why for item in mark.items))
        else:
            quotes = tuple(self.quote(quote, mark.criterion) for quote in mark.evidence)
            self.evidence_demanded(mark, quotes)
            said = self.prose(mark.criterion, [mark.rationale])
        for quote in quotes:
            if overlap(ranges(quote), spoken):
                self.find("evidence_addresses_grader", mark.criterion, {"quote": quote.text})
        return CriterionCheck(
            criterion=mark.criterion,
            quotes=quotes,
            counted=self.counted.get(mark.criterion),
            rationale_quotes=said,
        )

    def count(self, mark: CountMark) -> tuple[Located, ...]:
        quotes = tuple(self.located(item.quote) for item in mark.items)
        kept = independent(quotes)
        if mark.cannot_assess is None:
            self.counted[mark.criterion] = len(kept)
        short = sum(quote.how == "too_short" for quote in quotes)
        for index, (item, quote) in enumerate(zip(mark.items, quotes, strict=True)):
            if quote.how == "missing":
                self.find("quote_missing", mark.criterion, {"quote": item.quote})
            elif quote.how == "too_short":
                matters = self.matters(mark.criterion, len(kept), len(kept) + short)
                self.find("quote_too_short", mark.criterion, {"quote": item.quote}, refers=matters)
            elif index not in kept:
                self.find("duplicate_item", mark.criterion, {"quote": quote.text}, refers=False)
            elif quote.how == "repaired":
                self.find("quote_repaired", mark.criterion, {"quote": quote.text}, refers=False)
        return quotes

    def matters(self, criterion: str, sure: int, possible: int) -> bool:
        """Whether a demand or cap is decided otherwise by some number of items above `sure`, up to `possible`."""
        demand = self.rubric.criterion(criterion)
        bounds = {cap.items_below for cap in self.rubric.caps if cap.criterion == criterion and cap.items_below}
        if isinstance(demand, CountCriterion):
            bounds.add(demand.at_least)
            if isinstance(self.rubric.guards, FromPoints):
                bounds.update(range(1, demand.at_least))
        return any(bound is not None and sure < bound <= possible for bound in bounds)

    def evidence_demanded(self, mark: LevelMark | CheckMark, quotes: Sequence[Located]) -> None:
        criterion = self.rubric.criterion(mark.criterion)
        if isinstance(criterion, CountCriterion) or not criterion.evidence or any(ranges(quote) for quote in quotes):
            return
        if isinstance(self.rubric.guards, FromLevel) and self.rubric.guards.from_ == criterion.id:
            return
        if isinstance(criterion, LevelCriterion) and isinstance(mark, LevelMark):
            claims = mark.level is not None and mark.level > min(criterion.levels)
        else:
            claims = isinstance(mark, CheckMark) and mark.is_ is True
        if claims:
            self.find("no_evidence", mark.criterion, {})

    def prose(self, criterion: str, texts: Iterable[str]) -> tuple[Located, ...]:
        """The quotes inside explanations; too short ones and those of rubric or statement are none."""
        said: list[Located] = []
        for passage in (passage for text in texts for passage in quoted_passages(text)):
            found = self.located(passage)
            if found.how == "too_short" or (found.how == "missing" and self.quotes_the_task(passage)):
                continue
            if found.how == "missing":
                self.find("rationale_quote_missing", criterion, {"quote": passage})
            said.append(found)
        return tuple(said)

    def quotes_the_task(self, passage: str) -> bool:
        found = locate(passage, self.not_the_answers, fuzzy=self.policy.fuzzy_quote, min_chars=1)
        return bool(ranges(found))

    def unlisted(self, orders: Sequence[Range], listed: Sequence[Located]) -> None:
        known = [r for quote in listed for r in ranges(quote)]
        for start, end in orders:
            if not overlap([(start, end)], known):
                self.find("grader_text_unlisted", "", {"quote": self.sent.source[start:end]})

    def stated_counts(self) -> None:
        rationales = {m.criterion: m.rationale for m in self.grading.marks if not isinstance(m, CountMark)}
        for stated in contradicted(self.rubric, self.counted, rationales):
            params: dict[str, str | int] = {
                "claimed": stated.claimed,
                "counted": stated.counted,
                "rationale": stated.rationale,
            }
            self.find("count_contradicts", stated.criterion, params)


def _texts(rubric: Rubric) -> Iterable[str]:
    for criterion in rubric.criteria:
        yield criterion.title
        if isinstance(criterion, LevelCriterion):
            yield from criterion.levels.values()
        else:
            yield criterion.qualifies if isinstance(criterion, CountCriterion) else criterion.asks
