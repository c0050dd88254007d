"""Which suggestions jurors mark blind as an audit: drawn from the content, so that nobody can choose them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable


def is_drawn(one: str, share: float) -> bool:
    """Whether the lot falls on this content, by its SHA-256 alone: so `share` (0..1) of all contents are drawn.

    It depends on nothing else, so that neither the neighbours nor another run change it.
    """
    return int.from_bytes(hashlib.sha256(f"random_audit\n{one}".encode()).digest()[:8]) < share * 2**64


def audit_sample(submissions: Iterable[str], share: float, seed: str) -> tuple[str, ...]:
    """The ids drawn, sorted: `share` (0..1) of them, rounded up; the same for the same ids and seed.

    Ids are ordered by the SHA-256 of seed and id and the first are taken, so that one more submission moves at most
    one other out of the sample. An empty tuple only for no ids or a share of 0.
    """
    ids = sorted(set(submissions), key=lambda one: hashlib.sha256(f"{seed}\n{one}".encode()).hexdigest())
    return tuple(sorted(ids[: math.ceil(len(ids) * share)]))
