"""Content ids: the same content has the same id everywhere, for ever."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value that refuses unknown fields; the base of everything in the domain."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and readable characters; NaN is refused (ValueError)."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json", by_alias=True)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_id(value: Any) -> str:
    """`sha256:` and the 64 hex digits of the value's canonical JSON in UTF-8."""
    return "sha256:" + hashlib.sha256(canonical_json(value).encode()).hexdigest()


def text_id(text: str) -> str:
    """`sha256:` of the text's UTF-8 bytes."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def short(identifier: str) -> str:
    """The first 10 hex digits of an id, for people; commands accept any unambiguous prefix of at least 4."""
    return identifier.removeprefix("sha256:")[:10]
