"""Plots of an evaluation as inline SVG: an interval on a line, the risk-coverage curve. No script, no outside file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from pipeline.domain.agreement.measured import Figure
from pipeline.domain.agreement.selective import Curve

_HEIGHT = 18
_MIDDLE = _HEIGHT / 2
_WIDTH, _TALL = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 26, 40


def interval(one: Figure, low: float, high: float, label: str) -> Markup:
    """A figure's value as a dot and its interval as a line, between `low` and `high`; empty without a value."""
    if one.value is None:
        return Markup()

    def place(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    drawn = Markup('<line class="axis" x1="0%" x2="100%" y1="{y}" y2="{y}"/>').format(y=_MIDDLE)
    if low < 0 < high:
        drawn += Markup('<line class="axis" x1="{x:.2f}%" x2="{x:.2f}%" y1="2" y2="{h}"/>').format(
            x=place(0), h=_HEIGHT - 2
        )
    if one.low is not None and one.high is not None:
        drawn += Markup('<line class="whisker" x1="{a:.2f}%" x2="{b:.2f}%" y1="{y}" y2="{y}"/>').format(
            a=place(one.low), b=place(one.high), y=_MIDDLE
        )
    drawn += Markup('<circle class="dot" cx="{x:.2f}%" cy="{y}" r="4"/>').format(x=place(one.value), y=_MIDDLE)
    return Markup('<svg class="interval" role="img" width="100%" height="{h}" aria-label="{label}">{d}</svg>').format(
        h=_HEIGHT, label=label, d=drawn
    )


def risk_coverage(
    curve: Curve, target: float, accepted: float | None, words: dict[str, str], share: Callable[[float], str]
) -> Markup:
    """The share of wrong items among the accepted against the share accepted; the target's risk as a broken line.

    `words`: x, y, target, chosen, label. `accepted`: the coverage at the target, marked where there is one.
    """
    points = [(p.coverage, p.risk) for p in curve.points]
    top = _ceiling(max([risk for _, risk in points] + [1 - target]))

    def x(value: float) -> float:
        return _LEFT + value * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TALL - _BOTTOM - value / top * (_TALL - _TOP - _BOTTOM)

    drawn = _axes(x, y, top, words, share)
    drawn += Markup('<line class="limit" x1="{a:.1f}" x2="{b:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
        a=x(0), b=x(1), y=y(1 - target)
    )
    drawn += _text(x(0.01), y(1 - target) - 5, words["target"], "start")
    steps = " ".join(f"{x(c):.1f},{y(r):.1f}" for c, r in points)
    drawn += Markup('<polyline class="curve" points="{p}"/>').format(p=steps)
    if len(points) <= 40:
        for c, r in points:
            drawn += Markup('<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.2"><title>{t}</title></circle>').format(
                x=x(c), y=y(r), t=f"{share(c)}: {share(r)}"
            )
    if accepted is not None:
        drawn += Markup('<line class="chosen" x1="{x:.1f}" x2="{x:.1f}" y1="{a:.1f}" y2="{b:.1f}"/>').format(
            x=x(accepted), a=y(0), b=y(top)
        )
        end = accepted > 0.5
        drawn += _text(x(accepted) + (-5 if end else 5), y(top) + 12, words["chosen"], "end" if end else "start")
    return Markup('<svg class="plot" role="img" viewBox="0 0 {w} {h}" aria-label="{label}">{d}</svg>').format(
        w=_WIDTH, h=_TALL, label=words["label"], d=drawn
    )


def _ceiling(value: float) -> float:
    """The next of 5, 10, 20, 30, 50, 75, 100 per cent that leaves room for words above the value."""
    return next((step for step in (0.05, 0.1, 0.2, 0.3, 0.5, 0.75) if 1.2 * value <= step), 1.0)


def _axes(
    x: Callable[[float], float],
    y: Callable[[float], float],
    top: float,
    words: dict[str, str],
    share: Callable[[float], str],
) -> Markup:
    drawn = Markup()
    for step in (0, 0.5, 1):
        drawn += Markup('<line class="axis" x1="{a:.1f}" x2="{b:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
            a=x(0), b=x(1), y=y(step * top)
        )
        drawn += _text(x(0) - 6, y(step * top) + 4, share(step * top), "end")
    for step in (0, 0.25, 0.5, 0.75, 1):
        drawn += _text(x(step), y(0) + 16, share(step), "middle" if 0 < step < 1 else "end" if step else "start")
    drawn += _text(x(0.5), _TALL - 6, words["x"], "middle")
    return drawn + _text(x(0), 12, words["y"], "start")


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{a}">{w}</text>').format(x=x, y=y, a=anchor, w=words)


def shade(count: int, row: Sequence[int]) -> int:
    """0..9: how large a part of its row a cell is, as the number of a background."""
    total = sum(row)
    return min(9, 10 * count // total) if total else 0
