"""What requests cost: bounds before they are sent, money after."""

from __future__ import annotations

import math

from pipeline.domain.contest import Price
from pipeline.domain.grading import JudgeRequest, Usage
from pipeline.domain.ids import Value, canonical_json

FRAME_TOKENS = 200
"""Allowance for what a server adds around messages: roles, separators, how it words the schema."""


class Bound(Value):
    """No more tokens than this, for one sending of one request."""

    prompt_tokens: int
    completion_tokens: int

    def usage(self) -> Usage:
        """The bound as an (estimated) usage, so that `cost` can price it."""
        return Usage(prompt=self.prompt_tokens, completion=self.completion_tokens, estimated=True)


def upper_bound(request: JudgeRequest) -> Bound:
    """A bound that one sending of the request cannot exceed.

    Prompt: one token a UTF-8 byte of the serialized messages and the schema, plus FRAME_TOKENS, because a token of a
    byte-level vocabulary holds at least one byte. Completion: the judge's max_output_tokens. Retries count again.
    """
    return Bound(prompt_tokens=_prompt_bytes(request) + FRAME_TOKENS, completion_tokens=request.judge.max_output_tokens)


def estimate(request: JudgeRequest) -> int:
    """Prompt tokens to expect, as bytes / 4: an estimate for people, in Russian text rather high; not a bound."""
    return math.ceil(_prompt_bytes(request) / 4)


def estimate_text(text: str) -> int:
    """Tokens to expect in that text, UTF-8 bytes / 4, rounded up; 0 only for the empty text."""
    return math.ceil(len(text.encode()) / 4)


def cost(usage: Usage, price: Price) -> float:
    """Money in the price's currency; cached tokens are priced as others, so it is never too low for what was used."""
    return (usage.prompt * price.input + usage.completion * price.output) / 1_000_000


def _prompt_bytes(request: JudgeRequest) -> int:
    messages = [message.model_dump(mode="json") for message in request.messages]
    return len(canonical_json(messages).encode()) + len(canonical_json(request.reply_schema).encode())
