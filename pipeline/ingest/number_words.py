"""Numbers from one to thirty-nine in Russian and English words and in Roman numerals."""

from __future__ import annotations

import re

_RU_CARDINALS = [
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
    "двадцать",
]
_RU_ORDINALS = [
    "перв",
    "втор",
    "трет",
    "четверт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
    "двадцат",
]
_EN_CARDINALS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_EN_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_TENS = {"двадцать": 20, "тридцать": 30, "twenty": 20, "thirty": 30}
_RU_ENDINGS = r"(?:ый|ой|ий|ого|ому|ом|ьего|ьему|ьем)"

_CARDINALS = {w: i for words in (_RU_CARDINALS, _EN_CARDINALS) for i, w in enumerate(words, 1)} | _TENS
_STEMS = {w: i for i, w in enumerate(_RU_ORDINALS, 1)} | {"тридцат": 30}
_ORDINALS = {w: i for i, w in enumerate(_EN_ORDINALS, 1)} | {"thirtieth": 30}

_ONE_WORD = "|".join(
    [
        *(rf"{stem}{_RU_ENDINGS}" for stem in sorted(_STEMS, key=len, reverse=True)),
        *sorted({*_CARDINALS, *_ORDINALS}, key=len, reverse=True),
    ]
)
WORD = rf"(?:(?:{'|'.join(_TENS)})[ -](?:{_ONE_WORD})|{_ONE_WORD})".replace("е", "[её]")
"""pattern of a number in words (ignoring case)"""
ROMAN = r"(?=[IVXІХ])(?:[XХ]{0,3})(?:[IІ][XХ]|[IІ]V|V?[IІ]{0,3})"
"""pattern of a Roman numeral 1..39 in capitals, Cyrillic look-alikes included"""

_ORDINAL_RU = re.compile(rf"({'|'.join(sorted(_STEMS, key=len, reverse=True))}){_RU_ENDINGS}")


def spoken(words: str, *, ordinals_only: bool = False) -> int | None:
    """The number that the words say ("пять", "седьмой", "двадцать первый", "Three"); None where they say none."""
    parts = [p for p in re.split(r"[ -]+", words.casefold().replace("ё", "е")) if p]
    if not parts or len(parts) > 2:
        return None
    base = 0
    if len(parts) == 2:
        base = _TENS.get(parts[0], 0)
        if not base:
            return None
    last = parts[-1]
    unit = _ORDINALS.get(last)
    if unit is None and (match := _ORDINAL_RU.fullmatch(last)):
        unit = _STEMS[match[1]]
    if unit is None and not ordinals_only:
        unit = _CARDINALS.get(last)
    if unit is None or (base and unit >= 10):
        return None
    return base + unit


def roman(numeral: str) -> int | None:
    """The value of a Roman numeral of 1..39; None for anything else."""
    latin = numeral.replace("І", "I").replace("Х", "X")
    if not latin or not re.fullmatch(r"X{0,3}(?:IX|IV|V?I{0,3})", latin):
        return None
    values = [{"I": 1, "V": 5, "X": 10}[c] for c in latin]
    following = [*values[1:], 0]
    return sum(-v if v < nxt else v for v, nxt in zip(values, following, strict=True))
