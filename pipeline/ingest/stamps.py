"""Time stamps as sources write them, turned into instants in the contest's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz

from pydantic import AwareDatetime

from pipeline.domain.contest import Contest, in_zone
from pipeline.domain.ids import Value

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-W\d{2}-\d")
_DIGITS = re.compile(r"-?\d+(\.\d+)?")
_WRITTEN = re.compile(
    r"(?:(?P<y>\d{4})[./-](?P<m>\d{1,2})[./-](?P<d>\d{1,2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4}))"
    r"(?:[ T,]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d+)?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?:(?P<utc>Z|UTC|GMT)?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)?))?)?"
)
_MILLISECONDS_FROM = 10**11
"""Unix numbers from here on count milliseconds (as seconds they would lie after the year 5000)."""


class Stamp(Value):
    """An instant in the contest's zone. `whole_day`: only a date was written, and `at` is the start of that day."""

    at: AwareDatetime
    whole_day: bool = False


def parse_stamp(raw: str, contest: Contest, *, unix: bool = False) -> Stamp | None:
    """The instant that `raw` names, or None where it names none for certain.

    Understood: ISO 8601 in its variants, RFC 2822, `2026-12-15 10:00[:00]`, `15.12.2026 10:00`, the same with
    slashes when the year stands first, AM/PM, `GMT+3`, and dates alone. A stamp without an offset is in the contest's
    zone (of an hour that exists twice, the first). `12/11/2026` is ambiguous and so None; so are WordPress's zero
    dates. With `unix` a bare number counts seconds (or milliseconds) since 1970; without it a number is no stamp.
    """
    text = " ".join(raw.split())
    if not text or len(text) > 64 or not text.isascii():
        return None
    try:
        if unix and _DIGITS.fullmatch(text):
            return Stamp(at=in_zone(_from_unix(float(text)), contest))
        if _ISO_DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return Stamp(at=datetime(day.year, day.month, day.day, tzinfo=contest.zone), whole_day=True)
        stamp = _iso(text) or _written(text, contest) or _mail(text)
        if isinstance(stamp, datetime):
            return Stamp(at=in_zone(stamp, contest))
    except (ValueError, OverflowError, OSError):
        return None
    return stamp


def _from_unix(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, tz=UTC)


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-?(\d{2}-?\d{2}|W\d{2}-?\d)[T ]\d", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written(text: str, contest: Contest) -> datetime | Stamp | None:
    """Dates as tables and forms write them."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    part = found.groupdict()
    day = date(int(part["y"] or part["y2"]), int(part["m"] or part["m2"]), int(part["d"] or part["d2"]))
    if part["H"] is None:
        return Stamp(at=datetime(day.year, day.month, day.day, tzinfo=contest.zone), whole_day=True)
    hour = int(part["H"])
    if part["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if part["half"] in "pP" else 0)
    zone = None
    if part["offset"]:
        digits = part["offset"][1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        shift = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-shift if part["offset"][0] == "-" else shift)
    elif part["utc"]:
        zone = UTC
    return datetime(day.year, day.month, day.day, hour, int(part["M"]), int(part["S"] or 0), tzinfo=zone)


def _mail(text: str) -> datetime | None:
    """RFC 2822; `-0000` says that the time is UTC. An unknown zone name (`MSK`) makes the stamp uncertain: None."""
    if not re.search(r"[A-Za-z]{3}.*\d:\d\d", text):
        return None
    parts = parsedate_tz(text)
    if parts is None or not (end := re.search(r"(?:\d:\d\d|[+-]\d{4}|\b(?:GMT|UTC|UT|Z|[ECMP][SD]T))$", text)):
        return None
    written_zone = ":" not in end[0]
    return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0)) if written_zone else None)
