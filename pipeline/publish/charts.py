"""The distribution of guards per case as inline SVG bars: percent coordinates, classes for colours, no script."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup, escape

from pipeline.messages import Texts
from pipeline.publish.counts import CaseCounts

HEIGHT = 26
_BAR = 20
_MARK = 4
_WIDE_ENOUGH = 3.2
"""Per cent of the width from which on a part carries its number."""


class Part(NamedTuple):
    """One piece of a bar: CSS class, count, words for its tooltip, whether a person (or policy) decided it."""

    kind: str
    size: int
    words: str
    final: bool


def parts_of(case: CaseCounts, scale_max: int, t: Texts, *, open_words: str) -> tuple[Part, ...]:
    """The bar's pieces from 0 guards up, of each number the decided ones first; then what has none."""
    parts = []
    for guards in range(scale_max + 1):
        shade = f"g{round(guards * 3 / scale_max)}"
        for source, words, final in (
            (case.decided, t("decided by a juror"), True),
            (case.released, t("AI under policy"), True),
            (case.suggested, t("AI suggestion, not a decision"), False),
        ):
            if source.get(guards):
                parts.append(Part(shade, source[guards], f"{guards} — {words}: {source[guards]}", final))
    if case.referred:
        parts.append(Part("ref", case.referred, f"{t('referred to a person')}: {case.referred}", final=False))
    if case.pending:
        parts.append(Part("pend", case.pending, f"{open_words}: {case.pending}", final=False))
    return tuple(parts)


def bar(parts: tuple[Part, ...], longest: int, label: str) -> Markup:
    """An SVG as wide as its place; `longest`: the count that fills it. Decided pieces are underlined."""
    left, drawn = 0.0, []
    for part in parts:
        width = 100 * part.size / max(longest, 1)
        drawn.append(_piece(part, left, width))
        left += width
    return Markup(
        '<svg class="bar" role="img" width="100%" height="{height}" aria-label="{label}">{drawn}</svg>'
    ).format(height=HEIGHT, label=label, drawn=Markup("").join(drawn))


def _piece(part: Part, left: float, width: float) -> Markup:
    inner = max(width - 0.3, 0.2)
    shape = Markup('<rect class="{kind}" x="{x:.2f}%" y="0" width="{w:.2f}%" height="{h}"/>').format(
        kind=part.kind, x=left, w=inner, h=_BAR
    )
    if part.final:
        shape += Markup('<rect class="final" x="{x:.2f}%" y="{y}" width="{w:.2f}%" height="{h}"/>').format(
            x=left, y=_BAR + 1, w=inner, h=_MARK
        )
    if width >= _WIDE_ENOUGH:
        shape += Markup('<text class="n-{kind}" x="{x:.2f}%" y="14.5" text-anchor="middle">{n}</text>').format(
            kind=part.kind, x=left + inner / 2, n=part.size
        )
    return Markup("<g><title>{words}</title>{shape}</g>").format(words=escape(part.words), shape=shape)
