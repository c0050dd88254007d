"""`casejury admit|reject|assign|resplit`: people correct what ingest decided; each is a decision in the trail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import click

from pipeline.cli.context import Session, by_option, emit, json_option, open_session, reason_option
from pipeline.domain.decision import Correction
from pipeline.domain.submission import Submission
from pipeline.errors import UsageError

part_option = click.option("--part", type=int, help="Only the part of that number (0 is the first) in the post.")


def _correct(
    root: Path,
    target: str,
    *,
    kind: Literal["admit", "reject", "assign", "resplit"],
    by: str,
    reason: str,
    as_json: bool,
    part: int | None = None,
    more: Callable[[Session, list[Submission]], dict[str, Any]] = lambda _session, _parts: {},
) -> None:
    from pipeline.cli.rows import brief, rows_of
    from pipeline.cli.targets import one_post
    from pipeline.work.intake import part_of, resubmit
    from pipeline.work.summary import refreshed

    with open_session(root, locked=True) as session:
        post, part = one_post(session, target, part)
        parts = part_of(list(session.store.submissions()), post)
        if part is not None and part not in {s.ordinal for s in parts}:
            known = ", ".join(str(s.ordinal) for s in parts)
            raise UsageError(f"the post has no part {part}", where="--part", remedy=f"parts: {known}")
        at = session.settings.now()
        chosen = [s for s in parts if part is None or s.ordinal == part]
        act = Correction(kind=kind, post=post, version=parts[0].version, part=part, **more(session, chosen))
        decision = session.store.append_decision(by=by, at=at, reason=reason, act=act)
        resubmit(session.workspace, session.store)
        refreshed(session.store, session.workspace, session.prompts, at)
        after = [brief(row, session.texts) for row in rows_of(session) if row.submission.post == post]
    lines = [
        f"  {r['id'][7:17]}  {r['case'] or '—'}  {r['state']}  {r['reasons']}"
        for r in after
        if isinstance(r["id"], str)
    ]
    emit(
        {"decision": decision.model_dump(mode="json", by_alias=True), "submissions": after},
        as_json=as_json,
        text="\n".join([session.texts("Decision {seq} recorded. The post now gives:", seq=decision.seq), *lines]),
    )


@click.command()
@click.argument("post")
@part_option
@click.option("--code", "codes", multiple=True, help="Lift only this code (repeatable); all that apply by default.")
@by_option
@reason_option
@json_option
@click.pass_obj
def admit(root: Path, post: str, part: int | None, codes: tuple[str, ...], by: str, reason: str, as_json: bool) -> None:
    """Lift what keeps POST (its file, address, identity, or a submission's id) out or refers it.

    A missing case number is not lifted: `casejury assign` gives it a case.
    """
    from pipeline.domain.contest import DEFAULT_ELIGIBILITY, Eligible

    if unknown := set(codes) - set(DEFAULT_ELIGIBILITY):
        raise UsageError(
            f"unknown code {min(unknown)!r}", where="--code", remedy=", ".join(sorted(DEFAULT_ELIGIBILITY))
        )

    def lifted(_session: Session, parts: list[Submission]) -> dict[str, Any]:
        now = {f.code for s in parts for f in s.flags if f.outcome is not Eligible.ALLOW} - {"no_case_number"}
        chosen = tuple(sorted(codes or now))
        if not chosen:
            raise UsageError("nothing is to be lifted", where=post, remedy="`casejury assign` gives it a case")
        return {"codes": chosen}

    _correct(root, post, kind="admit", by=by, reason=reason, as_json=as_json, part=part, more=lifted)


@click.command()
@click.argument("post")
@part_option
@by_option
@reason_option
@json_option
@click.pass_obj
def reject(root: Path, post: str, part: int | None, by: str, reason: str, as_json: bool) -> None:
    """Take POST (its file, address, identity, or a submission's id) or a part of it out of the contest."""
    _correct(root, post, kind="reject", by=by, reason=reason, as_json=as_json, part=part)


@click.command()
@click.argument("post")
@click.option("--case", "number", type=int, required=True, help="The case it answers.")
@part_option
@by_option
@reason_option
@json_option
@click.pass_obj
def assign(root: Path, post: str, number: int, part: int | None, by: str, reason: str, as_json: bool) -> None:
    """Say which case POST (its file, address, identity, or a submission's id) or a part of it answers."""

    def case(session: Session, _parts: list[Submission]) -> dict[str, Any]:
        return {"case": session.workspace.case(number).number}

    _correct(root, post, kind="assign", by=by, reason=reason, as_json=as_json, part=part, more=case)


@click.command()
@click.argument("post")
@click.option(
    "--cut",
    "cuts",
    multiple=True,
    required=True,
    metavar="START:END=CASE",
    help="Code points of the post's text; `=none` for what is no answer.",
)
@by_option
@reason_option
@json_option
@click.pass_obj
def resplit(root: Path, post: str, cuts: tuple[str, ...], by: str, reason: str, as_json: bool) -> None:
    """Cut POST anew: one --cut an answer. `casejury show` prints where the parts begin and end now."""

    def made(session: Session, parts: list[Submission]) -> dict[str, Any]:
        chosen = tuple(_cut(session, cut) for cut in cuts)
        length = next(len(v.post.text) for v in session.store.post_versions() if v.post.version_id == parts[0].version)
        ends = sorted(chosen)
        for start, end, _ in ends:
            if end > length:
                raise UsageError(f"{start}:{end} lies beyond the post's {length} characters", where="--cut")
        for (start, end, _), (following, _, _) in pairwise(ends):
            if following < end:
                raise UsageError(f"{start}:{end} overlaps the cut that begins at {following}", where="--cut")
        return {"cuts": chosen}

    _correct(root, post, kind="resplit", by=by, reason=reason, as_json=as_json, more=made)


def _cut(session: Session, text: str) -> tuple[int, int, int | None]:
    place, equals, case = text.partition("=")
    start, colon, end = place.partition(":")
    if not (equals and colon and start.isdecimal() and end.isdecimal()) or int(start) >= int(end):
        raise UsageError(f"{text!r} is not START:END=CASE", where="--cut", remedy="for example --cut 0:1250=3")
    if case == "none":
        return int(start), int(end), None
    if not case.isdecimal():
        raise UsageError(f"{case!r} is no case", where="--cut", remedy="a number, or none")
    return int(start), int(end), session.workspace.case(int(case)).number
