"""A grading checked against its submission: quotes located, items counted, guards computed, findings listed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.domain.ids import Value

VERIFIER = "2"
"""Raised whenever the checks below could judge the same grading differently; stored verdicts are then made anew."""


class Located(Value):
    """A quote and where it stands. `start`/`end` are code points of the submission's text; None if not found.

    `text` is the source's own characters at these offsets, shown instead of what the judge wrote.
    `how` repaired: found only fuzzily. `pieces`: a quote with an ellipsis has several ranges.
    """

    quote: str
    how: Literal["exact", "normalised", "repaired", "missing", "too_short"]
    start: int | None = None
    end: int | None = None
    text: str = ""
    likeness: float | None = None
    pieces: tuple[tuple[int, int], ...] = ()


class Finding(Value):
    """A defect found by code. `refers`: it sends the submission to a person; otherwise it is shown as a note."""

    code: Literal[
        "content_mismatch",  # the judge says no or unsure
        "quote_missing",
        "quote_too_short",
        "quote_repaired",
        "no_evidence",
        "duplicate_item",  # overlapping or equal items: dropped from the count
        "count_contradicts",  # a rationale names a number of items that code did not count
        "rationale_quote_missing",
        "overall_contradicts",
        "cannot_assess",
        "addresses_grader",  # the judge lists text that speaks to whoever grades
        "evidence_addresses_grader",
        "grader_text_unlisted",  # code sees such text and the judge does not list it
        "model_differs",
        "fingerprint_changed",
    ]
    criterion: str = ""
    refers: bool = True
    params: dict[str, str | int] = Field(default_factory=dict)


class CriterionCheck(Value):
    """What code made of one mark."""

    criterion: str
    quotes: tuple[Located, ...] = ()
    counted: int | None = None
    """verified, non-overlapping items of a count criterion"""
    rationale_quotes: tuple[Located, ...] = ()


class CapApplied(Value):
    """A cap whose condition holds."""

    criterion: str
    max: int
    why: Literal["items_below", "level_below", "is"]
    bound: int | bool


class GuardsComputed(Value):
    """Guards by the rubric's rule; None while a needed mark is missing: low..high then says what is open."""

    guards: int | None
    low: int
    high: int
    before_caps: int | None = None
    points: int | None = None
    caps: tuple[CapApplied, ...] = ()


class Verification(Value):
    """The whole check of one grading against one submission's text."""

    verifier: str = VERIFIER
    checks: tuple[CriterionCheck, ...]
    content_quote: Located | None = None
    addresses_grader: tuple[Located, ...] = ()
    findings: tuple[Finding, ...] = ()
    computed: GuardsComputed
