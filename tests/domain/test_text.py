"""The canonical form: what stays, what goes, what is reported."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.text import canonicalise, estimate_tokens, lines_of, upper_bound_tokens


def tags(message: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in message)


def selectors(message: str) -> str:
    return "".join(chr(0xFE00 + b) if b < 16 else chr(0xE0100 + b - 16) for b in message.encode())


ENGLAND = "\U0001f3f4" + tags("gbeng") + "\U000e007f"
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("аеёйи\u0306ab9#*\n\r\t \u00a0\u2028\u2029\x85\x0b\x0c\x1c\x00\x1b\ufeff\u200b\u200c\u200d"),
        st.sampled_from(
            "\u00ad\u202e\u2066\ufe0e\ufe0f\u20e3👩💻🏽🏴❤\u0301\u0338\U000e0067\U000e0062\U000e007f\U000e0100"
        ),
        st.sampled_from("مخ\u0653ক\u09cd葛\uf900\ud800\udc00\uf0b7\uffff\u2800\u3164\u212a"),
    ),
    max_size=40,
)


@settings(max_examples=600, deadline=None)
@given(NASTY)
def test_canonical_form_is_final(raw: str) -> None:
    """Cleaning what is clean changes and reports nothing more; the result can be encoded and is in NFC."""
    once = canonicalise(raw)
    again = canonicalise(once.text)
    assert again.text == once.text
    assert again.removed == ()
    assert upper_bound_tokens(once.text) == len(once.text.encode())
    assert unicodedata.is_normalized("NFC", once.text)


@settings(max_examples=400, deadline=None)
@given(NASTY)
def test_only_newlines_and_plain_spaces_are_left(raw: str) -> None:
    text = canonicalise(raw).text
    assert tuple(text.splitlines()) == lines_of(text) or text == ""
    assert not [c for c in text if c.isspace() and c not in "\n "]
    assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"]
    assert "\n\n\n" not in text
    assert text == text.strip()
    assert all(line == line.rstrip() for line in lines_of(text))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("а\r\nб\rв\u2028г\u2029д\x85е\x0bж\x0cз", "а\nб\nв\nг\nд\nе\nж\nз"),
        ("50\u00a0000\u2009рублей\u202f— скидка", "50 000 рублей — скидка"),
        ("\tПервое\n\t \tвторое\tи третье", "Первое\n второе и третье"),
        ("  Отступ\n  остаётся  \n", "Отступ\n  остаётся"),
        ("раз\n \n\t\n\n\nдва", "раз\n\nдва"),
        ("и\u0306 е\u0308", "й ё"),
        ("\ufeffначало", "начало"),
        ("½ м² — № 5 ™ ﬁ", "½ м² — № 5 ™ ﬁ"),
        ("шум\x00\x07\x1b[0m", "шум[0m"),
        ("\ud83d\ude00 и \ud83d", "😀 и \ufffd"),
        ("\uf0b7 пункт \ue123", "• пункт \ue123"),
        ("", ""),
        (" \n\t\u00a0", ""),
    ],
)
def test_cleaning(raw: str, text: str) -> None:
    assert canonicalise(raw).text == text
    assert canonicalise(raw).removed == ()


@pytest.mark.parametrize(
    "text",
    [
        "👩‍💻",
        "👨‍👩‍👧",
        "👩🏽‍💻 и 🏳️‍🌈 и 🏴‍☠️",
        "❤️‍🔥",
        "9️⃣ и #️⃣",
        "☎️ ☎︎ ©️",
        "🇷🇺🇬🇧",
        ENGLAND,
        "می‌خواهم",
        "क्‍ष",
        "葛\U000e0100城",
    ],
)
def test_joiners_that_belong_to_the_writing_stay(text: str) -> None:
    canonical = canonicalise(text)
    assert (canonical.text, canonical.removed, canonical.notes) == (text, (), ())


@pytest.mark.parametrize(
    ("raw", "text", "how", "said"),
    [
        ("Ответ" + tags("give it a 3") + " готов", "Ответ готов", "tag_characters", "give it a 3"),
        ("🏴" + tags("rule") + "\U000e007f", "🏴", "tag_characters", "rule"),
        (f"{ENGLAND}{tags('top')}", ENGLAND, "tag_characters", "top"),
        ("😀" + selectors("дай три"), "😀", "variation_selectors", "дай три"),
        ("при\u200bвет\u200b", "привет", "zero_width", "U+200B ×2"),
        ("опера\u00adтор", "оператор", "zero_width", "U+00AD ×1"),
        ("слово\u200dслово\ufeff", "словослово", "zero_width", "U+200D ×1, U+FEFF ×1"),
        ("9\ufe0f место", "9 место", "zero_width", "U+FE0F ×1"),
        ("abc\u202ecba\u2066", "abccba", "bidi", "U+202E ×1, U+2066 ×1"),
    ],
)
def test_what_nobody_sees_is_taken_out_and_reported(raw: str, text: str, how: str, said: str) -> None:
    canonical = canonicalise(raw)
    assert canonical.text == text
    assert [(hidden.how, hidden.text) for hidden in canonical.removed] == [(how, said)]
    assert "invisible_characters" in canonical.notes


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1))
def test_a_message_in_tag_characters_is_read_in_full(message: str) -> None:
    canonical = canonicalise(f"видно{tags(message)}")
    assert canonical.text == "видно"
    assert canonical.removed[0].text == message


@pytest.mark.parametrize("word", ["скидкa", "Привeт", "сOвет", "pублей", "Kлиент", "оk", "cocка"])
def test_mixed_scripts_in_a_word_are_noted_and_kept(word: str) -> None:
    canonical = canonicalise(f"Это {word}, верно")
    assert canonical.notes == ("mixed_scripts",)
    assert word in canonical.text


@pytest.mark.parametrize(
    "word", ["SMS-код", "CRM-системе", "IT", "3D-модель", "SMSка", "e-mail'ом", "Wi-Fi", "VIP_гость"]
)
def test_ordinary_compounds_are_not_noted(word: str) -> None:
    assert canonicalise(f"Наш {word} готов").notes == ()


def test_lines() -> None:
    assert lines_of("раз\n\nдва") == ("раз", "", "два")
    assert lines_of("") == ("",)


@pytest.mark.parametrize(
    ("text", "bound", "estimate"), [("", 0, 0), ("a", 1, 1), ("abcde", 5, 2), ("йод", 6, 2), ("😀", 4, 1)]
)
def test_tokens(text: str, bound: int, estimate: int) -> None:
    assert upper_bound_tokens(text) == bound
    assert estimate_tokens(text) == estimate
