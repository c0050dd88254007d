"""Explanations of a judge: which of their words claim to be quotes."""

from __future__ import annotations

import re

_PAIRS = re.compile(r"«([^«»]+)»|“([^“”„]+)”|„([^“”„]+)[“”]")
_STRAIGHT = re.compile(r'"([^"]+)"')


def quoted_passages(prose: str) -> tuple[str, ...]:
    """The passages of `prose` in quotation marks («…», “…”, „…“, "…"), in order; of nested ones the outer.

    Straight marks are read in pairs from the left, and not at all where their number is odd: nobody can say then
    which of them open.
    """
    return tuple(inner for _, _, inner in _quoted(prose))


def without_quoted(prose: str) -> str:
    """`prose` with an ellipsis in place of each quoted passage: what the writer says in own words."""
    parts: list[str] = []
    done = 0
    for start, end, _ in _quoted(prose):
        parts += [prose[done:start], " … "]
        done = end
    return "".join([*parts, prose[done:]])


def _quoted(prose: str) -> list[tuple[int, int, str]]:
    found = [(m.start(), m.end(), m.group(m.lastindex or 0)) for m in _PAIRS.finditer(prose)]
    if prose.count('"') % 2 == 0:
        found += [(m.start(), m.end(), m.group(1)) for m in _STRAIGHT.finditer(prose)]
    kept: list[tuple[int, int, str]] = []
    for start, end, inner in sorted(found, key=lambda f: (f[0], -f[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, inner))
    return kept
