"""What is said to people: stamps, placeholders, languages."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pipeline.domain.submission import Reason
from pipeline.messages import Texts


def test_stamps_in_reasons_are_told_in_the_contests_zone() -> None:
    """A late post says when it was published as people write it, not as machines do."""
    reason = Reason(code="late", params={"published": "2026-12-19T21:03:00+00:00"})
    told = Texts("en", ZoneInfo("Europe/Moscow")).reason(reason)
    assert "20 Dec 2026, 00:03" in told
    assert "T21" not in told


def test_a_parameter_that_is_missing_is_a_dash_and_what_is_filled_in_is_not_interpreted() -> None:
    assert "—" in Texts("en").reason(Reason(code="quote_missing", params={"quote": "{criterion} {0}"}))
    assert "{criterion} {0}" in Texts("en").reason(Reason(code="quote_missing", params={"quote": "{criterion} {0}"}))


def test_russian_counts_in_its_three_forms() -> None:
    """The catalogue is there and knows the plural rule of Russian."""
    assert Texts("ru").catalogue.info().get("language", "ru").startswith("ru")
    assert Texts("ru").label("late") != Texts("en").label("late")
