"""Plain text and Markdown."""

from __future__ import annotations

import pytest

from pipeline.domain.contest import Contest
from pipeline.domain.submission import Post
from pipeline.ingest.read import ReadFile, read_bytes

CONTEST = Contest(id="c")


def _text(data: bytes) -> ReadFile:
    return read_bytes(data, "in/answer.txt", CONTEST)


def _markdown(text: str) -> Post:
    (post,) = read_bytes(text.encode(), "in/answer.md", CONTEST).posts
    return post


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1251"])
def test_text_in_the_encodings_of_russian_programs(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    (post,) = _text(f"{mark}Кейс №2\r\n\r\nОтвет: спокойно.".encode(encoding)).posts
    assert post.text == "Кейс №2\n\nОтвет: спокойно."
    assert post.kind == "file"
    assert ("encoding_guessed" in post.notes) is (encoding == "cp1251")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x00\x01\x02\x03", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unknown_format"),
        (b"\xff\xfea", "encoding"),
        ("Расскажу подробно, как я отвечаю каждому клиенту.".encode("koi8-r"), "encoding"),
        ("Расскажу подробно, как я отвечаю каждому клиенту.".encode("cp866"), "encoding"),
    ],
)
def test_what_is_no_text_is_refused_and_not_garbled(data: bytes, problem: str) -> None:
    read = _text(data)
    assert read.posts == ()
    assert [u.problem for u in read.unreadable] == [problem]


def test_capitals_alone_are_no_sign_of_another_encoding() -> None:
    (post,) = _text("КЕЙС №1. ОТВЕЧАЮ КЛИЕНТУ СПОКОЙНО И ВЕЖЛИВО, НЕ ПЕРЕБИВАЯ".encode("cp1251")).posts
    assert post.text.startswith("КЕЙС")


FORMS = [
    "Добавить комментарий\n\nВаш адрес email не будет опубликован. Обязательные поля помечены *",
    """Добавить комментарий Отменить ответ
Ваш адрес email не будет опубликован.

Комментарий *

Имя *
Email *
Сайт

Сохранить моё имя, email и адрес сайта в этом браузере для последующих моих комментариев.
Отправить комментарий""",
    """Leave a Reply

Your email address will not be published. Required fields are marked *

Comment *
Name *
Post Comment""",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_copied_comment_form_is_no_part_of_the_answer(form: str) -> None:
    (post,) = _text(f"Мой ответ.\n\n{form}\n".encode()).posts
    assert post.text == "Мой ответ."
    assert post.notes == ("comment_form_dropped",)


@pytest.mark.parametrize("form", FORMS)
def test_a_comment_form_between_two_texts_leaves_both(form: str) -> None:
    (post,) = _text(f"Первый ответ.\n\n{form}\n\nВторой ответ.\n".encode()).posts
    assert post.text == "Первый ответ.\n\nВторой ответ."


@pytest.mark.parametrize(
    "text",
    [
        "Добавить комментарий\n\nТак я подписываю кнопку на сайте.",
        "Прошу клиента оставить комментарий.\nВаш адрес email не будет опубликован, говорю я ему.",
        "Имя *\nсобака",
    ],
)
def test_words_about_comments_are_the_entrants_own(text: str) -> None:
    (post,) = _text(text.encode()).posts
    assert post.text == text
    assert post.notes == ()


def test_links_to_media_in_a_text_are_noted() -> None:
    (post,) = _text(
        "Смотрите (https://vk.com/video-1_2?list=3), и www.example.org/a.mp3. https://example.org/".encode()
    ).posts
    assert [(m.kind, m.url) for m in post.media] == [
        ("video", "https://vk.com/video-1_2?list=3"),
        ("audio", "www.example.org/a.mp3"),
    ]


def test_markdown_is_read_as_rendered_with_its_own_lines() -> None:
    post = _markdown(
        "# Кейс №6\n\nПервая строка\nвторая **важная** ~~зачёркнутая~~ [ссылка](https://youtu.be/a)\n\n"
        "3. три\n4. четыре\n   - вложено\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n> цитата\n"
    )
    assert post.text == (
        "Кейс №6\n\nПервая строка\nвторая важная зачёркнутая ссылка\n\n3. три\n4. четыре\n  - вложено\n\n"
        "A | B\n1 | 2\n\nцитата"
    )
    assert [post.text[h.start : h.end] for h in post.headings] == ["Кейс №6"]
    assert post.kind == "file"
    assert post.media[0].kind == "video"


def test_front_matter_is_evidence_and_no_text() -> None:
    post = _markdown(
        "---\ntitle: Кейс 6\ndate: 2026-12-15T10:00:00+03:00\nlastmod: 2026-12-16\nauthor: sokol\nslug: marina-s\n"
        "case: 6\nurl: https://b.example/p/6\ntags: [Кейс 6, ответы]\n---\nОтвет.\n"
    )
    assert (post.title, post.text, post.identity) == ("Кейс 6", "Ответ.", "url:https://b.example/p/6")
    assert [(c.source, c.value) for c in post.published_claims] == [("front_matter", "2026-12-15T10:00:00+03:00")]
    assert [(c.source, c.value) for c in post.modified_claims] == [("front_matter", "2026-12-16")]
    assert [(c.source, c.value) for c in post.entrant_claims] == [("slug", "marina-s"), ("author", "sokol")]
    assert [(c.source, c.value) for c in post.case_claims] == [("column", "6"), ("tag", "Кейс 6"), ("tag", "ответы")]


@pytest.mark.parametrize("matter", ["a: [", "? !!python/object:os.system x", "&a [*a, *b]", "a: 1\na: 2"])
def test_broken_front_matter_stays_visible(matter: str) -> None:
    post = _markdown(f"---\n{matter}\n---\nОтвет.\n")
    assert "Ответ." in post.text


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert _markdown("---\n\nОтвет.\n\n---\n\nЕщё.\n").text == "Ответ.\n\nЕщё."


def test_a_comment_form_copied_into_markdown_goes_and_headings_stay() -> None:
    post = _markdown(f"## Кейс 1\n\nОтвет.\n\n{FORMS[0]}\n")
    assert post.text == "Кейс 1\n\nОтвет."
    assert [post.text[h.start : h.end] for h in post.headings] == ["Кейс 1"]
