"""Posts cut into answers: markers, preambles, repeated statements, unmarked rests, and people's own cuts."""

from __future__ import annotations

import time
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.submission import Claim, Heading, Post
from pipeline.domain.text import canonicalise
from pipeline.ingest.splitting import Cut, cut_post
from tests.ingest.making import ANSWER, CASES, CONTEST, OTHER, post

STORY = (
    "Памятный вечер\n\n"
    "В ту пятницу линия гудела с самого утра, и никто из нас не успел даже выпить чаю.\n\n"
    "Позвонила женщина, потерявшая посылку, и мы вместе нашли её за двадцать минут.\n\n"
    "С тех пор каждую пятницу я вспоминаю её голос и улыбаюсь."
)


def cut(text: str, **fields: object) -> tuple[Cut, ...]:
    return cut_post(post(text, **fields), CONTEST, CASES)


def codes(of: Cut) -> set[str]:
    return {flag.code for flag in of.flags}


def numbers(cuts: tuple[Cut, ...]) -> list[int | None]:
    return [c.case for c in cuts]


def covered(of: Post, cuts: tuple[Cut, ...]) -> None:
    """Each character that is not white space lies in exactly one span or one piece set apart."""
    count = [0] * len(of.text)
    for piece in cuts:
        for span in (*piece.spans, *piece.set_apart):
            assert span.start < span.end <= len(of.text)
            assert of.text[span.start : span.end].strip() == of.text[span.start : span.end]
            for i in range(span.start, span.end):
                count[i] += 1
    for char, times in zip(of.text, count, strict=True):
        assert times == 1 if not char.isspace() else times <= 1
    assert [c.ordinal for c in cuts] == list(range(len(cuts)))


@pytest.mark.parametrize("order", list(permutations((2, 3, 5))))
def test_several_cases_in_any_order_are_cut_at_their_headings(order: tuple[int, ...]) -> None:
    text = "\n\n".join(f"Кейс №{n} «{CASES[n].title}»\n\n{ANSWER} Номер {n}." for n in order)
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES)
    assert numbers(cuts) == list(order)
    assert all(codes(c) == {"several_cases"} for c in cuts)
    assert [c.text(text) for c in cuts] == [f"Кейс №{n} «{CASES[n].title}»\n\n{ANSWER} Номер {n}." for n in order]
    assert cuts[0].own(text) == f"{ANSWER} Номер {order[0]}."
    covered(of, cuts)


def test_headings_without_blank_lines_open_answers_too() -> None:
    assert numbers(cut(f"Решение кейса 2\n{ANSWER}\nРешение кейса 3\n{OTHER}")) == [2, 3]


def test_html_articles_and_rows_hold_several_cases_too() -> None:
    for kind in ("article", "item", "row"):
        assert numbers(cut(f"Кейс 2\n{ANSWER}\nКейс 3\n{OTHER}", kind=kind)) == [2, 3]


def test_one_number_makes_the_whole_article_its_answer() -> None:
    """Wherever the number stands: an article is a boundary in itself."""
    long = f"{ANSWER} {OTHER} {ANSWER}"
    for text in (f"{long}\n\nКейс №3\n\n{OTHER}", f"{long}\n\n{STORY}\n\nКейс №3"):
        cuts = cut(text, kind="article")
        assert numbers(cuts) == [3]
        assert codes(cuts[0]) == set()
        assert cuts[0].text(text) == text


@pytest.mark.parametrize(
    ("fields", "case", "source", "more"),
    [
        (
            {"case_claims": (Claim(source="column", value="2"),), "title": "Кейс 3"},
            2,
            "column",
            {"case_number_disagrees"},
        ),
        ({"title": "Кейс 3", "source": "anna/case-4.txt"}, 3, "title", {"case_number_disagrees"}),
        ({"title": "Кейс 3", "source": "anna/case-3.txt"}, 3, "title", set()),
        ({"source": "anna/case-4.txt", "url": "https://b.example/keis-5/"}, 4, "file_name", {"case_number_disagrees"}),
        ({"url": "https://b.example/keis-5/"}, 5, "url", set()),
        ({"url": "https://b.example/keis-5/", "case_claims": (Claim(source="tag", value="Кейс 5"),)}, 5, "url", set()),
        ({"case_claims": (Claim(source="tag", value="кейс1"),)}, 1, "tag", set()),
        (
            {"case_claims": (Claim(source="tag", value="кейс1"), Claim(source="tag", value="кейс2"))},
            None,
            "",
            {"no_case_number"},
        ),
        ({"title": "Кейсы 2 и 3"}, None, "", {"no_case_number"}),
    ],
)
def test_the_number_by_precedence(fields: dict[str, object], case: int | None, source: str, more: set[str]) -> None:
    (only,) = cut(ANSWER, **fields)
    assert only.case == case
    assert (only.number_sources[0].source if only.number_sources else "") == source
    assert codes(only) == more


def test_a_heading_in_the_text_outranks_the_file_name_and_not_the_title() -> None:
    text = f"Кейс №3\n\n{ANSWER}"
    (by_name,) = cut(text, source="anna/case-4.txt")
    (by_title,) = cut(text, title="Кейс №5")
    assert (by_name.case, by_title.case) == (3, 5)
    assert "case_number_disagrees" in codes(by_name) & codes(by_title)


def test_one_keycap_at_the_top_that_differs_from_the_heading_is_a_doubt() -> None:
    (differs,) = cut(f"Кейс №4\n\n5️⃣ Слова для разговора:\n{ANSWER}")
    (agrees,) = cut(f"Кейс №4\n\n4️⃣ Слова для разговора:\n{ANSWER}")
    (listed,) = cut(f"Кейс №4\n\n1️⃣ {ANSWER}\n2️⃣ {OTHER}")
    assert [(c.case, codes(c)) for c in (differs, agrees, listed)] == [
        (4, {"case_number_disagrees"}),
        (4, set()),
        (4, set()),
    ]


def test_a_hashtag_line_names_the_case() -> None:
    (only,) = cut(f"{ANSWER}\n\n#кейс4 #конкурс")
    assert only.case == 4
    assert only.own(f"{ANSWER}\n\n#кейс4 #конкурс").startswith(ANSWER)


def test_a_number_that_the_contest_has_not_is_an_unknown_case() -> None:
    cuts = cut(f"Кейс №2\n\n{ANSWER}\n\nКейс №45\n\n{OTHER}")
    assert numbers(cuts) == [2, None]
    assert codes(cuts[1]) == {"unknown_case", "several_cases"}
    assert next(f.params for f in cuts[1].flags if f.code == "unknown_case") == {"number": 45}


def test_a_container_s_name_says_nothing_about_its_rows() -> None:
    (row,) = cut(ANSWER, kind="row", source="case-4.csv#7", identity="row:case-4.csv#7")
    assert codes(row) == {"no_case_number"}


def test_a_greeting_belongs_to_the_first_answer() -> None:
    text = f"Добрый день, уважаемое жюри!\n\nКейс №2\n\n{ANSWER}\n\nКейс №3\n\n{OTHER}"
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES)
    assert numbers(cuts) == [2, 3]
    assert cuts[0].text(text).startswith("Добрый день")
    covered(of, cuts)


def test_a_long_text_before_the_first_marker_stays_visible_by_itself() -> None:
    text = f"{ANSWER} {OTHER} {ANSWER}\n\nКейс №2\n\n{OTHER} {ANSWER} {OTHER}"
    for more in ("", f"\n\nКейс №3\n\n{OTHER}"):
        of = post(text + more)
        cuts = cut_post(of, CONTEST, CASES)
        assert numbers(cuts)[:2] == [None, 2]
        assert codes(cuts[0]) == {"no_case_number"}
        assert "guessed_cut" in codes(cuts[1])
        covered(of, cuts)


def test_the_title_s_number_owns_the_text_before_another_number() -> None:
    text = f"{ANSWER} {OTHER} {ANSWER}\n\nКейс №2\n\n{OTHER} {ANSWER} {OTHER}"
    cuts = cut(text, title="Кейс №5", kind="article")
    assert numbers(cuts) == [5, 2]
    assert all(codes(c) == {"several_cases"} for c in cuts)


def test_the_same_number_again_goes_on_with_the_same_answer() -> None:
    text = f"Кейс №2\n\n{ANSWER}\n\nКейс №3\n\n{OTHER}\n\nКейс №2, часть вторая\n\nИ ещё перезвоню на другой день."
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES)
    assert numbers(cuts) == [2, 3]
    assert len(cuts[0].spans) == 2
    assert cuts[0].text(text).endswith("перезвоню на другой день.")
    covered(of, cuts)


def test_the_same_text_twice_counts_once() -> None:
    text = f"Кейс №2\n\n{ANSWER}\n\nКейс №2\n\n{ANSWER}\n\nКейс №3\n\n{OTHER}"
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES)
    assert cuts[0].text(text).count(ANSWER) == 1
    assert cuts[0].notes == ("repeated_text",)
    covered(of, cuts)


def test_the_statement_repeated_is_set_apart_and_a_retelling_is_not() -> None:
    statement = CASES[3].statement.replace("Весёлый собеседник", "Весёлый  собеседник")
    retold = "Собеседник шутит и спрашивает меня о годах, а мне надо оформить покупку."
    text = canonicalise(f"Кейс №3\n\n{statement}\n\n{retold}\n\n{ANSWER}").text
    of = post(text)
    (only,) = cut_post(of, CONTEST, CASES)
    assert only.text(text) == f"Кейс №3\n\n{retold}\n\n{ANSWER}"
    assert len(only.set_apart) == 1
    covered(of, (only,))


def test_a_sentence_with_another_number_or_negation_is_not_the_statement() -> None:
    turned = "Объясните, почему грубить можно."
    changed = "Предложите не менее 7 фраз, чтобы вернуть разговор к заказу."
    (complaint,) = cut(f"Кейс №4\n\n{turned}\n\n{ANSWER}")
    (talker,) = cut(f"Кейс №3\n\n{changed}\n\n{ANSWER}")
    assert complaint.set_apart == talker.set_apart == ()


def test_all_statements_copied_before_one_answer_make_one_submission() -> None:
    listed = "\n\n".join(f"КЕЙС №{n}\n{case.statement}" for n, case in CASES.items())
    text = f"{listed}\n\nРешение кейса №3\n\n{ANSWER}"
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES)
    assert numbers(cuts) == [3]
    assert cuts[0].own(text) == ANSWER
    covered(of, cuts)


def test_a_marker_without_an_answer_stays_an_empty_answer() -> None:
    text = f"Кейс №2\n\n{ANSWER}\n\nКейс №4"
    cuts = cut(text)
    assert numbers(cuts) == [2, 4]
    assert cuts[1].own(text) == ""


@pytest.mark.parametrize("title", ["Памятный вечер", "НЕЗАБЫВАЕМАЯ пятница!", "Моя дорога в профессию"])
@pytest.mark.parametrize("heads", [("Кейс №2", "Кейс №3"), ("Кейс №3",)])
def test_a_titled_text_after_the_last_answer_is_cut_off_and_visible(title: str, heads: tuple[str, ...]) -> None:
    story = STORY.replace("Памятный вечер", title)
    answers = "\n\n".join(f"{head}\n\n{ANSWER}\n\n{OTHER}" for head in heads)
    of = post(f"{answers}\n\n{story}\n\nВторая заметка\n\n{ANSWER}")
    cuts = cut_post(of, CONTEST, CASES)
    assert len(cuts) == len(heads) + 1
    assert "guessed_cut" in codes(cuts[-2])
    assert cuts[-1].case is None
    assert codes(cuts[-1]) == {"no_case_number"}
    assert cuts[-1].text(of.text).startswith(title)
    assert len(cuts[-1].spans) == 1
    covered(of, cuts)


@pytest.mark.parametrize(
    "heading",
    [
        "Ситуация №1",
        "Что я делаю",
        "Вариант второй",
        "Вывод",
        "Слова для разговора:",
        "1. Тёплое начало",
        "• Тёплое начало",
        "«Я вас слышу»",
        "Тёплое начало.",
        "тёплое начало",
        "Навыки новичка",
        "Тёплая улыбка",
        "Тёплое начало разговора с человеком, который долго ждал ответа и уже сердится на всех нас сразу",
    ],
)
def test_an_answer_s_own_sub_headings_are_not_cut_off(heading: str) -> None:
    """Parts by name, lists, speech, sentences; words of the statement or of one line of the answer above."""
    text = f"Кейс №5\n\n{ANSWER}\n\n{OTHER}\n\n{heading}\n\n{ANSWER}\n\n{OTHER}"
    (only,) = cut(text)
    assert codes(only) == set()
    assert only.text(text) == text


def test_an_author_s_habit_of_sub_headings_is_no_evidence() -> None:
    parts = f"{ANSWER}\n\nТёплое слово\n\n{OTHER}\n\n{ANSWER}"
    cuts = cut(f"Кейс №2\n\n{parts}\n\nКейс №3\n\n{parts}")
    assert numbers(cuts) == [2, 3]
    assert all(codes(c) == {"several_cases"} for c in cuts)


@pytest.mark.parametrize("opening", ["", f"{ANSWER}\n\n"])
def test_titled_parts_of_like_length_are_parts_of_one_answer(opening: str) -> None:
    parts = "\n\n".join(f"{name}\n\n{ANSWER}\n\n{OTHER}" for name in ("Терпение", "Грамотность", "Чуткость"))
    text = f"Кейс №5\n\n{opening}{parts}"
    (only,) = cut(text)
    assert (codes(only), only.text(text)) == (set(), text)
    (short, rest) = cut(f"Кейс №5\n\nТерпение\n\n{ANSWER}\n\n{STORY}\n\n{STORY[16:]}")
    assert (codes(short), rest.case) == ({"guessed_cut"}, None)


def test_a_title_right_below_the_heading_is_the_answer_s() -> None:
    for heads in (("Кейс №3",), ("Кейс №3", "Кейс №2")):
        cuts = cut("\n\n".join(f"{head}\n\n{STORY}" for head in heads))
        assert len(cuts) == len(heads)
        assert all("guessed_cut" not in codes(c) for c in cuts)


def test_a_line_that_its_paragraph_follows_at_once_is_a_title_only_where_the_headings_look_so() -> None:
    story = STORY.replace("вечер\n\n", "вечер\n")
    airy = cut(f"Кейс №3\n\n{ANSWER}\n\n{OTHER}\n\n{story}")
    tight = cut(f"Кейс №3\n{ANSWER}\n\n{OTHER}\n\n{story}")
    assert (numbers(airy), numbers(tight)) == ([3], [3, None])


def test_a_statement_with_a_slip_of_the_pen_is_set_apart_and_half_of_its_words_are_not() -> None:
    slip = CASES[2].statement.replace("вопросы", "вопроссы").replace("Опишите", "Опишыте")
    (copied,) = cut(f"Кейс №2\n\n{slip}\n\n{ANSWER}")
    (retold,) = cut(f"Кейс №2\n\nКлиент просит меня решать его дела одну за всех.\n\n{ANSWER}")
    assert (len(copied.set_apart), len(retold.set_apart)) == (1, 0)


def test_a_heading_s_own_words_are_not_set_apart() -> None:
    text = f"Кейс 3. Болтун\n\n{ANSWER}"
    assert cut(text)[0].text(text) == text


def test_without_structure_or_in_an_article_nothing_is_cut() -> None:
    flat = f"Кейс №3\n\n{ANSWER}\n\n{OTHER}\n" + STORY.replace("\n\n", "\n")
    assert numbers(cut(flat)) == [3]
    airy = f"Кейс №3\n\n{ANSWER}\n\n{OTHER}\n\n{STORY}"
    assert numbers(cut(airy)) == [3, None]
    for kind in ("article", "item", "row"):
        assert numbers(cut(airy, kind=kind)) == [3]
        assert numbers(cut(f"Кейс №2\n\n{ANSWER}\n\n{airy}", kind=kind)) == [2, 3]


def test_a_text_without_a_number_is_one_piece() -> None:
    (only,) = cut(f"{ANSWER}\n\n{STORY}")
    assert codes(only) == {"no_case_number"}


def test_an_empty_text_is_one_cut_without_characters() -> None:
    (only,) = cut("", title="Кейс №3")
    assert (only.case, only.spans, only.text("")) == (3, (), "")


def test_a_person_s_cuts_win_over_everything() -> None:
    text = f"Кейс №2\n\n{ANSWER}\n\nКейс №3\n\n{OTHER}"
    of = post(text, title="Кейс №1")
    middle = text.index("Кейс №3")
    cuts = cut_post(of, CONTEST, CASES, ((0, middle, 4), (middle, len(text) + 50, None)))
    assert numbers(cuts) == [4, None]
    assert [codes(c) for c in cuts] == [set(), {"no_case_number"}]
    covered(of, cuts)


def test_what_a_person_leaves_out_or_claims_twice_is_neither_lost_nor_doubled() -> None:
    text = f"{ANSWER}\n\n{OTHER}"
    of = post(text)
    cuts = cut_post(of, CONTEST, CASES, ((5, 40, 2), (30, 60, 3), (50, 20, 1)))
    assert sorted(numbers(cuts), key=str) == [2, 3, None]
    covered(of, cuts)


PIECES = st.sampled_from(
    [
        "Кейс №1",
        "Кейс №2 «Другой отдел»",
        "Решение кейса 3",
        "Кейс 77",
        "9️⃣ Фразы",
        "Кейсы 1 и 2",
        "Как в кейсе №4.",
        "#кейс5",
        ANSWER,
        OTHER,
        STORY,
        CASES[1].statement,
        CASES[3].statement,
        "Ситуация №1",
        "Да.",
        "1. Раз",
        "   отступ",
    ]
)


@given(
    st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n\n", " "])), max_size=12),
    st.sampled_from(["file", "article"]),
    st.sampled_from(["", "Кейс 2", "Кейсы"]),
)
@settings(max_examples=250, deadline=None)
def test_nothing_is_lost_and_nothing_counted_twice(pieces: list[tuple[str, str]], kind: str, title: str) -> None:
    text = canonicalise("".join(a + b for a, b in pieces)).text
    of = post(text, kind=kind, title=title)
    cuts = cut_post(of, CONTEST, CASES)
    covered(of, cuts)
    assert cuts == cut_post(of, CONTEST, CASES)
    for piece in cuts:
        assert (piece.case is None) is bool(codes(piece) & {"no_case_number", "unknown_case"})


@given(
    st.lists(st.tuples(st.integers(-3, 320), st.integers(-3, 320), st.sampled_from([None, 1, 2, 88])), max_size=5),
)
@settings(max_examples=150, deadline=None)
def test_any_cuts_of_a_person_cover_the_text(manual: list[tuple[int, int, int | None]]) -> None:
    of = post(f"{ANSWER}\n\n{OTHER}")
    covered(of, cut_post(of, CONTEST, CASES, tuple(manual)))


def test_headings_marked_by_the_source_open_answers() -> None:
    text = f"О том, как я решала кейс №2 всю ночь напролёт и что из этого вышло у нас.\n{ANSWER}\n\nКейс №3\n\n{OTHER}"
    assert numbers(cut(text, headings=(Heading(start=0, end=text.index("\n")),))) == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "кейс 3 " * 20_000,
        "Кейс №3\n" * 5_000,
        "Кейс №3\n" + "." * 100_000 + "x",
        "кейс" + "_" * 100_000,
        "кейс " * 20_000,
        "Кейс №3\n\n" + "Слово\n\n" * 10_000,
        "х" * 100_000 + "@",
        "\n\n".join(f"Кейс №{n % 5 + 1}\n{CASES[n % 5 + 1].statement}" for n in range(1_000))
        + f"\n\nКейс №1\n{ANSWER}",
    ],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_texts_take_no_long_time(text: str) -> None:
    """Far above what it takes, far below what anything quadratic would."""
    begun = time.perf_counter()
    of = post(text.strip())
    covered(of, cut_post(of, CONTEST, CASES))
    assert time.perf_counter() - begun < 8


def test_a_heading_below_the_level_of_the_numbered_one_is_a_part_of_the_answer():
    """A document whose only top heading carries the number: its lower headings never start a text of their own."""
    body = "Первый звонок за день был трудным, и я долго думала, как помочь клиенту и не потерять его доверие к нам."
    text = f"Кейс №2\n\n{body}\n\nМостик к коллеге\n\n{body}\n\n{body} И ещё раз.\n\n{body} И опять."
    top = Heading(start=0, end=7, level=1)
    low = Heading(start=text.index("Мостик"), end=text.index("Мостик") + len("Мостик к коллеге"), level=2)
    assert numbers(cut(text, headings=(top, low))) == [2]
    same = low.model_copy(update={"level": 1})
    assert numbers(cut(text, headings=(top, same))) == [2, None]
