"""From everything that was read to the contest's submissions, each with every eligibility code that applies.

One function over all posts of a contest, because being late, second or identical shows only beside the neighbours.
The order of the input plays no part, and nothing read is left out: what is no entry is counted, what has no case is
a submission without one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pipeline.domain.contest import DEFAULT_ELIGIBILITY, Case, Contest, Eligible, RosterRow
from pipeline.domain.decision import Correction
from pipeline.domain.ids import Value
from pipeline.domain.submission import Flag, Media, Post, Submission, submission_id
from pipeline.domain.text import estimate_tokens
from pipeline.ingest.claims import Roster, Who
from pipeline.ingest.corrections import OUTDATED, REJECTED, Verdict, plan, verdict
from pipeline.ingest.likeness import propose
from pipeline.ingest.splitting import Cut, cut_post
from pipeline.ingest.structure import words_of
from pipeline.ingest.versions import Chosen, PostVersion, addresses_of, choose, distinct, same_posts

MEDIA_WORDS = 20
"""own words from which an answer with media is no longer the media alone"""
IDENTICAL_WORDS = 5
"""shorter texts are alike by chance"""
_MEDIA_LINK = re.compile(
    r"(?:youtu\.?be|vimeo\.com|rutube\.ru|vk\.com/(?:video|clip|audio)|vkvideo\.ru|dzen\.ru/video|drive\.google\.com"
    r"|disk\.yandex|yadi\.sk|cloud\.mail\.ru|soundcloud\.com|\.(?:mp4|mov|webm|avi|mp3|ogg|wav|m4a|jpe?g|png|gif|pdf|pptx?)\b)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+")
"""words and numbers: texts that differ in a sum or a date are not the same"""
_LAST = datetime.max.replace(tzinfo=UTC)

Params = dict[str, str | int]


class Ingested(Value):
    """The contest's submissions by post and place, and what was counted on the way."""

    submissions: tuple[Submission, ...]
    posts: int
    """entries: posts that submissions were cut from"""
    versions: int
    """distinct versions of all posts, entries or not"""
    not_entries: dict[str, int]
    """posts by why they are none: draft, private, password, page, attachment, comment, organiser"""


@dataclass(frozen=True)
class _Entry:
    """One post with who wrote it and how it is cut without people's help."""

    chosen: Chosen
    who: Who
    cuts: tuple[Cut, ...]

    @property
    def post(self) -> Post:
        return self.chosen.version.post


@dataclass
class _Draft:
    """A submission on its way: what was found so far."""

    entry: _Entry
    said: Verdict
    notes: tuple[str, ...]
    media: tuple[Media, ...]
    confirmed: frozenset[str]
    own: str = ""
    assigned: bool = False
    """whether a person named its case"""
    nth: int = 0
    """which of its post's answers to the same case; without a case, its place in the post"""
    published: datetime | None = None
    codes: dict[str, Params] = field(default_factory=dict)

    @property
    def cut(self) -> Cut:
        return self.said.cut

    def rejected(self, contest: Contest) -> bool:
        return any(contest.outcome(c) is Eligible.REJECT and not self.said.lifts(c) for c in self.codes)

    def costs(self, contest: Contest) -> bool:
        """Whether a judge would be asked about it, as far as is known."""
        codes = {c for c in self.codes if not self.said.lifts(c)}
        return "too_long" not in codes and {c for c in codes if contest.outcome(c) is Eligible.REJECT} <= {
            "no_case_number"
        }

    @property
    def turn(self) -> tuple[datetime, datetime, str, int]:
        """Which comes first: by publication, unknown last; then by what was known first."""
        chosen = self.entry.chosen
        return self.published or _LAST, chosen.first_read, chosen.identity, self.cut.ordinal


def split_posts(
    versions: Sequence[PostVersion],
    contest: Contest,
    cases: Mapping[int, Case],
    roster: Sequence[RosterRow] | None,
    corrections: Sequence[Correction],
) -> Ingested:
    """Every submission of the contest with all its codes, deterministic in any order of `versions`.

    `roster` None: there is none, and entrants are what the sources name. `corrections` hold in the order given.
    """
    known = distinct(versions)
    people = Roster(roster)
    not_entries: Counter[str] = Counter()
    entries: list[_Entry] = []
    for chosen in (choose(group, contest) for group in same_posts(known)):
        post = chosen.version.post
        who = people.who(post)
        if post.status != "published" or who.organiser:
            not_entries["organiser" if post.status == "published" else post.status] += 1
            continue
        entries.append(_Entry(chosen, who, cut_post(post, contest, cases)))
    merged = _merge(entries)
    said: dict[str, list[tuple[int, Correction]]] = {}
    for at, correction in enumerate(corrections):
        said.setdefault(correction.post, []).append((at, correction))
    drafts = [d for entry in merged for d in _drafts(entry, contest, cases, _about(entry, said))]
    _flag_neighbours(drafts, contest)
    _flag_caps(drafts, contest)
    done = [_submission(draft, contest, cases) for draft in drafts]
    return Ingested(
        submissions=tuple(sorted(done, key=lambda s: (s.post, s.ordinal))),
        posts=len(merged),
        versions=len(known),
        not_entries=dict(sorted(not_entries.items())),
    )


def _merge(entries: Iterable[_Entry]) -> list[_Entry]:
    """The same entrant's posts with equal text (and media) are one, with the earliest time and every address.

    Two that name different cases stay two. Empty texts say nothing. The post known first gives its identity.
    """
    merged: dict[tuple[object, ...], list[_Entry]] = {}
    for entry in sorted(entries, key=lambda e: (e.chosen.first_read, e.chosen.version.order, e.chosen.identity)):
        post = entry.post
        key: tuple[object, ...] = (entry.who.pseudonym, post.text, tuple(sorted(m.url for m in post.media)))
        if not post.text:
            key = (post.identity,)
        same = merged.setdefault(key, [])
        mine = _stated(entry)
        at = next((i for i, e in enumerate(same) if not mine or not _stated(e) or _stated(e) == mine), None)
        if at is None:
            same.append(entry)
        else:
            same[at] = _one(same[at], entry)
    return [entry for same in merged.values() for entry in same]


def _stated(entry: _Entry) -> tuple[str, ...]:
    return tuple(sorted({claim.value for cut in entry.cuts for claim in cut.number_sources[:1]}))


def _one(first: _Entry, other: _Entry) -> _Entry:
    """Two places of one post as one entry; what names a case is cut by."""
    base, second = (other, first) if _stated(other) and not _stated(first) else (first, other)
    times = [e.chosen.published for e in (first, other) if e.chosen.published.at is not None]
    earliest = min(times, key=lambda w: w.at or _LAST) if times else base.chosen.published
    known = addresses_of([first.chosen.version, other.chosen.version], base.chosen.version)
    addresses = {*first.chosen.addresses, *other.chosen.addresses, *known}
    chosen = base.chosen.model_copy(
        update={
            "identity": first.chosen.identity,
            "identities": first.chosen.identities | other.chosen.identities,
            "texts": second.chosen.texts | base.chosen.texts,
            "addresses": tuple(sorted(addresses - {base.post.url, base.post.source})),
            "published": earliest,
            "first_read": first.chosen.first_read,
            "edited_after_close": first.chosen.edited_after_close or other.chosen.edited_after_close,
        }
    )
    return replace(base, chosen=chosen)


def _about(entry: _Entry, said: Mapping[str, Sequence[tuple[int, Correction]]]) -> list[Correction]:
    """The corrections of a post under any of its identities, in the order given."""
    found = [numbered for identity in entry.chosen.identities for numbered in said.get(identity, ())]
    return [correction for _, correction in sorted(found, key=lambda pair: pair[0])]


def _drafts(
    entry: _Entry, contest: Contest, cases: Mapping[int, Case], corrections: Sequence[Correction]
) -> list[_Draft]:
    post = entry.post
    plans = plan(entry.chosen, corrections)
    cuts = cut_post(post, contest, cases, plans.manual) if plans.manual else entry.cuts
    automatic = {f.code for cut in entry.cuts for f in cut.flags}
    drafts = []
    for cut in cuts:
        said = verdict(post.text, cut, plans.acts, cases)
        answered = automatic - {f.code for f in cut.flags} if plans.manual and cut.case is not None else set()
        notes = (*post.notes, *cut.notes)
        draft = _Draft(
            entry=entry,
            said=said,
            notes=tuple(dict.fromkeys(notes)),
            media=_media(post, said.cut, cuts),
            confirmed=frozenset(answered) | said.dropped,
            own=said.cut.own(post.text),
            assigned=said.cut.case != cut.case,
        )
        _flag_time(draft, contest)
        _flag_content(draft, contest)
        if plans.outdated:
            draft.codes[OUTDATED] = {}
        drafts.append(draft)
    _number(drafts)
    return drafts


def _number(drafts: Sequence[_Draft]) -> None:
    """Counts a post's answers to the same case: as they stand, those that a person assigned after the others."""
    seen: Counter[int] = Counter()
    for draft in sorted(drafts, key=lambda d: (d.assigned, d.cut.ordinal)):
        if draft.cut.case is None:
            draft.nth = draft.cut.ordinal
        else:
            draft.nth = seen[draft.cut.case]
            seen[draft.cut.case] += 1


def _media(post: Post, cut: Cut, cuts: Sequence[Cut]) -> tuple[Media, ...]:
    """The media linked in the cut's own text, and those whose place in the text nobody knows."""
    text = cut.text(post.text)
    others = [c.text(post.text) for c in cuts if c.ordinal != cut.ordinal]
    return tuple(m for m in post.media if m.url in text or all(m.url not in other for other in others))


def _flag_time(draft: _Draft, contest: Contest) -> None:
    chosen = draft.entry.chosen
    at, opens, closes = chosen.published.at, contest.opens, contest.closes
    if at is None:
        draft.codes["unknown_time"] = {}
    elif chosen.published.whole_day:
        ends = at + timedelta(days=1)
        if (opens is None or opens <= at) and (closes is None or ends <= closes):
            draft.published = at
        else:
            draft.codes["unknown_time"] = {"date": at.date().isoformat()}
    else:
        draft.published = at
        if closes is not None and at >= closes:
            draft.codes["late"] = {"published": at.isoformat(), "closes": closes.isoformat()}
        if opens is not None and at < opens:
            draft.codes["early"] = {"published": at.isoformat(), "opens": opens.isoformat()}
    if chosen.published.disagrees:
        draft.codes["time_disagrees"] = {"source": chosen.published.source}
    if chosen.edited_after_close:
        draft.codes["edited_after_close"] = {}


def _flag_content(draft: _Draft, contest: Contest) -> None:
    post, cut = draft.entry.post, draft.cut
    draft.codes |= {flag.code: flag.params for flag in cut.flags}
    words = len(words_of(draft.own))
    media = bool(draft.media) or _MEDIA_LINK.search(draft.own) is not None
    if media and words < MEDIA_WORDS:
        draft.codes["media_only"] = {"words": words}
    if not media and not any(c.isalnum() for c in draft.own):
        draft.codes["empty"] = {}
    tokens = estimate_tokens(cut.text(post.text))
    if tokens > contest.limits.submission_tokens:
        draft.codes["too_long"] = {"tokens": tokens, "limit": contest.limits.submission_tokens}
    if any(h.text.strip() for h in post.hidden):
        draft.codes["hidden_text"] = {"places": len(post.hidden)}
    if not draft.entry.who.pseudonym:
        draft.codes["unknown_entrant"] = {}
    if draft.said.rejected:
        draft.codes[REJECTED] = {}


def _flag_neighbours(drafts: Sequence[_Draft], contest: Contest) -> None:
    """`second_post` and `identical_text`. What is rejected for another reason never counts as the first post."""
    answers: dict[tuple[str, int], list[_Draft]] = {}
    texts: dict[str, list[_Draft]] = {}
    for draft in drafts:
        if draft.entry.who.pseudonym and draft.cut.case is not None:
            answers.setdefault((draft.entry.who.pseudonym, draft.cut.case), []).append(draft)
        if len(words_of(draft.own)) >= IDENTICAL_WORDS:
            texts.setdefault(" ".join(_TOKEN.findall(draft.own.casefold())), []).append(draft)
    for same in answers.values():
        ranked = sorted(same, key=lambda d: (d.rejected(contest), d.turn))
        for draft in (d for d in same if d.turn > ranked[0].turn):
            draft.codes["second_post"] = {"first": ranked[0].entry.post.source}
    for alike in texts.values():
        posts = {d.entry.chosen.identity for d in alike}
        if len({d.entry.who.pseudonym for d in alike}) > 1:
            for draft in alike:
                draft.codes["identical_text"] = {"posts": len(posts)}


def _flag_caps(drafts: Sequence[_Draft], contest: Contest) -> None:
    """What would be sent beyond the contest's caps: the first in a post, and by time of an entrant, go through.

    Texts without a case number count as well, because a judge is asked for their case. What is not sent anyway, or
    what a person has let through, takes no place.
    """
    limits = contest.limits
    sent = sorted((d for d in drafts if d.costs(contest)), key=lambda d: d.turn)
    of_post: Counter[str] = Counter()
    of_entrant: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for draft in sent:
        post, who = draft.entry.chosen.identity, draft.entry.who.pseudonym
        size = estimate_tokens(draft.cut.text(draft.entry.post.text))
        over: dict[str, Params] = {}
        if of_post[post] >= limits.submissions_per_post:
            over["too_many_in_post"] = {"limit": limits.submissions_per_post}
        elif of_entrant[who] >= limits.submissions_per_entrant:
            over["too_many_of_entrant"] = {"limit": limits.submissions_per_entrant}
        elif tokens[who] + size > limits.tokens_per_entrant:
            over["too_much_of_entrant"] = {"limit": limits.tokens_per_entrant}
        draft.codes |= over
        if not over:
            of_post[post] += 1
            of_entrant[who] += 1
            tokens[who] += size


def _submission(draft: _Draft, contest: Contest, cases: Mapping[int, Case]) -> Submission:
    entry, cut, post = draft.entry, draft.cut, draft.entry.post
    text = cut.text(post.text)
    lifted = frozenset(code for code in draft.codes if draft.said.lifts(code))
    flags = tuple(
        Flag(code=code, outcome=contest.outcome(code), params=draft.codes[code])
        for code in DEFAULT_ELIGIBILITY
        if code in draft.codes and code not in lifted
    )
    several = len(entry.cuts) > 1
    return Submission(
        id=submission_id(entry.chosen.identity, cut.case, draft.nth),
        post=entry.chosen.identity,
        version=post.version_id,
        source=post.source,
        entrant=entry.who.pseudonym,
        case=cut.case,
        ordinal=cut.ordinal,
        spans=cut.spans,
        set_apart=cut.set_apart,
        text=text,
        title=(cut.heading if several else post.title) or cut.heading or post.title,
        url=post.url,
        addresses=entry.chosen.addresses,
        published=draft.published,
        modified=entry.chosen.modified.at,
        flags=flags,
        hidden=post.hidden,
        media=draft.media,
        notes=draft.notes,
        proposal=propose(draft.own, cases) if cut.case is None and draft.own.strip() else None,
        confirmed=tuple(sorted(lifted | draft.confirmed)),
    )
