"""Text in an answer that speaks to whoever grades it, as far as patterns can see it.

Two strengths. `find_grader_text` is kept narrow: answers of a service contest speak of ratings, points, systems and
instructions all the time; what it finds refers a submission. `find_suspicious` is wide: a sentence about marks for
this very work is no evidence of anything, so a quote of evidence that lies in one refers. Neither ever changes a
mark; what is not found may still be such text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.domain import grader_orders as orders
from pipeline.domain.disguises import View, views
from pipeline.domain.grader_frames import Range, find_frames
from pipeline.domain.grading_words import GRADING, THREE, UNIT, VERDICT
from pipeline.domain.languages import foreign_sentences
from pipeline.domain.submission import Span

_LONGEST = 48
_ENDLESS = re.compile(rf"\w{{{_LONGEST + 1},}}")
_KEPT = 16
"""Texts whose ranges are remembered: one is asked for more than once within a verification."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")

_STEMS = (
    "балл", "гард", "оценк", "оцени", "оценен", "отметк", "очк", "уров", "тройк", "тр", "3", "высш", "максим",
    "полн", "ии", "нейрос", "модел", "робот", "судь", "жюри", "провер", "эксперт", "рубрик", "критери",
    "инструкц", "указани", "правил", "команд", "промпт", "режим", "задач", "одобр", "зач", "игнорир", "забудь",
    "засчит", "score", "mark", "grade", "guard", "point", "rating", "level", "three", "top", "max", "best",
    "full", "highest", "perfect", "ai", "llm", "gpt", "judge", "jury", "juror", "model", "bot", "rubric",
    "criteri", "instruct", "prompt", "rule", "task", "mode", "order", "approv", "verif", "overrid", "direct",
    "ignore", "disregard", "forget",
)  # fmt: skip
"""A sentence without any of these holds nothing that the patterns below could find."""


@lru_cache(maxsize=_KEPT)
def find_grader_text(text: str) -> tuple[Span, ...]:
    """Where `text` (canonical) orders its grader about: ranges in order, not overlapping, in code points.

    Seen in Russian and English: orders to give the maximum, a number of guards or marks for this work; marks stated
    as given or due; to ignore or forget instructions, the rubric or the prompt; a grader or AI spoken to by name with
    such an order; what imitates structure (see grader_frames); all this also in base64, hex and other codes, shifted,
    mirrored and split letters and lookalikes (see disguises), and any readable sentence in such a code. Not seen: a
    request to rate the work, thanks, talk about ratings that customers give or points that they get, talk about AI,
    prompts and instructions.
    """
    found = list(_plainly(text))
    for view in views(text):
        found += _within(view)
    return _merged(_stripped(text, *span) for span in found)


@lru_cache(maxsize=_KEPT)
def find_suspicious(text: str) -> tuple[Span, ...]:
    """The sentences of `text` that no evidence should come from; includes all that `find_grader_text` finds.

    Also: sentences about marks for this work, graders, the rubric, modes and rights of whoever grades; sentences in
    a language that is neither Russian nor English. Ordinary in answers now and then, so only a quote that lies in one
    says anything.
    """
    found = [(span.start, span.end) for span in find_grader_text(text)]
    found += _doubted(text)
    found += foreign_sentences(text)
    return _merged(_stripped(text, *span) for span in found)


def _plainly(text: str) -> Iterator[Range]:
    text = _cut(text)
    yield from find_frames(text)
    for match in orders.NEW_ORDERS.finditer(text):
        yield match.span()
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group().casefold()
        if any(stem in said for stem in _STEMS) and _orders(text, *sentence.span()):
            yield sentence.span()


def _cut(text: str) -> str:
    """The text, equally long, without what stands in runs of letters that no word has: they only cost time."""
    return _ENDLESS.sub(lambda run: run.group()[:_LONGEST] + "·" * (len(run.group()) - _LONGEST), text)


def _doubted(text: str) -> Iterator[Range]:
    for sentence in _SENTENCE.finditer(_cut(text)):
        if any(pattern.search(sentence.group()) for pattern in orders.WEAK):
            yield sentence.span()


def _suspected(text: str) -> Iterator[Range]:
    """What is found in a text that somebody took the trouble to encode: there, doubt is enough."""
    yield from _plainly(text)
    yield from _doubted(text)


def _within(view: View) -> Iterator[Range]:
    """What is found in a reading, as ranges of the text."""
    if view.sure and view.text:
        yield view.source(0, len(view.text))
        return
    for start, end in _plainly(view.text) if view.how == "letters" else _suspected(view.text):
        if start < end:
            yield view.source(start, end)


def _orders(text: str, start: int, end: int) -> bool:
    sentence = text[start:end]
    if any(
        p.search(sentence)
        for p in (orders.SPOKEN_TO, orders.DESERVES, orders.OWN_MARK, orders.CONDITION, orders.QUIET, orders.DROPPED)
    ):
        return True
    if any(not _reported(text, start + match.start(), end) for match in orders.OVERRIDE.finditer(sentence)):
        return True
    verdict = bool(VERDICT.search(sentence) or orders.THREE_AWARDED.search(sentence))
    if verdict and any(p.search(sentence) for p in (orders.ADDRESSED, orders.TASK, orders.PRESCORED, orders.RULES_OFF)):
        return True
    if re.search(
        rf"(?:\b\d|{THREE}|\b(?:full|all|пол\w+|все|нескольк\w+|два|две|both|extra|дополнительн\w+)) (?:\w+ )?{UNIT}",
        sentence,
        re.IGNORECASE,
    ):
        return True
    if VERDICT.search(sentence) and orders.AT_ALL.search(sentence):
        return True
    if orders.AWARD_TOP.search(sentence) and not orders.ABOUT_OTHERS.search(sentence):
        return True
    if VERDICT.search(sentence) and orders.OF_GRADING.search(sentence) and not orders.ABOUT_OTHERS.search(sentence):
        return True
    named = bool(orders.FOR_WORK.search(sentence) or orders.NAMED.search(sentence))
    strong = bool(orders.RULES_OFF.search(sentence) or orders.AT_ALL.search(sentence) or orders.TASK.search(sentence))
    if (strong or orders.ADDRESSED.search(sentence)) and (
        orders.AWARDED.search(sentence) or orders.AWARDED_BEFORE.search(sentence)
    ):
        return True
    if not named and orders.CUSTOMER.search(sentence):
        return False
    if orders.UNITS_ORDERED.search(sentence) or orders.ORDERED_TOP.search(sentence):
        return True
    return named and bool(orders.ORDERED_NUMBER.search(sentence) or (verdict and orders.AWARDED.search(sentence)))


def _reported(text: str, place: int, end: int) -> bool:
    """Whether the place stands in quotation marks after somebody was said to say it: told, not ordered.

    Only an order to forget or ignore is excused so, never one that names a mark: telling of it is ordinary where
    people write about callers and bots. Evidence may still not come from such a sentence.
    """
    before = text[text.rfind("\n", 0, place) + 1 : place]
    open_ = before.count("«") > before.count("»") or before.count("“") > before.count("”") or before.count('"') % 2 == 1
    return open_ and bool(orders.TELLING.search(before)) and not GRADING.search(text, place, end)


def _stripped(text: str, start: int, end: int) -> Range:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _merged(spans: Iterable[Range]) -> tuple[Span, ...]:
    kept: list[Range] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif start < end:
            kept.append((start, end))
    return tuple(Span(start=start, end=end) for start, end in kept)
