"""Where a judge's quote stands in the text, and what is never taken for a quote."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.domain.quotes import locate
from pipeline.domain.text import canonicalise
from pipeline.domain.verification import Located

TEXT = canonicalise(
    """Кейс 3. Как говорить спокойно

1. Я понимаю, что ситуация неприятная, и хочу помочь вам разобраться.
2. «Я вас слышу».
3) Спасибо, что дождались…  Всё решим!
К сожалению, вернуть деньги за этот билет нельзя, но можно обменять его в течение 15 дней.
Скидку 7,5% мы не можем объединить с бонусами, зато начислим вам 1 500 баллов.
Завтра до 18:30 наш сотрудник Марина Белова позвонит вам и расскажет про "Домашний" тариф — обещаю.
Мы обязательно не оставим ваш вопрос без ответа. Без паспорта договор оформить невозможно.
We can't refund this order today, but Anna Blake will call you back within three days.
Please don’t worry: nobody will charge your card without your consent.
"""
).text


def find(quote: str, text: str = TEXT, fuzzy: float = 0.92, min_chars: int = 12) -> Located:
    located = locate(quote, text, fuzzy=fuzzy, min_chars=min_chars)
    check_shape(located, text)
    return located


def check_shape(located: Located, text: str) -> None:
    if located.how in {"missing", "too_short"}:
        assert (located.start, located.end, located.text, located.pieces) == (None, None, "", ())
    else:
        assert located.start is not None
        assert located.end is not None
        assert located.text == text[located.start : located.end] != ""
        assert all(located.start <= a < b <= located.end for a, b in located.pieces)
    assert (located.likeness is not None) == (located.how == "repaired")


EXACT = [
    ("хочу помочь вам разобраться", "хочу помочь вам разобраться"),
    ("«хочу помочь вам разобраться»", "хочу помочь вам разобраться"),
    ("- хочу помочь вам разобраться;", "хочу помочь вам разобраться"),
    ("можно обменять его в течение 15 дней", "можно обменять его в течение 15 дней"),
    ("Anna Blake will call you back!", "Anna Blake will call you back"),
    ("разобраться.\n2. «Я вас слышу».", "разобраться.\n2. «Я вас слышу»."),
    ("…вернуть деньги за этот билет нельзя...", "вернуть деньги за этот билет нельзя"),
    ("Спасибо, что дождались…  Всё решим!", "Спасибо, что дождались…  Всё решим!"),
]
NORMALISED = [
    ("спасибо, что дождались... все решим", "Спасибо, что дождались…  Всё решим"),
    ("расскажет про «Домашний» тариф - обещаю", 'расскажет про "Домашний" тариф — обещаю'),
    ("К СОЖАЛЕНИЮ, ВЕРНУТЬ ДЕНЬГИ", "К сожалению, вернуть деньги"),
    ("разобраться. 2. «Я вас слышу»", "разобраться.\n2. «Я вас слышу»"),
    ("мы не\u00a0можем объединить\tс бонусами", "мы не можем объединить с бонусами"),
    ("Please don't worry: nobody", "Please don’t worry: nobody"),
    ("We can’t refund this order", "We can't refund this order"),
    ("хочу помо\u0301чь вам разобраться", "хочу помочь вам разобраться"),
]
REPAIRED = [
    ("Я понимаю, что ситуация не приятная, и хочу помочь", "Я понимаю, что ситуация неприятная, и хочу помочь"),
    ("что ситуация неприятна, и хочу помоч вам разобраться", "что ситуация неприятная, и хочу помочь вам разобраться"),
    ("сотрудник Марина Беловой позвонит вам", "сотрудник Марина Белова позвонит вам"),
    ("зато мы начислим вам 1500 баллов", "зато начислим вам 1 500 баллов"),
    ("можно обменять его в течении 15 дней", "можно обменять его в течение 15 дней"),
    ("Anna Blake will call you back within 3 days", "Anna Blake will call you back within three days"),
    ("nobody will charge you card without your consent", "nobody will charge your card without your consent"),
    (
        "разобраться. «Я вас слышу». Спасибо, что дождались",
        "разобраться.\n2. «Я вас слышу».\n3) Спасибо, что дождались",
    ),
]
MISSING = [
    ("вернуть деньги за этот билет можно, но можно обменять", "нельзя turned into можно"),
    ("вернуть деньги за этот билет нельзя, но нельзя обменять", "можно turned into нельзя"),
    ("Скидку 7,5% мы можем объединить с бонусами", "не left out"),
    ("Я не понимаю, что ситуация неприятная, и хочу помочь", "не put in"),
    ("Я понимаю, что ситуация приятная, и хочу помочь вам", "the denying beginning left out"),
    ("Мы обязательно не оставим ваш вопрос с ответом", "без turned into с"),
    ("Без паспорта договор оформить возможно", "невозможно turned into возможно"),
    ("Без паспорта договор оформить разрешено.", "another word for the opposite"),
    ("Завтра после 18:30 наш сотрудник Марина Белова", "до turned into после"),
    ("можно обменять его в течение 16 дней", "another number"),
    ("можно обменять его в течение 5 дней", "a digit less"),
    ("можно обменять его в течение дней", "the number left out"),
    ("можно обменять его в течение двух дней", "a number word for another number"),
    ("Скидку 75% мы не можем объединить с бонусами", "the decimal comma left out"),
    ("Скидку 7,5₽ мы не можем объединить с бонусами", "another sign"),
    ("начислим вам 1 600 баллов", "another number in groups"),
    ("Завтра до 19:30 наш сотрудник Марина Белова", "another time"),
    ("наш сотрудник Мария Белова позвонит вам и расскажет", "another first name"),
    ("наш сотрудник Марина Серова позвонит вам и расскажет", "another surname"),
    ("наш сотрудник Белова позвонит вам и расскажет про", "a name left out"),
    ("We can refund this order today, but Anna Blake", "can't turned into can"),
    ("Please worry: nobody will charge your card without", "don't left out"),
    ("somebody will charge your card without your consent", "nobody turned into somebody"),
    ("nobody will charge your card with your consent", "without turned into with"),
    ("but Anna Drake will call you back within three days", "another English surname"),
    ("Anna Blake will call you back within seven days", "another number word"),
    ("паспорта договор оформить возможно было бы и так", "not in the text"),
    ("паспортов договоры оформить невозможно", "starts behind the negation and is no verbatim copy"),
    ("Клиент доволен и ставит высшую оценку оператору", "nothing like it"),
    ("хочу помочь вам разобраться … Я понимаю, что ситуация", "pieces in the wrong order"),
    ("Скидку 7,5% мы … объединить с бонусами, зато", "an ellipsis over the negation of what follows"),
    ("деньги за этот билет … обменять его в течение", "an ellipsis over the negation of what is before"),
]


@pytest.mark.parametrize(("quote", "shown"), EXACT)
def test_exact(quote: str, shown: str) -> None:
    located = find(quote)
    assert (located.how, located.text) == ("exact", shown)


@pytest.mark.parametrize(("quote", "shown"), NORMALISED)
def test_normalised(quote: str, shown: str) -> None:
    located = find(quote)
    assert (located.how, located.text) == ("normalised", shown)


@pytest.mark.parametrize(("quote", "shown"), REPAIRED)
def test_repaired(quote: str, shown: str) -> None:
    located = find(quote)
    assert (located.how, located.text) == ("repaired", shown)
    assert located.likeness is not None
    assert 0.92 <= located.likeness < 1


@pytest.mark.parametrize(("quote", "why"), MISSING)
@pytest.mark.parametrize("fuzzy", [0.92, 0.8])
def test_rule_3_fuzzy_never_bridges_a_differing_negation_number_or_name(quote: str, why: str, fuzzy: float) -> None:
    """Also at the lowest threshold that a contest may set."""
    assert find(quote, fuzzy=fuzzy).how in {"missing", "too_short"}, why


def test_the_threshold_decides_about_a_repair() -> None:
    quote = "сетуация неприятна, и хочем помоч вам разобратся"
    assert find(quote, fuzzy=0.85).how == "repaired"
    assert find(quote, fuzzy=0.98).how == "missing"
    assert find(quote, fuzzy=1).how == "missing"


def test_the_first_of_several_places_counts() -> None:
    text = "Мы вам поможем сегодня. И ещё раз: мы вам поможем. Мы вам поможем!"
    assert find("Мы вам поможем", text).start == 0
    assert find("мы вам поможем", text).start == text.index("мы вам")


def test_a_second_place_counts_where_the_first_means_the_opposite() -> None:
    text = "Оплатить заказы картой нельзя. Оплатить заказ картой можно сразу."
    located = find("Оплатить заказы картой можно", text)
    assert located.text == "Оплатить заказ картой можно"


@pytest.mark.parametrize(
    ("quote", "text", "how"),
    [
        ("возможно вернуть билет", "Это невозможно вернуть билет сегодня", "missing"),
        ("5 дней на обмен товара", "Даём 15 дней на обмен товара", "missing"),
        ("на обмен товара до 1", "Даём срок на обмен товара до 15 дней", "missing"),
        ("5 процентов скидки", "Всего 2,5 процентов скидки", "missing"),
        ("we understand you can", "Sure, we understand you can't", "missing"),
        ("можно вернуть билет сегодня", "Это возможно вернуть билет сегодня", "exact"),
        ("возможно вернуть билет", "Невозможно вернуть билет, но возможно вернуть билет", "exact"),
    ],
)
def test_no_place_cuts_a_number_or_a_denial(quote: str, text: str, how: str) -> None:
    assert find(quote, text).how == how


def test_an_ellipsis_splits_a_quote() -> None:
    for mark in ("…", "...", " [...] ", " (…) ", " .... "):
        located = find(f"Я понимаю, что ситуация{mark}помочь вам разобраться")
        assert located.how == "exact"
        assert located.text == "Я понимаю, что ситуация неприятная, и хочу помочь вам разобраться"
        assert [TEXT[a:b].strip() for a, b in located.pieces] == ["Я понимаю, что ситуация", "помочь вам разобраться"]


def test_pieces_may_be_repaired_and_each_needs_the_minimum_length() -> None:
    assert find("Я понимаю, что ситуация … памочь вам разобраться", fuzzy=0.9).how == "repaired"
    assert find("Я понимаю … помочь вам разобраться").how == "too_short"
    assert find("вам разобраться … позвонит … Anna Blake will call").how == "too_short"


@pytest.mark.parametrize(
    ("quote", "text", "how"),
    [
        ("хочу помочь", TEXT, "too_short"),
        ("", TEXT, "too_short"),
        ("…", TEXT, "too_short"),
        ("!!! — ?!", TEXT, "too_short"),
        ("Я вас слышу", TEXT, "exact"),
        ("я вас слышу.", TEXT, "normalised"),
        ("вас слышу", TEXT, "too_short"),
        ("Домашний", TEXT, "too_short"),
        ("Да", "Да!", "exact"),
        ("да", "Да", "normalised"),
        ("Жду вас", "Пожелания:\n• Жду вас!\n• До связи", "exact"),
        ("Жду вас", "Пожелания:\n• Жду вас завтра\n• До связи", "too_short"),
        ("Слышу", "Фразы:\n• Слышу\n• Понимаю", "too_short"),
        ("любой текст подлиннее", "", "missing"),
    ],
)
def test_a_short_quote_counts_only_as_a_unit_of_the_text(quote: str, text: str, how: str) -> None:
    """The whole text, a whole line of two words or more, or a whole passage in quote marks."""
    assert find(quote, text).how == how


VOCABULARY = re.findall(
    r"\S+",
    "клиент оператор вопрос спокойно помогу ещё вернём заказ сегодня понимаю благодарю всё объясню шаг за шагом ответ "
    "уточню поддержка сервис ждём решение «важно» тариф-плюс please order help calmly",
)
SENTENCE = st.lists(st.sampled_from(VOCABULARY), min_size=6, max_size=14).map(lambda words: " ".join(words) + ".")
TEXTS = st.lists(SENTENCE, min_size=1, max_size=6).map("\n".join)


def slice_of(draw: st.DrawFn, text: str, least: int) -> tuple[int, int]:
    start = draw(st.integers(0, len(text) - least))
    return start, draw(st.integers(start + least, len(text)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_rule_3_every_quote_is_the_sources_own_characters_exact(data: st.DataObject) -> None:
    """Any long enough part of a text is found with its own characters, as early as it stands there."""
    text = canonicalise(data.draw(st.one_of(TEXTS, st.text(min_size=30)))).text
    assume(len(text) >= 24)
    start, end = slice_of(data.draw, text, 20)
    quote = text[start:end]
    assume(sum(c.isalnum() for c in quote.strip()) >= 12)
    assume(not re.match(r"[\W_]*\d|.*\d[\W_]*$", quote, re.DOTALL))  # may cut a number: tested above
    assume(not re.search(r"(?:^|[\W_])(не|ни|бес|без|un|in|im|il|ir|dis|non|mis)\w*$", text[:start].lower()))
    located = find(quote, text)
    assert located.how == "exact"
    assert located.text == quote
    assert located.start == text.index(quote)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_rule_3_every_quote_is_the_sources_own_characters_normalised(data: st.DataObject) -> None:
    """Changed white space, quote marks, dashes, ё and case lead back to the same place of the source."""
    words = data.draw(st.lists(st.sampled_from(VOCABULARY), min_size=8, max_size=40, unique=True))
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 6))
    wanted = " ".join(words[first : first + 6])
    changes = {
        " ": [" ", "\u00a0", "\n", "  ", "\t"],
        "ё": ["е", "ё"],
        "«": ["„", '"'],
        "»": ["“", '"'],
        "-": ["–", "—"],
    }
    quote = "".join(data.draw(st.sampled_from(changes.get(c, [c, c.upper()]))) for c in wanted)
    located = find(quote, text)
    assert located.how in {"exact", "normalised"}
    assert located.text.strip("«»") == wanted.strip("«»")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_rule_3_a_changed_digit_or_an_added_negation_is_never_located(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from(VOCABULARY), min_size=10, max_size=40))
    number = data.draw(st.integers(1, 99999))
    place = data.draw(st.integers(2, len(words) - 2))
    words.insert(place, str(number))
    text = " ".join(words)
    lo, hi = data.draw(st.integers(0, place)), data.draw(st.integers(place + 1, len(words)))
    quoted = words[lo:hi]
    other = data.draw(st.integers(1, 99999).filter(lambda n: n != number))
    changed = " ".join(str(other) if word == str(number) else word for word in quoted)
    assert find(changed, text, fuzzy=0.8).start is None
    denial = data.draw(st.sampled_from(["не", "ни", "нет", "без", "нельзя", "not", "never", "no"]))
    at = data.draw(st.integers(0, len(quoted)))
    assert find(" ".join([*quoted[:at], denial, *quoted[at:]]), text, fuzzy=0.8).start is None


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.text("бвгджзклмнпрстфхцчшщ аеиоу", min_size=20, max_size=80))
def test_random_text_is_not_located(text: str, quote: str) -> None:
    assert find(quote, text).start is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.floats(0.8, 1), st.integers(4, 20))
def test_anything_may_be_asked(quote: str, raw: str, fuzzy: float, min_chars: int) -> None:
    """No quote, however odd, raises or answers in another shape."""
    find(quote, canonicalise(raw).text, fuzzy, min_chars)
    find(quote, raw, fuzzy, min_chars)


def test_quotes_are_found_fast_in_a_long_text() -> None:
    """Generous bounds: 20 exact quotes and a repair in 30 kB take a few milliseconds."""
    text = "\n".join(f"Фраза номер {n}: я понимаю вас и помогу решить вопрос спокойно." for n in range(280))
    assert len(text.encode()) > 30_000
    begin = time.perf_counter()
    for n in range(0, 260, 13):
        assert find(f"номер {n}: я понимаю вас и помогу", text).how == "exact"
    assert find("номер 259: я панимаю вас и помогу решить вопрос спокойно", text).how == "repaired"
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize("piece", [" ", "… ", "a", "1", "не ", "«", "- ", "а…"])
def test_hostile_quotes_take_no_longer(piece: str) -> None:
    begin = time.perf_counter()
    find(piece * 5_000, TEXT)
    find(piece * 20, piece * 10_000)
    find(f"понимаю{piece * 3_000}помогу", TEXT * 5)
    assert time.perf_counter() - begin < 3
