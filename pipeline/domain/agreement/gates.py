"""What an evaluation must show: limits that a change of prompt, model or rubric may not break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.domain.agreement.evaluation import Agreement, Counting, Dimension, Evaluation
from pipeline.domain.agreement.measured import Figure, Undefined
from pipeline.domain.ids import Value

GateFigure = Literal[
    "qwk",
    "exact",
    "adjacent",
    "smd",
    "difference",
    "degradation",
    "alpha_ordinal",
    "alpha_interval",
    "aurc",
    "coverage",
    "change_qwk",
    "change_exact",
    "change_smd",
]
_ABSOLUTE = {"smd", "difference"}
"""Their size counts, in either direction."""
_IN_SLICES = {"qwk", "exact", "difference"}


class Gate(Value):
    """One limit on one figure of rater and machine; exactly one of at_least, at_most.

    `rater`: its name, the reference where empty (qwk, exact, adjacent, smd). `slice`: one dimension and its label
    (qwk, exact, difference). smd and difference are compared by their size. change_* need a baseline.
    """

    figure: GateFigure
    counting: Literal["suggested", "all"] = "all"
    rater: str = ""
    slice: dict[Dimension, str] = Field(default_factory=dict, max_length=1)
    at_least: float | None = None
    at_most: float | None = None
    if_undefined: Literal["fail", "pass"] = "fail"
    """where the figure has no value, or no interval to tell chance from change"""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a gate has exactly one of at_least, at_most")
        if self.slice and self.figure not in _IN_SLICES:
            raise ValueError(f"{self.figure} is not measured in slices; write one of: {', '.join(sorted(_IN_SLICES))}")
        if self.figure == "difference" and not self.slice:
            raise ValueError("difference is measured in slices; name one under slice")
        return self


class Gates(Value):
    """gates.yaml. `baseline`: an earlier evaluation.json, by its path from the folder of gates.yaml."""

    gates: tuple[Gate, ...] = Field(min_length=1)
    baseline: str = ""

    @model_validator(mode="after")
    def _has_baseline(self) -> Self:
        if not self.baseline and any(gate.figure.startswith("change_") for gate in self.gates):
            raise ValueError("baseline is needed by change_ figures; name an earlier evaluation.json")
        return self


class GateResult(Value):
    """What became of a gate: within_interval is outside the limit by no more than chance explains; it passes."""

    gate: Gate
    figure: Figure
    state: Literal["passed", "within_interval", "failed", "undefined"]

    @property
    def broken(self) -> bool:
        """Whether the check as a whole fails by it."""
        return self.state == "failed" or (self.state == "undefined" and self.gate.if_undefined == "fail")


def check(gates: Gates, evaluation: Evaluation) -> tuple[GateResult, ...]:
    """Each gate against its figure: failed only where the figure's whole interval lies beyond the limit."""
    return tuple(_result(gate, find(gate, evaluation)) for gate in gates.gates)


def _result(gate: Gate, figure: Figure) -> GateResult:
    # The coverage holds its bound already: it is the largest one that is shown to reach the target.
    if figure.value is None or (figure.low is None and gate.figure != "coverage"):
        return GateResult(gate=gate, figure=figure, state="undefined")
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    value = figure.value
    if gate.figure in _ABSOLUTE:
        low, high = (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        value = abs(value)
    if gate.at_least is not None:
        good, possible = value >= gate.at_least, high >= gate.at_least
    else:
        good, possible = value <= (gate.at_most or 0), low <= (gate.at_most or 0)
    return GateResult(gate=gate, figure=figure, state="passed" if good else "within_interval" if possible else "failed")


def find(gate: Gate, evaluation: Evaluation) -> Figure:
    """The figure that the gate speaks of; one without a value (not_given) where the evaluation has none."""
    return next(_found(gate, evaluation), _NONE)


_NONE = Figure(value=None, n=0, why=Undefined.NOT_GIVEN, no_interval=Undefined.NOT_GIVEN)


def _found(gate: Gate, evaluation: Evaluation) -> Iterator[Figure]:
    if gate.slice:
        ((dimension, label),) = gate.slice.items()
        for part in evaluation.slices:
            if (part.dimension, part.label) == (dimension, label):
                yield {"qwk": part.qwk, "exact": part.exact, "difference": part.difference}[gate.figure]
    elif gate.figure in Agreement.model_fields:
        rater = gate.rater or evaluation.options.raters[evaluation.options.reference]
        for one in evaluation.comparisons:
            if (one.kind, one.counting, one.first) == ("machine", gate.counting, rater):
                yield getattr(one.agreement, gate.figure)
    else:
        yield from (
            found for name, counting, found in _single(evaluation) if (name, counting) == (gate.figure, gate.counting)
        )


def _single(evaluation: Evaluation) -> Iterator[tuple[str, Counting, Figure]]:
    """The figures that an evaluation holds once, or once for each way of counting."""
    for worse in evaluation.degradation:
        yield "degradation", worse.counting, worse.difference
    for alphas in evaluation.alphas:
        yield "alpha_ordinal", alphas.counting, alphas.ordinal
        yield "alpha_interval", alphas.counting, alphas.interval
    if evaluation.curve is not None:
        yield "aurc", "all", evaluation.curve.aurc
    if evaluation.at_target is not None:
        yield "coverage", "all", evaluation.at_target.coverage
    if (change := evaluation.change) is not None:
        yield "change_qwk", "all", change.qwk
        yield "change_exact", "all", change.exact
        yield "change_smd", "all", change.absolute_smd
