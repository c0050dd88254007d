"""From marks to figures: every comparison of an evaluation, with intervals over entrants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from pipeline.domain.agreement import baselines, parts
from pipeline.domain.agreement.evaluation import (
    Agreement,
    Alphas,
    Change,
    Comparison,
    Counting,
    Degradation,
    Disagreement,
    EvaluatedItem,
    Evaluation,
    Options,
    Table,
)
from pipeline.domain.agreement.measured import Figure, Measured, Undefined
from pipeline.domain.agreement.pairs import Pair, Sums, confusion, qwk, smd
from pipeline.domain.agreement.resample import Estimate, Sample, Weights, measured
from pipeline.domain.agreement.weighted import AlphaSums, PairSums, agreement

Marks = tuple[tuple[int | None, ...], int | None, bool]
"""the raters' marks, the machine's guards, whether they were suggested"""
_SHARES = {"exact", "adjacent", "machine_exact", "raters_exact"}
_LISTED = 20


def least_of(options: Options) -> Callable[[str], int]:
    """The fewest items for a value, by the last part of a statistic's name."""
    minima = options.minima
    return lambda name: minima.shares if name.rsplit("/", 1)[-1] in _SHARES else minima.coefficients


def figures_of(
    sample: Sample[parts.Row], statistics: Callable[[Weights], Mapping[str, Estimate]], options: Options
) -> dict[str, Figure]:
    """The statistics with intervals as the options ask for."""
    return measured(
        sample,
        statistics,
        least=least_of(options),
        minima=options.minima,
        replicates=options.replicates,
        seed=options.seed,
        level=options.level,
    )


def evaluate(items: Sequence[EvaluatedItem], options: Options, earlier: Mapping[str, int] | None = None) -> Evaluation:
    """Every figure of the items; `earlier`: another machine's guards by item id, for what changed.

    The order of the items does not matter. Randomness comes from `options.seed` alone: the same items and options
    give the same figures.
    """
    items = sorted(items, key=lambda item: item.id)
    marked = [item for item in items if item.marks[options.reference] is not None]
    compared, degradation, alphas = _markers(items, options)
    curve, at_target = parts.selective(marked, options, figures_of)
    return Evaluation(
        options=options,
        items=len(items),
        marked=len(marked),
        entrants=len({item.entrant for item in marked}),
        states=dict(sorted(Counter(item.state for item in marked).items())),
        comparisons=(*compared, *_baselines(marked, options)),
        degradation=degradation,
        alphas=alphas,
        tables=_tables(items, options),
        slices=parts.slices(marked, options, figures_of),
        criteria=parts.criteria(marked, options, figures_of),
        curve=curve,
        at_target=at_target,
        change=_change(marked, options, earlier) if earlier is not None else None,
        disagreements=_disagreements(marked, options),
        machine={item.id: item.machine for item in items if item.machine is not None},
    )


def countings(items: Iterable[EvaluatedItem]) -> tuple[Counting, ...]:
    """Suggested only, and all with computed guards; the latter alone where suggestions are not told apart."""
    states = {item.state for item in items if item.machine is not None}
    if not states:
        return ()
    return ("all",) if states == {"predicted"} else ("suggested", "all")


def counts_in(counting: Counting, *, machine: int | None, suggested: bool) -> bool:
    """Whether an item has guards of the machine that count."""
    return machine is not None and (counting != "suggested" or suggested)


def _markers(
    items: Sequence[EvaluatedItem], options: Options
) -> tuple[tuple[Comparison, ...], tuple[Degradation, ...], tuple[Alphas, ...]]:
    sample: Sample[Marks] = Sample(
        (item.entrant, (item.marks, item.machine, item.state == "suggested"))
        for item in items
        if item.machine is not None or any(mark is not None for mark in item.marks)
    )
    counted, pairs, alphas = countings(items), _pairs(sample, items, options), _alpha_sums(sample, items)
    raters = range(len(options.raters))

    def statistics(weights: Weights) -> dict[str, Estimate]:
        drawn = {name: pair(weights) for name, pair in pairs.items()}
        found = {}
        for name, s in drawn.items():
            if not name.startswith("same/"):
                found.update(agreement(name, s))
        for counting in counted if len(options.raters) > 1 else ():
            found.update(_degradation(counting, drawn, raters))
        for name, sums in alphas.items():
            found.update(sums(name, weights))
        return found

    figures = figures_of(sample, statistics, options)
    compared = []
    for name in pairs:
        head, first, second = name.split("/")
        if head != "same":
            compared.append(_comparison(name, head, first, second, figures, options))
    worse = tuple(
        Degradation(
            counting=counting,
            raters=figures[f"degradation/{counting}/raters"],
            machine=figures[f"degradation/{counting}/machine"],
            difference=figures[f"degradation/{counting}/difference"],
        )
        for counting in (counted if len(options.raters) > 1 else ())
    )
    return tuple(compared), worse, tuple(_alphas(name, figures) for name in alphas)


def _pairs(sample: Sample[Marks], items: Sequence[EvaluatedItem], options: Options) -> dict[str, PairSums[Marks]]:
    """`counting/first/second` for each comparison; `same/…` for what degradation needs on the same items."""
    raters, kinds = range(len(options.raters)), sample.kinds
    pairs: dict[str, PairSums[Marks]] = {}

    def of_raters(i: int, j: int, counting: Counting) -> Callable[[Marks], Pair | None]:
        def pick(kind: Marks) -> Pair | None:
            marks, machine, suggested = kind
            fits = counting == "raters" or counts_in(counting, machine=machine, suggested=suggested)
            return _both(marks[i], marks[j]) if fits else None

        return pick

    def of_machine(i: int, counting: Counting, *, others: bool) -> Callable[[Marks], Pair | None]:
        def pick(kind: Marks) -> Pair | None:
            marks, machine, suggested = kind
            fits = not others or any(mark is not None for j, mark in enumerate(marks) if j != i)
            counts = counts_in(counting, machine=machine, suggested=suggested)
            return _both(marks[i], machine) if fits and counts else None

        return pick

    for i, j in combinations(raters, 2):
        pairs[f"raters/{i}/{j}"] = PairSums(kinds, of_raters(i, j, "raters"))
    for counting in countings(items):
        for i in raters:
            pairs[f"{counting}/{i}/machine"] = PairSums(kinds, of_machine(i, counting, others=False))
            pairs[f"same/{counting}/{i}"] = PairSums(kinds, of_machine(i, counting, others=True))
        for i, j in combinations(raters, 2):
            pairs[f"same/{counting}/{i}-{j}"] = PairSums(kinds, of_raters(i, j, counting))
    return pairs


def _both(a: int | None, b: int | None) -> Pair | None:
    return None if a is None or b is None else (a, b)


def _degradation(counting: Counting, drawn: Mapping[str, Sums], raters: Sequence[int]) -> dict[str, Estimate]:
    between = [drawn[f"same/{counting}/{i}-{j}"] for i, j in combinations(raters, 2)]
    against = [drawn[f"same/{counting}/{i}"] for i in raters]
    rr, rm = _mean([qwk(s) for s in between]), _mean([qwk(s) for s in against])
    n = max(s.n for s in against)
    worse: Measured = Undefined.NO_ITEMS
    if not isinstance(rr, Undefined) and not isinstance(rm, Undefined):
        worse = rr - rm
    elif n:
        worse = Undefined.NO_VARIATION
    place = f"degradation/{counting}"
    return {
        f"{place}/raters": Estimate(rr, max(s.n for s in between)),
        f"{place}/machine": Estimate(rm, n),
        f"{place}/difference": Estimate(worse, n),
    }


def _mean(values: Sequence[Measured]) -> Measured:
    known = [value for value in values if not isinstance(value, Undefined)]
    return sum(known) / len(known) if known else values[0]


def _alpha_sums(sample: Sample[Marks], items: Sequence[EvaluatedItem]) -> dict[str, AlphaSums]:
    found = {}
    if sample.kinds and len(sample.kinds[0][0]) > 1:
        found["alpha/raters/raters"] = AlphaSums([marks for marks, _, _ in sample.kinds])
    for counting in countings(items):
        units = [
            (*marks, machine if counts_in(counting, machine=machine, suggested=suggested) else None)
            for marks, machine, suggested in sample.kinds
        ]
        found[f"alpha/raters and machine/{counting}"] = AlphaSums(
            [unit if unit[-1] is not None else (None,) for unit in units]
        )
    return found


def _alphas(name: str, figures: Mapping[str, Figure]) -> Alphas:
    _, who, counting = name.split("/")
    return Alphas.model_validate(
        {
            "who": who,
            "counting": counting,
            "ordinal": figures[f"{name}/ordinal"],
            "interval": figures[f"{name}/interval"],
        }
    )


def _agreement(name: str, figures: Mapping[str, Figure]) -> Agreement:
    return Agreement(**{part: figures[f"{name}/{part}"] for part in ("qwk", "exact", "adjacent", "smd")})


def _comparison(
    name: str, head: str, first: str, second: str, figures: Mapping[str, Figure], options: Options
) -> Comparison:
    return Comparison.model_validate(
        {
            "kind": "raters" if head == "raters" else "machine",
            "first": options.raters[int(first)],
            "second": options.raters[int(second)] if head == "raters" else "machine",
            "counting": head,
            "agreement": _agreement(name, figures),
        }
    )


def _baselines(marked: Sequence[EvaluatedItem], options: Options) -> tuple[Comparison, ...]:
    """On the items that the machine has guards for; on all where it has none at all."""
    fitting = [item for item in marked if item.machine is not None] or list(marked)
    known = [baselines.Known(item.entrant, item.marks[options.reference] or 0, item.length) for item in fitting]
    guesses = {"majority": baselines.majority(known), "length": baselines.length_only(known)}
    if not any(item.length is not None for item in fitting):
        del guesses["length"]
    rows = [(k.entrant, (k.mark, *(g[place] for g in guesses.values()))) for place, k in enumerate(known)]
    sample: Sample[tuple[int | None, ...]] = Sample(rows)
    pairs = {name: PairSums(sample.kinds, _against(place)) for place, name in enumerate(guesses, start=1)}

    def statistics(weights: Weights) -> dict[str, Estimate]:
        found: dict[str, Estimate] = {}
        for name, pair in pairs.items():
            found.update(agreement(name, pair(weights)))
        return found

    figures = figures_of(sample, statistics, options)
    return tuple(
        Comparison(
            kind="baseline",
            first=options.raters[options.reference],
            second=name,
            counting="all" if any(item.machine is not None for item in fitting) else "raters",
            agreement=_agreement(name, figures),
        )
        for name in guesses
    )


def _against(place: int) -> Callable[[tuple[int | None, ...]], Pair | None]:
    return lambda kind: _both(kind[0], kind[place])


def _tables(items: Sequence[EvaluatedItem], options: Options) -> tuple[Table, ...]:
    reference = options.reference
    found = []
    for counting in countings(items):
        pairs = [
            pair
            for item in items
            if counts_in(counting, machine=item.machine, suggested=item.state == "suggested")
            and (pair := _both(item.marks[reference], item.machine)) is not None
        ]
        found.append((options.raters[reference], "machine", counting, pairs))
    for other in range(len(options.raters)):
        if other != reference:
            marks = [p for item in items if (p := _both(item.marks[reference], item.marks[other])) is not None]
            found.append((options.raters[reference], options.raters[other], "raters", marks))
    return tuple(
        Table(first=first, second=second, counting=counting, counts=confusion(pairs, options.scale_max))
        for first, second, counting, pairs in found
    )


def _change(marked: Sequence[EvaluatedItem], options: Options, earlier: Mapping[str, int]) -> Change:
    sample: Sample[tuple[int, int, int]] = Sample(
        (item.entrant, (item.marks[options.reference] or 0, earlier[item.id], item.machine))
        for item in marked
        if item.machine is not None and item.id in earlier
    )
    before = PairSums(sample.kinds, lambda kind: (kind[0], kind[1]))
    after = PairSums(sample.kinds, lambda kind: (kind[0], kind[2]))

    def statistics(weights: Weights) -> dict[str, Estimate]:
        old, new = before(weights), after(weights)
        share: Measured = (new.exact - old.exact) / new.n if new.n else Undefined.NO_ITEMS
        return {
            "qwk": Estimate(_less(qwk(new), qwk(old)), new.n),
            "exact": Estimate(share, new.n),
            "absolute_smd": Estimate(_less(_absolute(smd(new)), _absolute(smd(old))), new.n),
        }

    figures = figures_of(sample, statistics, options)
    return Change(n=figures["qwk"].n, **figures)


def _less(new: Measured, old: Measured) -> Measured:
    if isinstance(new, Undefined):
        return new
    return old if isinstance(old, Undefined) else new - old


def _absolute(value: Measured) -> Measured:
    return value if isinstance(value, Undefined) else abs(value)


def _disagreements(marked: Sequence[EvaluatedItem], options: Options) -> tuple[Disagreement, ...]:
    """The widest first, at most _LISTED of them."""
    far = [
        Disagreement(id=item.id, reference=mark, machine=item.machine, state=item.state)
        for item in marked
        if (mark := item.marks[options.reference]) is not None
        and item.machine is not None
        and abs(mark - item.machine) > 1
    ]
    return tuple(sorted(far, key=lambda d: (-abs(d.reference - d.machine), d.id))[:_LISTED])
