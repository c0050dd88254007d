"""Bounds hold for whatever is sent; money is what the price says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Price
from pipeline.domain.grading import Usage
from pipeline.llm.dialect import Dialect, parameters
from pipeline.llm.prices import Bound, cost, estimate, estimate_text, upper_bound
from tests.llm.asking import request


@given(st.text(max_size=400), st.sampled_from(["json_schema", "json_object", "none"]))
@settings(max_examples=80, deadline=None)
def test_no_byte_of_text_that_a_model_reads_lies_outside_the_bound(text: str, structured: str) -> None:
    """A token holds at least one byte, so as many tokens as bytes of all messages and the schema are enough."""
    asked = request(text)
    sent = parameters(asked, Dialect.model_validate({"structured": structured}))
    read = "".join(message["content"] for message in sent["messages"])
    schema = json.dumps(sent.get("response_format", ""), ensure_ascii=False, separators=(",", ":"))
    bound = upper_bound(asked)
    assert bound.prompt_tokens >= len(read.encode()) + (len(schema.encode()) if structured == "json_schema" else 0)
    assert bound.completion_tokens == asked.judge.max_output_tokens
    assert 0 < estimate(asked) < bound.prompt_tokens


def test_money() -> None:
    price = Price(input=0.5, output=4)
    assert cost(Usage(prompt=1_000_000, completion=500_000, cached=900_000), price) == pytest.approx(2.5)
    assert cost(Usage(), price) == 0
    assert cost(Bound(prompt_tokens=2_000_000, completion_tokens=0).usage(), price) == pytest.approx(1.0)


def test_a_bound_is_no_reported_usage() -> None:
    assert Bound(prompt_tokens=1, completion_tokens=1).usage().estimated


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("гард", 2)])
def test_an_estimate_is_bytes_by_four_rounded_up(text: str, tokens: int) -> None:
    assert estimate_text(text) == tokens
