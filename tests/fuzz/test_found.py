"""What searching by chance and by hand has found, kept: each of these once crashed, hung or slipped through."""

from __future__ import annotations

import io
import stat
import time
import zipfile

import pytest

from pipeline.ingest.eligibility import split_posts
from pipeline.ingest.read import ReadFile, read_bytes
from pipeline.ingest.versions import PostVersion
from tests.fuzz.test_readers import CASES, CONTEST, RELS, TYPES, W
from tests.tools.contest import AT

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


def quickly(data: bytes, name: str, seconds: float = 10) -> ReadFile:
    begin = time.perf_counter()
    read = read_bytes(data, name, CONTEST)
    versions = [PostVersion(post=post, read_at=AT, order=n) for n, post in enumerate(read.posts)]
    split_posts(versions, CONTEST, CASES, None, [])
    assert time.perf_counter() - begin < seconds
    return read


@pytest.mark.parametrize(
    "front",
    [
        "a: &b\nc: *b",
        BOMB + "title: *a11",  # eleven lines that mean a hundred billion values
        BOMB + "? *a11\n: x",
        "[" * 9000,  # nine kilobytes that took minutes
        "a: " * 6000,
        "? " * 9000,
    ],
)
def test_front_matter_is_modest_or_plain_text(front: str) -> None:
    read = quickly(f"---\n{front}\n---\n# Case 1\n\nI call you back.\n".encode(), "f.md")
    (post,) = read.posts
    assert "I call you back." in post.text
    assert "front_matter_broken" in post.notes


@pytest.mark.parametrize("front", ["? [a]\n: b", "? {a: b}\n: c", "? ? a\n: b"])
def test_front_matter_with_keys_that_are_no_words_stops_nothing(front: str) -> None:
    """It ended the whole ingest."""
    read = quickly(f"---\n{front}\n---\n# Case 1\n\nI call you back.\n".encode(), "f.md")
    assert [post.text[-16:] for post in read.posts] == ["I call you back."]


@pytest.mark.parametrize("ending", [".md", ".html"])
def test_thousands_of_headings_take_no_longer_each(ending: str) -> None:
    """Each line with a number was compared with every heading."""
    line = "# Case 1\n\n" if ending == ".md" else "<h1>Case 1</h1>"
    quickly((line * 3000).encode(), f"f{ending}", seconds=25)


def document(*entries: tuple[zipfile.ZipInfo | str, str], body: str = "<w:p><w:r><w:t>x</w:t></w:r></w:p>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("word/linked.xml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_a_sound_document_of_this_kind_is_read() -> None:
    assert [post.text for post in quickly(document(), "f.docx").posts] == ["x"]


@pytest.mark.parametrize(
    "entry",
    [
        ("../../escaped.xml", "<x/>"),
        ("/etc/escaped.xml", "<x/>"),
        ("word\\..\\..\\escaped.xml", "<x/>"),
        ("c:/escaped.xml", "<x/>"),
        (link(), "/etc/passwd"),
        ("word/other.xml", f"<!-- {'x' * 6000} --><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("word/other.part", f"{' ' * 2_000_000}<!DOCTYPE a><a/>"),
    ],
    ids=["up", "root", "backslashes", "drive", "link", "after a comment", "under another name"],
)
def test_archives_with_odd_parts_are_refused(entry: tuple[zipfile.ZipInfo | str, str]) -> None:
    assert [one.problem for one in quickly(document(entry), "f.docx").unreadable] == ["broken_archive"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_refused() -> None:
    """Two programs would read two different texts."""
    read = quickly(document(("word/document.xml", "<x/>")), "f.docx")
    assert [one.problem for one in read.unreadable] == ["broken_archive"]


def test_a_document_of_too_much_xml_is_refused_before_it_is_parsed() -> None:
    body = "".join(f"<w:p><w:r><w:t>{n:x}</w:t></w:r></w:p>" for n in range(100_000)) * 17
    read = quickly(document(body=body), "f.docx")
    assert [one.problem for one in read.unreadable] == ["too_large"]


def test_xml_entities_neither_grow_nor_reach_out() -> None:
    head = (
        "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    )
    read = quickly(f"<?xml version='1.0'?>{head}<rss><channel>&b;&f;</channel></rss>".encode(), "f.xml")
    assert [one.problem for one in read.unreadable] == ["doctype"]
    assert "root:" not in read.model_dump_json(exclude={"data"})


@pytest.mark.parametrize(("name", "size"), [("f.txt", 2_000_100), ("f.md", 300_100), ("f.csv", 2_000_100)])
def test_one_post_has_a_limit_in_bytes(name: str, size: int) -> None:
    lead = b"id,text\n1," if name == "f.csv" else b""
    assert [one.problem for one in quickly(lead + b"word " * (size // 5), name, 20).unreadable] == ["too_large"]
    assert [one.problem for one in quickly(lead + b"word " * 1000, name).unreadable] == []
