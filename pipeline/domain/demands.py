"""Finds what a case statement demands in numbers: "не менее 5 фраз", "2–3 варианта", "at least five examples".

A number is a demand when it counts things that an answer is made of (variants, phrases, steps, rules, …) and either
a demand word stands by it ("не менее", "минимум", "at least") or it is the object of a verb that asks ("Приведите",
"Предложите", "list", "give"), also over the colon of a list. Circumstances are none: money, time, dates, ages,
ordinals, shares, how often something happened, what somebody in the story did, what stands in quotes. A mere upper
limit ("не более 5") is none either: more is never worse. Russian and English; no claim on other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from pipeline.domain.ids import Value


class Demand(Value):
    """One numeric demand. `text` is the statement's own characters from `start` to `end` (code points, half-open).

    `at_least` is what an answer must reach (the lower end of a range), `at_most` the upper end of a range, else None.
    `noun` is the thing counted, as written (it may stand before the number: "примеры (не менее трёх)").
    """

    text: str
    at_least: int = Field(ge=1)
    at_most: int | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    noun: str


class _Token(NamedTuple):
    word: str
    start: int
    end: int


class _Sentence(NamedTuple):
    tokens: list[_Token]
    asked: bool
    """whether the line that introduces this list asks for something"""


class _Number(NamedTuple):
    first: int
    last: int
    low: int
    high: int | None
    demanded: bool
    """a demand word stands by it"""


def _one_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BY_VALUE = {
    1: "один одного одну одной одно одним one",
    2: "два две двух двум двумя пару пары two",
    3: "три трёх трех трём трем тремя three",
    4: "четыре четырёх четырех четырём четырем four",
    5: "пять пяти пятью пяток five",
    6: "шесть шести six",
    7: "семь семи seven",
    8: "восемь восьми eight",
    9: "девять девяти nine",
    10: "десять десяти десяток ten",
    11: "одиннадцать одиннадцати eleven",
    12: "двенадцать двенадцати дюжину twelve dozen",
    15: "пятнадцать пятнадцати fifteen",
    20: "двадцать двадцати twenty",
}
_VALUES = {word: value for value, words in _BY_VALUE.items() for word in words.split()}
_CARDINAL = re.compile(r"(\d{1,3})(?:-(?:х|ух|ёх|ех|ти|и|ю|мя|м))?")
_PAIR = re.compile(r"(\w+)-(\w+)")
_WORD = re.compile(r"\d+(?:[.,:]\d+)+|\w+(?:-\w+)*|[^\w\s]")
_DASHES = frozenset("-‐‑‒–—―−")

_LEAST = (
    "как минимум,|как минимум|самое меньшее|по меньшей мере|по крайней мере|не менее чем|не меньше чем|не менее"
    "|не меньше|минимум|хотя бы|at least|at a minimum of|at minimum|a minimum of|minimum of|minimum|no fewer than"
    "|no less than|not fewer than|not less than"
)
_LEAST_WORDS = tuple(tuple(re.findall(r"\w+|,", phrase)) for phrase in _LEAST.split("|"))
_MOST = ("не более", "не больше", "максимум", "at most", "no more than", "up to", "до")
_MOST_WORDS = tuple(tuple(phrase.split()) for phrase in _MOST)
_MORE = (("и", "более"), ("или", "более"), ("и", "больше"), ("или", "больше"), ("or", "more"), ("and", "more"))

_ENDING = "(?:ями|ами|ой|ью|ию|ии|ия|ий|ие|ям|ам|ях|ах|ов|ев|ей|ом|ем|ок|ек|а|у|ы|е|и|о|я|ю|ь|й)?"
_RUSSIAN = (
    "вариант фраз пример образец образц принцип действи шаг способ приём прием правил совет иде реплик ответ"
    " предложени аргумент довод причин вопрос техник метод методик рекомендац решени пункт тезис формулировк сценари"
    " компетенци инструмент мер критери тем слоган заголов вывод ошиб преимуществ выгод недостат плюс минус отличи"
    " признак качеств навык упражнени скрипт реакци сообщени письм текст задани возражени этап риск показател метрик"
    " стратеги подход тактик поступк высказывани выражени обосновани оборот мысл мыслей аспект момент фактор цел версии"
    " верси ход альтернатив заголовк инициатив услови запрет"
)
_ENGLISH = (
    "variant version option alternative phrase example sample principle action step way method technique rule tip idea"
    " reply response answer suggestion argument reason question recommendation solution point item wording scenario"
    " tool measure"
    " criterion criteria topic headline slogan conclusion mistake benefit advantage disadvantage drawback sentence"
    " message letter script reaction stage risk metric strategy approach practice exercise statement line"
)
_NOUN = re.compile(
    f"(?:{'|'.join(_RUSSIAN.split())}){_ENDING}"
    f"|(?:{'|'.join(word.removesuffix('y') for word in _ENGLISH.split())})(?:ys?|ies|e?s)?"
)
_ADJECTIVE = re.compile(
    r"[а-яё-]{2,}(?:ых|их|ые|ие|ый|ий|ой|ую|юю|ая|яя|ое|ее|ого|его|ому|ему|ыми|ими)(?:ся)?"
    r"|[a-z]+(?:-[a-z]+)*(?<!ses)(?<![^os']s)"
)
_BETWEEN = _one_of('своих ваших твоих из не и или самых очень наиболее на ваш взгляд по смыслу , мнению свои « » “ ” "')
_NOT_BETWEEN = _one_of(
    "in to for with and or by from at on a an the is are was were be has have had will would can that which who if when"
    " per as than but day hour minute week month year percent раз"
)
_ASKS = re.compile(
    "привед(?:ите|и)|привести|предлож(?:ите|и|ить)|напи(?:шите|ши|сать)|опи(?:шите|ши|сать)|назов(?:ите|и)|назвать"
    "|перечисл(?:ите|и|ить)|дай(?:те)?|дать|состав(?:ьте|ь|ить)|придума(?:йте|й|ть)|сформулир(?:уйте|уй|овать)"
    "|подготов(?:ьте|ь|ить)|ука(?:жите|жи|зать)|выдел(?:ите|и|ить)|подбер(?:ите|и)|подобрать|выбер(?:ите|и)|выбрать"
    "|разработа(?:йте|й|ть)|пока(?:жите|жи|зать)|добав(?:ьте|ь|ить)|расска(?:жите|жи|зать)|объясн(?:ите|и|ить)"
    "|най(?:дите|ди|ти)|включ(?:ите|и|ить)|включать|содержать|посовет(?:уйте|уй|овать)|изло(?:жите|жи|жить)"
    "|порекоменд(?:уйте|уй|овать)|предостав(?:ьте|ь|ить)|сочин(?:ите|и|ить)|вспомн(?:ите|и|ить)|подели(?:тесь|сь)"
    "|запи(?:шите|ши|сать)|нуж(?:ен|но|ны)|необходим[оы]|требу(?:ется|ются)|достаточно|ожида(?:ется|ются|ем)|жд[её]м"
    "|сдела(?:йте|й|ть)|какие|перефразир(?:уйте|уй|овать)|изобраз(?:ите|и)|приготов(?:ьте|ь|ить)|обоснуй(?:те)?"
)
_ASKS_ENGLISH = _one_of(
    "give list write provide suggest offer name describe propose formulate prepare compose state include contain create"
    " find choose select outline identify present show share explain need submit draft cite add recommend required"
    " require expected which what come think mention supply make devise"
)
_BEFORE_ASKING = _one_of(
    "please to must should you can could and then , also or ( - – — • * : ; ) may shall we now first finally need"
)
_ORDERED = _one_of("просит просил просила попросил попросила требует хочет хотел хотела asked asks wants wanted")
_BREAKS = re.compile(
    "что|чтобы|если|когда|котор(?:ый|ая|ое|ые|ого|ой|ую|ых|ым|ыми|ому|ом)|почему|зачем|где|пока|хотя|чем|ведь|поскольку"
    "|сколько|будто|потому|после|до|if|that|how|who|whom|whose|when|why|because|after|before|where|while|is|are|was|were"
    "|has|have|had"
)
_PREPOSITIONS = _one_of(
    "для из о об обо за на в во к ко с со от при течение через после до без под над у между среди кроме"
    " for from of about in on at with after before within into to every each last previous these those his her their"
    " последние последних прошлые эти этих те тех уже первые первых остальные все всех кейс номер"
    " case"
)
_JOINS = frozenset(("и", "also", "and", "плюс", "также", "ещё", "еще", "plus"))
_NARRATES = re.compile(
    r"(?!правила|дела|мысли|цели|роли|детали|модели|недели|числа|слова|если|канала|начала)[а-яё]{2,}(?:л|ла|ло|ли)(?:ся|сь)?"
    r"|(?!need)[a-z]{2,}ed|got|sent|had|wrote|made|gave|saw|heard|said|took"
)
_STOPS = _one_of(") ( , . ; ! ? : и and — – для на for of")
_VERSION = re.compile("вариант|верси|variant|version|wording|формулировк")
_EMPHASIS = re.compile(r"`|(?<!\w)_|_(?!\w)|\*(?!\s)|(?<=\S)\*")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”")
_BULLET = re.compile(r"[ \t]*(?:[-*•–—+·]|\d{1,2}[.)]|#{1,6})[ \t]")
_END = re.compile(r"[.!?…;](?=[\s»”)\"]|$)")
_REACH = 40


def find_demands(statement: str) -> tuple[Demand, ...]:
    """All numeric demands of the statement, in their order; empty where it demands no number."""
    quoted = [match.span() for match in _QUOTED.finditer(statement)]
    found: list[Demand] = []
    earlier: list[_Token] = []
    for tokens, asked in _sentences(_EMPHASIS.sub(" ", statement)):
        before: _Number | None = None
        for number in _numbers(tokens):
            place = tokens[number.first].start
            if any(start < place < end for start, end in quoted):
                continue
            noun = _noun(tokens, number)
            if noun is None and number.demanded and number.first == 0:
                noun = _nearest(earlier)
            if noun is None or not _is_demand(tokens, number, noun, asked=asked, before=before):
                continue
            before = number
            start, end = place, max(tokens[number.last].end, noun.end)
            found.append(
                Demand(
                    text=statement[start:end],
                    at_least=number.low,
                    at_most=number.high,
                    start=start,
                    end=end,
                    noun=statement[noun.start : noun.end],
                )
            )
        earlier = tokens
    return tuple(found)


def _sentences(statement: str) -> Iterator[_Sentence]:
    """Sentences and list entries; a line that ends with a colon and asks makes the entries below it asked for."""
    asked = False
    for start, end, listed in _blocks(statement):
        asked = asked and listed
        cut = start
        for stop in [m.end() for m in _END.finditer(statement, start, end)] + [end]:
            words = [_Token(m[0].lower(), m.start(), m.end()) for m in _WORD.finditer(statement, cut, stop)]
            cut = stop
            if words:
                yield _Sentence(words, asked)
                if not listed:
                    asked = words[-1].word == ":" and any(_asks(words, i) for i in range(len(words)))


def _blocks(statement: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a list entry: lines, joined where a paragraph is only wrapped."""
    start, position, listed, previous = 0, 0, False, ""
    for line in statement.splitlines(keepends=True):
        bare = line.strip()
        bullet = bool(_BULLET.match(line))
        if not bare or bullet or previous.endswith((".", "!", "?", ":", ";", "…")):
            if previous:
                yield start, position, listed
            start, listed, previous = position, bullet, ""
        position += len(line)
        previous = bare or previous
    if statement[start:position].strip():
        yield start, position, listed


def _value(word: str) -> int | None:
    if match := _CARDINAL.fullmatch(word):
        return int(match[1])
    return _VALUES.get(word)


def _numbers(tokens: list[_Token]) -> Iterator[_Number]:
    """Cardinal numbers and ranges with the words of demand around them."""
    at = 0
    while at < len(tokens):
        word = tokens[at].word
        pair = _PAIR.fullmatch(word)
        values = [_value(word)] if pair is None or _value(word) is not None else [_value(pair[1]), _value(pair[2])]
        if None in values:
            at += 1
            continue
        low, high = values[0] or 0, values[-1] if len(values) > 1 else None
        last = at
        if high is None and (upper := _upper(tokens, at)) is not None:
            last, high = upper
        if _words(tokens, last + 1, 3) == ("(", str(low), ")"):
            last += 3
        first, demanded = _with_least(tokens, at)
        for more in _MORE:
            if _words(tokens, last + 1, len(more)) == more:
                last, demanded = last + len(more), True
        only_most = not demanded and any(_words(tokens, at - len(m), len(m)) == m for m in _MOST_WORDS)
        sound = low >= 1 and (high is None or high > low)
        if sound and not only_most and not _foreign(tokens, at, last):
            yield _Number(first, last, low, high, demanded)
        at = last + 1


def _upper(tokens: list[_Token], at: int) -> tuple[int, int] | None:
    """Where a range ends and its upper end: "2 – 3", "от двух до трёх", "два или три", "не менее 2 и не более 5"."""
    following = at + 1
    if following >= len(tokens):
        return None
    link = tokens[following].word
    if _words(tokens, following, 3) in {("и", "не", "более"), ("но", "не", "более"), ("and", "at", "most")}:
        following += 2
    elif link not in _DASHES and link not in {"до", "или", "либо", "to", "or"}:
        return None
    value = _value(tokens[following + 1].word) if following + 1 < len(tokens) else None
    return None if value is None else (following + 1, value)


def _words(tokens: list[_Token], start: int, count: int) -> tuple[str, ...]:
    return tuple(token.word for token in tokens[start : start + count]) if start >= 0 else ()


def _with_least(tokens: list[_Token], at: int) -> tuple[int, bool]:
    """Where the number's phrase begins, and whether a word of demand begins it."""
    for skip in (0, 1, 2):
        if skip and _words(tokens, at - skip, 1) not in {(",",), ("по",), ("в",), ("из",), ("чем",), ("of",)}:
            break
        for phrase in _LEAST_WORDS:
            begin = at - skip - len(phrase)
            if _words(tokens, begin, len(phrase)) == phrase:
                return begin, True
    if _words(tokens, at - 1, 1) in {("от",), ("from",)} and _upper(tokens, at):
        return at - 1, True
    return at, False


def _foreign(tokens: list[_Token], at: int, last: int) -> bool:
    """Part of a longer number, a list number, a sign of number or money."""
    before = tokens[at - 1].word if at else ""
    after = tokens[last + 1].word if last + 1 < len(tokens) else ""
    return (
        before in {"№", "#", "$", "€", "£"}
        or after in {"%", "$", "€", "₽", "°"}
        or before.isdigit()
        or after.isdigit()
        or _words(tokens, last + 1, 2) in {("или", "несколько"), ("or", "several"), ("or", "more")}
    )


def _noun(tokens: list[_Token], number: _Number) -> _Token | None:
    """The thing counted: behind the number over adjectives and brackets, else the nearest before it, left out here."""
    at = number.last + 1
    while at < min(number.last + 9, len(tokens)):
        word = tokens[at].word
        if _NOUN.fullmatch(word.split("-")[0]):
            return tokens[at]
        if word == "(" and (close := _words(tokens, at, 6).index(")") if ")" in _words(tokens, at, 6) else 0):
            at += close + 1
            continue
        if word in _NOT_BETWEEN or not (word in _BETWEEN or _ADJECTIVE.fullmatch(word)):
            ends = word in _STOPS or (at > number.last + 1 and tokens[at - 1].word in _STOPS)
            return _nearest(tokens[: number.first]) if ends else None
        at += 1
    return _nearest(tokens[: number.first])


def _nearest(tokens: list[_Token]) -> _Token | None:
    return next((token for token in reversed(tokens[-_REACH:]) if _NOUN.fullmatch(token.word)), None)


def _is_demand(tokens: list[_Token], number: _Number, noun: _Token, *, asked: bool, before: _Number | None) -> bool:
    previous = tokens[number.first - 1].word if number.first else ""
    if number.demanded:
        earlier = tokens[number.first - 2].word if number.first > 1 else ""
        told = previous if previous not in {"уже", "already", "ей", "ему"} else earlier
        return not _NARRATES.fullmatch(told)
    if number.low == 1 and number.high is None:
        return False
    if before is not None and previous in _JOINS:
        return True
    if previous in _PREPOSITIONS and not (previous in {"в", "in"} and _VERSION.match(noun.word)):
        return False
    return _governed(tokens, number.first, asked=asked)


def _governed(tokens: list[_Token], at: int, *, asked: bool) -> bool:
    """Whether a verb that asks reaches the number: no clause of its own lies between, or a colon ends it."""
    for place in range(at - 1, max(-1, at - _REACH), -1):
        if _asks(tokens, place):
            return True
        word = tokens[place].word
        if word == ":":
            return any(_asks(tokens, i) for i in range(place))
        if _BREAKS.fullmatch(word):
            return False
    return asked and at < _REACH


def _asks(tokens: list[_Token], at: int) -> bool:
    word = tokens[at].word
    previous = tokens[at - 1].word if at else ""
    if _ASKS.fullmatch(word):
        return previous not in _ORDERED
    if word not in _ASKS_ENGLISH or (at > 0 and previous not in _BEFORE_ASKING):
        return False
    return previous != "to" or _ORDERED.isdisjoint(_words(tokens, max(0, at - 4), 3))
