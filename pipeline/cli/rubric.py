"""`casejury rubric`: draft, new, lint, approve."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from pipeline.cli.context import Session, emit, json_option, open_session
from pipeline.errors import CheckFailed, ConfigurationError


@click.group()
def rubric() -> None:
    """Draft, check and approve the rubrics of the cases."""


def _path(session: Session, number: int) -> Path:
    return session.workspace.rubric_path(number)


def _refuse_overwrite(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise ConfigurationError("exists already", where=str(path), remedy="edit it, or pass --force to replace it")


@rubric.command()
@click.argument("number", type=int)
@click.option("--force", is_flag=True, help="Replace a rubric that exists.")
@click.option("--replay", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Answer from recordings.")
@click.option("--record", type=click.Path(file_okay=False, path_type=Path), help="Record the answer.")
@json_option
@click.pass_obj
def draft(root: Path, number: int, force: bool, replay: Path | None, record: Path | None, as_json: bool) -> None:
    """Let the judge turn case NUMBER and the guidelines into a draft for you to edit and approve."""
    from pipeline.cli.judges import open_judge
    from pipeline.domain.lint import lint_rubric
    from pipeline.domain.rubric import Rubric
    from pipeline.work.breaker import require_running
    from pipeline.work.drafting import draft_rubric
    from pipeline.workspace.rubrics import save_draft

    with open_session(root, locked=True) as session:
        case, path = session.workspace.case(number), _path(session, number)
        _refuse_overwrite(path, force=force)
        require_running(session.store)

        async def ask() -> Rubric:
            async with open_judge(session, replay=replay, record=record) as judge:
                return await draft_rubric(
                    case, judge=judge, prompts=session.prompts, store=session.store, now=session.settings.now
                )

        drafted = asyncio.run(ask())
        save_draft(path, drafted, replace=force)
        findings = lint_rubric(drafted, case, session.contest.scale.max)
    lines = [f"Draft written: {path}", *(f"  {f.severity}: {f.message}" for f in findings)]
    lines.append(f"Next: edit it, `casejury rubric lint`, `casejury rubric approve {number} --by NAME`.")
    emit(
        {
            "path": str(path),
            "rubric": drafted.id,
            "findings": [f.model_dump(mode="json") | {"message": f.message} for f in findings],
        },
        as_json=as_json,
        text="\n".join(lines),
    )


@rubric.command()
@click.argument("number", type=int)
@click.option("--force", is_flag=True, help="Replace a rubric that exists.")
@json_option
@click.pass_obj
def new(root: Path, number: int, force: bool, as_json: bool) -> None:
    """Write a template rubric for case NUMBER, to fill in by hand (no judge needed)."""
    from pipeline.workspace.scaffold import template_rubric

    with open_session(root) as session:
        case, path = session.workspace.case(number), _path(session, number)
        _refuse_overwrite(path, force=force)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            template_rubric(case, session.contest.scale.max, language=session.contest.language), encoding="utf-8"
        )
    emit(
        {"path": str(path)},
        as_json=as_json,
        text=f"Template written: {path}\nNext: fill it in, then `casejury rubric lint {number}`.",
    )


@rubric.command()
@click.argument("numbers", type=int, nargs=-1)
@json_option
@click.pass_obj
def lint(root: Path, numbers: tuple[int, ...], as_json: bool) -> None:
    """Find what is wrong with rubrics: demands nobody counts, levels nobody can reach, and more. Exit 9 on errors."""
    from pipeline.domain.lint import lint_rubric

    told: list[dict[str, object]] = []
    lines: list[str] = []
    errors = 0
    with open_session(root) as session:
        chosen = [session.workspace.case(n) for n in numbers] or list(session.workspace.cases.values())
        for case in chosen:
            guide = session.workspace.rubrics.get(case.number)
            if guide is None:
                errors += 1
                lines.append(
                    f"case {case.number}: error: no rubric; write one with `casejury rubric draft {case.number}`"
                )
                told.append({"case": case.number, "code": "no_rubric", "severity": "error"})
                continue
            findings = lint_rubric(guide, case, session.contest.scale.max)
            for finding in findings:
                errors += finding.severity == "error"
                lines.append(f"case {case.number}: {finding.severity}: {finding.message}")
                told.append({"case": case.number, **finding.model_dump(mode="json"), "message": finding.message})
            if not findings:
                lines.append(f"case {case.number}: ok")
    failed = None
    if errors:
        failed = CheckFailed(f"{errors} error(s) in rubrics", where="rubrics/", remedy="mend them and lint again")
    emit({"findings": told, "errors": errors}, as_json=as_json, text="\n".join(lines), error=failed)
    if failed is not None:
        raise failed


@rubric.command()
@click.argument("number", type=int)
@click.option("--by", required=True, help="Who signs.")
@click.option("--despite", is_flag=True, help="Sign although lint finds errors.")
@json_option
@click.pass_obj
def approve(root: Path, number: int, by: str, despite: bool, as_json: bool) -> None:
    """Sign the rubric of case NUMBER as it stands now; any later change of it or of the case voids the signature."""
    from pipeline.domain.lint import has_errors, lint_rubric
    from pipeline.workspace.rubrics import approve as sign

    with open_session(root) as session:
        case, path = session.workspace.case(number), _path(session, number)
        guide = session.workspace.rubrics.get(number)
        if guide is None:
            raise ConfigurationError("there is no rubric", where=str(path), remedy=f"casejury rubric draft {number}")
        findings = lint_rubric(guide, case, session.contest.scale.max)
        if has_errors(findings) and not despite:
            first = next(f for f in findings if f.severity == "error")
            raise CheckFailed(f"lint finds: {first.message}", where=str(path), remedy="mend it, or pass --despite")
        signed = sign(path, guide, case, by, session.settings.now())
    emit(
        {"path": str(path), "rubric": signed.id, "by": by},
        as_json=as_json,
        text=f"Approved by {by}: {path} ({signed.id[7:17]})",
    )
