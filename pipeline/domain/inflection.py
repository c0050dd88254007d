"""The forms that Russian names take in a sentence, made by rule: generous where a rule is unsure, never a dictionary.

Words are lower case with е for ё (`pipeline.domain.identity.fold`). A form too many costs a needless placeholder or a
referral; a form too few lets a name out. Sources of the rules: the school grammar's declensions, and for surnames the
usage that consonant-ending ones decline for men only.
"""

from __future__ import annotations

import re
from typing import Literal

Gender = Literal["m", "f", ""]
"""of a person, as far as a name tells; "" is unknown"""

_VOWELS = "аеиоуыэюя"
_POSSESSIVE = re.compile(r"(.+(?:[ое]в|[иы]н))(?:а|ы)?")
_ADJECTIVE = re.compile(r"(.{2,}?)(?:ый|ий|ой|ая|яя)")
_MALE_IN_A = frozenset(
    re.findall(
        r"\w+",
        "ваня вася витя вова володя валера гена гоша гриша данила дима добрыня жора илья кузьма костя коля леша леня"
        " лука мирза миша муса муртаза мустафа никита паша петя савва саид сема сережа степа толя федя фома юра яша",
    )
)
_UNISEX = frozenset(re.findall(r"\w+", "саша женя валя слава шура паша ася мика"))
_FEMALE_NAMES = frozenset(re.findall(r"\w+", "любовь нинель рахиль эсфирь юдифь айгуль гузель нургуль айсель асель"))
_IRREGULAR = {
    "лев": ("льва", "льву", "львом", "льве"),
    "павел": ("павла", "павлу", "павлом", "павле"),
    "любовь": ("любови", "любовью"),
    "петр": ("петра", "петру", "петром", "петре"),
}


def surname_forms(surname: str, gender: Gender = "") -> frozenset[str]:
    """Every form of a family's name: all cases of man, woman and several; the word itself among them.

    Endings -ов -ев -ин -ын (and -ова …) decline as possessives, -ский -ый -ой -ий -ая as adjectives, -а -я as nouns;
    a consonant, -ь or -й declines as a noun unless the bearer is a woman; -о -е -и -у -ю -ы never decline. Latin words
    have no other form. `gender` only tells that consonant-ending names stay as they are.
    """
    return frozenset({surname, *_surname(surname, gender)})


def first_name_forms(name: str) -> frozenset[str]:
    """Every case of a first name or patronymic in the singular; the word itself among them."""
    if name in _IRREGULAR:
        return frozenset({name, *_IRREGULAR[name]})
    if not _is_russian(name):
        return frozenset({name})
    if name[-1] == "ь":
        return frozenset({name, name[:-1] + "и", name + "ю", *_like_masculine(name, plural=False)})
    if name[-1] in "ая":
        return frozenset({name, *_like_noun_in_a(name)[:6]})
    return frozenset({name, *([] if name[-1] in _VOWELS else _like_masculine(name, plural=False))})


def gender_of(surname: str, first: str, middle: str = "") -> Gender:
    """Whether a man or a woman bears these names: by patronymic, then the surname's ending, then the first name."""
    if middle.endswith(("вич", "ич", "оглы")):
        return "m"
    if middle.endswith(("вна", "чна", "кызы")):
        return "f"
    if re.search(r"(?:[ое]в|[иы]н|[сц]кий|ый)$", surname):
        return "m"
    if re.search(r"(?:[ое]ва|[иы]на|ая)$", surname):
        return "f"
    if first in _UNISEX or not first or not _is_russian(first):
        return ""
    if first in _MALE_IN_A:
        return "m"
    return "f" if first[-1] in "ая" or first in _FEMALE_NAMES else "m"


def _is_russian(word: str) -> bool:
    return len(word) > 2 and all("а" <= letter <= "я" for letter in word)


def _surname(word: str, gender: Gender) -> list[str]:
    if not _is_russian(word) or word[-1] in "оеиуюэы":
        return []
    if match := _POSSESSIVE.fullmatch(word):
        endings = ["", "а", "у", "ом", "ым", "е", "ой", "ою", "ы", "ых", "ыми", "ам", "ами", "ах"]
        return [match[1] + ending for ending in endings]
    if match := _ADJECTIVE.fullmatch(word):
        return _like_adjective(match[1]) + (_like_masculine(word) if word[-1] == "й" else _like_noun_in_a(word))
    if word[-1] in "ая":
        return _like_noun_in_a(word)
    return [] if gender == "f" else _like_masculine(word)


def _like_adjective(stem: str) -> list[str]:
    """Hard and soft endings alike, since the stem alone does not always tell which it takes."""
    hard = ["ый", "ой", "ого", "ому", "ым", "ом", "ая", "ую", "ою", "ые", "ых", "ыми"]
    soft = ["ий", "его", "ему", "им", "ем", "яя", "ей", "юю", "ею", "ие", "их", "ими"]
    if stem[-1] in "гкх":
        endings = ["ий", "ой", "ого", "ому", "им", "ом", "ая", "ую", "ою", "ие", "их", "ими"]
    elif stem[-1] in "жшчщ":
        endings = [*soft, "ой", "ого", "ому", "ом", "ая", "ую", "ою"]
    else:
        endings = hard + (soft if stem[-1] == "н" else [])
    return [stem + ending for ending in endings]


def _like_noun_in_a(word: str) -> list[str]:
    """The singular's cases first (six of them), then the plural's."""
    stem = word[:-1]
    if word[-1] == "я":
        singular = [stem + ending for ending in ("и", "е", "ю", "ей", "ею")] + [stem + "и"]
        return [
            *singular,
            stem + "ям",
            stem + "ями",
            stem + "ях",
            stem + "ь",
            stem + ("й" if stem[-1] in _VOWELS else ""),
        ]
    after = "и" if stem[-1] in "гкхжшчщ" else "ы"
    instrumental = ("ей", "ею") if stem[-1] in "жшчщц" else ("ой", "ою")
    singular = [stem + after, stem + "е", stem + "у", *(stem + ending for ending in instrumental), stem + "ой"]
    several = [stem + "ам", stem + "ами", stem + "ах", stem]
    if stem[-1] == "к" and len(stem) > 2:  # Кафка, Кафок; Чайка, Чаек
        several.append((stem[:-2] if stem[-2] in "йь" else stem[:-1]) + ("ек" if stem[-2] in "йьжчш" else "ок"))
    return [*singular, *several]


def _like_masculine(word: str, *, plural: bool = True) -> list[str]:
    """Nouns in a consonant, -й or -ь; with and without a vowel that may drop out (Кравец, Кравца and Кравеца)."""
    if word[-1] in "йь":
        singular, several = ["я", "ю", "ем", "е", "и"], ["и", "ев", "ей", "ям", "ями", "ях"]
        stems = [word[:-1]]
        if word.endswith(("ей", "ень")) and len(word) > 4:
            stems.append(word[:-2] + "ь" if word.endswith("ей") else word[:-3] + "н")
    else:
        hushing = word[-1] in "жшчщц"
        singular = ["а", "у", "ем" if hushing else "ом", "ом", "е"]
        several = ["и" if word[-1] in "гкхжшчщ" else "ы", "ей", "ов", "ев", "ам", "ами", "ах"]
        stems = [word]
        if re.search(r"[^аеиоуыэюя](?:ец|ок|ек|ел)$", word) and len(word) > 4:
            stems.append(word[:-2] + word[-1])
            stems.append(word[:-2] + "ь" + word[-1])
        elif re.search(r"[аеиоуыэюя]ец$", word):
            stems.append(word[:-2] + "йц")
    endings = singular + (several if plural else [])
    return [stem + ending for stem in stems for ending in endings]
