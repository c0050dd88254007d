"""Who published a post and when: the sources' claims, weighed in the published order of precedence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from pipeline.domain.contest import Contest, RosterRow
from pipeline.domain.ids import Value
from pipeline.domain.submission import Claim, Post
from pipeline.ingest.stamps import Stamp, parse_stamp

TIME_ORDER = ("wxr_gmt", "column", "json_ld", "meta", "time_element", "front_matter")
ENTRANT_ORDER = ("column", "wxr_creator", "slug", "author", "folder")
APART = timedelta(minutes=1)
_NO_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?")


class When(Value):
    """The instant that counts (None: unknown), and how sure it is."""

    at: AwareDatetime | None = None
    whole_day: bool = False
    """only a date is known; `at` is its start"""
    disagrees: bool = False
    """another source says an instant more than a minute away (another day, where one knows only the day)"""
    source: str = ""


class Who(Value):
    """The entrant's pseudonym, empty where unknown; `organiser`: the roster marks the author as one."""

    pseudonym: str = ""
    organiser: bool = False


def when(claims: Sequence[Claim], contest: Contest) -> When:
    """The first stamp in precedence that can be read; WXR's local field counts only without a readable GMT field."""
    read = [(c, stamp) for c in _ordered(claims, _time_rank) if (stamp := _stamp(c, contest)) is not None]
    if any(c.source == "wxr_gmt" for c, _ in read):
        read = [(c, stamp) for c, stamp in read if c.source != "wxr_local"]
    if not read:
        return When()
    claim, first = read[0]
    apart = any(_apart(first, stamp) for _, stamp in read[1:])
    return When(at=first.at, whole_day=first.whole_day, disagrees=apart, source=claim.source)


def _ordered(claims: Sequence[Claim], rank: Mapping[str, int]) -> list[Claim]:
    return sorted(claims, key=lambda c: rank.get(c.source, len(rank)))


_time_rank = {"wxr_local": 0} | {source: at for at, source in enumerate(TIME_ORDER)}
_entrant_rank = {source: at for at, source in enumerate(ENTRANT_ORDER)}


def _stamp(claim: Claim, contest: Contest) -> Stamp | None:
    raw = claim.value.strip()
    if claim.source == "wxr_gmt" and _NO_OFFSET.fullmatch(raw):
        raw += "Z"
    return parse_stamp(raw, contest)


def _apart(first: Stamp, other: Stamp) -> bool:
    if first.whole_day or other.whole_day:
        return first.at.date() != other.at.date()
    return abs(first.at - other.at) > APART


def last_moment(found: When) -> datetime | None:
    """The latest instant that the stamp can mean."""
    if found.at is None:
        return None
    return found.at + timedelta(days=1) - timedelta(microseconds=1) if found.whole_day else found.at


class Roster:
    """The roster, ready to look people up by any of their marks. None: there is no roster at all."""

    def __init__(self, rows: Sequence[RosterRow] | None) -> None:
        self.given = rows is not None
        self._by_mark: dict[str, set[str]] = {}
        self._rows = {row.pseudonym: row for row in rows or ()}
        for row in rows or ():
            for mark in (row.pseudonym, *row.names, *row.authors, *row.slugs, *row.contacts):
                self._by_mark.setdefault(_folded(mark), set()).add(row.pseudonym)

    def who(self, post: Post) -> Who:
        """The entrant by the first claim in precedence that names one person of the roster.

        A table's column is explicit: what it names and the roster does not know is unknown, whatever else is said.
        A mark that several people share names none. Without a roster the first claim's value is the pseudonym.
        """
        claims = [c for c in _ordered(post.entrant_claims, _entrant_rank) if c.value.strip()]
        if not claims and post.kind == "row":
            claims = [Claim(source="column", value=post.identity.rpartition("#")[2] or post.identity)]
        if not self.given:
            return Who(pseudonym=" ".join(unicodedata.normalize("NFC", claims[0].value).split())) if claims else Who()
        for claim in claims:
            people = self._by_mark.get(_folded(claim.value), set())
            if len(people) == 1:
                row = self._rows[next(iter(people))]
                return Who(pseudonym=row.pseudonym, organiser=row.role == "organiser")
            if claim.source == "column":
                return Who()
        return Who()


def _folded(mark: str) -> str:
    folded = unicodedata.normalize("NFC", mark).casefold().replace("ё", "е")
    return " ".join(folded.strip(" /@").split())
