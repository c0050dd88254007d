"""Pages as blogs save them: the article, and what the page says about it."""

from __future__ import annotations

import pytest

from pipeline.domain.contest import Contest
from pipeline.domain.submission import Post
from pipeline.ingest.found import slugs_of, web_address
from pipeline.ingest.read import read_bytes

CONTEST = Contest(id="c", timezone="Europe/Moscow")

SINGLE = """<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Кейс 4 | Сайт</title>
<link rel="canonical" href="https://blog.example.org/blog/petrova-a/kejs-4/">
<meta property="og:title" content="Кейс №4. Спокойный ответ"><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-12-14T09:30:00+03:00">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Сайт"},
{"@type":"BlogPosting","datePublished":"2026-12-14T06:30:00Z","dateModified":"2026-12-15T08:00:00Z",
"author":{"@id":"#a"}},
{"@type":"Person","@id":"#a","name":"Анна П.","url":"https://blog.example.org/author/petrova-a/"}]}
</script></head>
<body class="single single-post"><header><a href="/">Сайт</a><nav><ul><li>О проекте</li></ul></nav></header>
<main><article class="post-4 post hentry"><header class="entry-header">
<h1 class="entry-title">Кейс №4. Спокойный ответ</h1>
<div class="entry-meta"><time class="entry-date published" datetime="2026-12-14T09:30:00+03:00">14 декабря</time>
<time class="updated" datetime="2026-12-15T11:00:00+03:00">15 декабря</time>
<span class="byline"><a class="url fn n" href="https://blog.example.org/author/petrova-a/">Анна П.</a></span></div>
</header>
<div class="entry-content"><p>Сначала   выслушаю клиента.<br>Потом уточню детали 🙂</p>
<h2>Шаги</h2><ol><li>Поблагодарить<ul><li>искренне</li></ul></li><li>Проверить</li></ol>
<table><caption>Сроки</caption><tr><th>Шаг</th><th>Минут</th></tr><tr><td>Проверка<br>данных</td><td>5</td></tr></table>
<blockquote><p>«Я уже смотрю ваш заказ».</p></blockquote>
<figure><img src="pic.png" alt="схема"><figcaption>Схема разговора</figcaption></figure>
<p><img class="emoji" src="https://s.w.org/images/core/emoji/1f44d.svg" alt="👍"> Готово.
<a href="https://rutube.ru/video/abc/">запись</a></p><iframe src="//www.youtube.com/embed/xyz"></iframe>
<div class="sharedaddy"><h3>Поделиться:</h3><a href="#">ВКонтакте</a></div></div>
<footer class="entry-footer">Метки: <a rel="tag" href="/tag/kejs-4">Кейс 4</a></footer></article>
<section class="related-posts"><article><h3>Кейс 5</h3><div class="entry-content">Чужой пост</div></article></section>
<div id="comments"><ol class="comment-list"><li><article class="comment-body">Отлично написано!</article></li></ol>
<div id="respond"><h3>Добавить комментарий</h3><form id="commentform"><p>Ваш адрес email не будет опубликован.</p>
<textarea name="comment"></textarea></form></div></div></main>
<aside class="sidebar">Свежие записи</aside><footer>© 2026</footer></body></html>"""


def _read(page: str, name: str = "page.html") -> tuple[Post, ...]:
    return read_bytes(page.encode(), name, CONTEST).posts


def test_a_blog_post_is_its_article_and_nothing_around_it() -> None:
    (post,) = _read(SINGLE)
    assert post.text == (
        "Сначала выслушаю клиента.\nПотом уточню детали 🙂\n\nШаги\n\n1. Поблагодарить\n  - искренне\n2. Проверить\n\n"
        "Сроки\nШаг | Минут\nПроверка данных | 5\n\n«Я уже смотрю ваш заказ».\n\nСхема разговора\n\n👍 Готово. запись"
    )
    assert [post.text[h.start : h.end] for h in post.headings] == ["Шаги"]
    assert post.kind == "article"
    assert post.title == "Кейс №4. Спокойный ответ"
    assert post.hidden == ()


def test_a_blog_post_says_who_when_and_where() -> None:
    (post,) = _read(SINGLE)
    assert post.identity == "url:https://blog.example.org/blog/petrova-a/kejs-4"
    assert [(c.source, c.value) for c in post.entrant_claims] == [("slug", "petrova-a"), ("author", "Анна П.")]
    assert [(c.source, c.value) for c in post.published_claims] == [
        ("json_ld", "2026-12-14T06:30:00Z"),
        ("meta", "2026-12-14T09:30:00+03:00"),
        ("time_element", "2026-12-14T09:30:00+03:00"),
    ]
    assert [c.source for c in post.modified_claims] == ["json_ld", "time_element"]
    assert [(c.source, c.value) for c in post.case_claims] == [("tag", "Кейс 4")]


def test_media_are_noted_and_not_fetched() -> None:
    (post,) = _read(SINGLE)
    assert [(m.kind, m.url) for m in post.media] == [
        ("image", "https://blog.example.org/blog/petrova-a/kejs-4/pic.png"),
        ("video", "https://rutube.ru/video/abc/"),
        ("video", "https://www.youtube.com/embed/xyz"),
    ]


def test_several_articles_are_several_posts_with_their_own_facts() -> None:
    card = (
        '<article><h2><a href="https://b.example/u/{0}/">Case {0}</a></h2><time datetime="2026-12-1{0}">day</time>'
        "<p>Answer {0}.</p></article>"
    )
    posts = _read(f"<body><main>{card.format(1)}{card.format(2)}</main></body>")
    assert [(p.title, p.text, p.url) for p in posts] == [
        ("Case 1", "Answer 1.", "https://b.example/u/1/"),
        ("Case 2", "Answer 2.", "https://b.example/u/2/"),
    ]
    assert [p.published_claims[0].value for p in posts] == ["2026-12-11", "2026-12-12"]
    assert [p.source for p in posts] == ["page.html", "page.html#2"]


def test_times_in_the_running_text_are_no_evidence() -> None:
    (post,) = _read('<article><p>It happened on <time datetime="2020-01-01">New Year</time> again.</p></article>')
    assert post.published_claims == ()
    assert "New Year" in post.text


def test_a_page_without_structure_is_its_body_without_boilerplate() -> None:
    (post,) = _read(
        "<header>Site</header><nav>Menu</nav><h1>Case 7</h1><p class='date'>1 December 2026</p><div>Line one</div>"
        "<div>Line two</div><form><input name=q>Search</form><footer>(c)</footer>"
    )
    assert (post.title, post.text) == ("Case 7", "Line one\nLine two")


def test_a_site_that_wraps_its_page_in_a_form_is_read() -> None:
    words = "word " * 80
    (post,) = _read(f"<body><form id='aspnetForm'><input type='hidden' value='x'><p>{words}</p></form></body>")
    assert post.text == words.strip()


def test_callouts_inside_marked_content_are_the_entrants() -> None:
    (post,) = _read("<article><div class='post-content'><p>One.</p><aside>Aside.</aside></div></article>")
    assert post.text == "One.\n\nAside."


@pytest.mark.parametrize(
    ("data", "noted"),
    [
        ('<meta charset="windows-1251"><p>Ответ</p>'.encode("cp1251"), False),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Ответ</p>'.encode("koi8-r"), False),
        ('<meta charset="windows-1251"><p>Ответ</p>'.encode(), False),
        ("<p>Ответ</p>".encode("cp1251"), True),
        ("<p>Ответ</p>".encode("utf-8-sig"), False),
        ("<p>Ответ</p>".encode("utf-16"), False),
        ('<?xml version="1.0" encoding="utf-8"?><html><p>Ответ</p></html>'.encode(), False),
    ],
)
def test_encodings(data: bytes, *, noted: bool) -> None:
    """Mark, then valid UTF-8, then what the page declares, then Windows-1251 with a note."""
    (post,) = read_bytes(data, "page.html", CONTEST).posts
    assert post.text == "Ответ"
    assert ("encoding_guessed" in post.notes) is noted


@pytest.mark.parametrize("page", ["", "   ", "<html></html>", "<body></body>", "<!-- -->"])
def test_empty_pages_are_posts_without_text(page: str) -> None:
    (post,) = _read(page)
    assert post.text == ""


LISTS = {
    "<ol start=3><li>a<li>b</ol>": "3. a\n4. b",
    "<ol reversed><li>a<li>b</ol>": "2. a\n1. b",
    "<ol type=a><li>x<li>y</ol>": "a. x\nb. y",
    "<ol><li value=7>x<li>y</ol>": "7. x\n8. y",
    "<ul><li>a<li></li><li>b</ul>": "- a\n- b",
    "<ol><li><p>a</p><p>b</p></li><li>c</ol>": "1. a\n\nb\n\n2. c",
    "<pre>a\n  b</pre>": "a\n  b",
    "<p style='white-space:pre-wrap'>a\nb</p>": "a\nb",
    "<span style='display:block'>a</span>b": "a\nb",
    "<q>a</q>": "“a”",
    "a<br><br><br>b": "a\n\nb",
    "10<sup>2</sup>&nbsp;м&sup2;": "102 м²",
    "<table><tr><td>one</td></tr><tr><td>two</td></tr></table>": "one\ntwo",
    "<table><tr><td><ul><li>a</ul></td><td>b</td></tr></table>": "- a\n\nb",
    "<dl><dt>term</dt><dd>means</dd></dl>": "term\nmeans",
}


@pytest.mark.parametrize(("markup", "text"), LISTS.items())
def test_structure_survives_as_readable_text(markup: str, text: str) -> None:
    (post,) = _read(f"<article>{markup}</article>")
    assert post.text == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.Example.org/a/", "https://example.org/a#top"),
        ("https://example.org/a?utm_source=x&p=1", "https://example.org:443/a/?p=1"),
        ("https://example.org/%D0%B0", "https://example.org/а"),
    ],
)
def test_one_page_has_one_address(one: str, other: str) -> None:
    assert web_address(one) == web_address(other) != ""


@pytest.mark.parametrize("url", ["", "ftp://x/y", "/relative", "javascript:alert(1)", "https://", "http://[bad"])
def test_what_is_no_web_address(url: str) -> None:
    assert web_address(url) == ""


@pytest.mark.parametrize(
    ("url", "slugs"),
    [
        ("https://b.example/author/ivanova-o/", ("ivanova-o",)),
        ("https://b.example/@ivanova/p/1", ("ivanova",)),
        ("https://b.example/blog/ivanova-o/kejs-9/", ("ivanova-o",)),
        ("https://b.example/blog/ivanova-o/", ("ivanova-o",)),
        ("https://b.example/blog/kejs-9-gallyucinacii/", ()),
        ("https://b.example/blog/2026/12/post/", ()),
        ("https://b.example/blog/how-i-answer-every-call/", ()),
        ("https://b.example/blog/category/news/", ()),
        ("https://b.example/2026/12/15/answer/", ()),
    ],
)
def test_slugs_name_people_and_not_posts(url: str, slugs: tuple[str, ...]) -> None:
    assert slugs_of(url) == slugs
