"""How people name a submission or a post on the command line: an id, a file, a row, an address, `entrant/case`."""

from __future__ import annotations

from pipeline.cli.context import Session
from pipeline.domain.ids import short
from pipeline.domain.submission import Submission
from pipeline.errors import UsageError
from pipeline.workspace.load import INBOX

LISTED = 8


def named(session: Session, target: str) -> list[Submission]:
    """The submissions that `target` names by source file, row, address, post identity or `entrant/case`; maybe none."""
    wanted = target.strip().removeprefix(f"{INBOX}/")
    entrant, slash, case = wanted.rpartition("/")

    def fits(submission: Submission) -> bool:
        source = submission.source
        places = {submission.post, submission.url, source, source.partition("#")[2], source.rpartition("/")[2]}
        by_case = slash and submission.entrant == entrant and str(submission.case) == case
        return bool(wanted) and (wanted in places or bool(by_case))

    return sorted((s for s in session.store.submissions() if fits(s)), key=lambda s: (s.source, s.ordinal))


def one_submission(session: Session, target: str) -> Submission:
    """The one submission that `target` names, by whatever name or the beginning of its id; UsageError otherwise."""
    found = named(session, target)
    if len(found) > 1:
        listed = "; ".join(f"{short(s.id)} (case {s.case or '—'}, {s.source})" for s in found[:LISTED])
        raise UsageError(f"{target!r} names several submissions: {listed}", remedy="name one by its id")
    return found[0] if found else session.store.find_submission(target)


def one_post(session: Session, target: str, part: int | None) -> tuple[str, int | None]:
    """The identity of the post that `target` names, and the part meant: a submission's id means that part."""
    found = named(session, target)
    posts = sorted({s.post for s in found})
    if len(posts) > 1:
        raise UsageError(f"{target!r} names several posts", remedy="name one: " + ", ".join(posts[:LISTED]))
    if posts:
        return posts[0], part
    submission = session.store.find_submission(target)
    return submission.post, submission.ordinal if part is None else part
