"""The shape of a plain text: lines, sentences, lines that look like titles, and where something new may start."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from pipeline.domain.submission import Heading, Span

MIN_ANSWER_WORDS = 15
"""what an answer must have before something else can follow it"""
MIN_BELOW_WORDS = 20
"""what must stand in paragraphs below a title-like line"""
LINES_ABOVE = 200
"""so many of an answer's lines are searched for a title's words"""
SERIES = 3
SHORT_PART = 120
"""so many titled parts, each under so many words, are parts of one answer"""

_LIST_ITEM = re.compile(
    r"\s*(?:[-–—•*·▪●○►✓✔☑+>]|\d{1,3}\s*[.)\]]|[a-zа-яё]\)|\(\d|[\U0001f300-\U0001faff]|\d\ufe0f?\u20e3)"
)
_NUMBERED = re.compile(r"(?:№|#|\bN)\s*\d|\b\d{1,2}\s*$")
_OWN_PART = re.compile(
    r"(?:ситуаци|вариант|шаг|этап|пример|вывод|итог|ответ|решени|действи|фраз|правил|принцип|комментари|заключени"
    r"|результат|преимуществ|риск|пункт|част[ьи]|блок|вопрос|задач|цел[ьи]|ограничени|рекомендаци|совет|алгоритм|скрипт"
    r"|диалог|сообщени|введени|причин|поче?му|зачем|план|клиент|оператор|наставник|нельзя|можно|нужно|сначала|затем|потом"
    r"|situation|option|step|stage|example|conclusion|answer|solution|phrase|rule|principle|comment|result|benefit|risk"
    r"|part|question|task|goal|limit|advice|script|dialog|message|introduction|reason|plan|why|summary|do\b|don'?t\b"
    r"|client|customer|operator|agent|first\b|then\b|finally\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?:что|чего|как|какие|какой|кому|когда|где|чем|what|how|when|where|which|who)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[»”\")\]]*+(?=\s|$)|\n")
_ITEM_NUMBER = re.compile(r"\(?\d{1,3}[.)]*")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


class Line(NamedTuple):
    """One line of a text, without its line break; offsets are those of the text."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        return Span(start=self.start, end=self.end)


def lines_of(text: str) -> list[Line]:
    """All lines with their offsets, empty ones included."""
    rows: list[Line] = []
    at = 0
    for part in text.split("\n"):
        rows.append(Line(at, at + len(part), part))
        at += len(part) + 1
    return rows


def words_of(text: str) -> list[str]:
    """The words with letters in them; addresses of pages and mail are not words."""
    return _WORD.findall(" ".join(t for t in text.split() if "://" not in t and "www." not in t and "@" not in t))


def sentences_of(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of a range without surrounding white space; a line break ends one, an item's number does not."""
    at = seek = start
    while at < end:
        match = _SENTENCE_END.search(text, seek, end)
        seek = max(match.end() if match else end, seek + 1)
        trimmed = trim(text, at, seek)
        if trimmed and seek < end and _ITEM_NUMBER.fullmatch(text[trimmed.start : trimmed.end]):
            continue
        if trimmed:
            yield trimmed
        at = seek


def trim(text: str, start: int, end: int) -> Span | None:
    """The range without white space at its ends; None where nothing else is in it."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    kept = part.strip()
    return Span(start=start + left, end=start + left + len(kept)) if kept else None


def title_like(line: str) -> bool:
    """Whether a line could be the title of a text of its own: short, capitalised, no list item, no sentence,
    no speech, and not the name of an answer's part ("Ситуация №1", "Что я делаю", "Вывод").
    """
    plain = line.strip()
    words = words_of(plain)
    if not 1 <= len(words) <= 10 or len(plain) > 80 or _LIST_ITEM.match(plain):
        return False
    first = re.sub(r"^\W+", "", plain)
    if plain[0] in "«\"“„'(" and plain[-1] in "»\"”“').!?…;,":
        return False
    if not first[:1].isupper() or plain[-1] in ".:;,…" or "://" in plain:
        return False
    if _NUMBERED.search(plain) or _ASKS.match(first):
        return False
    return not _OWN_PART.match(first)


def new_text_after(
    text: str, start: int, end: int, marker_lines: Sequence[Span], about: str, headings: Sequence[Heading] = ()
) -> int | None:
    """Where in the last answer `[start, end)` a text of its own seems to start; None where the structure is silent.

    Evidence: a title-like line after a blank line, followed by a blank line too where this post's case headings
    are; before it an answer (`MIN_ANSWER_WORDS`), below it at least two paragraphs (`MIN_BELOW_WORDS`).
    No evidence: words that the case's statement (`about`) or one line of the answer above already has,
    and lines such as the earlier answers of this very post have inside them: then this author writes sub-headings.
    A heading of a lower level than the one with the answer's number is a part of the answer.
    In a post of one answer, titled parts of like length are parts of it.
    """
    airy = _followed_by_blank(text, marker_lines)
    lines = lines_of(text)
    starts = [line.start for line in lines]

    def between(low: int, high: int) -> list[Line]:
        some = lines[bisect_left(starts, low) : bisect_left(starts, high)]
        return [line for line in some if line.end <= high and line.text.strip()]

    inside = [(a.end, b.start) for a, b in pairwise(marker_lines) if b.end <= start]
    if any(_candidate(text, between(low, high), airy=airy) is not None for low, high in inside):
        return None
    below = [line for line in between(start, end) if not _sub_heading(line, headings, marker_lines)]
    return _candidate(text, below, airy=airy, about=about, one_answer=len(marker_lines) < 2)


def _sub_heading(line: Line, headings: Sequence[Heading], marker_lines: Sequence[Span]) -> bool:
    """Whether the line is a heading below the level of the headings that carry numbers."""
    numbered = [h.level for h in headings for m in marker_lines if h.start < m.end and m.start < h.end]
    own = [h.level for h in headings if h.start < line.end and line.start < h.end]
    return bool(numbered and own) and own[0] > max(numbered)


def _followed_by_blank(text: str, marker_lines: Sequence[Span]) -> bool:
    blank = sum(text[m.end : m.end + 2] == "\n\n" for m in marker_lines)
    return not marker_lines or blank * 2 >= len(marker_lines)


def _candidate(text: str, rows: Sequence[Line], *, airy: bool, about: str = "", one_answer: bool = False) -> int | None:
    titles = [at for at, line in enumerate(rows) if _stands_alone(text, line, airy=airy) and title_like(line.text)]
    counts = [len(words_of(line.text)) for line in rows]
    parts = [counts[at + 1 : following] for at, following in pairwise([*titles, len(rows)])]
    sizes = [sum(part) for part in parts]
    above = list(accumulate(counts, initial=0))
    for i, at in enumerate(titles):
        if above[at] < MIN_ANSWER_WORDS or sizes[i] < MIN_BELOW_WORDS or sum(c >= 3 for c in parts[i]) < 2:
            continue
        if not (_known(rows[at].text, rows[: min(at, LINES_ABOVE)], about) or (one_answer and _of_a_series(sizes, i))):
            return rows[at].start
    return None


def _of_a_series(sizes: Sequence[int], at: int) -> bool:
    """Whether a title is one of an answer's parts: not much longer than the part above it, or opening a row of
    `SERIES` short ones.
    """
    if at and sizes[at] < 2 * sizes[at - 1]:
        return True
    return len(sizes) - at >= SERIES and all(size < SHORT_PART for size in sizes[at:])


def _stands_alone(text: str, line: Line, *, airy: bool) -> bool:
    before = text.endswith("\n\n", 0, line.start)
    after = text[line.end : line.end + 2]
    if airy:
        return before and after == "\n\n"
    following = text[line.end + 1 : line.end + 2]
    return before and after[:1] == "\n" and (following == "\n" or not following.islower())


def stems(text: str) -> list[str]:
    """Content words cut to their first four or five letters (rough, enough to compare vocabulary), in order."""
    folded = text.casefold().replace("ё", "е")
    return [w[: 4 if len(w) <= 6 else 5] for w in words_of(folded) if len(w) >= 4 and w not in _COMMON]


_COMMON = frozenset(
    words_of(
        "этот этого этом если чтобы когда которые который которая также тоже очень можно нужно надо быть было будет "
        "есть ваша ваше ваши вашей вашего моей моего свой своей своего своих меня тебя него нему или либо "
        "with that this from have will your their they which would should could about into what when where been were"
    )
)


def _known(title: str, above: Sequence[Line], about: str) -> bool:
    """Whether every content word of the title is the statement's, or stands together in one line above."""
    wanted = set(stems(title))
    return bool(wanted) and (wanted <= set(stems(about)) or any(wanted <= set(stems(row.text)) for row in above))
