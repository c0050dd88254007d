"""The two halves of the corpora, fixed by the identifiers alone."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

Half = Literal["dev", "frozen"]


def half(text_id: str) -> Half:
    """The half to which a text belongs: `dev` where the first byte of the SHA-256 of its id (UTF-8) is even.

    The text itself plays no part, so correcting a typing error moves nothing.
    """
    return "frozen" if sha256(text_id.encode()).digest()[0] % 2 else "dev"
