"""`casejury evaluate`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.context import Session, emit, json_option, open_session
from pipeline.errors import CheckFailed, ConfigurationError, UsageError

if TYPE_CHECKING:
    from pipeline.domain.agreement.evaluation import EvaluatedItem
    from pipeline.domain.agreement.gates import Gates
    from pipeline.workspace.load import Workspace

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--gold", type=FILE, help="Reference marks: CSV, TSV, XLSX or JSONL; docs/evaluation.md has the columns.")
@click.option("--jurors", is_flag=True, help="The jurors' first rulings in the store are the reference.")
@click.option("--predictions", type=FILE, help="The machine's guards from a file: nothing in the store is looked at.")
@click.option("--rater", "raters", multiple=True, help="A column of --gold that holds marks; repeat for each.")
@click.option("--reference", help="The rater that slices, curve and baselines are held against; the first by default.")
@click.option("--raters-are", default="", help="Who the raters are, in words; stands wherever their marks are shown.")
@click.option("--gate", type=FILE, help="Limits that must hold (gates.yaml); exit 9 where one fails.")
@click.option("--baseline", type=FILE, help="An earlier evaluation.json: what changed on the same items.")
@click.option(
    "--target", default=0.9, type=click.FloatRange(0.5, 0.999), help="Exact agreement wanted of the accepted."
)
@click.option("--replicates", default=1000, type=click.IntRange(100, 100_000), help="Of the bootstrap.")
@click.option("--seed", default=0, type=int, help="Of the bootstrap.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Where to; reports/evaluation by default."
)
@click.option("--language", type=click.Choice(["ru", "en"]), help="Of the page; the contest's by default.")
@json_option
@click.pass_obj
def evaluate(
    root: Path,
    /,
    gold: Path | None,
    jurors: bool,
    predictions: Path | None,
    gate: Path | None,
    baseline: Path | None,
    out: Path | None,
    language: str | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Say how well raters and machine agree: index.html with plots, evaluation.json.

    The reference is a file (--gold) or the jurors' rulings (--jurors); it never reaches a prompt. The machine's
    guards come from the store, from a column `prediction` of --gold, or from --predictions.
    """
    from pipeline.domain.agreement.evaluate import evaluate as evaluated
    from pipeline.domain.agreement.gates import check
    from pipeline.messages import Texts
    from pipeline.publish.evaluation import EvaluationReport, summary_text, write_evaluation
    from pipeline.workspace.load import open_workspace
    from pipeline.workspace.settings import Settings

    if (gold is None) != jurors:
        raise UsageError("name one reference: --gold FILE or --jurors", remedy="casejury evaluate --help")
    workspace = open_workspace(root)
    gates = _gates(gate)
    earlier = _earlier(baseline or (gate.parent / gates.baseline if gate and gates and gates.baseline else None))
    items, options, notes = _loaded(root, workspace, gold, predictions, how)
    found = evaluated(items, options, earlier)
    results = check(gates, found) if gates else ()
    contest = workspace.contest
    t = Texts("ru" if (language or contest.language) == "ru" else "en", contest.zone)
    report = EvaluationReport(
        contest=contest.id,
        title=contest.title,
        at=Settings.from_environment(os.environ, workspace.root).now(),
        evaluation=found,
        gates=results,
        reference_from="jurors" if jurors else gold.name if gold else "",
        machine_from=notes["machine"],
        ignored=notes["ignored"],
        names={case: one.title for case, one in workspace.cases.items()},
    )
    written = [str(path) for path in write_evaluation(report, t, out or workspace.reports / "evaluation")]
    broken = [result for result in results if result.broken]
    error = CheckFailed(
        f"{len(broken)} of {len(results)} gate(s) do not hold: "
        + ", ".join(f"{r.gate.figure} ({r.state.replace('_', ' ')})" for r in broken),
        where=gate.name if gate else "",
        remedy="the page shows each gate with its figure and interval",
    )
    emit(
        {"written": written, **report.model_dump(mode="json", exclude={"evaluation": {"machine"}})},
        as_json=as_json,
        text="\n".join([*summary_text(report, t), t("Written:"), *(f"  {w}" for w in written)]),
        error=error if broken else None,
    )
    if broken:
        raise error


def _loaded(
    root: Path, workspace: Workspace, gold: Path | None, predictions: Path | None, how: Mapping[str, Any]
) -> tuple[list[EvaluatedItem], Any, dict[str, Any]]:
    """The items, the options, and where the machine's guards and the ignored columns are from."""
    from pipeline.cli.evaluation_items import items_of_files
    from pipeline.workspace.gold import read_gold, read_predictions

    contest = workspace.contest
    if gold is None:
        if predictions is not None:
            raise UsageError("--jurors reads the store; --predictions belongs to --gold")
        with open_session(root) as session:
            return _from_jurors(session, how)
    for path in (gold, predictions):
        if path is not None and path.resolve().is_relative_to(workspace.inbox.resolve()):
            raise ConfigurationError(
                "lies in the inbox, where ingest would read it as answers",
                where=workspace.shown(path.resolve()),
                remedy="move it out of the inbox; reference marks must not be graded",
            )
    marks = read_gold(gold, contest.scale.max, raters=how["raters"])
    told = {"ignored": marks.ignored}
    if predictions is not None or "prediction" in marks.fields:
        given = read_predictions(predictions, contest.scale.max) if predictions is not None else None
        items = items_of_files(marks, given, contest)
        return items, _options(marks.raters, contest.scale.max, how), {**told, "machine": (given or marks).where}
    with open_session(root) as session:
        from pipeline.cli.evaluation_items import items_of_store

        items = items_of_store(session, _rows(session), marks)
    return items, _options(marks.raters, contest.scale.max, how), {**told, "machine": "store"}


def _from_jurors(session: Session, how: Mapping[str, Any]) -> tuple[list[EvaluatedItem], Any, dict[str, Any]]:
    from pipeline.cli.evaluation_items import items_of_jurors

    items, most = items_of_jurors(session, _rows(session))
    if not items:
        raise ConfigurationError(
            "no juror has ruled on a submission as its text stands now", remedy="`casejury rule`, or name --gold FILE"
        )
    t = session.texts
    names = [t("first mark"), t("second mark"), *(t("mark {n}", n=n) for n in range(3, most + 1))][:most]
    told = {**how, "raters_are": how["raters_are"] or t("jurors; each person's first ruling, in the order given")}
    return items, _options(names, session.contest.scale.max, told), {"machine": "store", "ignored": ()}


def _rows(session: Session) -> list[Any]:
    from pipeline.cli.rows import rows_of
    from pipeline.work.summary import refreshed

    refreshed(session.store, session.workspace, session.prompts, session.settings.now())
    return list(rows_of(session))


def _options(raters: Any, scale_max: int, how: Mapping[str, Any]) -> Any:
    from pipeline.domain.agreement.evaluation import Options

    reference = how["reference"]
    if reference is not None and reference not in raters:
        raise UsageError(f"there is no rater {reference!r}", remedy="raters: " + ", ".join(raters))
    return Options(
        scale_max=scale_max,
        raters=tuple(raters),
        raters_are=how["raters_are"],
        reference=list(raters).index(reference) if reference is not None else 0,
        target=how["target"],
        replicates=how["replicates"],
        seed=how["seed"],
    )


def _gates(path: Path | None) -> Gates | None:
    from pipeline.domain.agreement.gates import Gates
    from pipeline.workspace.yamlfile import build, load_yaml, read_text

    return None if path is None else build(Gates, load_yaml(read_text(path, path.name), path.name), path.name)


def _earlier(path: Path | None) -> dict[str, int] | None:
    """The machine's guards of an earlier evaluation.json by item id."""
    if path is None:
        return None
    try:
        machine = json.loads(path.read_text(encoding="utf-8"))["evaluation"]["machine"]
        return {str(name): int(guards) for name, guards in machine.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigurationError(
            "is no evaluation.json", where=path.name, remedy="name one that `casejury evaluate` wrote"
        ) from error
