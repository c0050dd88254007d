"""What a statistic gives: a number, or the reason why there is none; with its interval, a figure."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipeline.domain.ids import Value


class Undefined(StrEnum):
    """Why there is no number. Never NaN, never 0."""

    NO_ITEMS = "no_items"
    """nothing was marked by both"""
    NO_VARIATION = "no_variation"
    """the formula divides by the spread of the marks, and there is none"""
    TOO_FEW = "too_few"
    """fewer items than the stated minimum"""
    TOO_FEW_ENTRANTS = "too_few_entrants"
    """fewer entrants than an interval by resampling needs"""
    UNSTABLE = "unstable"
    """more than one in twenty of the resampled data sets leave the statistic undefined"""
    NOT_REACHED = "not_reached"
    """no coverage reaches the target"""
    NOT_GIVEN = "not_given"
    """the data does not hold what it needs"""


Measured = float | Undefined


class Minima(Value):
    """Below these numbers a figure is "too few" and not a number; entrants: below it there is no interval."""

    shares: int = Field(default=10, ge=1)
    """items for shares of agreement"""
    coefficients: int = Field(default=20, ge=2)
    """items for QWK, SMD, alpha and what is made of them"""
    entrants: int = Field(default=8, ge=2)


class Figure(Value):
    """A statistic of `n` items. `value` None: `why` says the reason; `low`..`high` None: `no_interval` says it."""

    value: float | None
    n: int = Field(ge=0)
    low: float | None = None
    high: float | None = None
    why: Undefined | None = None
    no_interval: Undefined | None = None


def figure(value: Measured, n: int, *, least: int = 1) -> Figure:
    """The figure without an interval; too few where `n` is below `least`."""
    if n and n < least:
        return Figure(value=None, n=n, why=Undefined.TOO_FEW, no_interval=Undefined.TOO_FEW)
    if isinstance(value, Undefined):
        return Figure(value=None, n=n, why=value, no_interval=value)
    return Figure(value=value, n=n, no_interval=Undefined.NOT_GIVEN)
