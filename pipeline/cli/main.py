"""The `casejury` command: finds the subcommand, turns errors into one line and a documented exit code."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from pipeline import __version__
from pipeline.errors import CasejuryError, Interrupted, StorageError, UsageError

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("pipeline.cli.init:init", "Write a new workspace into an empty folder."),
    "rubric": ("pipeline.cli.rubric:rubric", "Draft, check and approve the rubrics of the cases."),
    "ingest": ("pipeline.cli.ingest:ingest", "Read posts, cut them into submissions, check eligibility."),
    "grade": ("pipeline.cli.grade:grade", "Grade what is eligible and not graded yet, verify and decide."),
    "status": ("pipeline.cli.status:status", "Say where the contest stands."),
    "show": ("pipeline.cli.show:show", "Show one submission: text, marks, evidence, decisions."),
    "rule": ("pipeline.cli.rule:rule", "Record a juror's ruling on a submission."),
    "admit": ("pipeline.cli.correct:admit", "Lift what keeps a post's submissions out or refers them."),
    "reject": ("pipeline.cli.correct:reject", "Take a post or a part of it out of the contest."),
    "assign": ("pipeline.cli.correct:assign", "Say which case a post or a part of it answers."),
    "resplit": ("pipeline.cli.correct:resplit", "Cut a post into answers anew."),
    "stop": ("pipeline.cli.stop:stop", "Stop asking the AI at once; people go on by hand."),
    "resume": ("pipeline.cli.stop:resume", "Let the AI be asked again, after a small trial."),
    "incidents": ("pipeline.cli.incidents:incidents", "List, show, report and close failures of the AI."),
    "decisions": ("pipeline.cli.decisions:decisions", "List and check the trail of decisions."),
    "release": ("pipeline.cli.release:release", "Finalise results under the contest's review policy."),
    "report": ("pipeline.cli.report:report", "Write the report: HTML, JSON, CSV, XLSX."),
    "evaluate": ("pipeline.cli.evaluate:evaluate", "Say how well raters and machine agree."),
    "doctor": ("pipeline.cli.doctor:doctor", "Check settings, database, endpoint and model."),
}


class LazyGroup(click.Group):
    """Knows its commands' names and one-line helps without importing them, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands, in the order of a contest"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="CASEJURY_WORKSPACE",
    help="The contest's folder; the current one by default.",
)
@click.version_option(__version__, prog_name="casejury")
@click.pass_context
def cli(ctx: click.Context, workspace: Path) -> None:
    """Grade contest submissions by rubric with an LLM's verified suggestions; people decide.

    Exit codes: 0 finished, 1 a bug, 2 usage or configuration, 3 no judge, 4 stopped by the provider, 5 budget reached,
    6 AI stopped, 7 another run is at work, 8 storage, 9 a check failed, 130 interrupted.
    """
    ctx.obj = workspace


def _fail(error: CasejuryError) -> NoReturn:
    if "--json" in sys.argv and not error.told:
        with suppress(OSError):  # an output that is full still leaves the other one and the exit code
            click.echo(json.dumps({"error": error.as_json()}, ensure_ascii=False, indent=2))
    click.echo(f"casejury: {error}", err=True)
    sys.exit(error.exit_code)


def _refused(error: OSError) -> StorageError:
    """What the system refused outside the database: a full disk behind the output, a file without rights."""
    if error.filename is None:
        with suppress(OSError):  # an output that is no file
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the unwritten rest has no place to go
    return StorageError(
        f"the system refused ({error.strerror or type(error).__name__})",
        where=str(error.filename or "output"),
        remedy="check the place, its rights and the room left there, and run again; what was stored before is kept",
    )


def _bug(error: Exception) -> NoReturn:
    """Frames without values: an exception's own words may hold a submission's text (rule 11)."""
    first: BaseException = error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    frames = traceback.extract_tb(first.__traceback__)
    click.echo(f"casejury: a bug ({type(first).__name__}); nothing stored is lost. Where:", err=True)
    for frame in frames[-6:]:
        click.echo(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}", err=True)
    if os.environ.get("CASEJURY_DEBUG"):
        traceback.print_exception(error)
    else:
        click.echo("Run again with CASEJURY_DEBUG=1 for the whole message (it may show contest texts).", err=True)
    sys.exit(1)


def main() -> NoReturn:
    """Entry point of the console script."""
    try:
        cli(prog_name="casejury", standalone_mode=False)
    except CasejuryError as error:
        _fail(error)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        help_of = f"{context.command_path} --help" if context is not None else "casejury --help"
        _fail(UsageError(error.format_message(), remedy=f"see `{help_of}`"))
    except (click.Abort, KeyboardInterrupt):
        _fail(Interrupted("interrupted", remedy="what was received is stored; run the same command again to go on"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(_refused(error))
    except Exception as error:  # noqa: BLE001 - the last resort: a bug must not print contest texts
        _bug(error)
    sys.exit(0)


if __name__ == "__main__":
    main()
