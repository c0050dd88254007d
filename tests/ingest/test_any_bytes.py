"""No file, however broken, stops the reading of the others."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Contest, TableRule
from pipeline.domain.text import canonicalise
from pipeline.ingest.read import READERS, ReadFile, read_bytes

CONTEST = Contest(id="c", timezone="Europe/Moscow")
HTML_TABLES = Contest(id="c", tables=(TableRule(format="html", unix_time=True),))
ENDINGS = sorted(READERS)


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("Case 1", 1)
    document.add_paragraph("one", style="List Number")
    document.add_table(2, 2).cell(0, 0).text = "cell"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["id", "text", "time"])
    book.active.append([1, "answer", "2026-12-15"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAMPLES = {
    ".docx": _docx(),
    ".xlsx": _xlsx(),
    ".xml": b'<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/" '
    b'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><wp:wxr_version>1.2</wp:wxr_version>'
    b"<item><title>t</title><content:encoded><![CDATA[<p>x</p>]]></content:encoded><wp:post_id>1</wp:post_id>"
    b"<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>",
    ".html": b"<html><head><style>.a{display:none}</style></head><body><article><h1>t</h1><ol><li>x</ol>"
    b"<table><tr><td>1<td>2</table><pre> y</pre></article></body></html>",
    ".csv": b'id,text,time\n1,"a ""b""",2026-12-15\n',
    ".jsonl": b'{"id": 1, "text": "a", "time": "2026-12-15"}\n',
    ".md": b"---\ntitle: t\ndate: 2026-12-15\n---\n# Case 1\n\n1. a\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    ".txt": "Кейс 1\n\nтекст".encode("cp1251"),
}


def _sound(read: ReadFile) -> None:
    """Whatever was read is canonical, its offsets lie inside it, and it can be stored."""
    for post in read.posts:
        assert canonicalise(post.text).text == post.text
        assert all(0 <= h.start < h.end <= len(post.text) for h in post.headings)
        assert post.version_id
    for problem in read.unreadable:
        assert problem.problem
        assert problem.remedy
        problem.model_dump_json().encode()


@pytest.mark.parametrize("ending", ENDINGS)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
@settings(max_examples=25, deadline=None)
def test_any_bytes_give_posts_or_what_is_wrong(ending: str, data: bytes) -> None:
    read = read_bytes(data, f"any{ending}", CONTEST)
    assert read.posts or read.unreadable or ending in (".jsonl", ".ndjson", ".csv", ".tsv")
    _sound(read)


@pytest.mark.parametrize("ending", sorted(SAMPLES))
@given(at=st.integers(0, 10**6), put=st.binary(max_size=12), drop=st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_damaged_files_give_posts_or_what_is_wrong(ending: str, at: int, put: bytes, drop: int) -> None:
    data = SAMPLES[ending]
    at %= len(data)
    _sound(read_bytes(data[:at] + put + data[at + drop :], f"damaged{ending}", HTML_TABLES))


@pytest.mark.parametrize("ending", [".docx", ".xlsx"])
@given(
    part=st.integers(0, 30),
    at=st.integers(0, 10**6),
    put=st.binary(max_size=20) | st.sampled_from([b"<", b'"', b"</w:p>"]),
)
@settings(max_examples=60, deadline=None)
def test_office_files_with_a_damaged_part_give_posts_or_what_is_wrong(
    ending: str, part: int, at: int, put: bytes
) -> None:
    """The archive is sound, the XML inside one part is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SAMPLES[ending])) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            if name == names[part % len(names)] and data:
                data = data[: at % len(data)] + put + data[at % len(data) :]
            new.writestr(name, data)
    _sound(read_bytes(out.getvalue(), f"damaged{ending}", CONTEST))


_NAMES = "p|div|span|ol|ul|li|table|tr|td|th|h1|pre|br|q|article|main|script|style|template|noscript|b|del|img|a|form"
_TAGS = st.sampled_from(_NAMES.split("|"))
_STYLES = st.sampled_from(
    ["", "display:none", "color:#fff", "font-size:0", "visibility:hidden", "left:-9999px", "}{:;("]
)


@given(
    st.recursive(
        st.text(max_size=12),
        lambda inner: st.tuples(_TAGS, _STYLES, st.lists(inner, max_size=4)).map(
            lambda t: f'<{t[0]} style="{t[1]}">{"".join(t[2])}</{t[0]}>'
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_nesting_of_elements_is_read(markup: str) -> None:
    _sound(read_bytes(markup.encode("utf-8", "surrogatepass"), "any.html", CONTEST))
    _sound(read_bytes(markup.encode("utf-8", "surrogatepass"), "any.md", CONTEST))


_NESTS = [("<div>", "</div>"), ("<ol><li>", "</li></ol>"), ("<table><tr><td>", "</td></tr></table>"), ("<b>", "</b>")]


@pytest.mark.parametrize(("opening", "closing"), _NESTS)
def test_nesting_is_read_or_refused_but_never_cut(opening: str, closing: str) -> None:
    """Unclosed elements of old pages nest hundreds deep: these are read; thousands are refused."""
    usual = read_bytes((opening * 300 + "deep" + closing * 300).encode(), "deep.html", CONTEST)
    assert [p.text[-4:] for p in usual.posts] == ["deep"]
    extreme = read_bytes((opening * 3000 + "deep" + closing * 3000).encode(), "deep.html", CONTEST)
    assert [u.problem for u in extreme.unreadable] == ["too_large"]
