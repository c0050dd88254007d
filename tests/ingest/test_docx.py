"""Word documents."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from pipeline.domain.contest import Contest
from pipeline.domain.submission import Post
from pipeline.ingest.read import read_bytes

CONTEST = Contest(id="c")
WHITE = RGBColor(0xFF, 0xFF, 0xFF)


def _bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _read(document: Any) -> Post:
    (post,) = read_bytes(_bytes(document), "in/answer.docx", CONTEST).posts
    return post


def _xml(inner: str) -> Any:
    return parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>")


def test_headings_lists_and_tables_are_readable() -> None:
    document = docx.Document()
    document.add_heading("Мой ответ", 0)
    document.add_heading("Кейс №3", 1)
    document.add_paragraph("Вступление.")
    for text in ("раз", "два"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("пункт", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip((c for r in table.rows for c in r.cells), ("Шаг", "Минут", "Ответ", "5"), strict=True):
        cell.text = text
    post = _read(document)
    assert post.text == "Мой ответ\n\nКейс №3\n\nВступление.\n\n1. раз\n2. два\n- пункт\n\nШаг | Минут\nОтвет | 5"
    assert [post.text[h.start : h.end] for h in post.headings] == ["Мой ответ", "Кейс №3"]
    assert (post.title, post.kind, post.identity) == ("Мой ответ", "file", "path:in/answer.docx")


def test_tracked_insertions_count_deletions_and_comments_do_not() -> None:
    document = docx.Document()
    change = 'w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"'
    document.element.body.insert(
        0,
        _xml(
            f"<w:r><w:t xml:space='preserve'>Было </w:t></w:r><w:ins {change}><w:r><w:t>добавлено</w:t></w:r></w:ins>"
            f"<w:del {change}><w:r><w:delText>удалено</w:delText></w:r></w:del>"
            f"<w:moveFrom {change}><w:r><w:t>унесено</w:t></w:r></w:moveFrom><w:r><w:commentReference w:id='0'/></w:r>"
        ),
    )
    post = _read(document)
    assert post.text == "Было добавлено"
    assert post.notes == ("tracked_changes", "comments_dropped")


def test_hidden_white_and_tiny_runs_are_kept_apart() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Видно.")
    paragraph.add_run(" Скрыто от глаз читателя").font.hidden = True
    paragraph.add_run(" Белое по белому полю").font.color.rgb = WHITE
    paragraph.add_run(" Крошечный почти невидимый текст").font.size = Pt(1)
    post = _read(document)
    assert post.text == "Видно."
    assert [(h.how, h.text) for h in post.hidden] == [
        ("vanish", "Скрыто от глаз читателя"),
        ("white_text", "Белое по белому полю Крошечный почти невидимый текст"),
    ]


def test_a_style_hides_as_a_run_does() -> None:
    document = docx.Document()
    document.styles["Quote"].font.hidden = True
    document.add_paragraph("Видно.")
    document.add_paragraph("Скрыто стилем этого абзаца", style="Quote")
    post = _read(document)
    assert post.text == "Видно."
    assert [h.how for h in post.hidden] == ["vanish"]


def test_white_on_a_dark_cell_is_visible() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    for cell in table.rows[0].cells:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "1F3864")
        cell._tc.get_or_add_tcPr().append(shade)
        cell.paragraphs[0].add_run("заголовок").font.color.rgb = WHITE
    post = _read(document)
    assert (post.text, post.hidden) == ("заголовок | заголовок", ())


def test_headers_footers_field_codes_and_properties_are_no_text() -> None:
    document = docx.Document()
    document.core_properties.author = "Имя Фамилия"
    document.sections[0].header.paragraphs[0].text = "Колонтитул"
    document.element.body.insert(
        0,
        _xml(
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> DATE </w:instrText></w:r>"
            "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>показано</w:t></w:r>"
            "<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:br/><w:t>строка</w:t><w:tab/><w:t>два</w:t></w:r>"
        ),
    )
    post = _read(document)
    assert post.text == "показано\nстрока два"
    assert (post.entrant_claims, post.published_claims) == ((), ())


def test_text_boxes_and_content_controls_are_visible_once() -> None:
    document = docx.Document()
    alternate = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>В рамке</w:t></w:r></w:p></w:txbxContent>"
    document.element.body.insert(
        0,
        _xml(
            f"<w:r><w:t>До</w:t></w:r><w:r><mc:AlternateContent {alternate}><mc:Choice Requires='wps'><w:drawing>{box}"
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            "<w:sdt><w:sdtContent><w:r><w:t> после</w:t></w:r></w:sdtContent></w:sdt>"
        ),
    )
    assert _read(document).text == "До после\n\nВ рамке"


def test_links_to_media_and_pictures_are_noted() -> None:
    document = docx.Document()
    part = document.part
    key = part.relate_to("https://youtu.be/abc", f"{docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK}", is_external=True)
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:p {nsdecls('w', 'r')}><w:hyperlink r:id='{key}'><w:r><w:t>видео</w:t></w:r></w:hyperlink></w:p>"
        ),
    )
    post = _read(document)
    assert post.text == "видео"
    assert [(m.kind, m.url) for m in post.media] == [("video", "https://youtu.be/abc")]


def _archive(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PK\x03\x04 not really", "broken_archive"),
        (b"plain text", "broken_archive"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "password_protected"),
        (_archive(("other.xml", b"<x/>")), "broken_archive"),
        (_archive(("word/document.xml", b"<x/>"), ("bomb.bin", b"\x00" * 5_000_000)), "too_large"),
        (_archive(*((f"{n}.xml", b"") for n in range(5001))), "too_large"),
        (_archive(("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')), "broken_archive"),
    ],
    ids=["torn", "text", "protected", "no_document", "bomb", "entries", "doctype"],
)
def test_unsound_archives_are_refused_before_unpacking(data: bytes, problem: str) -> None:
    for ending in ("docx", "xlsx"):
        read = read_bytes(data, f"a.{ending}", CONTEST)
        assert [u.problem for u in read.unreadable] == [problem]
