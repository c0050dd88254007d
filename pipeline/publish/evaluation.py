"""An evaluation as index.html and evaluation.json: every figure with its interval and how it was counted."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from babel.numbers import format_decimal, format_percent
from markupsafe import Markup
from pydantic import AwareDatetime, Field

from pipeline.domain.agreement.evaluation import Comparison, Evaluation, Slice, Table
from pipeline.domain.agreement.gates import GateResult
from pipeline.domain.agreement.measured import Figure, Undefined
from pipeline.domain.ids import Value, short
from pipeline.errors import StorageError
from pipeline.messages import N_, Texts
from pipeline.publish.html import environment, inline_file, source_hash
from pipeline.publish.plots import interval, risk_coverage, shade
from pipeline.publish.safe import safe_json

FILES = ("index.html", "evaluation.json")

COUNTING = {
    "suggested": N_("suggestions only, referrals left out"),
    "all": N_("all computed guards, referrals too"),
    "raters": N_("all that both marked"),
}
UNDEFINED = {
    Undefined.NO_ITEMS: N_("no items"),
    Undefined.NO_VARIATION: N_("undefined: marks do not vary"),
    Undefined.TOO_FEW: N_("too few"),
    Undefined.TOO_FEW_ENTRANTS: N_("too few entrants"),
    Undefined.UNSTABLE: N_("not stable"),
    Undefined.NOT_REACHED: N_("not reached"),
    Undefined.NOT_GIVEN: N_("not in the data"),
}
DIMENSIONS = {
    "case": N_("Case"),
    "length": N_("Length of the text"),
    "style": N_("Style"),
    "format": N_("Format of the file"),
    "time": N_("Time of day"),
}
LABELS = {
    ("length", "short"): N_("shortest third"),
    ("length", "medium"): N_("middle third"),
    ("length", "long"): N_("longest third"),
    ("style", "informal"): N_("informal"),
    ("style", "formal"): N_("not informal"),
    ("time", "night"): N_("night, from 0:00"),
    ("time", "morning"): N_("morning, from 6:00"),
    ("time", "afternoon"): N_("afternoon, from 12:00"),
    ("time", "evening"): N_("evening, from 18:00"),
}
MARKERS = {"machine": N_("the AI"), "majority": N_("always the commonest mark"), "length": N_("length alone")}
STATES = {
    "suggested": N_("suggested by the AI"),
    "referred": N_("referred to a person"),
    "ungraded": N_("without guards of the AI"),
    "predicted": N_("predicted (suggestions not told apart)"),
}
GATE_STATES = {
    "passed": N_("holds"),
    "within_interval": N_("outside, but within its interval"),
    "failed": N_("FAILS"),
    "undefined": N_("cannot be measured"),
}
GATE_FIGURES = {
    "qwk": N_("QWK"),
    "exact": N_("exact agreement"),
    "adjacent": N_("agreement within one"),
    "smd": N_("size of the SMD"),
    "difference": N_("size of the standardised difference"),
    "degradation": N_("degradation"),
    "alpha_ordinal": N_("alpha, ordinal"),
    "alpha_interval": N_("alpha, interval"),
    "aurc": N_("AURC"),
    "coverage": N_("coverage at the target"),
    "change_qwk": N_("change of QWK"),
    "change_exact": N_("change of exact agreement"),
    "change_smd": N_("change of the size of the SMD"),
}


class EvaluationReport(Value):
    """evaluation.json, whole: what was compared with what, every figure, and what became of the gates."""

    format: Literal["casejury-evaluation/1"] = "casejury-evaluation/1"
    contest: str
    title: str = ""
    at: AwareDatetime
    reference_from: str
    """the file of reference marks, or `jurors`"""
    machine_from: str
    """the file of the machine's guards, or `store`"""
    ignored: tuple[str, ...] = ()
    """columns of the file that are no marks"""
    names: dict[int, str] = Field(default_factory=dict)
    """titles of the cases"""
    evaluation: Evaluation
    gates: tuple[GateResult, ...] = ()


def evaluation_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of evaluation.json."""
    return EvaluationReport.model_json_schema(by_alias=True, mode="serialization")


class Shown:
    """Figures in words of one language."""

    def __init__(self, t: Texts) -> None:
        self.t = t

    def number(self, value: float) -> str:
        """Two decimals; a true minus sign."""
        shown = format_decimal(round(value, 2) + 0.0, format="0.00", locale=self.t.language)
        return str(shown).replace("-", "−")

    def share(self, value: float) -> str:
        """Whole per cent."""
        return str(format_percent(value, format="0%", locale=self.t.language))

    def _either(self, value: float, *, share: bool) -> str:
        return self.share(value) if share else self.number(value)

    def value(self, one: Figure, *, share: bool = False) -> str:
        """The value, or the reason why there is none; never a number in its place."""
        if one.value is None:
            return self.t(UNDEFINED[one.why or Undefined.NOT_GIVEN])
        return self._either(one.value, share=share)

    def bounds(self, one: Figure, *, share: bool = False) -> str:
        """`[low; high]`, or the reason why there is no interval; empty where there is no value either."""
        if one.value is None:
            return ""
        if one.low is None or one.high is None:
            return self.t("no interval: {why}", why=self.t(UNDEFINED[one.no_interval or Undefined.NOT_GIVEN]))
        return f"[{self._either(one.low, share=share)}; {self._either(one.high, share=share)}]"

    def whole(self, one: Figure, *, share: bool = False) -> str:
        """Value, interval and n on one line."""
        return " ".join(filter(None, (self.value(one, share=share), self.bounds(one, share=share), f"(n = {one.n})")))

    def marker(self, name: str) -> str:
        """Who marked: the machine, a baseline, or a rater by name."""
        return self.t(MARKERS[name]) if name in MARKERS else name


class GateRow(NamedTuple):
    """A gate in words."""

    figure: str
    limit: str
    found: str
    state: str
    broken: bool


class SliceBlock(NamedTuple):
    """A dimension's slices with their plots."""

    title: str
    rows: tuple[tuple[str, Slice, Markup], ...]


class TableShown(NamedTuple):
    """A confusion matrix with a shade for each cell."""

    title: str
    first: str
    second: str
    rows: tuple[tuple[tuple[int, int], ...], ...]


def evaluation_html(report: EvaluationReport, t: Texts) -> str:
    """The page, complete with its style; it needs no network and holds no text of an answer."""
    found, shown = report.evaluation, Shown(t)
    style = inline_file("style.css") + inline_file("evaluation.css")
    page = (
        environment()
        .get_template("evaluation.j2")
        .render(
            _=t,
            t=t,
            plural=t.plural,
            report=report,
            found=found,
            shown=shown,
            short=short,
            counting={name: t(words) for name, words in COUNTING.items()},
            states={name: t(STATES[name]) for name in found.states},
            rows=tuple((one, _who(one, shown), _line(one.agreement.qwk, shown)) for one in found.comparisons),
            tables=tuple(_table(table, shown, t) for table in found.tables),
            blocks=_blocks(report, shown),
            curve=_curve(found, shown, t),
            gates=tuple(_gate(result, shown, t) for result in report.gates),
            broken=sum(result.broken for result in report.gates),
            reference=found.options.raters[found.options.reference],
            style=Markup(style),  # noqa: S704 - the package's own files
            policy=f"default-src 'none'; style-src {source_hash(style)}; "
            "img-src data:; base-uri 'none'; form-action 'none'",
        )
    )
    return page.strip() + "\n"


def _who(one: Comparison, shown: Shown) -> str:
    return f"{one.first} — {shown.marker(one.second)}"


def _line(one: Figure, shown: Shown) -> Markup:
    return interval(one, -0.25, 1, f"{shown.whole(one)}")


def _table(table: Table, shown: Shown, t: Texts) -> TableShown:
    return TableShown(
        title=f"{table.first} — {shown.marker(table.second)} ({t(COUNTING[table.counting])})",
        first=table.first,
        second=shown.marker(table.second),
        rows=tuple(tuple((count, shade(count, row)) for count in row) for row in table.counts),
    )


def _blocks(report: EvaluationReport, shown: Shown) -> tuple[SliceBlock, ...]:
    blocks = []
    for dimension, title in DIMENSIONS.items():
        parts = [part for part in report.evaluation.slices if part.dimension == dimension]
        order = [label for of, label in LABELS if of == dimension]
        if order:
            parts.sort(key=lambda part: order.index(part.label))
        if parts:
            rows = tuple((_label(part, report, shown.t), part, _line(part.qwk, shown)) for part in parts)
            blocks.append(SliceBlock(shown.t(title), rows))
    return tuple(blocks)


def _label(part: Slice, report: EvaluationReport, t: Texts) -> str:
    if part.dimension == "case" and part.label.isdigit() and int(part.label) in report.names:
        return f"{part.label}. {report.names[int(part.label)]}"
    known = LABELS.get((part.dimension, part.label))
    return t(known) if known else part.label


def _curve(found: Evaluation, shown: Shown, t: Texts) -> Markup:
    if found.curve is None or found.at_target is None or found.curve.aurc.value is None:
        return Markup()
    target, chosen = found.options.target, found.at_target.coverage.value
    words = {
        "x": t("share of the answers that is accepted, surest first"),
        "y": t("of them unequal to the reference"),
        "target": t("{share} unequal", share=shown.share(1 - target)),
        "chosen": t("accepted: {share}", share=shown.share(chosen)) if chosen is not None else "",
        "label": t("Risk-coverage curve; the table below holds its points"),
    }
    return risk_coverage(found.curve, target, chosen, words, shown.share)


def _gate(result: GateResult, shown: Shown, t: Texts) -> GateRow:
    gate = result.gate
    share = gate.figure in {"exact", "adjacent", "coverage", "change_exact"}
    where = [
        gate.rater,
        *(f"{t(DIMENSIONS[d])}: {t(LABELS.get((d, label), label))}" for d, label in gate.slice.items()),
    ]
    if gate.figure in {"qwk", "exact", "adjacent", "smd", "degradation", "alpha_ordinal", "alpha_interval"}:
        where.append(t(COUNTING["all" if gate.slice else gate.counting]))
    if gate.at_least is not None:
        limit = t("at least {limit}", limit=_limit(gate.at_least, shown))
    else:
        limit = t("at most {limit}", limit=_limit(gate.at_most or 0, shown))
    return GateRow(
        figure=", ".join([t(GATE_FIGURES[gate.figure]), *filter(None, where)]),
        limit=limit,
        found=shown.whole(result.figure, share=share),
        state=t(GATE_STATES[result.state]),
        broken=result.broken,
    )


def _limit(value: float, shown: Shown) -> str:
    """As written, without rounding."""
    return str(format_decimal(value, format="0.#####", locale=shown.t.language)).replace("-", "−")


def summary_text(report: EvaluationReport, t: Texts) -> list[str]:
    """What the command prints: each comparison with QWK and exact agreement, degradation, coverage, gates."""
    found, shown = report.evaluation, Shown(t)
    lines = [t("Marked by the reference: {n} of {all}", n=found.marked, all=found.items)]
    if found.options.raters_are:
        lines.append(t("Raters: {who}", who=found.options.raters_are))
    for one in found.comparisons:
        figures = f"QWK {shown.whole(one.agreement.qwk)}, {t('exact')} {shown.value(one.agreement.exact, share=True)}"
        lines.append(f"  {_who(one, shown)}: {figures} — {t(COUNTING[one.counting])}")
    for worse in found.degradation:
        told = f"{t('Degradation (raters less the AI, QWK)')}: {shown.whole(worse.difference)}"
        lines.append(f"{told} — {t(COUNTING[worse.counting])}")
    if found.at_target is not None:
        target = shown.share(found.at_target.target)
        told = shown.value(found.at_target.coverage, share=True)
        lines.append(t("Coverage at {target} exact agreement: {coverage}", target=target, coverage=told))
    if report.ignored:
        lines.append(t("Columns not read: {columns}", columns=", ".join(report.ignored)))
    gates = [_gate(result, shown, t) for result in report.gates]
    return [*lines, *(f"  {gate.state}: {gate.figure} {gate.limit}; {gate.found}" for gate in gates)]


def write_evaluation(report: EvaluationReport, t: Texts, folder: Path) -> tuple[Path, ...]:
    """Writes index.html and evaluation.json into `folder`, each of them whole; StorageError if it cannot."""
    made = {
        "index.html": evaluation_html(report, t).encode("utf-8", "replace"),
        "evaluation.json": safe_json(report.model_dump(mode="json")).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in FILES:
                (beside / name).write_bytes(made[name])
            for name in FILES:
                os.replace(beside / name, folder / name)  # noqa: PTH105 - the one call that replaces atomically on every system
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"the evaluation could not be written: {error.strerror or error}",
            where=str(folder),
            remedy="choose another folder with --out, or make room",
        ) from error
    return tuple(folder / name for name in FILES)
