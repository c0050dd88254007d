"""No file that anybody can build stops a reader, makes it slow, or gets past the canonical form."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Case, Contest, RosterRow
from pipeline.domain.masking import Masked, mask
from pipeline.domain.text import canonicalise
from pipeline.ingest.eligibility import split_posts
from pipeline.ingest.read import READERS, read_bytes
from pipeline.ingest.versions import PostVersion
from tests.tools.contest import AT

CONTEST = Contest(id="c", timezone="Europe/Moscow")
CASES = {n: Case(number=n, title=f"Case {n}", statement="Say how you calm the customer down.") for n in range(1, 6)}
ROSTER = (RosterRow(pseudonym="e", names=("Инна Мороз", "Мороз Инна Львовна"), contacts=("i.moroz@x.example",)),)
SECONDS = 20
"""far more than any of these small files needs, also on a busy machine"""

PIECES = st.sampled_from(
    [
        "Кейс №1", "Case 2", "кейс 3,4", "#кейс5", "1️⃣", "---", "***", "```", "> ", "- ", "1. ", "| a | b |\n|---|---|",
        "---\ntitle: x\n---\n", "? [a]\n: b\n", "&a [*a]", "<<: *b", "!!python/object", "{", "[", "]", "}", "\t",
        "\n\n", "<p>", "</p>", "<div hidden>", "<style>p{display:none}</style>", "<!--", "-->", "<![CDATA[", "]]>",
        "<table><tr>", "<script type='application/ld+json'>{\"datePublished\":", "</script>", "<svg>", "<math>",
        "<template>", "&#0;",
        "&#xD800;", "&amp;amp;", "\u200b", "\u202e", "\U000e0041", "\ufeff", "\x00", "\x1b[2J", "\ud800", "\u2028",
        '"', '""', "'", ",", ";", "\\", "\\u0000", "NaN", "1e999", "9" * 50, "id,text,case\n", '{"text": "x"}\n',
        "2026-12-15T12:00:00+03:00", "http://x.example/blog/ann/", "С уважением, Мороз", "8 900 1 2 3", "@", "A. Б.",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=30), max_size=40).map("".join)


def survives(data: bytes, name: str) -> None:
    """Read, split and masked in time; everything sound."""
    begin = time.perf_counter()
    read = read_bytes(data, name, CONTEST)
    for post in read.posts:
        assert canonicalise(post.text).text == post.text
        assert all(0 <= h.start < h.end <= len(post.text) for h in post.headings)
    for problem in read.unreadable:
        assert problem.problem
        assert problem.remedy
        problem.model_dump_json().encode()
    versions = [PostVersion(post=p, read_at=AT, order=n) for n, p in enumerate(read.posts)]
    for submission in split_posts(versions, CONTEST, CASES, ROSTER, []).submissions:
        assert all(0 <= s.start <= s.end for s in submission.spans)
        sent = mask(submission.text, ROSTER)
        if isinstance(sent, Masked):
            assert sent.to_source(0, len(sent.text)) == (0, len(submission.text))
    assert time.perf_counter() - begin < SECONDS


@pytest.mark.parametrize("ending", sorted(set(READERS) - {".docx", ".xlsx", ".xlsm"}))
@given(text=TEXTS)
@settings(settings.get_profile("fuzz"))
def test_any_text_in_any_format(ending: str, text: str) -> None:
    survives(text.encode("utf-8", "surrogatepass"), f"f{ending}")


@pytest.mark.parametrize("ending", [".md", ".html", ".txt", ".csv", ".jsonl", ".xml"])
@given(piece=PIECES, times=st.integers(100, 6000), tail=TEXTS)
@settings(settings.get_profile("fuzz"))
def test_the_same_thing_over_and_over(ending: str, piece: str, times: int, tail: str) -> None:
    """Where a reader takes more time than the length warrants, repetition shows it."""
    survives((piece * times)[:30_000].encode("utf-8", "surrogatepass") + tail.encode("utf-8", "replace"), f"f{ending}")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), st.lists, max_leaves=9), TEXTS)
@settings(settings.get_profile("fuzz"))
def test_any_json_line(value: object, text: str) -> None:
    line = json.dumps({"text": text, "id": value, "case": value, "published": value, "entrant": value})
    survives(line.encode() + b"\n" + line.encode("utf-16"), "f.jsonl")


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
TAGS = st.sampled_from(
    [
        "p",
        "r",
        "t",
        "tbl",
        "tr",
        "tc",
        "pPr",
        "rPr",
        "vanish",
        "color",
        "ins",
        "del",
        "sdt",
        "sdtContent",
        "hyperlink",
        "br",
        "numPr",
        "tab",
        "sym",
    ]
)


@given(
    st.recursive(
        st.text("абв <>&\u200b", max_size=9),
        lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(lambda t: (t[0], t[1])),
        max_leaves=20,
    )
)
@settings(settings.get_profile("fuzz"))
def test_any_tree_of_a_documents_elements(tree: object) -> None:
    def xml(node: object) -> str:
        if isinstance(node, tuple):
            return f"<w:{node[0]}>{''.join(map(xml, node[1]))}</w:{node[0]}>"
        return str(node).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{xml(tree)}</w:body></w:document>')
    survives(out.getvalue(), "f.docx")
