from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.demands import find_demands

Bounds = tuple[int, int | None]


def bounds(statement: str) -> list[Bounds]:
    return [(demand.at_least, demand.at_most) for demand in find_demands(statement)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Приведите не менее 5 примеров.", [(5, None)]),
        ("Приведите не менее пяти примеров.", [(5, None)]),
        ("Приведите не менее 5-ти удачных примеров.", [(5, None)]),
        ("Напишите 2-3 фразы.", [(2, 3)]),
        ("Предложите 2 - 3 варианта.", [(2, 3)]),
        ("Дайте 2–3 совета новичку.", [(2, 3)]),
        ("Дайте два-три совета новичку.", [(2, 3)]),
        ("Дайте два или три совета новичку.", [(2, 3)]),
        ("Предложите от трёх до пяти идей.", [(3, 5)]),
        ("Предложите не менее 2 и не более 4 идей.", [(2, 4)]),
        ("Опишите минимум два способа.", [(2, None)]),
        ("Опишите, как минимум, два способа.", [(2, None)]),
        ("Опишите минимум по два способа на каждый случай.", [(2, None)]),
        ("Назовите как минимум 5 причин за и минимум 5 причин против.", [(5, None), (5, None)]),
        ("Назовите два довода за и три довода против.", [(2, None), (3, None)]),
        ("Нужны 3 коротких, на ваш взгляд, реплики.", [(3, None)]),
        ("Назовите 3 эффективных приёма.", [(3, None)]),
        ("Приведите три примера.", [(3, None)]),
        ("Напишите три «живые» фразы.", [(3, None)]),
        ("Приведите примеры (не менее трёх).", [(3, None)]),
        ("Составьте памятку новичку: 4 шага.", [(4, None)]),
        ("Приведите, что вам помогало:\n- 2–3 приёма в чате;\n\n- 2–3 приёма по телефону.", [(2, 3), (2, 3)]),
        ("Какие две фразы вы скажете первыми?", [(2, None)]),
        ("Ваша задача — предложить три идеи.", [(3, None)]),
        ("Ответ должен содержать не менее трёх аргументов.", [(3, None)]),
        ("Приведите хотя бы один пример.", [(1, None)]),
        ("Приведите три\nпримера.", [(3, None)]),
        ("Приведите примеры. Не менее пяти.", [(5, None)]),
        ("Напишите сообщение клиенту в двух вариантах.", [(2, None)]),
        ("Приведите 3–5 (на выбор) фраз.", [(3, 5)]),
        ("Напишите **не менее 5** _живых_ реплик.", [(5, None)]),
        ("Приведите: 3 фразы-крючка, 2 фразы отказа.", [(3, None), (2, None)]),
        ("Give two (2) examples.", [(2, None)]),
        ("Propose at least two alternatives.", [(2, None)]),
        ("Give at least five tips.", [(5, None)]),
        ("Write 2-3 examples.", [(2, 3)]),
        ("Describe two or three ways to calm a caller.", [(2, 3)]),
        ("Please provide no fewer than three arguments.", [(3, None)]),
        ("List three effective phrases for an angry caller.", [(3, None)]),
        ("Which three steps would you take?", [(3, None)]),
        ("Your answer must include exactly two options.", [(2, None)]),
        ("List 3 or more ideas.", [(3, None)]),
        ("Suggest two replies and three rules.", [(2, None), (3, None)]),
    ],
)
def test_demands_are_found(statement: str, expected: list[Bounds]) -> None:
    assert bounds(statement) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "Клиент купил товар на 50 000 рублей и просит скидку.",
        "Опишите ответ: скидка 2,5% даётся от 100 000 рублей.",
        "Оператор использовал три попытки. Напишите варианты.",
        "Он работает 1 месяц, за последние 3 часа продаж нет. Предложите действия.",
        "Срок переносят третий раз, новая дата 2 января. Предложите вариант сообщения.",
        "Решите любые из 12 кейсов до 20 декабря, 10:00.",
        "Клиенту 45 лет, он звонит два раза в день. Дайте ответ.",
        "Клиент уже получил не менее трёх сообщений. Напишите ответ.",
        "Предложите один или несколько вариантов решения.",
        "Напишите вариант ответа.",
        "Опишите, что вы сделаете, если клиент назвал две причины.",
        "Клиент задал 3 вопроса. Ответьте ему.",
        "Клиент попросил назвать три причины.",
        "В скрипте сказано: «Назовите три причины отказа». Перепишите его.",
        "Напишите ответ на последние 3 сообщения клиента.",
        "Не более 5 примеров.",
        "Предложите решение в течение 3 рабочих дней.",
        "Напишите ответ клиенту, который 2 раза звонил и отправил 3 сообщения.",
        "Из трёх способов оплаты клиент выбрал карту. Назовите причину.",
        "Кейс №3. Примеры ответов",
        "1. Примеры\n2. Правила\n3) Ответы",
        "Составьте 5-минутный сценарий и 2-й вариант.",
        "The client sent three messages. Write a reply.",
        "He waited at least 20 minutes. Give your answer.",
        "Write the reply you would send within 2 hours.",
        "The client asked you to give three reasons.",
        "Explain how the customer got two answers.",
        "Provide a three-step plan by 5 May.",
    ],
)
def test_circumstances_are_no_demands(statement: str) -> None:
    assert bounds(statement) == []


def test_a_demand_is_the_statements_own_characters_and_names_its_noun() -> None:
    statement = "Жил-был оператор. Приведите не менее 5 тёплых фраз для него."
    (demand,) = find_demands(statement)
    assert statement[demand.start : demand.end] == demand.text == "не менее 5 тёплых фраз"
    assert demand.noun == "фраз"


@given(
    number=st.integers(2, 99),
    verb=st.sampled_from(["Приведите", "Предложите", "Напишите", "Назовите", "Дайте"]),
    noun=st.sampled_from(["вариантов", "примеров", "фраз", "правил", "советов"]),
    around=st.sampled_from(["", "Клиент недоволен. ", "Он заплатил 300 рублей.\n\n"]),
)
@settings(max_examples=60, deadline=None)
def test_any_number_is_found_wherever_its_sentence_stands(number: int, verb: str, noun: str, around: str) -> None:
    assert bounds(f"{around}{verb} {number} {noun}. {around}") == [(number, None)]


def test_a_long_statement_takes_no_time() -> None:
    """Grows with the length, not with its square: half a megabyte of short lines in seconds."""
    assert len(find_demands("Приведите 3 примера\n" * 100 + "слово\n" * 50_000 + ".\nНапишите 5 фраз")) == 101


@given(st.text(alphabet="ab 2357-–,.:;%«»()№\nнеменпривдтфразу", max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_ordered_demands_within_it(text: str) -> None:
    last = 0
    for demand in find_demands(text):
        assert last <= demand.start < demand.end <= len(text)
        assert text[demand.start : demand.end] == demand.text
        assert demand.at_most is None or demand.at_most > demand.at_least
        last = demand.start
