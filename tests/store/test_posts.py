from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.domain.submission import Unreadable
from pipeline.errors import StorageError, UsageError
from pipeline.store.records import Added, Holdings
from pipeline.store.store import Store
from tests.store.values import AT, file_of, post

GAP = Unreadable(source="a.csv#7", problem="a formula without its value", remedy="save the table with values")


def texts(store: Store) -> list[str]:
    return [version.post.text for version in store.post_versions()]


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    file = file_of(post("один"), post("два", identity="url:2"), unreadable=(GAP,), counted={"comment": 4})
    assert store.add_file(**file) == Added(new_posts=2)
    before = list(store.post_versions())
    again = {**file, "read_at": AT + timedelta(days=1)}
    assert store.add_file(**again) == Added(unchanged=2)
    assert list(store.post_versions()) == before
    assert [version.read_at for version in before] == [AT, AT]
    assert store.intake() == Holdings(posts=2, versions=2, not_entries={"comment": 4})
    assert store.unreadable() == (GAP,)


def test_a_changed_file_is_a_new_version_and_the_old_stays(store: Store) -> None:
    store.add_file(**file_of(post("было")))
    assert store.add_file(**file_of(post("стало"), read_at=AT + timedelta(hours=1))) == Added(new_versions=1)
    versions = list(store.post_versions())
    assert [(v.post.text, v.read_at) for v in versions] == [("было", AT), ("стало", AT + timedelta(hours=1))]
    assert versions[0].order < versions[1].order


def test_a_file_that_goes_back_is_a_version_again(store: Store) -> None:
    """Otherwise the text that was withdrawn would count as the present one for ever."""
    for text in ("первый", "второй", "первый", "первый"):
        store.add_file(**file_of(post(text)))
    assert texts(store) == ["первый", "второй", "первый"]


def test_an_old_copy_beside_the_new_one_is_no_new_version(store: Store) -> None:
    """Both files are read every night: the post does not go back and forth."""
    old = file_of(post("старый", identity="url:1"), source="old.html")
    new = file_of(post("новый", identity="url:1"), source="new.html")
    for file in (old, new, old, new):
        store.add_file(**file)
    assert store.add_file(**{**old, "source": "copy of old.html"}) == Added(unchanged=1)
    assert texts(store) == ["старый", "новый"]


def test_two_versions_in_one_file_do_not_alternate(store: Store) -> None:
    file = file_of(post("один", identity="url:1"), post("два", identity="url:1"))
    assert store.add_file(**file) == Added(new_posts=1, new_versions=1)
    assert store.add_file(**file) == Added(unchanged=2)
    assert texts(store) == ["один", "два"]


def test_a_renamed_file_with_the_same_post_is_unchanged(store: Store) -> None:
    store.add_file(**file_of(post("текст", identity="url:1", source="a.html"), source="a.html"))
    assert store.add_file(**file_of(post("текст", identity="url:1", source="b.html"), source="b.html")) == Added(
        unchanged=1
    )


def test_an_added_row_leaves_the_others_as_they_were(store: Store) -> None:
    rows = [post(f"строка {n}", identity=f"row:a.csv#{n}") for n in range(600)]
    assert store.add_file(**file_of(*rows[:599], source="a.csv")) == Added(new_posts=599)
    assert store.add_file(**file_of(*rows, source="a.csv")) == Added(new_posts=1, unchanged=599)
    assert len(texts(store)) == 600


def test_what_is_unreadable_holds_until_the_file_is_read_otherwise(store: Store) -> None:
    """A mended file, or a reader that learnt more of the same bytes, takes it back."""
    store.add_file(**file_of(data=b"x", source="a.csv", unreadable=(GAP,), counted={"page": 1}))
    store.add_file(**file_of(data=b"y", source="b.csv", unreadable=(GAP,)))
    assert store.unreadable() == (GAP, GAP)
    store.add_file(**file_of(data=b"x", source="a.csv"))
    assert store.unreadable() == (GAP,)
    assert store.intake().not_entries == {}
    store.add_file(**file_of(data=b"mended", source="b.csv"))
    assert store.unreadable() == ()


def test_files_are_kept_byte_for_byte_and_once(store: Store) -> None:
    data = bytes(range(256)) * 50
    file = file_of(data=data)
    for source in ("a.bin", "b.bin"):
        store.add_file(**{**file, "source": source})
    assert store.blob(file["blob"]) == data
    with pytest.raises(UsageError):
        store.blob("sha256:unknown")


def test_bytes_under_a_wrong_id_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not the id"):
        store.add_file(**{**file_of(post()), "blob": "sha256:" + "0" * 64})
    assert store.intake() == Holdings()


def test_a_damaged_file_is_told_apart(store: Store, url: str) -> None:
    file = file_of(post())
    store.add_file(**file)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER blobs_no_update"))
        else:
            connection.execute(sa.text("ALTER TABLE blobs DISABLE TRIGGER USER"))
        connection.execute(sa.text("UPDATE blobs SET packed = :other"), {"other": b"other"})
    engine.dispose()
    with pytest.raises(StorageError, match="damaged"):
        store.blob(file["blob"])


def test_names_that_no_database_holds_are_kept_apart(store: Store) -> None:
    """A file name that is not UTF-8 and a row id with NUL are stored, and known again."""
    odd = file_of(post("a", identity="row:t#\0"), post("b", source="\udcff.txt"), source="\udcff.txt", data=b"1")
    assert store.add_file(**odd) == Added(new_posts=2)
    assert store.add_file(**odd) == Added(unchanged=2)
    assert [v.post.identity for v in store.post_versions()] == ["row:t#\0", "path:ann/5.txt"]


def test_a_bare_hash_is_an_id_too(store: Store) -> None:
    file = file_of(post())
    file["blob"] = hashlib.sha256(file["data"]).hexdigest()
    store.add_file(**file)
    assert store.blob(file["blob"]) == file["data"]
