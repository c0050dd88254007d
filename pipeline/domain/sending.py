"""The text of a submission as it travels: people masked, then special tokens made harmless."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.contest import RosterRow
from pipeline.domain.grading import Ungraded
from pipeline.domain.masking import Masked, mask
from pipeline.domain.special_tokens import neutralise


def as_sent(text: str, roster: Sequence[RosterRow]) -> Masked | Ungraded:
    """What a judge gets of `text`, with the way back to the source; `Ungraded` where masking cannot tell.

    Nothing reaches a judge by another road. A text with nothing to mask and no special token is sent as it is.
    """
    masked = mask(text, roster)
    return masked if isinstance(masked, Ungraded) else neutralise(masked)
