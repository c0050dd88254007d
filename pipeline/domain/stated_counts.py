"""Numbers of items that a rationale states, held against what code counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.domain.prose import without_quoted
from pipeline.domain.rubric import CountCriterion, Rubric

_WORDS = {
    "один одна одно одну one": 1,
    "два две двух двумя оба обе two both": 2,
    "три трёх трех тремя three": 3,
    "четыре четырёх четырех четырьмя four": 4,
    "пять пяти пятью five": 5,
    "шесть шести шестью six": 6,
    "семь семи семью seven": 7,
    "восемь восьми восемью eight": 8,
    "девять девяти девятью nine": 9,
    "десять десяти десятью ten": 10,
    "одиннадцать одиннадцати eleven": 11,
    "двенадцать двенадцати twelve": 12,
}
_VALUES = {word: value for words, value in _WORDS.items() for word in words.split()}
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\w\s]")
_BREAKS = frozenset(".!?;:()[]…")
_NUMBER_GOES_ON = frozenset("-–—−№#/")
_ALL = frozenset(("все", "всех", "all"))
_ONLY = frozenset(("всего", "только", "лишь", "ровно", "only", "just", "exactly"))
_UNCLAIMING = re.compile(
    r"из|до|от|не|нет|ни|бы|ли|ещё|еще|если|чтобы|of|not|no|if|up|can|may|than|each|first|last|most|more|less|want"
    r"|(?:треб|должн|нужн|необход|прос|запрош|задан|услов|миним|максим|менее|меньш|больш|более|вместо|хват|недост"
    r"|отсутств|друг|можно|мог|следу|кажд|ожид|рекоменд|желат|стоит|лучше|цел|порог|повтор|достаточ|перв|последн"
    r"|остальн|requir|need|ask|demand|minim|maxim|least|fewer|instead|without|missing|lack|another|other|should"
    r"|would|must|could|expect|goal|target|threshold|between|suffic|enough|remaining|toward)\w*"
)
"""Words near a number that make it a demand, a wish, a part, a comparison or a denial."""
_BEFORE, _AFTER = 5, 3
_ENDINGS = re.compile(
    r"(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ией|иях|иям|ая|яя|ое|ее|ые|ие|ый|ий|ой|ей|ых|их|ым|им|ом|ем|ам|ям|ах|ях"
    r"|ов|ев|ую|юю|ия|ии|ию|а|я|о|е|ы|и|у|ю|ь|й|ies|es|s|y)$"
)


class StatedCount(NamedTuple):
    """A rationale of `rationale` states `claimed` items of the criterion, of which code counted `counted`."""

    criterion: str
    rationale: str
    claimed: int
    counted: int


class _Token(NamedTuple):
    word: str
    value: int | None


def contradicted(rubric: Rubric, counted: Mapping[str, int], rationales: Mapping[str, str]) -> tuple[StatedCount, ...]:
    """What `rationales` (by criterion id) state about counts that differs from `counted` (by count criterion id).

    A statement is a cardinal (digits, or a word up to twelve; Russian or English) followed, over at most two words,
    by a noun whose stem stands in the title of a count criterion, or in `qualifies` where no title has it. It
    contradicts where it states more than was counted, or states fewer with "only" before it and the clause's end
    behind the noun. A number that fits any criterion with the stem, or their sum, contradicts nothing; what stands in
    quotation marks is not the rationale's own word.

    Not taken for statements, so that no true rationale is refused: fewer without "only" ("two phrases are weak" speaks
    of a part), demands ("at least 5", "5 are required"), ranges, ordinals, shares ("3 of 5"), negations, wishes,
    comparisons.
    """
    criteria = [c for c in rubric.criteria if isinstance(c, CountCriterion) and c.id in counted]
    found: list[StatedCount] = []
    for name, rationale in rationales.items():
        tokens = [_token(m) for m in _TOKEN.finditer(without_quoted(rationale).lower())]
        for at, token in enumerate(tokens):
            if token.value is not None and not _part_of_number(tokens, at):
                found += _check(tokens, at, token.value, name, criteria, counted)
    return tuple(dict.fromkeys(found))


def _token(match: re.Match[str]) -> _Token:
    word = match.group()
    value = int(word) if word.isdecimal() and len(word) <= 2 else _VALUES.get(word)
    return _Token(word, value)


def _part_of_number(tokens: list[_Token], at: int) -> bool:
    """Ranges, ordinals (5-я), list marks (5. or 5)), numbers after № or #, per cent."""
    before = tokens[at - 1].word if at else ""
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    return before in _NUMBER_GOES_ON or after in _NUMBER_GOES_ON | {".", ")", "%"}


def _check(
    tokens: list[_Token],
    at: int,
    value: int,
    name: str,
    criteria: list[CountCriterion],
    counted: Mapping[str, int],
) -> Iterator[StatedCount]:
    noun_at, named = _noun(tokens, at, criteria)
    if not named or not _is_claim(tokens, at, noun_at):
        return
    known = [counted[criterion.id] for criterion in named]
    if value in known or value == sum(known):
        return
    only = any(t.word in _ONLY for t in tokens[max(0, at - 2) : at])
    ends = noun_at + 1 >= len(tokens) or tokens[noun_at + 1].word in _BREAKS | {","}
    if value > max(known) or (value < min(known) and only and ends):
        closest = max(named, key=lambda criterion: counted[criterion.id])
        yield StatedCount(closest.id, name, value, counted[closest.id])


def _noun(tokens: list[_Token], at: int, criteria: list[CountCriterion]) -> tuple[int, list[CountCriterion]]:
    """Where the counted noun stands and the criteria it belongs to; adjectives may stand between."""
    for place in range(at + 1, min(at + 4, len(tokens))):
        word = tokens[place].word
        if not word[0].isalpha() or tokens[place].value is not None:
            break
        stem = _stem(word)
        if len(stem) < 3:
            continue
        for texts in ([c.title for c in criteria], [c.qualifies for c in criteria]):
            named = [c for c, text in zip(criteria, texts, strict=True) if stem in _stems(text)]
            if named:
                return place, named
    return at, []


def _stem(word: str) -> str:
    word = word.replace("ё", "е")
    return _ENDINGS.sub("", word) if len(word) > 4 else word


def _stems(text: str) -> set[str]:
    return {_stem(m.group()) for m in _TOKEN.finditer(text.lower()) if m.group()[0].isalpha() and len(m.group()) > 3}


def _is_claim(tokens: list[_Token], at: int, noun_at: int) -> bool:
    before: list[str] = []
    for token in reversed(tokens[max(0, at - _BEFORE) : at]):
        if token.word in _BREAKS:
            break
        before.append(token.word)
    if any(_UNCLAIMING.fullmatch(word) for word in before):
        return False
    if before and before[0] in _ALL:
        return True
    after: list[str] = []
    for token in tokens[at + 1 : noun_at + 1 + _AFTER]:
        if token.word in _BREAKS:
            break
        after.append(token.word)
    return not any(_UNCLAIMING.fullmatch(word) for word in after)
