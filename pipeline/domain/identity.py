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

Kind = Literal["NAME", "MAIL", "PHONE", "LINK", "HANDLE"]

_GIVEN = frozenset(
    re.findall(
        r"\w+",
        """
        агата ада адам азамат аида айгуль айдар алан александр александра алексей алена алеся али алина алиса алия
        алла алсу альберт альбина альфия амина амир анастасия анатолий ангелина андрей анжела анжелика анна антон
        антонина аня арина аркадий арсен арсений артем артемий артур ася ахмед борис борислав вадим валентин валентина
        валера валерий валерия валя ваня варвара варя василий василина василиса вася вениамин вера вероника вика
        виктор виктория виолетта виталий виталик витя влад влада владимир владислав владислава владлен вова володя
        всеволод вячеслав галина галя гена геннадий георгий герман глеб григорий гриша гузель гульнара давид дамир
        дана даниил данил данила дарина дарья даша денис диана дилара дима динара дмитрий ева евгений евгения егор
        екатерина елена елизавета есения ефим жанна женя захар зинаида злата зоя иван игнат игорь илона ильдар илья
        инга инна иосиф ира ирина ия камила карина каролина катерина катя кира кирилл клавдия константин костя
        кристина ксения лада лариса лев лейла леня леонид лера лиана лида лидия лиза лилия лина лола люба любовь люда
        людмила мадина майя макар макс максим маргарита марина мария марк марсель марта мартин марьям маша мила милана
        мирон мирослав мирослава михаил миша муса надежда надя назар наиля наргиза настя наталия наталья наташа нелли
        ника никита николай нина нонна оксана олег олеся ольга оля павел паша петр петя платон полина прохор рамиль
        рашид регина ренат рената римма ринат рината роберт родион роза роман ростислав руслан рустам сабина савелий
        саид саша света светлана святослав семен сергей сережа слава снежана соня софия софья станислав стас степан
        стефания таисия тамара тамила таня тарас татьяна тимофей тимур тихон толя ульяна фаина фарид федор федя филипп
        фируза хава эвелина эдуард элеонора элина эльвира эльдар эльмира эмилия эмиль эмма эрик юлиана юлия юля юра
        юрий яков ян яна ярослав ярослава
        alex alexander alexandra alexei alexey alice amanda amy ana anastasia andrea andrew andy angela anne arthur
        barbara ben benjamin brian carl carol caroline catherine charles charlie chris christina christine christopher
        claire clara colin cristina dan daniel daria dave deborah dmitri dmitry donna edward elizabeth ellen emily
        eric erin eugene evan evgeny frank george gregory helen henry ivy jack jackson jacob james jane jason jean
        jennifer jessica jim joan joe john jonathan joseph julia julian karen kate katherine kathleen kathryn kelly
        ken kenneth kevin laura lauren lee leo linda lisa lucy marc margaret maria marie martha mary mason matthew max
        maxim megan melissa michael michelle mike mikhail nadia nancy natalia natalie nathan nelson nicholas nick
        nicole oliver olivia pamela patricia patrick paul peter philip rachel ralph rebecca richard rita robin ronald
        rose roy russell ruth ryan sam samantha samuel sandra sara sarah scott sean sergei sharon simon sofia sophia
        sophie stephanie stephen steve steven susan tatiana teresa thomas tim timothy tom tony valeria veronica victor
        victoria vincent walter wendy william yulia yuri zoe
        """,
    )
)
_LATIN = {"ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
_LATIN |= dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
_FIRST_NAMES = _GIVEN | {"".join(_LATIN.get(letter, letter) for letter in name) for name in _GIVEN}
_SURNAME = re.compile(
    r".{2,}(?:[оеё]в|[оеё]ва|[иы]н|[иы]на|[сц]к(?:ий|ая|ой)|енко|[ую]к|[иы]х|дзе|швили|[ая]нц|[ая]н|ич)"
    r"|.{2,}(?:[oe]v|[oe]va|in|ina|sk[iy]y?|skaya|enko|chuk|yuk|dze|shvili|[iy]an|ich|son|sen|berg|stein|mann)",
)
_PATRONYMIC = re.compile(r".{2,}(?:[оеё]вич|ыч|ич|[оеё]вна|ична|инична)|оглы|кызы|.{2,}(?:[oe]vich|[oe]vna|ichna)")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "admin administrator author blog chat client contact editor email guest help home info mail moderator news "
        "none null office operator phone post service skype support team telegram test user viber whatsapp",
    )
)
"""What accounts and empty cells are called everywhere: no handle of one person."""
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
    """A sequence of words that names people of the roster.

    `alone`: a single surname; `unsure`: it may as well be the first name, which code cannot tell.
    """

    words: tuple[str, ...]
    rows: tuple[int, ...]
    alone: bool = False
    unsure: bool = False


class Exact(NamedTuple):
    """A mail address or handle, folded. `spelled`: letters only, so it could be an ordinary word."""

    text: str
    kind: Kind
    spelled: bool = False
    needs_at: bool = False


@dataclass
class Known:
    """All that is masked, ready to be looked up; built once for a roster. `longest`: words of the longest name."""

    names: dict[tuple[str, ...], Name] = field(default_factory=dict)
    literals: dict[str, list[Exact]] = field(default_factory=dict)
    phones: dict[int, set[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    link_parts: set[str] = field(default_factory=set)
    longest: int = 0


def fold(text: str) -> str:
    """Lower case with е for ё, character by character: offsets stay. Texts are in NFC already."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("ё", "е")


def digits_of(text: str) -> str:
    """The decimal digits in ASCII."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def bare_link(url: str) -> str:
    """Host and path as compared: decoded and folded, without scheme, www. and a trailing slash."""
    link = re.sub(r"^https?://", "", fold(_nfc(unquote(url))))
    return re.sub(r"^(?:www|m|mobile)\.", "", link).rstrip("/.,;:!?)]}'’”")


def known(roster: Sequence[RosterRow]) -> Known:
    """The roster made searchable; the last few rosters are remembered."""
    return _build(tuple(roster))


@lru_cache(maxsize=4)
def _build(roster: tuple[RosterRow, ...]) -> Known:
    result = Known()
    names: dict[tuple[str, ...], tuple[set[int], bool, bool]] = {}
    for number, row in enumerate(map(_composed, roster)):
        nicknames = [author for author in row.authors if _is_nickname(author)]
        entries = [*row.names, *(author for author in row.authors if author not in nicknames)]
        for name in _names(entries, number):
            rows, alone, unsure = names.get(name.words, (set(), name.alone, name.unsure))
            names[name.words] = (rows | {number}, alone and name.alone, unsure and name.unsure)
        for contact in row.contacts:
            _add_contact(result, contact)
        for handle in (*nicknames, *row.slugs, *filter(_is_nickname, row.names)):
            _add_handle(result, handle)
    for words, (rows, alone, unsure) in names.items():
        result.names[words] = Name(words, tuple(sorted(rows)), alone, unsure)
        result.longest = max(result.longest, len(words))
    return result


def _composed(row: RosterRow) -> RosterRow:
    """The row as texts are written, in NFC; its letters may have come with accents apart."""
    marks = {field: tuple(map(_nfc, getattr(row, field))) for field in ("names", "authors", "slugs", "contacts")}
    return row.model_copy(update=marks)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_nickname(entry: str) -> bool:
    """Whether an entry is written like a handle rather than like a person's name."""
    if re.search(r"[\d_@/]", entry) or not NAME_WORD.search(entry):
        return True
    return len(entry.split()) == 1 and not entry[0].isupper() and entry.isascii()


def _names(entries: Iterable[str], row: int) -> Iterable[Name]:
    people = [[tuple(NAME_WORD.findall(fold(unit))) for unit in entry.replace(",", " ").split()] for entry in entries]
    people = [[unit for unit in units if unit] for units in people]
    first_names: set[tuple[str, ...]] = set()
    settled = next((roles for units in people if len(units) == 3 and len((roles := _roles(units))[1]) == 1), None)
    for units in people:
        if len(units) > 1:
            first, surnames = _roles(units)
            if settled and settled[0] in units and settled[1][0] in units:  # an entry with a patronymic tells the rest
                first, surnames = settled
            first_names |= {first} if first else set()
            yield from _full_names(units, first, surnames, row)
    for units in people:
        if len(units) == 1 and units[0] not in first_names and units[0][0] not in _FIRST_NAMES:
            yield Name(units[0], (row,), alone=True)


def _roles(units: list[tuple[str, ...]]) -> tuple[tuple[str, ...] | None, list[tuple[str, ...]]]:
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
    if len(surnames) == 1 and len(units) == 2:
        return next(unit for unit in units if unit != surnames[0]), surnames
    return (firsts[0] if len(firsts) == 1 else None), surnames


def _full_names(
    units: list[tuple[str, ...]], first: tuple[str, ...] | None, surnames: list[tuple[str, ...]], row: int
) -> Iterable[Name]:
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
        if _SURNAME.fullmatch(surname[-1]):
            yield Name(surname, (row,), alone=True, unsure=len(surnames) > 1)


def _add_contact(result: Known, contact: str) -> None:
    rest = contact.strip()
    for mail in _MAIL.findall(rest):
        _add_literal(result, Exact(fold(mail), "MAIL"))
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
    common = handle in _FIRST_NAMES or handle in _COMMON
    _add_literal(result, Exact(handle, "HANDLE", spelled=handle.isalpha(), needs_at=common))


def _add_literal(result: Known, literal: Exact) -> None:
    if match := ATOM.search(literal.text):
        bucket = result.literals.setdefault(match.group(), [])
        if literal not in bucket:
            bucket.append(literal)
