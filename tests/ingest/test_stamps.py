"""Stamps as sources write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Contest
from pipeline.ingest.stamps import parse_stamp

MOSCOW = Contest(id="c", timezone="Europe/Moscow")
SEVEN_UTC = datetime(2026, 12, 15, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-12-15T10:00:00+03:00",
        "2026-12-15T10:00:00+0300",
        "2026-12-15T10:00:00+03",
        "2026-12-15T07:00:00Z",
        "2026-12-15T07:00:00.000Z",
        "2026-12-15T07:00:00.000000000Z",
        "2026-12-15 07:00:00Z",
        "20261215T070000Z",
        "2026-12-15T10:00",
        "2026-12-15 10:00:00",
        "  2026-12-15   10:00 ",
        "15.12.2026 10:00",
        "15.12.2026, 10:00:00",
        "2026/12/15 10:00:00 AM GMT+3",
        "2026-12-15 07:00:00 UTC",
        "2026/12/15 7:00 GMT",
        "Tue, 15 Dec 2026 10:00:00 +0300",
        "Tue, 15 Dec 2026 07:00:00 GMT",
        "15 Dec 2026 07:00:00 -0000",
        "Tue, 15 Dec 2026 10:00:00",
    ],
)
def test_one_instant_in_many_spellings(raw: str) -> None:
    stamp = parse_stamp(raw, MOSCOW)
    assert stamp is not None
    assert stamp.at == SEVEN_UTC
    assert not stamp.whole_day
    assert str(stamp.at.tzinfo) == "Europe/Moscow"


@pytest.mark.parametrize("raw", ["2026-12-15", "20261215", "15.12.2026", "2026/12/15"])
def test_a_date_alone_is_a_whole_day_from_its_start(raw: str) -> None:
    stamp = parse_stamp(raw, MOSCOW)
    assert stamp is not None
    assert stamp.whole_day
    assert stamp.at.isoformat() == "2026-12-15T00:00:00+03:00"


@pytest.mark.parametrize(
    "raw",
    ["", "0000-00-00 00:00:00", "yesterday", "12/11/2026", "2026-13-01", "2026-12-15T25:00",
     "1797318000", "1797318000.5", "Tue, 15 Dec 2026 10:00:00 MSK",
     "15 декабря 2026 10:00", "2026-12-15 13:00 PM", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
     "2026-12-15T10:00+99:00", "٢٠٢٦-١٢-١٥", "x" * 5000],
)  # fmt: skip
def test_what_names_no_instant_for_certain_is_none(raw: str) -> None:
    assert parse_stamp(raw, MOSCOW) is None


@pytest.mark.parametrize("raw", ["1797318000", "1797318000.0", "1797318000000"])
def test_unix_numbers_count_only_where_the_caller_says_so(raw: str) -> None:
    stamp = parse_stamp(raw, MOSCOW, unix=True)
    assert stamp is not None
    assert stamp.at == SEVEN_UTC


def test_written_dates_still_count_beside_unix_numbers() -> None:
    stamp = parse_stamp("2026-12-15 10:00", MOSCOW, unix=True)
    assert stamp is not None
    assert stamp.at == SEVEN_UTC


@given(raw=st.text(max_size=60) | st.from_regex(r"[0-9TZ:+./ -]{0,40}", fullmatch=True), unix=st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_aware_stamp_or_none(raw: str, *, unix: bool) -> None:
    stamp = parse_stamp(raw, MOSCOW, unix=unix)
    assert stamp is None or stamp.at.utcoffset() is not None


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis asks for naive bounds
@settings(max_examples=150, deadline=None)
def test_isoformat_comes_back_as_the_same_instant(moment: datetime) -> None:
    stamp = parse_stamp(moment.isoformat(), MOSCOW)
    assert stamp is not None
    assert stamp.at.timestamp() == moment.timestamp()
