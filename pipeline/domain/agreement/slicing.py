"""Into which parts answers are sorted, so that a machine that fails a kind of people shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.domain.agreement.informal import is_informal


def length_tercile(length: int, lengths: Sequence[int]) -> str:
    """`short`, `medium` or `long` among `lengths` (ascending); equal lengths always come into the same part.

    A third of the lengths, rounded up, lies at or below the bound of short, two thirds at or below that of medium.
    """
    n = len(lengths)
    if length <= lengths[(n + 2) // 3 - 1]:
        return "short"
    return "medium" if length <= lengths[(2 * n + 2) // 3 - 1] else "long"


def style(text: str) -> str:
    """`informal` or `formal` by the heuristic of `informal`; empty for a text without words."""
    informal = is_informal(text)
    return "" if informal is None else "informal" if informal else "formal"


def time_of_day(local: datetime) -> str:
    """`night` (from 0:00), `morning` (6:00), `afternoon` (12:00) or `evening` (18:00) of the time as it stands."""
    return ("night", "morning", "afternoon", "evening")[local.hour // 6]
