"""Taking people out of a text before it is sent, and finding back from the masked text to the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pydantic import Field

from pipeline.domain.contest import RosterRow
from pipeline.domain.grading import Ungraded
from pipeline.domain.identity import (
    ATOM,
    NAME_WORD,
    URL,
    Kind,
    Known,
    Name,
    bare_link,
    coincides_with_first_name,
    digits_of,
    fold,
    known,
)
from pipeline.domain.ids import Value
from pipeline.domain.name_words import ORDINARY

_BETWEEN = re.compile(r"[\s\-‐‑–'’.,_·]{1,3}")
_DIGITS = re.compile(r"\d(?:[\s().\-–—‑/]{0,3}\d)*")
_ADDRESSED = re.compile(
    r"\b(?:клиент\w*|покупател\w+|заказчи\w+|абонент\w*|гост[ьяюе]\w?|уважаем\w+|дорог(?:ой|ая)|господин\w*|госпож\w+"
    r"|г-н\w?|г-ж[аеиу]|client|customer|guest|dear|mr|mrs|ms|miss)\W{1,3}\Z",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"[^\W_][,;)»\"”]{0,2} *\Z")
"""What stands before a word inside a sentence, on the same line."""
_ORDINARY_WORD_FROM = 3
"""A handle of letters only that stands this often without @ is taken for an ordinary word of the text."""


class Segment(Value):
    """A placeholder in the masked text and the value it stands for in the source, both half-open ranges."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    source_start: int = Field(ge=0)
    source_end: int = Field(ge=0)


class Masked(Value):
    """The text as sent, the source it came from, and what of it is a placeholder (in order, not touching)."""

    text: str
    source: str
    segments: tuple[Segment, ...] = ()

    @classmethod
    def identity(cls, text: str) -> Masked:
        """A text in which nothing is masked."""
        return cls(text=text, source=text)

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The range of the source that a range of the masked text stands for, in code points.

        A range that reaches into a placeholder widens to the whole masked value. ValueError outside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no range of the masked text: {start}..{end}")
        first = self._before(start)
        if first and start < first.end:
            begin = first.source_start
        else:
            begin = start + (first.source_end - first.end if first else 0)
        if start == end:
            return begin, begin
        last = self._before(end - 1)
        if last and end <= last.end:
            return begin, last.source_end
        return begin, end + (last.source_end - last.end if last else 0)

    def _before(self, place: int) -> Segment | None:
        """The last placeholder that starts at or before the place."""
        index = bisect_right(self.segments, place, key=lambda segment: segment.start)
        return self.segments[index - 1] if index else None


class _Found(NamedTuple):
    start: int
    end: int
    kind: Kind
    key: str


class _Collision(Exception):
    """What was found cannot be told from words that must stay."""


def mask(text: str, roster: Sequence[RosterRow]) -> Masked | Ungraded:
    """The text with everything that the roster knows of any person replaced by placeholders such as [NAME-1].

    Masked, in any case and with е for ё: full names in either order (also with initials, or written as one word),
    surnames given as such and those of full names with a surname's ending, mail addresses, phones in any grouping,
    handles with and without @, links that lead to a profile or hold a handle or slug. Never a first name alone, and
    nothing that is not in the roster. One person's names share a placeholder, and so do equal values of other kinds;
    a placeholder that the text contains already is not used.

    `Ungraded("masking_collision")` where code cannot tell: a surname that also stands in lower case like an ordinary
    word, a full name where a client is addressed or introduced, a name whose surname cannot be told from the first
    name, a handle used like an ordinary word. The detail names nobody.
    """
    if not roster:
        return Masked.identity(text)
    people = known(roster)
    try:
        masked = _replace(text, _select(_find(text, people)))
        left = _find(masked.text, people) if masked.segments else ()
    except _Collision as collision:
        return Ungraded(reason="masking_collision", detail=str(collision))
    if left:
        detail = "a value of the roster shows again between or in the placeholders"
        return Ungraded(reason="masking_collision", detail=detail)
    return masked


def _find(text: str, people: Known) -> list[_Found]:
    folded = fold(text)
    links = list(_links(text, people))
    names = list(_names(text, folded, people))
    literals = list(_literals(folded, people))
    covered = _select([item for item, name in names if not name.alone] + links + literals)
    found = [*links, *literals, *_phones(text, people)]
    for item, name in names:
        inside = any(other.start <= item.start and item.end <= other.end for other in covered)
        if name.alone and not inside and not _is_meant(text, folded, item, name):
            continue
        if not name.alone and len(name.words) > 1 and _ADDRESSED.search(text[max(0, item.start - 20) : item.start]):
            raise _Collision("a full name of the roster stands where a client is addressed or introduced")
        found.append(item)
    return found


def _is_meant(text: str, folded: str, item: _Found, name: Name) -> bool:
    """Whether a surname that stands alone means its bearer; raises where only a person can tell.

    A form that is a first name, or an everyday word that is written small or opens a sentence, means nobody.
    """
    word, small = folded[item.start : item.end], text[item.start : item.end].islower()
    if word not in name.words and coincides_with_first_name(word):
        return False
    opens = not _WITHIN.search(text, max(0, item.start - 12), item.start)
    if word in ORDINARY or name.words[0] in ORDINARY:
        return not small and not (opens and name.plain)
    if small and not name.plain:
        raise _Collision("a surname of the roster also stands in the text as an ordinary word")
    if name.unsure:
        raise _Collision("a name stands alone in the text that may be a surname or a first name of the roster")
    if name.plain and opens and not small:
        raise _Collision("a sentence begins with a word that may be a surname of the roster")
    return not small


def _names(text: str, folded: str, people: Known) -> Iterator[tuple[_Found, Name]]:
    matches = list(NAME_WORD.finditer(folded))
    readings = [people.readings(match.group()) for match in matches]
    for place in range(len(matches)):
        runs: list[tuple[str, ...]] = [()]
        for to in range(place, len(matches)):
            runs = [(*run, word) for run in runs for word in readings[to]]
            met = {name for run in runs if (name := people.names.get(run))}
            if met and _one_name(text, matches[place : to + 1]):
                end = matches[to].end() + (matches[to].end() - matches[to].start() == 1)  # an initial's full stop
                name = _all_of(met)
                yield _Found(matches[place].start(), end, "NAME", f"rows {name.rows}"), name
            runs = [run for run in runs if run in people.beginnings]
            if not runs:
                break


def _all_of(met: set[Name]) -> Name:
    """One name for all that the words may mean; it is doubtful only where each of them is."""
    rows = tuple(sorted({row for name in met for row in name.rows}))
    sure = min(met, key=lambda name: (name.alone, name.plain, name.unsure, name.words))
    return sure._replace(rows=rows)


def _one_name(text: str, run: list[re.Match[str]]) -> bool:
    """Whether the words follow each other like a name's; an initial is a capital with a full stop."""
    for word in run:
        if word.end() - word.start() == 1 and not (text[word.start()].isupper() and text[word.end() :][:1] == "."):
            return False
    return all(_BETWEEN.fullmatch(text, a.end(), b.start()) for a, b in pairwise(run))


def _literals(folded: str, people: Known) -> Iterator[_Found]:
    bare: Counter[str] = Counter()
    for atom in ATOM.finditer(folded):
        for literal in people.literals.get(atom.group(), ()):
            lead = ATOM.search(literal.text)
            start = atom.start() - (lead.start() if lead else 0)
            end = start + len(literal.text)
            if start < 0 or not folded.startswith(literal.text, start) or ATOM.match(folded, end):
                continue
            at = literal.kind == "HANDLE" and folded[start - 1 : start] == "@"
            if literal.needs_at and not at:
                continue
            bare[literal.text] += literal.spelled and not at
            if bare[literal.text] >= _ORDINARY_WORD_FROM:
                raise _Collision("a handle of the roster is used in the text like an ordinary word")
            yield _Found(start - at, end, literal.kind, literal.text)


def _links(text: str, people: Known) -> Iterator[_Found]:
    for match in URL.finditer(text):
        url = match.group().rstrip(".,;:!?)]}'’”")
        link = bare_link(url)
        parts = link.split("/")
        routes = {"/".join(parts[:n]) for n in range(1, len(parts) + 1)} | {re.split(r"[?#]", link)[0].rstrip("/")}
        steps = {step.lstrip("@~") for step in re.split(r"[/?#&=]", link)[1:]} | {parts[0].split(".")[0]}
        if routes & people.links or steps & people.link_parts:
            yield _Found(match.start(), match.start() + len(url), "LINK", link)


def _phones(text: str, people: Known) -> Iterator[_Found]:
    for run in _DIGITS.finditer(text) if people.phones else ():
        places = [i for i in range(run.start(), run.end()) if text[i].isdecimal()]
        digits = digits_of(run.group())
        for length, numbers in people.phones.items():
            for first in range(len(digits) - length + 1):
                if digits[first : first + length] in numbers:
                    span = _phone_span(text, places, digits, first, length)
                    if span:
                        yield _Found(*span, "PHONE", digits[first : first + length])


def _phone_span(text: str, places: list[int], digits: str, first: int, length: int) -> tuple[int, int] | None:
    """The phone's range with its country code and plus; None where the digits are part of a longer number."""
    last = first + length - 1
    if last + 1 < len(places) and places[last + 1] == places[last] + 1:
        return None
    if first and length == 10 and digits[first - 1] in "78":
        first -= 1
    if first and places[first - 1] == places[first] - 1:
        return None
    start = places[first]
    while start and text[start - 1] in "(+":
        start -= 1
    return start, places[last] + 1


def _select(found: list[_Found]) -> list[_Found]:
    """The longest that do not overlap, in the order of the text."""
    taken: set[int] = set()
    chosen = []
    for item in sorted(found, key=lambda item: (item.start - item.end, item.start, item.kind)):
        if taken.isdisjoint(range(item.start, item.end)):
            taken.update(range(item.start, item.end))
            chosen.append(item)
    return sorted(chosen)


def _replace(text: str, found: list[_Found]) -> Masked:
    placeholders: dict[tuple[Kind, str], str] = {}
    used: Counter[Kind] = Counter()
    folded = text.lower()
    parts: list[str] = []
    segments: list[Segment] = []
    done = length = 0
    for item in found:
        while (item.kind, item.key) not in placeholders:
            used[item.kind] += 1
            placeholder = f"[{item.kind}-{used[item.kind]}]"
            if placeholder.lower() not in folded:
                placeholders[item.kind, item.key] = placeholder
        placeholder = placeholders[item.kind, item.key]
        parts += [text[done : item.start], placeholder]
        start = length + item.start - done
        length, done = start + len(placeholder), item.end
        segments.append(Segment(start=start, end=length, source_start=item.start, source_end=item.end))
    return Masked(text="".join([*parts, text[done:]]), source=text, segments=tuple(segments))
