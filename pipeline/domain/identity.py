"""What the roster knows about people, made searchable: names, mails, phones, handles and links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import unquote

from pipeline.domain.contest import RosterRow
from pipeline.domain.inflection import Gender, first_name_forms, gender_of, surname_forms
from pipeline.domain.name_words import ACCOUNT_WORDS, GIVEN, ORDINARY

Kind = Literal["NAME", "MAIL", "PHONE", "LINK", "HANDLE"]

_GIVEN_FORMS = frozenset(form for name in GIVEN for form in first_name_forms(name))
_LATIN = {"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
_LATIN |= dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))


def _latin(word: str) -> str:
    return "".join(_LATIN.get(letter, letter) for letter in word)


_FIRST_NAMES = GIVEN | {_latin(name) for name in GIVEN}
_SURNAME = re.compile(
    r".{2,}(?:[оеё]в|[оеё]ва|[иы]н|[иы]на|[сц]к(?:ий|ая|ой)|енко|[ую]к|[иы]х|дзе|швили|[ая]нц|[ая]н|ич)"
    r"|.{2,}(?:[oe]v|[oe]va|in|ina|sk[iy]y?|skaya|enko|chuk|yuk|dze|shvili|[iy]an|ich|son|sen|berg|stein|mann)",
)
_SURELY_SURNAME = re.compile(r".{2,}(?:[оеё]ва?|[сц]к(?:ий|ая)|енко|дзе|швили)|.{2,}(?:[oe]va?|sk[iy]y?|skaya|enko)")
"""Endings that no first name has."""
_PATRONYMIC = re.compile(r".{2,}(?:[оеё]вич|ыч|ич|[оеё]вна|ична|инична)|оглы|кызы|.{2,}(?:[oe]vich|[oe]vna|ichna)")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(
    r"(?<![@\w.-])(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?![\w@])(?:[:/?#][^\s<>\"«»]*)?", re.IGNORECASE
)
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-–—‑/]{0,3}\d){4,}")
_SOCIAL = frozenset(
    re.findall(
        r"\S+",
        "vk.com vk.ru t.me telegram.me ok.ru instagram.com facebook.com fb.com twitter.com x.com github.com tiktok.com "
        "youtube.com linkedin.com dzen.ru rutube.ru threads.net pinterest.com",
    )
)
NAME_WORD = re.compile(r"[^\W\d_]+")
ATOM = re.compile(r"\w+")


class Name(NamedTuple):
    """A sequence of words that names people of the roster; `words` as the roster writes them.

    `alone`: a single surname; `unsure`: it may as well be the first name, which code cannot tell; `plain`: it does not
    look like a surname, so that in lower case or at the beginning of a sentence it may be an ordinary word.
    """

    words: tuple[str, ...]
    rows: tuple[int, ...]
    alone: bool = False
    unsure: bool = False
    plain: bool = False


class Exact(NamedTuple):
    """A mail address or handle, folded. `spelled`: letters only, so it could be an ordinary word."""

    text: str
    kind: Kind
    spelled: bool = False
    needs_at: bool = False


@dataclass
class Known:
    """All that is masked, ready to be looked up; built once for a roster.

    `forms`: a word as it may stand in a text to the roster's words that it may be a form of; `beginnings`: the first
    words of all names.
    """

    names: dict[tuple[str, ...], Name] = field(default_factory=dict)
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beginnings: set[tuple[str, ...]] = field(default_factory=set)
    literals: dict[str, list[Exact]] = field(default_factory=dict)
    phones: dict[int, set[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    link_parts: set[str] = field(default_factory=set)

    def readings(self, word: str) -> tuple[str, ...]:
        """The roster's words that this folded word may stand for: itself, in another case, or in Latin letters."""
        if word.isascii():
            return (*self.forms.get(word, ()), *self.forms.get(_skeleton(word), ()))
        return self.forms.get(word) or self.forms.get(word.translate(_LOOKALIKES), ())

    def call(self, form: str, word: str) -> None:
        """Learns that `form` may stand for the roster's `word`."""
        if word not in self.forms.get(form, ()):
            self.forms[form] = (*self.forms.get(form, ()), word)


def fold(text: str) -> str:
    """Lower case with е for ё, character by character: offsets stay. Texts are in NFC already."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("ё", "е")


def coincides_with_first_name(word: str) -> bool:
    """Whether a folded word is a known first name in any case."""
    return word in _GIVEN_FORMS or word in _FIRST_NAMES


def digits_of(text: str) -> str:
    """The decimal digits in ASCII."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def bare_link(url: str) -> str:
    """Host and path as compared: decoded and folded, without scheme, www. and a trailing slash."""
    link = re.sub(r"^https?://", "", fold(_nfc(unquote(url))))
    return re.sub(r"^(?:www|m|mobile)\.", "", link).rstrip("/.,;:!?)]}'’”")


_LOOKALIKES = str.maketrans("aceopxykmthbn", "асеорхукмтнвп")
_ONE_SPELLING = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"shch|sch|shh", "1"), (r"kh|x", "h"), (r"zh", "2"), (r"ch", "3"), (r"sh", "4"), (r"ts|tc|cz", "c"),
        (r"iu|yu|ju", "u"), (r"ia|ya|ja", "a"), (r"yo|jo|io", "e"), (r"ye|je|ie", "e"), (r"[iyj]+", "i"),
        (r"w", "v"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip


def _skeleton(latin: str) -> str:
    """A Russian surname in Latin letters under one spelling, whatever the system it was written in."""
    for pattern, put in _ONE_SPELLING:
        latin = pattern.sub(put, latin)
    return f"~{latin}"


def known(roster: Sequence[RosterRow]) -> Known:
    """The roster made searchable; the last few rosters are remembered."""
    return _build(tuple(roster))


@lru_cache(maxsize=4)
def _build(roster: tuple[RosterRow, ...]) -> Known:
    result = Known()
    for number, row in enumerate(map(_composed, roster)):
        nicknames = [author for author in row.authors if _is_nickname(author)]
        entries = [*row.names, *(author for author in row.authors if author not in nicknames)]
        for name in _names(entries, number, result):
            _add_name(result, name)
        for contact in row.contacts:
            _add_contact(result, contact)
        for handle in (*nicknames, *row.slugs, *filter(_is_nickname, row.names)):
            _add_handle(result, handle)
    return result


def _composed(row: RosterRow) -> RosterRow:
    """The row as texts are written, in NFC; its letters may have come with accents apart."""
    marks = {field: tuple(map(_nfc, getattr(row, field))) for field in ("names", "authors", "slugs", "contacts")}
    return row.model_copy(update=marks)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _add_name(result: Known, name: Name) -> None:
    """Adds a name; one that two people bear is both's, and what doubts only one of them is no doubt."""
    if same := result.names.get(name.words):
        rows = tuple(sorted({*same.rows, *name.rows}))
        doubts = (same.alone and name.alone, same.unsure and name.unsure, same.plain and name.plain)
        name = Name(name.words, rows, *doubts)
    result.names[name.words] = name
    result.beginnings |= {name.words[:length] for length in range(1, len(name.words))}
    for word in name.words:
        result.call(word, word)


def _is_nickname(entry: str) -> bool:
    """Whether an entry is written like a handle rather than like a person's name."""
    if re.search(r"[\d_@/]", entry) or not NAME_WORD.search(entry):
        return True
    return len(entry.split()) == 1 and not entry[0].isupper() and entry.isascii()


_Unit = tuple[str, ...]
"""one word of a name; a hyphenated one is several"""


def _names(entries: Iterable[str], row: int, result: Known) -> Iterable[Name]:
    people = [[tuple(NAME_WORD.findall(fold(unit))) for unit in entry.replace(",", " ").split()] for entry in entries]
    people = [[unit for unit in units if unit] for units in people]
    first_names: set[_Unit] = set()
    settled = next((roles for units in people if len(units) == 3 and len((roles := _roles(units))[1]) == 1), None)
    for units in people:
        if len(units) > 1:
            first, surnames = _roles(units)
            if settled and settled[0] in units and settled[1][0] in units:  # an entry with a patronymic tells the rest
                first, surnames = settled
            first_names |= {first} if first else set()
            _inflect(units, first, surnames, result)
            yield from _full_names(units, first, surnames, row)
    for units in people:
        if len(units) == 1 and units[0] not in first_names and units[0][0] not in _FIRST_NAMES:
            _inflect(units, None, units, result)
            yield Name(units[0], (row,), alone=True, plain=units[0][-1] in ORDINARY)


def _inflect(units: list[_Unit], first: _Unit | None, surnames: list[_Unit], result: Known) -> None:
    """Makes the forms of a name's words known; a word that may be surname or first name takes both's."""
    middle = next((u[-1] for u in units if u != first and u not in surnames and _PATRONYMIC.fullmatch(u[-1])), "")
    for unit in units:
        bearer: Gender = gender_of(unit[-1], first[0] if first else "", middle)
        for word in unit:
            forms: set[str] = set()
            if unit in surnames or first is None:
                forms |= surname_forms(word, bearer)
            if unit not in surnames or first is None:
                forms |= first_name_forms(word)
            for form in forms:
                if len(form) > 2:
                    result.call(form, word)
                if unit in surnames and len(word) > 4 and _SURNAME.fullmatch(form):
                    result.call(_skeleton(_latin(form)), word)


def _roles(units: list[_Unit]) -> tuple[_Unit | None, list[_Unit]]:
    """The first name, if it can be told, and what may be the surname (several: it cannot be told)."""
    middle = [place for place in (1, 2) if len(units) == 3 and _PATRONYMIC.fullmatch(units[place][-1])]
    if middle == [2]:
        return units[1], [units[0]]
    if middle == [1] or (middle and units[0][0] in _FIRST_NAMES):
        return units[0], [units[2]]
    if middle:
        return None, [units[0], units[2]]
    firsts = [unit for unit in units if unit[0] in _FIRST_NAMES]
    if len(firsts) == 1 and len(units) == 2:
        return firsts[0], [unit for unit in units if unit != firsts[0]]
    surnames = [unit for unit in units if unit not in firsts and _SURNAME.fullmatch(unit[-1])]
    sure = [unit for unit in surnames if _SURELY_SURNAME.fullmatch(unit[-1])]
    surnames = sure if len(sure) == 1 else surnames
    if len(surnames) == 1 and len(units) == 2:
        return next(unit for unit in units if unit != surnames[0]), surnames
    return (firsts[0] if len(firsts) == 1 else None), surnames


def _full_names(units: list[_Unit], first: _Unit | None, surnames: list[_Unit], row: int) -> Iterable[Name]:
    orders = [units[turn:] + units[:turn] for turn in range(len(units))] + [units[::-1]]
    if first and len(surnames) == 1:
        surname, initial = surnames[0], (first[0][0],)
        orders += [[surname, first], [first, surname], [surname, initial], [initial, surname]]
        for middle in units:
            if middle not in (first, surname):
                second = (middle[0][0],)
                orders += [[surname, initial, second], [initial, second, surname]]
    for order in orders:
        words = tuple(word for unit in order for word in unit)
        yield Name(words, (row,))
        if min(map(len, words)) > 1:
            yield Name(("".join(words),), (row,))  # as a hashtag is written
    for surname in surnames:
        looks = _SURNAME.fullmatch(surname[-1]) is not None
        if looks or (first and len(surnames) == 1 and surname[0] not in _FIRST_NAMES):
            yield Name(surname, (row,), alone=True, unsure=len(surnames) > 1, plain=not looks)
            for part in surname if len(surname) > 1 else ():
                if _SURNAME.fullmatch(part) and part not in _FIRST_NAMES:
                    yield Name((part,), (row,), alone=True, unsure=len(surnames) > 1)


def _add_contact(result: Known, contact: str) -> None:
    rest = contact.strip()
    for mail in _MAIL.findall(rest):
        _add_literal(result, Exact(fold(mail), "MAIL"))
        if re.search(r"[\d._-]", before := mail.partition("@")[0]) and len(before) > 4:
            _add_handle(result, before)  # also where the rest of the address is spelt out
    rest = _MAIL.sub(" ", rest)
    for match in URL.finditer(rest):
        _add_link(result, match.group())
    rest = URL.sub(" ", rest)
    for handle in re.findall(r"(?<!\w)@[\w.-]{2,}", rest):
        _add_handle(result, handle)
    rest = re.sub(r"(?<!\w)@[\w.-]{2,}", " ", rest)
    for phone in _PHONE.findall(rest):
        digits = digits_of(phone).removeprefix("00")
        digits = digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
        result.phones.setdefault(len(digits), set()).add(digits)
    words = _PHONE.sub(" ", rest).split()
    for word in words:
        if re.search(r"[A-Za-z]", word) and (re.search(r"[\d_]", word) or words == [contact.strip()]):
            _add_handle(result, word)


def _add_link(result: Known, url: str) -> None:
    link = bare_link(url)
    host, _, path = link.partition("/")
    if host in _SOCIAL and not path:
        return
    result.links.add(link)
    if host in _SOCIAL and path and "?" not in path:
        _add_handle(result, path.split("/")[-1])
    if not path:
        _add_handle(result, link)  # also where no link can be recognised around it


def _add_handle(result: Known, handle: str) -> None:
    """Handles of three characters and more with a letter; a common word or first name only with @ and in links."""
    handle = fold(handle).strip().lstrip("@~").rstrip(".-")
    if len(handle) < 3 or not (ATOM.search(handle) and re.search(r"[^\W_]", handle)):
        return
    if handle.isdecimal():
        result.link_parts |= {handle} if len(handle) >= 5 else set()
        return
    result.link_parts.add(handle)
    common = handle in _FIRST_NAMES or handle in ACCOUNT_WORDS
    _add_literal(result, Exact(handle, "HANDLE", spelled=handle.isalpha(), needs_at=common))


def _add_literal(result: Known, literal: Exact) -> None:
    if match := ATOM.search(literal.text):
        bucket = result.literals.setdefault(match.group(), [])
        if literal not in bucket:
            bucket.append(literal)
