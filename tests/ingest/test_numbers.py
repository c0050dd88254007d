"""Case numbers in the forms in which they come, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.submission import Span
from pipeline.ingest.number_words import roman, spoken
from pipeline.ingest.numbers import column_number, find_markers, numbers_in, numbers_in_name, numbers_in_url


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("КЕЙС №9", 9),
        ("Кейс №7 «Трудный день»", 7),
        ("Решение кейса №5", 5),
        ("Ответ к кейсу 5", 5),
        ("Ответ на кейс 11: чат и почта", 11),
        ("Задание 3_Практические кейсы_Кейс 5_решение", 5),
        ("Практические кейсы. Кейс №9", 9),
        ("Кейс 3/12", 3),
        ("Кейс №3 из 12", 3),
        ("Кейс IV", 4),
        ("Кейс XII. Аутсорс", 12),
        ("Кейс ІХ", 9),
        ("Кейс пятый", 5),
        ("Кейс четвёртый", 4),
        ("Кейс пять", 5),
        ("Кейс номер пять", 5),
        ("седьмой кейс", 7),
        ("Седьмой кейс. Наставник", 7),
        ("Решение третьего кейса", 3),
        ("Кейс двадцать первый", 21),
        ("Case Three", 3),
        ("The third case", 3),
        ("Case #4: the angry caller", 4),
        ("Case study 6", 6),
        ("Кейс № 10.", 10),
        ("кейс#4", 4),
        ("КЕЙС N4", 4),
        ("КЕЙС№9", 9),
        ("кейс9", 9),
        ("Кейс - 8", 8),
        ("Кейс: №8", 8),
        ("Кейс (№8)", 8),
        ("Кейс «Сорванная встреча» №2", 2),
        ("Кейс 9️⃣", 9),
        ("Кейс 1️⃣0️⃣", 10),
        ("Кейс 🔟", 10),
        ("5-й кейс", 5),
        ("5 кейс", 5),
        ("№5 кейс", 5),
        ("— Кейс №6 —", 6),
        ("1. Кейс №6", 6),
        ("⭐ Кейс №6", 6),
        ("Kейс №6", 6),
        ("Кеис 6", 6),
        ("Мой кейс №3", 3),
        ("Третье тематическое задание. Кейс 4", 4),
    ],
)
def test_a_line_that_names_one_case_opens_its_answer(line: str, number: int) -> None:
    markers = find_markers(f"Вступление из нескольких слов.\n\n{line}\n\nТекст ответа.")
    assert [(m.numbers, m.strength) for m in markers] == [((number,), "heading")]
    assert numbers_in(line) == (number,)


@pytest.mark.parametrize(
    "line",
    [
        "Ситуация №1",
        "1. Сначала слушаю клиента",
        "1️⃣ Сначала слушаю клиента\n2️⃣ Потом предлагаю",
        "Встреча 12.12.2026 в 10:00",
        "Скидка 50 000 рублей",
        "В этом кейсе главное — спокойствие",
        "В этом кейсе 5 фраз",
        "Всего 12 кейсов",
        "12 кейсов за неделю",
        "Третье задание",
        "Задание 3",
        "Задача №4",
        "Кейс-менеджер 3 разряда",
        "Кейсы",
        "Кейс 5 шагов к успеху",
        "Кейс 50 000 рублей",
        "Кейс 12.12.2026",
        "Кейс 2026 года",
        "Кейс три попытки",
        "Кейс один из лучших",
        "Мой первый кейс",
        "Ещё один кейс",
        "In this case I would wait",
        "In any case one should wait",
        "In case 3 callers wait",
        "Showcase 3",
        "Кейс I'm sorry",
        "Кейс 0",
        "3 способа решить кейс",
        "кейс на 5 минут",
    ],
)
def test_what_only_looks_like_a_number_names_no_case(line: str) -> None:
    assert find_markers(f"Вступление.\n\n{line}\n\nТекст ответа.") == ()
    assert numbers_in(line) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Об этом же я писала в кейсе №3.",
        "Как в кейсе №3, здесь важно дослушать клиента до конца и лишь потом говорить.",
        "Смотри кейс №3",
        "Кейс 3 мне понравился больше остальных, потому что такое у нас бывает часто",
        "После кейса №3 мне проще отвечать на такие вопросы, и я держу себя в руках.",
        "Кейсы №3 и №5",
        "#кейс3",
    ],
)
def test_a_mention_opens_nothing(line: str) -> None:
    markers = find_markers(f"Вступление.\n\n{line}\n\nТекст ответа.")
    assert markers
    assert {m.strength for m in markers} == {"inline"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Кейсы 3, 5 и 7", (3, 5, 7)),
        ("Кейс №3, №5", (3, 5)),
        ("Кейсы 1-7", (1, 7)),
        ("Кейс №1-2", (1, 2)),
        ("Кейс 3, 5 фраз", (3,)),
        ("Кейс 5 - 3 фразы", (5,)),
        ("Кейс №3 и Кейс №4", (3, 4)),
    ],
)
def test_several_numbers_at_once(text: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in(text) == numbers


def test_the_first_line_counts_even_as_a_sentence() -> None:
    markers = find_markers("Добрый день, коллеги! В кейсе №3 я поступлю так.\n\nТекст ответа.")
    assert [(m.numbers, m.strength) for m in markers] == [((3,), "line")]


def test_a_marker_with_its_answer_in_the_same_line_is_a_line() -> None:
    line = "Кейс 4. " + "Я бы сказал клиенту, что понимаю его, и сразу предложил бы решение. " * 3
    assert [(m.numbers, m.strength) for m in find_markers(f"Начало.\n{line}")] == [((4,), "line")]


def test_a_heading_of_the_source_is_a_heading_whatever_its_words() -> None:
    text = "Слово.\n\nНемного о том, чем меня зацепил кейс №3, и почему я решила его сегодня.\n\nТекст."
    start = text.index("Немного")
    heading = Span(start=start, end=text.index("\n\nТекст"))
    assert [m.strength for m in find_markers(text, (heading,))] == ["heading"]


def test_one_keycap_at_the_top_is_a_number_and_a_list_of_them_is_not() -> None:
    assert [m.numbers for m in find_markers("9️⃣Фразы для звонка:\nПервая.\nВторая.")] == [(9,)]
    assert find_markers("Фразы для звонка\n\nНачало.\n\n9️⃣ Первая.") == ()
    assert find_markers("1️⃣ Первая.\n2️⃣ Вторая.") == ()


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("case-05", (5,)),
        ("Задание 3_Практические кейсы_Кейс 5_решение", (5,)),
        ("kejs_7", (7,)),
        ("КЕЙС №9 (копия 2)", (9,)),
        ("002_ответы", ()),
        ("report-2026-12-19", ()),
        ("ответы_кейсы_1-7", (1, 7)),
        ("Кейс 3, Кейс 4", (3, 4)),
    ],
)
def test_numbers_in_file_names(name: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in_name(name) == numbers


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        ("https://blog.example/keis-7/", (7,)),
        ("https://blog.example/2026/12/18/kejs-7-trudnyj-den/", (7,)),
        ("https://blog.example/reshenie-kejsa-5", (5,)),
        ("https://blog.example/kejs-9-2/", (9,)),
        ("https://blog.example/%D0%BA%D0%B5%D0%B9%D1%81-%E2%84%9611/", (11,)),
        ("https://blog.example/case-no-05.html", (5,)),
        ("https://blog.example/?case=4", (4,)),
        ("https://case5.example/prakticheskie-kejsy-2/", ()),
        ("https://blog.example/2026/12/18/", ()),
        ("https://blog.example/showcase-3/", ()),
        ("http://[broken", ()),
        ("", ()),
    ],
)
def test_numbers_in_addresses(url: str, numbers: tuple[int, ...]) -> None:
    """The host, dates and WordPress's `-2` behind a plural are none."""
    assert numbers_in_url(url) == numbers


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("3", 3),
        (" 03 ", 3),
        ("3.0", 3),
        ("№3", 3),
        ("3.", 3),
        ("Кейс 3", 3),
        ("case three", 3),
        ("III", 3),
        ("третий", 3),
        ("0", 0),
        ("эмпатия", None),
        ("", None),
        ("3 и 4", None),
        ("кейсы 3 и 4", None),
    ],
)
def test_numbers_in_a_case_column(value: str, number: int | None) -> None:
    assert column_number(value) == number


def test_number_words_and_roman_numerals() -> None:
    assert [spoken(w) for w in ("тридцать девятый", "twenty-first", "одиннадцатого", "сто", "двадцать десятый")] == [
        39,
        21,
        11,
        None,
        None,
    ]
    assert [roman(n) for n in ("IX", "XXXIX", "Х", "IIX", "")] == [9, 39, 10, None, None]


@given(st.text(alphabet="кейсКЕЙС №#N0123456789 IVX.\n-/,ияcase«»️⃣_", max_size=80))
@settings(max_examples=300, deadline=None)
def test_markers_lie_in_their_lines_and_are_in_order(text: str) -> None:
    markers = find_markers(text)
    assert [m.span.start for m in markers] == sorted(m.span.start for m in markers)
    for marker in markers:
        assert marker.line.start <= marker.span.start < marker.span.end <= marker.line.end
        assert "\n" not in text[marker.line.start : marker.line.end]
        assert all(n > 0 for n in marker.numbers)
