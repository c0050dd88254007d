"""`casejury decisions`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import emit, json_option, open_session
from pipeline.domain.decision import GENESIS, Act, AiResume, AiStop, Release, Ruling
from pipeline.domain.ids import short
from pipeline.errors import CheckFailed


@click.command()
@click.option(
    "--head", metavar="COUNT:HASH", help="Check that the trail still holds this head, as a summary printed it."
)
@json_option
@click.pass_obj
def decisions(root: Path, head: str | None, as_json: bool) -> None:
    """List the trail of decisions and check its hash chain; exit 9 if a link is broken or the tail was cut."""
    from pipeline.domain.chain import check_chain

    with open_session(root) as session:
        links = list(session.store.decisions())
        last = session.store.head()
        t = session.texts
    problem = check_chain(links)
    if head is not None and problem is None:
        count, _, digest = head.replace("·", ":").partition(":")
        digest = digest.strip().removeprefix("sha256:")
        heads = [("0", GENESIS), *((str(link.seq), link.hash) for link in links)]
        if not any(
            count.strip() == n and digest in {whole.removeprefix("sha256:"), short(whole)} for n, whole in heads
        ):
            problem = f"no link {count} with the hash {digest}: the tail was cut or rewritten"
    lines = [f"{link.seq:>5}  {t.time(link.at)}  {link.by}  {_what(link.act)}  {link.reason}" for link in links]
    broken = None
    if problem is not None:
        broken = CheckFailed(problem, where="decisions", remedy="compare with an earlier report; restore a backup")
    emit(
        {
            "head": last.model_dump(),
            "sound": problem is None,
            "decisions": [d.model_dump(mode="json", by_alias=True) for d in links],
        },
        as_json=as_json,
        text="\n".join([*lines, f"{t('head')}: {last.count}:{last.hash}"]),
        error=broken,
    )
    if broken is not None:
        raise broken


def _what(act: Act) -> str:
    """An act in a few words: on what, and to what effect."""
    if isinstance(act, Ruling):
        return f"ruling {short(act.submission)} = {act.guards}"
    if isinstance(act, Release):
        return f"release ({len(act.finalised)})"
    if isinstance(act, AiStop):
        return f"ai_stop ({act.cause})"
    if isinstance(act, AiResume):
        return f"ai_resume (trial {act.trial})"
    place = act.post if act.part is None else f"{act.post} part {act.part}"
    return f"{act.kind} {place}" + (f" = {act.case}" if act.case is not None else "")
