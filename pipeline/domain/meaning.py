"""Whether two nearly equal wordings may stand for each other: never across a negation, a number or a name.

Only words that differ after alignment are looked at, and doubt counts as a difference: a quote that is refused here
is referred to a person, one that is let through is shown as the entrant's words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein


class Word(NamedTuple):
    """A word, number or sign of a folded text (see quotes.fold), and how it stood in the source."""

    form: str
    capital: bool = False
    opens: bool = False
    """the first word of a sentence, a line or the quote"""
    listed: bool = False
    """a number that only numbers a line ("3." at its start)"""


WORD = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%‰$€₽£<>=≤≥±+]")

_TAIL = "(?:ь|и|ью|еро|ерых|ый|ая|ое|ого|ой|ому|ым|ом|ую|ые|ых|ыми)"
_NUMERALS = {
    "0": r"ноль|нол[яюе]|нулем|нул[ьяюе]|zero",
    "0.5": r"пол|половин\w{1,3}|half",
    "1.5": r"полтор\w{1,3}",
    "1": r"од(?:ин|н[аоуи]|ного|ному|ним|ном|ной|ною|них|ними)|однажды|единственн\w{2,3}|перв\w{2,3}"
    r"|one|once|first|single",
    "2": r"дв(?:а|е|ух|ум|умя|ое|оих|оим|ажды)|об(?:а|е|оих|еих|оим|еим|оими|еими)|втор\w{2,3}"
    r"|two|twice|second|both|double",
    "3": r"тр(?:и|ех|ем|емя|ое|оих|ижды)|трет(?:ий|ь\w{1,3})|three|third|triple",
    "4": r"четыр(?:е|ех|ем|ьмя)|четвер(?:о|ых|т\w{2,3})|four(?:th)?",
    "5": rf"пят{_TAIL}|five|fifth",
    "6": rf"шест{_TAIL}|six(?:th)?",
    "7": rf"сем(?:ь|и|ью|еро|ерых)|седьм{_TAIL}|seven(?:th)?",
    "8": rf"вос[еь]м{_TAIL}|восемью|eighth?",
    "9": rf"девят{_TAIL}|nine|ninth",
    "10": rf"десят{_TAIL}|десяток|десятк\w{{1,3}}|ten(?:th)?",
    "11": rf"одиннадцат{_TAIL}|eleven(?:th)?",
    "12": rf"двенадцат{_TAIL}|дюжин\w{{0,2}}|twel(?:ve|fth)|dozen",
    "13": rf"тринадцат{_TAIL}|thirteen(?:th)?",
    "14": rf"четырнадцат{_TAIL}|fourteen(?:th)?",
    "15": rf"пятнадцат{_TAIL}|fifteen(?:th)?",
    "16": rf"шестнадцат{_TAIL}|sixteen(?:th)?",
    "17": rf"семнадцат{_TAIL}|seventeen(?:th)?",
    "18": rf"восемнадцат{_TAIL}|eighteen(?:th)?",
    "19": rf"девятнадцат{_TAIL}|nineteen(?:th)?",
    "20": rf"двадцат{_TAIL}|twent(?:y|ieth)",
    "30": rf"тридцат{_TAIL}|thirt(?:y|ieth)",
    "40": r"сорока?|сороков\w{2,3}|fort(?:y|ieth)",
    "50": r"пят(?:ь|и|ью)десят\w{0,3}|fift(?:y|ieth)",
    "60": r"шест(?:ь|и|ью)десят\w{0,3}|sixt(?:y|ieth)",
    "70": r"сем(?:ь|и|ью)десят\w{0,3}|sevent(?:y|ieth)",
    "80": r"вос[еь]м(?:ь|и|ью)десят\w{0,3}|eight(?:y|ieth)",
    "90": r"девяност[оа]|девяност\w{2,3}|ninet(?:y|ieth)",
    "100": r"ст[оа]|сотн\w{1,3}|сот|hundreds?",
    "200": r"двести|двухсот",
    "300": r"триста|трехсот",
    "400": r"четыреста|четырехсот",
    "500": r"пят(?:ь|и)сот",
    "600": r"шест(?:ь|и)сот",
    "700": r"сем(?:ь|и)сот",
    "800": r"вос[еь]м(?:ь|и)сот",
    "900": r"девят(?:ь|и)сот",
    "1000": r"тысяч\w{0,3}|thousands?",
    "1000000": r"миллион\w{0,3}|millions?",
    "1000000000": r"миллиард\w{0,3}|billions?",
}
_DENIALS = {
    "не": r"не|not|\w+n't|cannot|cant|dont|wont",
    "ни": r"ни|neither|nor",
    "нет": r"нет|нету|no",
    "без": r"безо?|without",
    "никогда": r"никогда|никак|never|hardly",
    "никто": r"никто|никого|никому|никем|ничто|ничего|ничему|ничем|нигде|никуда|никак\w{2,3}"
    r"|nobody|none|nothing|nowhere",
    "нельзя": r"нельзя|невозможн\w+|немыслим\w+|недопустим\w+|impossible|unable",
    "запрет": r"за(?:прет|прещ)\w*|воспрещ\w+|forbid\w*|prohibit\w*|ban|bann\w+",
    "отказ": r"отказ\w*|откаж\w+|отверг\w+|отклон\w+|refus\w+|reject\w*|den(?:y|ied|ies|ying|ial)|declin\w+",
    "вряд": r"вряд|едва",
}
_BALANCE = {
    "можно": r"можно|возможн\w+|допустим\w+|possible|able",
    "разреш": r"разреш\w+|дозвол\w+|allow\w*|permi(?:t|ss)\w*",
    "соглас": r"соглас\w+|соглаш\w+|accept\w*|agre\w+|approv\w+|одобр\w+",
    "должен": r"долж(?:ен|н\w{1,3})|обязан\w*|обязательн\w+|надо|нужно|необходимо|must|should|shall",
    "может": r"may|might|could|can",
    "да": r"да|yes",
    "всегда": r"всегда|always",
    "все": r"всех?|всем|всеми|вся|все|all|every\w*|кажд\w{2,3}",
    "только": r"только|лишь|only",
    "кроме": r"кроме|except\w*|помимо",
    "больше": r"бол(?:ее|ьше)|свыше|more|above|over|greater",
    "меньше": r"мен(?:ее|ьше)|less|fewer|below|under",
    "максимум": r"максим\w+|наибольш\w+|most|max\w*",
    "минимум": r"миним\w+|наименьш\w+|least|min\w*",
    "до": r"до|раньше|ранее|before|until|till|earlier",
    "после": r"после|позже|позднее|after|later|since",
    "с": r"со?|with",
}
_LABELS = [*(f"#{n}" for n in _NUMERALS), *(f"-{n}" for n in _DENIALS), *(f"={n}" for n in _BALANCE)]
_WEIGHTY = re.compile(
    "|".join(f"({pattern})" for table in (_NUMERALS, _DENIALS, _BALANCE) for pattern in table.values())
)
_DENYING_HEADS = ("не", "ни", "без", "бес", "un", "in", "im", "il", "ir", "dis", "non", "mis")
_HEADS = re.compile(
    r"[вос]|во|вы|до|за|из|ис|на|над|не|ни|об|от|ото|пере|по|под|при|про|ра[зс]|со|у|бе[зс]|пред|недо"
    r"|un|in|im|dis|non|mis|re|over|under|pre"
)
_ENDING = re.compile(
    r"[аяыиеуюьйо]?|о[йюм]|е[йюм]|а[мх]|я[мх]|ами|ями|ий|ый|ая|яя|ое|ее|[ое]го|[ое]му|ым|им|ую|юю|ых|их|ыми|ими"
    r"|и[июяе]|'?s"
)
_COURTESY = re.compile(r"вы|вас|вам|вами|ваш\w{0,3}|i")


def weight(form: str) -> str:
    """What a word changes if it is changed: `#…` a number's value, `-…` a denial, `=…` its balance; else empty."""
    if form[0].isdecimal():
        return "#" + form.replace(" ", "").replace(",", ".")
    if match := _WEIGHTY.fullmatch(form):
        return _LABELS[(match.lastindex or 1) - 1]
    return f"#{form}" if not form[0].isalpha() or any(c.isnumeric() for c in form) else ""


def denies(form: str) -> bool:
    """Whether the word by itself turns a statement into its opposite."""
    return weight(form).startswith("-")


def same_meaning(quoted: Sequence[Word], found: Sequence[Word]) -> bool:
    """Whether the words that differ are no negation, no number, no name and no opposite."""
    blocks: list[tuple[list[Word], list[Word]]] = []
    joined = False
    for step in Levenshtein.opcodes([w.form for w in quoted], [w.form for w in found]):
        if step.tag == "equal":
            joined = False
            continue
        if not joined:
            blocks.append(([], []))
        blocks[-1][0].extend(quoted[step.src_start : step.src_end])
        blocks[-1][1].extend(found[step.dest_start : step.dest_end])
        joined = True
    return all(_harmless(ours, theirs) for ours, theirs in blocks)


def _harmless(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    forms, others = [w.form for w in ours], [w.form for w in theirs]
    if "".join(forms) == "".join(others) and not any(c.isnumeric() for c in "".join(forms)):
        return True
    weights, against = _weights(ours), _weights(theirs)
    if weights != against and _weights(ours, listed=False) != _weights(theirs, listed=False):
        return False
    if any(_opposite(a, b) for a in forms for b in others):
        return False
    return _names_agree(ours, theirs) and _names_agree(theirs, ours)


def _weights(words: Iterable[Word], *, listed: bool = True) -> Counter[str]:
    return Counter(filter(None, (weight(w.form) for w in words if listed or not w.listed)))


def _opposite(one: str, other: str) -> bool:
    """Whether two words differ by a denying beginning or ending, or by the prefix of a common stem."""
    short, long = sorted((one, other), key=len)
    for head in _DENYING_HEADS:
        if long.startswith(head) and not short.startswith(head) and len(short) >= 3:
            rest = long[len(head) :]
            if fuzz.ratio(rest, short) >= 80 and fuzz.ratio(rest, short) > fuzz.ratio(long, short) - 5:
                return True
    if one.endswith("less") != other.endswith("less") and one[:3] == other[:3]:
        return True
    common = _shared(one[::-1], other[::-1])
    return common >= 4 and all(_HEADS.fullmatch(w[: len(w) - common]) for w in (one, other))


def _names_agree(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether each name here has its like there; at the start of a sentence a slip of one letter is no other name."""
    for word in ours:
        if not word.capital or _COURTESY.fullmatch(word.form):
            continue
        if word.opens:
            rivals = [other for other in theirs if other.capital and other.opens]
            if rivals and not any(_inflected(word.form, o.form) or _slip(word.form, o.form) for o in rivals):
                return False
        elif not any(_inflected(word.form, other.form) for other in theirs):
            return False
    return True


def _inflected(one: str, other: str) -> bool:
    stem = _shared(one, other)
    while stem >= 2:
        if _ENDING.fullmatch(one[stem:]) and _ENDING.fullmatch(other[stem:]):
            return True
        stem -= 1
        if max(len(one), len(other)) - stem > 3:
            break
    return False


def _slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 6 and one[0] == other[0] and Levenshtein.distance(one, other) <= 1


def _shared(one: str, other: str) -> int:
    """The length of the common beginning."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
