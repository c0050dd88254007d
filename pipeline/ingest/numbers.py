"""Case numbers as people write them: next to «кейс» or "case", in digits, Roman numerals, keycaps and words.

A number counts only beside the word itself. "Ситуация №1", "третье задание", list numbers, dates and prices are
not case numbers, and neither are amounts ("12 кейсов", "в этом кейсе 5 фраз").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field

from pipeline.domain.ids import Value
from pipeline.domain.submission import Span
from pipeline.ingest.number_words import ROMAN, WORD, roman, spoken
from pipeline.ingest.structure import Line, lines_of

MENTIONS = 50
"""a line that names cases more often is no heading: what follows plays no part"""

Strength = Literal["heading", "line", "inline"]

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_SIGN = r"(?:№|#|nr?[oº°]?\.?|номер|ном\.|number|num\.?)"
_KEY = (
    r"(?:(?P<ru>[кk][еe][йи][сc])(?P<form>а|у|е|ом|ы|ов|ам|ах|ами)?|(?P<en>case)(?P<plural>s)?(?:[ _]stud(?:y|ies))?)"
)
_KEYCAPS = r"(?:\d\ufe0f?\u20e3)+|\U0001f51f"
_DIGITS = r"\d{1,4}(?!\d)"
_QUOTED = r"""(?:[«"“„][^«»"“”„\n]{1,60}[»"”“])"""
_AFTER = re.compile(
    rf"{_START}{_KEY}(?:[ _]*{_QUOTED})?(?P<gap>[ _]*(?:[-–—:.,(\[«\"][ _]*)?)"
    rf"(?:(?P<sign>{_SIGN})[ _]*)?"
    rf"(?:(?P<cap>{_KEYCAPS})|(?P<digits>{_DIGITS})|(?P<roman>(?-i:{ROMAN})){_END}|(?P<word>{WORD}){_END})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"{_START}(?:(?P<sign>№ ?)?(?P<digits>\d{{1,2}})(?P<ending>[-–]?(?:ый|ой|ий|й|ого|го|st|nd|rd|th))?"
    rf"|(?P<word>{WORD}))"
    rf"[ _]+(?:[кk][еe][йи][сc](?:а|у)?|case){_END}",
    re.IGNORECASE,
)
_MORE = re.compile(rf"(?:[ ]?[,;&][ ]?|[ ](?:и|and)[ ])(?:{_SIGN}[ ]?)?(\d{{1,3}})(?![\d%]|[.,]\d)", re.IGNORECASE)
_RANGE = re.compile(rf"(?P<wide>[ ]?)[-–—][ ]?(?:{_SIGN}[ ]?)?(\d{{1,3}})(?!\d)", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[.,]\d|[./]\d{1,2}[./]\d{2}|[ ]\d{3}(?!\d)|:\d\d|[ ]?(?:%|₽|\$|€|руб|тыс|млн|год|г\.|мин|час|дн[яе]|процент)"
    r"|[ ](?:фраз|вариант|шаг|правил|способ|принцип|причин|совет|попыт|пункт|балл|раз(?:а)?\b"
    r"|phrases|options|steps|rules|ways|years|minutes|hours|days|times)",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(r"(?:\bin|\bany|\bthis|\bthat|\beach|\buse|\bworst|\bbest)[ _]+$", re.IGNORECASE)
_MINE = re.compile(r"(?<!\w)(?:мо[йю]|моего|наш|свой|ещ[её]|каждый|один|любой|my|our|every|only)[ ]+$", re.IGNORECASE)
_OBLIQUE = {"е", "ом", "ов", "ам", "ах", "ами"}
_SLUG = re.compile(
    r"(?<![^\W_\d])(?:case|ke[ijy]{1,2}s|kejjs|кейс)(?:a|u|а|у)?[-_ .+]*(?:no|nomer|номер|number|n|№|#)?[-_ .+]*"
    r"0*(\d{1,3})(?!\d)",
    re.IGNORECASE,
)
_KEYCAP_START = re.compile(rf"[^\w\n]*?(?P<cap>{_KEYCAPS})")


class Marker(Value):
    """A place that names one case or several. `line` is the whole line it stands in."""

    span: Span
    numbers: tuple[int, ...] = Field(min_length=1)
    source: Literal["heading", "tag", "keycap"] = "heading"
    strength: Strength
    """heading and line open an answer at the start of their line; inline is only a mention"""
    line: Span


def numbers_in(text: str) -> tuple[int, ...]:
    """The distinct case numbers that a title, tag or sentence names, in order of appearance."""
    return tuple(dict.fromkeys(n for line in lines_of(text) for _, _, found in _mentions(line.text) for n in found))


def numbers_in_name(name: str) -> tuple[int, ...]:
    """The distinct case numbers in a file name, such as `Задание 3_Кейс 5_решение` or `case-05.html`."""
    return numbers_in(name) or _in_slug(name)


def numbers_in_url(url: str) -> tuple[int, ...]:
    """The distinct case numbers in an address's path, query and fragment (`/keis-7/`, `?case=7`); never the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    places = (*parts.path.split("/"), *parts.query.replace("=", "-").split("&"), parts.fragment)
    return tuple(dict.fromkeys(n for place in places for n in _in_slug(unquote(place))))


def column_number(value: str) -> int | None:
    """The number in a case column: bare (`3`, `3.0`, `№3`, `III`, `three`) or with the word; None where unclear."""
    plain = value.strip().strip(".:")
    if whole := re.fullmatch(rf"(?:{_SIGN})?\s*0*(\d{{1,4}})(?:[.,]0+)?", plain, re.IGNORECASE):
        return int(whole[1])
    if re.fullmatch(ROMAN, plain):
        return roman(plain)
    found = numbers_in(value)
    if len(found) == 1:
        return found[0]
    return spoken(plain)


def find_markers(text: str, headings: Sequence[Span] = ()) -> tuple[Marker, ...]:
    """Every place in `text` that names cases, in order. A single keycap (9️⃣) at the top counts, a list of them not."""
    rows = [line for line in lines_of(text) if line.text.strip()]
    headings = sorted(headings, key=lambda span: span.start)
    found = [m for at, line in enumerate(rows) for m in _markers_of(line, text, headings, first=at == 0)]
    caps = [(line, m) for line in rows if (m := _KEYCAP_START.match(line.text)) and _keycap_value(m["cap"])]
    values = {_keycap_value(m["cap"]) for _, m in caps}
    if len(values) == 1 and caps[0][0] in rows[:2] and not any(_within(caps[0][0].start, m.line) for m in found):
        line, match = caps[0]
        span = Span(start=line.start + match.start("cap"), end=line.start + match.end("cap"))
        strength: Strength = "line" if not found else "inline"
        marker = Marker(span=span, numbers=tuple(values), source="keycap", strength=strength, line=line.span)
        found = sorted([*found, marker], key=lambda m: m.span.start)
    return tuple(found)


def _within(at: int, span: Span) -> bool:
    return span.start <= at < span.end


def _in_slug(slug: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(m[1]) for m in _SLUG.finditer(slug) if int(m[1])))


def _keycap_value(caps: str) -> int:
    return 10 if caps == "\U0001f51f" else int("".join(c for c in caps if c.isdigit()))


def _mentions(line: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """(start, end, numbers) of the namings of cases in one line; of a line with very many, the first."""
    return islice(_all_mentions(line), MENTIONS)


def _all_mentions(line: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    taken: list[tuple[int, int]] = []
    for match in _AFTER.finditer(line):
        if found := _after(match, line):
            end, numbers = found
            taken.append((match.start(), end))
            yield match.start(), end, numbers
    for match in _BEFORE.finditer(line):
        if all(match.end() <= start or match.start() >= end for start, end in taken) and (
            number := _before(match, line)
        ):
            yield match.start(), match.end(), (number,)


def _just_before(line: str, match: re.Match[str]) -> str:
    return line[max(0, match.start() - 40) : match.start()]


def _after(match: re.Match[str], line: str) -> tuple[int, tuple[int, ...]] | None:
    """The numbers that follow the word, and where the naming ends; None where it is an amount or another sense."""
    rest, signed = line[match.end() : match.end() + 80], bool(match["sign"])
    number = _value(match)
    if not number or (match["en"] and not signed and _NOT_OURS.search(_just_before(line, match))):
        return None
    if match["cap"]:
        return match.end(), (number,)
    closed = not rest or not re.match(r"[ _]*[^\W\d_]", rest) or bool(re.match(r"[ _]*[«\"“A-ZА-ЯЁ]", rest))
    closed = closed and not re.match(r"['’]\w", rest)
    if match["digits"] is None:
        ordinal = match["word"] is not None and spoken(match["word"], ordinals_only=True) is not None
        return (match.end(), (number,)) if closed or ordinal or re.match(r"[ _]+(?:решени|ответ)", rest) else None
    if _AMOUNT.match(rest) or (not signed and 1900 <= number <= 2100):
        return None
    loose = match["form"] in _OBLIQUE or bool(match["gap"].strip(" _-–—"))
    if loose and not signed and not re.match(r"[ ]*(?:$|[.,:;!?)»])", rest):
        return None
    plural = match["form"] in {"ы", "ов", "ам", "ах", "ами"} or bool(match["plural"])
    if plural and match["form"] != "ы" and not signed and match["ru"]:
        return None
    return _list(match.end(), number, line, plural=plural, signed=signed)


def _list(end: int, number: int, line: str, *, plural: bool, signed: bool) -> tuple[int, tuple[int, ...]]:
    """`Кейсы 3, 5 и 7`, `Кейс №3, №5`, `Кейсы 1-7`: all the numbers named at once."""
    numbers = [number]
    if (span := _RANGE.match(line, end)) and (plural or not span["wide"]) and int(span[2]) > number:
        return span.end(), (number, int(span[2]))
    while more := _MORE.match(line, end):
        again = re.match(rf"[ ]?[,;&и]?(?:and)?[ ]*{_SIGN}", line[end : end + 40], re.IGNORECASE) is not None
        if not (plural or (signed and again)) or _AMOUNT.match(line, more.end()):
            break
        numbers.append(int(more[1]))
        end = more.end()
    return end, tuple(dict.fromkeys(numbers))


def _value(match: re.Match[str]) -> int | None:
    if match["cap"]:
        return _keycap_value(match["cap"])
    if match["digits"]:
        return int(match["digits"]) or None
    return roman(match["roman"]) if match["roman"] else spoken(match["word"])


def _before(match: re.Match[str], line: str) -> int | None:
    """`седьмой кейс`, `5-й кейс`, and `5 кейс` where a line opens with it; not `12 кейсов`, not `мой первый кейс`."""
    if _MINE.search(_just_before(line, match)):
        return None
    if match["word"]:
        return spoken(match["word"], ordinals_only=True)
    opens = not re.search(r"\w", line[: match.start()]) and match[0].casefold().endswith("кейс")
    if match["ending"] or match["sign"] or opens:
        return int(match["digits"]) or None
    return None


_BULLETS = re.compile(r"^[\W_]*(?:\d{1,2}[.)][ ]+)?[\W_]*", re.UNICODE)
_REFERENCE = re.compile(
    r"(?<!\w)(?:в|во|из|о|об|про|с|со|после|до|от|см|смотри\w*|читай\w*|как|аналогично|чем"
    r"|in|see|from|about|than)\.?[ ]+"
    r"(?:(?:моем|моём|том|том же|the|my)[ ]+)?$",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"(?:решени\w+|решаю|ответ\w*|разбор\w*|мо[йюеёя]\w*|наш\w*|на|к|по|для|от|итак|практическ\w+|тематическ\w+|кейс\w*|задани\w+"
    r"|номер|перв\w+|втор\w+|трет\w+|четверт\w+|конкурс\w*|блог\w*|часть|solution|answer|my|to|of|for|the|practical|cases?|task|part"
    r"|assignment|\d+|№)",
    re.IGNORECASE,
)


def _markers_of(line: Line, text: str, headings: Sequence[Span], *, first: bool) -> Iterable[Marker]:
    found = list(_mentions(line.text))
    named = {n for _, _, numbers in found for n in numbers}
    tags = bool(re.fullmatch(r"\s*(?:#\w+[\s,;]*)+", line.text))
    for at, (start, end, numbers) in enumerate(sorted(found)):
        strength: Strength = "inline"
        if len(named) == 1 and at == 0 and not tags:
            before = bisect_left(headings, line.end, key=lambda span: span.start)
            marked = before > 0 and line.start < headings[before - 1].end
            blank_before = first or text.endswith("\n\n", 0, line.start)
            strength = _strength(line.text, start, end, marked=marked, first=first, blank_before=blank_before)
        yield Marker(
            span=Span(start=line.start + start, end=line.start + end),
            numbers=numbers,
            source="tag" if tags else "heading",
            strength=strength,
            line=line.span,
        )


def _strength(line: str, start: int, end: int, *, marked: bool, first: bool, blank_before: bool) -> Strength:
    """Whether a line with one number opens an answer: by its place in the line and by what stands around it."""
    head, tail = _BULLETS.sub("", line[:start]), line[end:].strip()
    words = re.findall(r"\w+", head)
    if marked:
        return "heading"
    if _REFERENCE.search(head) or re.search(r"(?i)(?<!\w)[кk][еe][йи][сc](?:е|ом)(?!\w)", line[start:end]):
        return "line" if first else "inline"
    short = len(line.strip()) <= 110
    opens = not tail or not tail[0].isalpha() or tail[0].isupper() or _KNOWN.match(tail) is not None
    opens = opens or len(re.findall(r"\w+", tail)) <= 4
    known = all(_KNOWN.fullmatch(w) for w in " ".join(words).replace("_", " ").split())
    led = len(words) <= 10 and bool(re.search(r"[.|:/—–_\-»]\s*$", head))
    if (not words or known or led) and opens:
        return "heading" if short else "line"
    plain = len(words) <= 6 and len(re.findall(r"\w+", tail)) <= 6 and not re.search(r"[.!?…;,]$", line.strip())
    if blank_before and plain and opens:
        return "heading"
    return "line" if first else "inline"
