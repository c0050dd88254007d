"""The values of an evaluation: what goes in, every figure that comes out, and how it was counted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.domain.agreement.measured import Figure, Minima
from pipeline.domain.agreement.resample import LEVEL, REPLICATES
from pipeline.domain.agreement.selective import AtTarget, Curve, Doubt
from pipeline.domain.ids import Value

State = Literal["suggested", "referred", "ungraded", "predicted"]
"""predicted: guards from a file that does not tell suggestions from referrals"""
Counting = Literal["suggested", "all", "raters"]
"""suggested: items that were referred are left out; all: every item with computed guards; raters: no machine in it"""
Dimension = Literal["case", "length", "style", "format", "time"]


class EvaluatedItem(Value):
    """One answer with all marks it got. `marks`: by rater, in the raters' order, None where one gave none."""

    id: str
    entrant: str
    """answers of one entrant are resampled together; the item's id where nobody is known"""
    marks: tuple[int | None, ...]
    machine: int | None = None
    state: State = "predicted"
    doubt: Doubt = ()
    """empty: no signal is known"""
    length: int | None = None
    slices: dict[Dimension, str] = Field(default_factory=dict)
    criteria: dict[str, tuple[int | None, ...]] = Field(default_factory=dict)
    """`case/criterion` -> the raters' marks on it in their order, and the machine's last"""


class Options(Value):
    """How an evaluation is made. `target`: exact agreement that the accepted part of the answers should have."""

    scale_max: int = Field(ge=1)
    raters: tuple[str, ...] = Field(min_length=1)
    raters_are: str = ""
    """who they are, in words that are shown wherever they are"""
    reference: int = 0
    """place of the rater whose marks slices, curve and baselines are held against"""
    target: float = Field(default=0.9, gt=0, lt=1)
    replicates: int = Field(default=REPLICATES, ge=100, le=100_000)
    seed: int = 0
    level: float = LEVEL
    minima: Minima = Minima()


class Agreement(Value):
    """What two markers share."""

    qwk: Figure
    exact: Figure
    adjacent: Figure
    smd: Figure
    """the second marker less the first"""


class Comparison(Value):
    """Two markers: raters by name, `machine`, `majority`, `length`; and which items count."""

    kind: Literal["raters", "machine", "baseline"]
    first: str
    second: str
    counting: Counting
    agreement: Agreement


class Degradation(Value):
    """QWK between raters less QWK between raters and machine, on the same items; above 0 the machine agrees less.

    With several raters both are means over all pairs that have a value.
    """

    counting: Counting
    raters: Figure
    machine: Figure
    difference: Figure


class Alphas(Value):
    """Krippendorff's alpha of the raters, or of raters and machine together."""

    who: Literal["raters", "raters and machine"]
    counting: Counting
    ordinal: Figure
    interval: Figure


class Slice(Value):
    """One part of the answers, reference against machine, all computed guards counted."""

    dimension: Dimension
    label: str
    n: int
    agreement_raters: Figure
    """QWK of the reference and the next rater on the same items"""
    qwk: Figure
    exact: Figure
    difference: Figure
    """mean standardised difference: above 0 the machine is kinder to this part than to the rest"""


class CriterionAgreement(Value):
    """One criterion of one case: reference against machine and against the next rater."""

    criterion: str
    machine_exact: Figure
    machine_qwk: Figure
    raters_exact: Figure
    raters_qwk: Figure


class Table(Value):
    """A confusion matrix: rows the first marker's guards from 0, columns the second's."""

    first: str
    second: str
    counting: Counting
    counts: tuple[tuple[int, ...], ...]


class Change(Value):
    """The machine against an earlier one on the items that both and the reference marked: new less old."""

    n: int
    qwk: Figure
    exact: Figure
    absolute_smd: Figure
    """|SMD| of the new one less |SMD| of the old one: above 0 it is further from the reference"""


class Disagreement(Value):
    """An item where reference and machine differ by more than one."""

    id: str
    reference: int
    machine: int
    state: State


class Evaluation(Value):
    """evaluation.json without its gates. `machine`: the guards by item id, so that a later one can be compared."""

    options: Options
    items: int
    marked: int
    """items that the reference marked"""
    entrants: int
    states: dict[str, int]
    """the marked items by state"""
    comparisons: tuple[Comparison, ...]
    degradation: tuple[Degradation, ...]
    alphas: tuple[Alphas, ...]
    tables: tuple[Table, ...]
    slices: tuple[Slice, ...]
    criteria: tuple[CriterionAgreement, ...]
    curve: Curve | None
    """None where no signal of doubt is known"""
    at_target: AtTarget | None
    change: Change | None = None
    disagreements: tuple[Disagreement, ...] = ()
    machine: dict[str, int] = Field(default_factory=dict)
