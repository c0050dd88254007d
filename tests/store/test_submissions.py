from __future__ import annotations

import pytest

from pipeline.domain.ids import short
from pipeline.errors import UsageError
from pipeline.store import queries
from pipeline.store.records import Replaced
from pipeline.store.store import Store
from tests.store.values import submission


def test_replacing_writes_only_what_differs(store: Store) -> None:
    some = [submission(n, case=n % 3 + 1) for n in range(8)]
    assert store.replace_submissions(some) == Replaced(new=8)
    assert store.replace_submissions(some[::-1]) == Replaced()
    changed = some[0].model_copy(update={"title": "Новый заголовок"})
    assert store.replace_submissions([changed, *some[2:]]) == Replaced(changed=1, gone=1)
    assert store.find_submission(changed.id) == changed
    assert store.count_submissions() == 7
    assert store.replace_submissions([]) == Replaced(gone=7)


def test_they_come_page_by_page_by_case_and_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page borders inside a case lose nobody; those without a case come first."""
    monkeypatch.setattr(queries, "PAGE", 3)
    some = [submission(n, case=[None, 2, 11][n % 3]) for n in range(17)]
    store.replace_submissions(some)
    assert list(store.submissions()) == sorted(some, key=lambda s: (s.case or 0, s.id))


def test_submissions_may_be_replaced_while_they_are_read(store: Store) -> None:
    """No lock is held between pages: the batch writes while a report reads."""
    some = [submission(n) for n in range(3)]
    store.replace_submissions(some)
    seen = []
    for one in store.submissions():
        store.replace_submissions([*some, submission(99)])
        seen.append(one.id)
    assert {s.id for s in some} <= set(seen)


def test_the_same_id_twice_is_a_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="two submissions"):
        store.replace_submissions([submission(1), submission(1)])
    assert store.count_submissions() == 0


def test_a_prefix_finds_the_one_it_fits(store: Store) -> None:
    some = [submission(n) for n in range(5)]
    store.replace_submissions(some)
    for one in some:
        for written in (one.id, short(one.id), short(one.id).upper(), f"sha256:{short(one.id)}", f" {short(one.id)}"):
            assert store.find_submission(written) == one


@pytest.mark.parametrize("prefix", ["", "abc", "%%%%", "____", "sha256:", "zzzzz", "1.txt", "'; DROP TABLE"])
def test_what_is_no_prefix_is_refused(store: Store, prefix: str) -> None:
    store.replace_submissions([submission(1)])
    with pytest.raises(UsageError, match="no submission"):
        store.find_submission(prefix)


def test_an_ambiguous_prefix_lists_whom_it_fits(store: Store) -> None:
    some = [
        submission(n).model_copy(update={"id": f"sha256:abcd{n}" + "0" * 59, "case": None if n == 1 else n})
        for n in range(7)
    ]
    store.replace_submissions(some)
    with pytest.raises(UsageError) as caught:
        store.find_submission("abcd")
    assert "abcd000000 (entrant-0, case 0); abcd100000 (entrant-1, no case)" in caught.value.message
    assert caught.value.message.endswith("…")
    assert store.find_submission("abcd3").entrant == "entrant-3"
    with pytest.raises(UsageError, match="no submission begins"):
        store.find_submission("abce")
