"""Which files are read, and under which names."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from pipeline.domain.contest import Contest, Limits
from pipeline.domain.submission import Claim
from pipeline.errors import UsageError
from pipeline.ingest.read import READERS, ReadFile, read_bytes, read_posts

CONTEST = Contest(id="c")


def _write(path: Path, data: str | bytes = "Text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def _all(*paths: Path, inbox: Path, contest: Contest = CONTEST) -> list[ReadFile]:
    return list(read_posts(paths, inbox, contest))


def test_folders_are_walked_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", "b/10.txt", "c.md", "b/1/x.html"):
        _write(tmp_path / name)
    read = _all(tmp_path, inbox=tmp_path)
    assert [f.source for f in read] == ["a.txt", "b/1/x.html", "b/10.txt", "b/2.txt", "c.md"]
    assert all(f.blob == "sha256:" + hashlib.sha256(b"Text.").hexdigest() and f.data == b"Text." for f in read)


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    file = _write(tmp_path / "a" / "x.txt")
    assert [f.source for f in _all(file, tmp_path, file.parent, inbox=tmp_path)] == ["a/x.txt"]


def test_what_is_skipped_is_listed_with_the_reason(tmp_path: Path) -> None:
    names = {
        "page_files/style.css": "saved_page_files",
        "~$answer.docx": "lock_file",
        ".~lock.answer.odt#": "lock_file",
        ".hidden": "dot_file",
        ".git/config": "dot_file",
        "x.txt.part": "being_written",
        "x.crdownload": "being_written",
        "x.tmp": "being_written",
        "Thumbs.db": "system_file",
    }
    for name in names:
        _write(tmp_path / name)
    (tmp_path / "link.txt").symlink_to(_write(tmp_path / "real.txt"))
    read = {f.source: f for f in _all(tmp_path, inbox=tmp_path)}
    expected = {name.partition("/")[0]: why for name, why in names.items()} | {"link.txt": "symlink", "real.txt": ""}
    assert {name: f.skipped for name, f in read.items()} == expected
    assert all(f.data == b"" and not f.posts for f in read.values() if f.skipped)


def test_names_outside_the_inbox_start_at_the_given_paths_parent(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    _write(tmp_path / "more" / "sokol" / "x.txt")
    file = _write(tmp_path / "one.txt")
    in_folder, alone = _all(tmp_path / "more", file, inbox=inbox)
    assert (in_folder.source, alone.source) == ("more/sokol/x.txt", "one.txt")
    assert in_folder.posts[0].entrant_claims == (Claim(source="folder", value="sokol"),)
    assert alone.posts[0].entrant_claims == ()


def test_the_folder_under_the_inbox_is_a_claim_on_the_entrant(tmp_path: Path) -> None:
    _write(tmp_path / "sokol" / "december" / "x.txt")
    _write(tmp_path / "loose.txt")
    loose, deep = _all(tmp_path, inbox=tmp_path)
    assert loose.posts[0].entrant_claims == ()
    assert deep.posts[0].entrant_claims == (Claim(source="folder", value="sokol"),)
    assert deep.posts[0].identity == "path:sokol/december/x.txt"


def test_a_path_that_does_not_exist_stops_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        _all(tmp_path, tmp_path / "missing", inbox=tmp_path)


def test_large_files_are_refused_unread(tmp_path: Path) -> None:
    _write(tmp_path / "big.txt", "x" * 1001)
    (read,) = _all(tmp_path, inbox=tmp_path, contest=Contest(id="c", limits=Limits(file_bytes=1000)))
    assert [(u.problem, u.params) for u in read.unreadable] == [("too_large", {"limit": 1000})]
    assert read.data == b""


def test_an_empty_file_in_the_inbox_counts_once_it_has_rested(tmp_path: Path) -> None:
    file = _write(tmp_path / "x.txt", "")
    (fresh,) = _all(tmp_path, inbox=tmp_path)
    os.utime(file, (time.time() - 60, time.time() - 60))
    (rested,) = _all(tmp_path, inbox=tmp_path)
    assert (fresh.skipped, fresh.posts) == ("being_written", ())
    assert [p.text for p in rested.posts] == [""]


@pytest.mark.parametrize("ending", sorted(READERS))
def test_an_empty_file_of_any_format_is_an_empty_post(ending: str) -> None:
    assert [p.text for p in read_bytes(b"", f"x{ending}", CONTEST).posts] == [""]


@pytest.mark.parametrize("name", ["x.rtf", "x.pdf", "x.png", "x.zip", "x.doc", "x.json", "noending", "x."])
def test_unknown_formats_come_with_a_way_out(name: str) -> None:
    read = read_bytes(b"data", name, CONTEST)
    assert [u.problem for u in read.unreadable] == ["unknown_format"]
    assert read.unreadable[0].remedy


def test_the_same_bytes_under_another_name_are_the_same_version(tmp_path: Path) -> None:
    """A rename alone makes no new version of a post that has an address of its own."""
    page = '<link rel="canonical" href="https://b.example/p/1"><article>Text.</article>'
    first, second = (read_bytes(page.encode(), name, CONTEST).posts[0] for name in ("a.html", "b.html"))
    assert (first.identity, first.version_id) == (second.identity, second.version_id)


def test_names_are_composed_readable_and_storable(tmp_path: Path) -> None:
    _write(tmp_path / "Кей\u0438\u0306с\u202etxt.txt")
    bad = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(bad)).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system refuses such names")
    names = [f.source for f in _all(tmp_path, inbox=tmp_path)]
    assert sorted(names) == ["caf\\xe9.txt", "Кеййс\ufffdtxt.txt"]
    assert all(name.encode() for name in names)


def test_an_unreadable_file_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "a.txt")
    _write(tmp_path / "b.txt")
    whole = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    first, second = _all(tmp_path, inbox=tmp_path)
    assert [u.problem for u in first.unreadable] == ["cannot_read"]
    assert second.posts[0].text == "Text."
