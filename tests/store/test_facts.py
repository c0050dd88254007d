from __future__ import annotations

import pytest

from pipeline.errors import ConfigurationError
from pipeline.store.store import Store
from tests.store.values import submission


def test_a_database_belongs_to_the_contest_that_opened_it_first(store: Store, url: str) -> None:
    store.belongs_to("spring")
    store.belongs_to("spring")
    with Store.open(url) as again, pytest.raises(ConfigurationError) as caught:
        again.belongs_to("autumn")
    assert "'spring'" in caught.value.message
    assert "'autumn'" in caught.value.message
    assert caught.value.exit_code == 2


def test_what_the_submissions_were_worked_out_by_is_noted_with_them(store: Store) -> None:
    assert store.submissions_basis() is None
    store.replace_submissions([submission(1)], "one")
    store.replace_submissions([submission(1)], "two")
    assert store.submissions_basis() == "two"
