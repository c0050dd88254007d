"""The database that an acceptance test runs on: a file, and a PostgreSQL schema where CASEJURY_TEST_POSTGRES is set."""

from __future__ import annotations

from tests.store.conftest import pytest_generate_tests, url

__all__ = ["pytest_generate_tests", "url"]
