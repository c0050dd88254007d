"""`casejury rule`: a juror's ruling from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import by_option, emit, json_option, open_session, reason_option
from pipeline.domain.decision import RuledMark, Suggested
from pipeline.domain.rubric import CountCriterion, LevelCriterion, Rubric
from pipeline.errors import UsageError


@click.command()
@click.argument("submission")
@click.option(
    "--mark", "marks", multiple=True, metavar="CRITERION=VALUE", help="A level, a number of items, yes or no."
)
@click.option("--guards", type=int, help="Guards alone, without marks: recorded as a direct ruling.")
@by_option
@reason_option
@json_option
@click.pass_obj
def rule(
    root: Path, submission: str, marks: tuple[str, ...], guards: int | None, by: str, reason: str, as_json: bool
) -> None:
    """Rule on SUBMISSION (id, file, row, address or entrant/case): --mark for every criterion, or --guards alone.

    With marks the guards are computed by the rubric's rule. The ruling is appended to the trail; a later one
    supersedes it, nothing is overwritten.
    """
    from pipeline.cli.rows import rows_of
    from pipeline.cli.targets import one_submission
    from pipeline.domain.ids import short
    from pipeline.domain.ruling import make_ruling
    from pipeline.work.summary import refreshed

    if bool(marks) == (guards is not None):
        raise UsageError("give either --mark for every criterion or --guards", remedy="see `casejury rule --help`")
    with open_session(root) as session:
        found = one_submission(session, submission)
        refreshed(session.store, session.workspace, session.prompts, session.settings.now())
        row = rows_of(session, only=found.id)[0]
        rubric = session.workspace.rubrics.get(found.case or 0)
        if rubric is None:
            raise UsageError(
                "it has no case with a rubric", where=short(found.id), remedy="`casejury assign` it to a case first"
            )
        if not found.eligible:
            raise UsageError(
                "it takes no part in the contest, so that a ruling would not count",
                where=short(found.id),
                remedy="`casejury admit` it first",
            )
        made = make_ruling(
            found,
            rubric,
            session.contest.scale.max,
            marks=tuple(_mark(text, rubric) for text in marks) if marks else None,
            guards=guards,
            suggested=row.outcome.guards if isinstance(row.outcome, Suggested) else None,
            key=row.provenance.key if row.provenance else "",
        )
        if isinstance(made, str):
            raise UsageError(made, where=short(found.id), remedy="see `casejury show` and the case's rubric")
        session.store.put_rubric(rubric)
        before = row.ruled.seq if row.ruled else None
        decision = session.store.append_decision(
            by=by, at=session.settings.now(), reason=reason, act=made, supersedes=before
        )
    t = session.texts
    emit(
        decision,
        as_json=as_json,
        text=t(
            "Decision {seq}: {id} · {guards} by {by}", seq=decision.seq, id=short(found.id), guards=made.guards, by=by
        ),
    )


def _mark(text: str, rubric: Rubric) -> RuledMark:
    name, equals, value = text.partition("=")
    try:
        criterion = rubric.criterion(name.strip())
    except KeyError:
        known = ", ".join(c.id for c in rubric.criteria)
        raise UsageError(f"no criterion {name!r}", where="--mark", remedy=f"criteria of this case: {known}") from None
    word = value.strip().lower()
    if not equals or not word:
        raise UsageError(f"{text!r} is not CRITERION=VALUE", where="--mark")
    if isinstance(criterion, LevelCriterion | CountCriterion):
        if not word.isdecimal():
            raise UsageError(f"{name}: {value!r} is not a number", where="--mark")
        number = int(word)
        return (
            RuledMark(criterion=criterion.id, level=number)
            if isinstance(criterion, LevelCriterion)
            else RuledMark(criterion=criterion.id, items=number)
        )
    if word not in {"yes", "no", "true", "false", "да", "нет"}:
        raise UsageError(f"{name}: {value!r} is neither yes nor no", where="--mark")
    return RuledMark.model_validate({"criterion": criterion.id, "is": word in {"yes", "true", "да"}})
