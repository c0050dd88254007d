"""`casejury init`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import emit, json_option


@click.command()
@click.option("--language", type=click.Choice(["ru", "en"]), default="en", help="Of prompts' output, reasons, reports.")
@json_option
@click.pass_obj
def init(root: Path, language: str, as_json: bool) -> None:
    """Write a new workspace: contest.yaml, a sample case, guidelines, the inbox. Overwrites nothing."""
    from pipeline.workspace import scaffold

    made = [
        path.relative_to(root).as_posix() for path in scaffold.init(root, language="ru" if language == "ru" else "en")
    ]
    lines = [f"  {name}" for name in made]
    emit(
        {"created": made},
        as_json=as_json,
        text="\n".join(
            [
                "Created:",
                *lines,
                "Next: write cases/*.md; `casejury rubric draft 1` or `rubric new 1`; `rubric approve 1 --by NAME`;",
                "put posts into submissions/; `casejury ingest`; `casejury grade`.",
            ]
        ),
    )
