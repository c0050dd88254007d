"""Texts in the contest's language. English msgids; `make messages` extracts and compiles the Russian catalogue."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal

from pipeline.domain.contest import Language
from pipeline.domain.submission import Reason
from pipeline.messages.incidents import DONE, KINDS
from pipeline.messages.problems import PROBLEMS
from pipeline.messages.reasons import REASONS

DOMAIN = "casejury"
STAMPS = frozenset({"published", "modified", "opens", "closes", "at"})
"""parameters of reasons that are stamps in ISO 8601"""
LOCALES = Path(__file__).parent / "locale"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Marks a text for extraction; it is translated where it is shown."""
    return text


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])


class Texts:
    """Everything that is said to people, in one language."""

    def __init__(self, language: Language, zone: ZoneInfo | None = None) -> None:
        self.language, self.zone = language, zone or ZoneInfo("UTC")
        self.catalogue = _catalogue(language)

    def __call__(self, text: str, **values: object) -> str:
        """The text in this language with `{name}` filled in; what is filled in is never interpreted."""
        told = self.catalogue.gettext(text)
        return told.format(**values) if values else told

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """`one` or `many` (or the language's further forms) for `n`; `{n}` is filled in."""
        return self.catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def label(self, code: str) -> str:
        """A reason code's short name, for tables."""
        return self(REASONS[code].label) if code in REASONS else code

    def knows(self, code: str) -> bool:
        """Whether there is a name for that reason code."""
        return code in REASONS

    def incident(self, kind: str) -> str:
        """A kind of incident in words."""
        return self(KINDS[kind])

    def incident_done(self, done: str) -> str:
        """What was done about an incident, in words."""
        return self(DONE[done])

    def reason(self, reason: Reason) -> str:
        """A reason's whole sentence: what is the matter and what a person should look at."""
        if reason.code not in REASONS:
            return reason.code
        told = {name: self._said(name, value) for name, value in reason.params.items()}
        return self.catalogue.gettext(REASONS[reason.code].sentence).format_map(_Filled(told))

    def _said(self, name: str, value: str | int) -> str | int:
        """A parameter as people read it: stamps in the contest's zone."""
        if name in STAMPS and isinstance(value, str):
            try:
                return self.time(datetime.fromisoformat(value))
            except ValueError:
                return value
        return value

    def problem(self, code: str, params: Mapping[str, object]) -> str:
        """What is wrong with a file, or why it is skipped."""
        told = PROBLEMS.get(code)
        return self.catalogue.gettext(told).format_map(_Filled(params)) if told else code

    def time(self, stamp: datetime | None) -> str:
        """The stamp in the contest's zone, in this language's order; a dash where unknown."""
        if stamp is None:
            return "—"
        return format_datetime(stamp.astimezone(self.zone), "d MMM y, HH:mm", locale=self.language)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.language)


class _Filled(dict[str, object]):
    """Parameters of a sentence; one that the reason does not carry is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
