"""The hash chain over decisions: each link covers the one before, so that a change anywhere shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.domain.decision import GENESIS, Act, ChainHead, Decision, link_hash


def append(
    previous: ChainHead | None,
    *,
    by: str,
    at: datetime,
    reason: str,
    act: Act,
    supersedes: int | None = None,
) -> Decision:
    """The next link after `previous` (None: the first of all). `at` must be aware; its zone does not matter.

    `supersedes` is the number of an earlier link; ValueError if it is not earlier.
    """
    start = previous or ChainHead(count=0, hash=GENESIS)
    seq = start.count + 1
    if supersedes is not None and not 1 <= supersedes < seq:
        raise ValueError(f"decision {seq} cannot supersede {supersedes}: not an earlier decision")
    link = Decision(
        seq=seq, by=by, at=at, reason=reason, act=act, supersedes=supersedes, previous=start.hash, hash="pending"
    )
    return link.model_copy(update={"hash": _hash(link)})


def head(last: Decision | None) -> ChainHead:
    """What is printed of a chain whose last link is `last`; None: there is none yet."""
    return ChainHead(count=last.seq, hash=last.hash) if last else ChainHead(count=0, hash=GENESIS)


def check_chain(decisions: Iterable[Decision], printed: ChainHead | None = None) -> str | None:
    """None if the decisions, in order, are one whole chain from its beginning; else the first broken link in words.

    A chain whose last links were cut off is whole in itself. It shows against `printed`, the head of an earlier
    summary or report: the link of that number must exist and carry that hash.
    """
    before = head(None)
    fits = printed is None or printed == before
    for link in decisions:
        if wrong := _wrong(link, before):
            return wrong
        before = head(link)
        if printed is not None and printed.count == before.count:
            if printed.hash != before.hash:
                return f"decision {link.seq} is not the one that was printed: the trail before it was rewritten"
            fits = True
    if fits or printed is None:
        return None
    if printed.count == 0:
        return "the printed head names no decision but is not the beginning of a trail"
    return f"the trail ends at decision {before.count}, but {printed.count} were printed: its end is missing"


def _wrong(link: Decision, before: ChainHead) -> str | None:
    if link.seq != before.count + 1:
        return f"decision {before.count + 1} is missing: {link.seq} follows {before.count}"
    if link.previous != before.hash:
        return f"decision {link.seq} does not follow decision {before.count}: one of them was changed or exchanged"
    if link.hash != _hash(link):
        return f"decision {link.seq} was changed after it was made: its hash does not fit its content"
    if link.supersedes is not None and not 1 <= link.supersedes < link.seq:
        return f"decision {link.seq} supersedes {link.supersedes}, which is not an earlier decision"
    return None


def _hash(link: Decision) -> str:
    return link_hash(
        seq=link.seq,
        by=link.by,
        at=link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        reason=link.reason,
        act=link.act.model_dump(mode="json", by_alias=True),
        supersedes=link.supersedes,
        previous=link.previous,
    )
