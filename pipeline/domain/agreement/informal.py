"""Whether an answer is written informally: a rough, stated heuristic for slicing, never for grading."""

from __future__ import annotations

import re

PER_HUNDRED = 2.0
"""Marks of informal writing per 100 words from which on a text counts as informal …"""
AT_LEAST = 2
"""… and the fewest marks it must have."""

_MARKS = (
    re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]"),  # pictures
    re.compile(r"(?<![\w(])[:;=]-?[)(DPp3](?!\w)|\){2,}|\({2,}|<3"),  # typed faces
    re.compile(r"[!?]{2,}|\.{4,}"),  # shouting
    re.compile(r"(?<!\w)[^\W\d_]*?([^\W\d_])\1{3,}[^\W\d_]*"),  # stretched words
    re.compile(r"(?<!\w)[A-ZА-ЯЁ]{5,}(?!\w)"),  # words in capitals
    re.compile(r"(?:(?<=[.!?]\s)|(?<=\n)|\A)[a-zа-яё](?=[a-zа-яё]*[ ,])"),  # a sentence without a capital
    re.compile(
        r"(?<!\w)(?:щас|щаз|чё|че|чо|ваще|вобще|спс|пжл?|пжлст|норм|ок|окей|ага|неа|типа|прикол\w*|круто|классно|блин|"
        r"капец|жесть|ахах\w*|хаха\w*|лол|имхо|кста|собсно|ниче|нефиг|пофиг|плиз|сорян|сорри|"
        r"lol|omg|btw|imho|gonna|wanna|gotta|kinda|sorta|yeah|yep|nope|ok|okay|hey|thx|pls|plz|cuz|dunno|ain't|y'all|"
        r"u|ur|im|dont|cant|wont|haha\w*)(?!\w)",
        re.IGNORECASE,
    ),
)
_WORD = re.compile(r"[^\W\d_]+")


def informal_marks(text: str) -> int:
    """Emoji, typed faces, runs of !? or dots, stretched or shouted words, small sentence beginnings, slang words."""
    return sum(sum(1 for _ in mark.finditer(text)) for mark in _MARKS)


def is_informal(text: str) -> bool | None:
    """At least AT_LEAST marks and PER_HUNDRED of them per 100 words; None for a text without words."""
    words = len(_WORD.findall(text))
    if not words:
        return None
    marks = informal_marks(text)
    return marks >= AT_LEAST and 100 * marks >= PER_HUNDRED * words
