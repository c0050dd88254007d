"""What was ingested (posts), what was cut out of it (submissions), and what may be graded."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.contest import Eligible
from pipeline.domain.ids import Value, content_id, text_id


class Span(Value):
    """Half-open range of code points in a canonical text."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Heading(Span):
    """A line that the source marks as a heading; `level` 1 is the highest."""

    level: int = Field(default=1, ge=1)


class Hidden(Value):
    """Text in the source that a reader with eyes does not see; never sent, shown to people as hidden."""

    how: str
    """css, attribute, comment, invisible_characters, white_text, vanish, script, …"""
    text: str


class Media(Value):
    """A link to video, audio or a picture in the source; nobody fetches it, a person must look."""

    kind: Literal["video", "audio", "image", "file"]
    url: str


class Claim(Value):
    """One source's word on a fact (who, when, which case), in the order of DESIGN's precedence.

    `source`: for time wxr_gmt, wxr_local, column, json_ld, meta, time_element, front_matter; for the entrant column,
    wxr_creator, slug, author, folder; for the case column, title, heading, file_name, url, tag.
    """

    source: str
    value: str


class Post(Value):
    """One published text, frozen as read. `text` is canonical: cleaned once, offsets count its code points."""

    identity: str
    """what makes it the same post again: `url:…`, `wxr:…`, `row:file#id` or `path:…`"""
    source: str
    """the file (relative to the inbox) and, within a container, `#` and the row or item"""
    kind: Literal["file", "article", "item", "row"] = "file"
    """file: plain text that may hold several answers; the others are boundaries in themselves"""
    title: str = ""
    text: str
    headings: tuple[Heading, ...] = ()
    """lines of `text` that the source marks as headings"""
    url: str = ""
    status: Literal["published", "draft", "private", "password", "page", "attachment", "comment"] = "published"
    entrant_claims: tuple[Claim, ...] = ()
    published_claims: tuple[Claim, ...] = ()
    """raw stamps as written, first in precedence first"""
    modified_claims: tuple[Claim, ...] = ()
    case_claims: tuple[Claim, ...] = ()
    """from columns, tags, categories; titles, headings, names and URLs are read by splitting"""
    hidden: tuple[Hidden, ...] = ()
    media: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()
    """codes of what was noticed: tracked_changes, comments_dropped, invisible_characters, mixed_scripts, …"""
    blob: str = ""
    """sha256 of the file it was read from"""

    @property
    def version_id(self) -> str:
        """The id of this very version: what was read from where, without the file's name and bytes."""
        return content_id(self.model_dump(mode="json", exclude={"source", "blob"}))


class Unreadable(Value):
    """A file, or a place in one, that could not be read: nothing is guessed from it."""

    source: str
    problem: str
    remedy: str
    params: dict[str, str | int] = Field(default_factory=dict)


class Reason(Value):
    """A code and what to fill into its sentence (pipeline.messages makes the sentence)."""

    code: str
    params: dict[str, str | int] = Field(default_factory=dict)


class Flag(Value):
    """An eligibility code that applies, and what it does in this contest."""

    code: str
    outcome: Eligible
    params: dict[str, str | int] = Field(default_factory=dict)


class Proposal(Value):
    """A guess at the case of a submission without a number, for a person to confirm; never acted on by itself."""

    case: int | None
    """None: no case of the contest fits"""
    by: str
    """`likeness` or `judge:<id>`"""
    likeness: float | None = None
    """0..100, only where by likeness"""
    why: str = ""


class Submission(Value):
    """One entrant's answer to one case: spans of a post's canonical text."""

    id: str
    post: str
    """identity of the post"""
    version: str
    """version_id of the post it was cut from"""
    source: str
    entrant: str
    """pseudonym; empty where unknown"""
    case: int | None
    """None: no number (or none of the contest)"""
    ordinal: int = 0
    """place within the post, from 0"""
    spans: tuple[Span, ...]
    """what of the post's text is the answer"""
    set_apart: tuple[Span, ...] = ()
    """what of it is the case statement repeated"""
    text: str
    """the spans' characters joined by a blank line: the canonical text that quotes point into"""
    title: str = ""
    url: str = ""
    addresses: tuple[str, ...] = ()
    """where else the same post was found"""
    published: AwareDatetime | None = None
    modified: AwareDatetime | None = None
    flags: tuple[Flag, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    media: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()
    proposal: Proposal | None = None
    confirmed: tuple[str, ...] = ()
    """codes that a person has lifted (admit, assign, resplit)"""

    @property
    def text_id(self) -> str:
        return text_id(self.text)

    @property
    def content_id(self) -> str:
        """The id of all that a person judges: the text, and the addresses of its media where it has any."""
        if not self.media:
            return self.text_id
        return content_id({"text": self.text_id, "media": sorted({m.url for m in self.media})})

    @property
    def eligible(self) -> bool:
        """Whether it may be graded: a case, text, and no flag that rejects."""
        return self.case is not None and all(f.outcome is not Eligible.REJECT for f in self.flags)

    @property
    def rejected_by(self) -> tuple[Flag, ...]:
        return tuple(f for f in self.flags if f.outcome is Eligible.REJECT)

    @property
    def referred_by(self) -> tuple[Flag, ...]:
        return tuple(f for f in self.flags if f.outcome is Eligible.REFER)


def submission_id(post: str, case: int | None, ordinal: int) -> str:
    """The id of a submission: stable over versions of its post, so that rulings stay with it.

    `ordinal` counts the post's answers to the same case from 0, so that an answer keeps its id when others come,
    go or change places; for `case` None it is the place in the post.
    """
    return content_id({"post": post, "case": case, "ordinal": ordinal})
