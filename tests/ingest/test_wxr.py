"""WordPress exports."""

from __future__ import annotations

import pytest

from pipeline.domain.contest import Contest
from pipeline.ingest.read import ReadFile, read_bytes

CONTEST = Contest(id="c", timezone="Europe/Moscow")
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{v}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/{v}/"><channel><title>Blog</title><link>https://blog.example.org</link>
<wp:wxr_version>{v}</wp:wxr_version><wp:base_blog_url>https://blog.example.org</wp:base_blog_url>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[sokol]]></wp:author_login>
<wp:author_display_name><![CDATA[Марина С.]]></wp:author_display_name></wp:author>
"""


def _item(content: str = "<p>Ответ.</p>", *, number: str = "7", link: str = "", extra: str = "", **fields: str) -> str:
    words = {
        "post_type": "post",
        "status": "publish",
        "post_date_gmt": "2026-12-15 07:00:00",
        "post_password": "",
    } | fields
    rows = "".join(f"<wp:{name}><![CDATA[{value}]]></wp:{name}>" for name, value in words.items())
    return (
        f"<item><title>Кейс &amp;#8470;7</title><link>{link}</link><dc:creator><![CDATA[sokol]]></dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{number}</wp:post_id>{rows}{extra}</item>"
    )


def _read(*items: str, version: str = "1.2") -> ReadFile:
    return read_bytes((HEAD.format(v=version) + "".join(items) + "</channel></rss>").encode(), "in/export.xml", CONTEST)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_a_published_post(version: str) -> None:
    category = '<category domain="category" nicename="x"><![CDATA[Кейс 7]]></category>'
    modified = {"post_modified_gmt": "2026-12-16 08:00:00", "post_date": "2026-12-15 10:00:00"}
    (post,) = _read(_item(extra=category, **modified), version=version).posts
    assert (post.kind, post.title, post.text) == ("item", "Кейс №7", "Ответ.")
    assert post.identity == "wxr:blog.example.org#7"
    assert post.source == "in/export.xml#7"
    assert [(c.source, c.value) for c in post.entrant_claims] == [("wxr_creator", "sokol"), ("author", "Марина С.")]
    assert [(c.source, c.value) for c in post.published_claims] == [("wxr_gmt", "2026-12-15 07:00:00Z")]
    assert [(c.source, c.value) for c in post.modified_claims] == [("wxr_gmt", "2026-12-16 08:00:00Z")]
    assert [(c.source, c.value) for c in post.case_claims] == [("tag", "Кейс 7")]


def test_the_link_identifies_a_post_before_its_number() -> None:
    (post,) = _read(_item(link="https://blog.example.org/2026/kejs-7/")).posts
    assert post.identity == "url:https://blog.example.org/2026/kejs-7"


def test_a_zero_gmt_date_falls_back_to_the_local_one() -> None:
    (post,) = _read(_item(post_date_gmt="0000-00-00 00:00:00", post_date="2026-12-15 10:00:00")).posts
    assert [(c.source, c.value) for c in post.published_claims] == [("wxr_local", "2026-12-15 10:00:00")]


def test_what_is_no_entry_is_counted_and_gives_no_post() -> None:
    comment = "<wp:comment><wp:comment_content>Hi</wp:comment_content></wp:comment>"
    read = _read(
        _item(extra=comment * 2),
        _item(status="draft"),
        _item(status="future"),
        _item(status="private"),
        _item(post_password="secret"),
        _item(post_type="page"),
        _item(post_type="attachment", status="inherit"),
        _item(post_type="nav_menu_item"),
    )
    assert len(read.posts) == 1
    assert read.counted == {
        "attachment": 1, "comment": 2, "draft": 2, "other": 1, "page": 1, "password": 1, "private": 1,
    }  # fmt: skip


def test_classic_text_keeps_its_line_breaks_and_blocks_their_markup() -> None:
    (classic,) = _read(
        _item("Первая строка\nвторая\n\nАбзац <b>два</b>\n<ul>\n<li>раз</li>\n<li>два</li>\n</ul>")
    ).posts
    assert classic.text == "Первая строка\nвторая\n\nАбзац два\n\n- раз\n- два"
    block = (
        "<!-- wp:paragraph -->\n<p>Один\nабзац</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:list -->\n<ul><li>раз</li></ul>"
    )
    (blocks,) = _read(_item(block)).posts
    assert (blocks.text, blocks.hidden) == ("Один абзац\n\n- раз", ())


def test_shortcodes_of_media_are_notes() -> None:
    caption = '[caption id="a"]<img src="https://b.example/x.png"> Подпись[/caption]'
    (post,) = _read(_item(f"{caption} [embed]https://youtu.be/q[/embed] [sic]")).posts
    assert post.text == "Подпись [sic]"
    assert [m.kind for m in post.media] == ["image", "video"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (HEAD.format(v="1.2").encode() + b"\n<item><title>a & b</title></item></channel></rss>", "broken_xml"),
        (HEAD.format(v="1.2").encode(), "broken_xml"),
        (b"not xml at all", "broken_xml"),
        (b"<rss><channel><item/></channel></rss>", "unknown_format"),
        (b"<feed/>", "unknown_format"),
        (
            b'<!DOCTYPE rss [<!ENTITY a "x">]>'
            + HEAD.format(v="1.2").encode().partition(b"?>")[2]
            + b"</channel></rss>",
            "doctype",
        ),
    ],
)
def test_unsound_exports_are_refused_whole(data: bytes, problem: str) -> None:
    read = read_bytes(data, "export.xml", CONTEST)
    assert read.posts == ()
    assert [u.problem for u in read.unreadable] == [problem]


def test_ill_formed_xml_names_the_line() -> None:
    data = HEAD.format(v="1.2").encode() + b"\n<item><title>a & b</title></item></channel></rss>"
    line = data[: data.index(b"a & b")].count(b"\n") + 1
    assert read_bytes(data, "export.xml", CONTEST).unreadable[0].params == {"line": line}


def test_entities_expand_to_nothing() -> None:
    """No file of this machine and no billion laughs can come in through an entity."""
    bomb = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
    data = HEAD.format(v="1.2").replace("<rss", f"{bomb}<rss", 1) + "<item><title>&b;</title></item></channel></rss>"
    read = read_bytes(data.encode(), "export.xml", CONTEST)
    assert [u.problem for u in read.unreadable] == ["doctype"]
