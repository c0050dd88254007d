"""The page: complete, safe, and true to what is known."""

from __future__ import annotations

import base64
import hashlib
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.domain.quotes import locate
from pipeline.domain.submission import Hidden, Media
from pipeline.domain.verification import Located
from pipeline.messages import Texts
from pipeline.publish.edition import edition_of
from pipeline.publish.highlight import Quoted, own_words, segments
from pipeline.publish.html import page_html
from pipeline.publish.safe import web_address
from tests.publish.made_report import ANSWER, PHRASES, decided, ineligible, make_report, pending, referred, suggested

RU, EN = Texts("ru", ZoneInfo("Europe/Moscow")), Texts("en", ZoneInfo("Europe/Moscow"))
ATTACKS = (
    "<script>alert(1)</script>",
    "</details></article></main><h1>x</h1>",
    "{{ 7*7 }} {% raw %}",
    '"><img src=x onerror=alert(1)>',
    "</style></title></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "\u202egpj.exe\u2066",
    "=HYPERLINK(1)",
)


def page(*rows: object, t: Texts = RU, **other: object) -> str:
    return page_html(edition_of(make_report(*rows, **other)), t)  # type: ignore[arg-type]  # rows of the builder


@pytest.mark.parametrize("attack", ATTACKS)
def test_rule_9_nothing_a_participant_wrote_acts_in_the_page(attack: str) -> None:
    row = referred()
    s = row.submission.model_copy(
        update={
            "text": attack + ANSWER,
            "title": attack,
            "url": attack,
            "entrant": attack,
            "source": attack,
            "addresses": (attack,),
            "hidden": (Hidden(how="css", text=attack),),
            "media": (Media(kind="file", url=attack),),
        }
    )
    told = page(row.model_copy(update={"submission": s, "sent": attack, "apart": (attack,)}))
    clean = html.fromstring(page(row))
    tree = html.fromstring(told)
    for tag in ("script", "style", "img", "h1", "article", "main", "base", "form", "iframe"):
        assert len(tree.findall(f".//{tag}")) == len(clean.findall(f".//{tag}"))
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            if name in {"href", "src"}:
                assert str(value).startswith(("#", "https://", "http://"))
    assert "49" not in tree.xpath("//article")[0].text_content().split()
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", told)


def test_rule_9_the_policy_lets_only_the_pages_own_style_and_script_run() -> None:
    told = page()
    tree = html.fromstring(told)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for tag in ("script", "style"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", told, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert not tree.xpath("//@style | //link | //@src")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "http:evil",
        "https://user@host/",
        "https://host\\@x/",
        "ht tp://x",
        "file:///etc/x",
        "https://host/\u202e",
        "http://[",
    ],
)
def test_rule_9_only_plain_web_addresses_become_links(address: str) -> None:
    assert web_address(address) is None


def test_links_to_the_outside_carry_nothing_along() -> None:
    tree = html.fromstring(page(referred()))
    outside = tree.xpath("//a[not(starts-with(@href, '#'))]")
    assert outside
    assert {a.get("rel") for a in outside} == {"noopener noreferrer nofollow"}


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.integers(0, 4)), max_size=8),
)
def test_rule_3_highlighting_never_changes_adds_or_loses_a_character(
    text: str, ranges: list[tuple[int, int, int]]
) -> None:
    cut = segments(text, [Quoted(*r) for r in ranges])
    assert "".join(part.text for part in cut) == text
    for start, end, number in ranges:
        if 0 <= start < end <= len(text):
            assert "".join(p.text for p in cut if number in p.numbers).find(text[start:end]) >= 0


def test_rule_3_every_mark_on_the_page_is_the_sources_own_characters() -> None:
    tree = html.fromstring(page(suggested()))
    for sup in tree.xpath("//mark/sup"):
        sup.drop_tree()
    answer = tree.xpath("//div[@class='answer']")[0].text_content()
    assert answer == ANSWER
    marked = "".join(mark.text_content() for mark in tree.xpath("//mark"))
    assert all(phrase in marked for phrase in PHRASES)


def test_rule_3_a_quote_that_no_longer_stands_at_its_offsets_is_not_shown_as_one() -> None:
    quote = locate(PHRASES[0], ANSWER, fuzzy=0.92, min_chars=12)
    assert own_words(quote, ANSWER) == PHRASES[0]
    assert own_words(quote, "Совсем другой текст. " + ANSWER) == ""
    assert own_words(Located(quote="x", how="exact", start=5, end=9000, text="x"), ANSWER) == ""


def test_rule_3_what_was_not_found_is_shown_as_such() -> None:
    tree = html.fromstring(page(referred()))
    absent = tree.xpath("//span[@class='absent']")
    assert len(absent) == 1
    assert "нет в тексте" in absent[0].getnext().text_content()
    assert not tree.xpath("//q[contains(., 'ТАЙНАЯ-ПРИЧИНА')]")


@pytest.mark.parametrize("row", [referred(), pending(), ineligible()], ids=["referred", "pending", "ineligible"])
def test_rule_1_what_is_not_graded_is_a_dash_and_never_a_number(row: object) -> None:
    tree = html.fromstring(page(row))
    assert tree.xpath("//article//span[contains(@class, 'guards')]")[0].text_content() == "—"
    for cell in tree.xpath("//table[@class='grid']//td//a"):
        assert cell.text in {"?", "…", "×"}


def test_rule_1_an_open_total_is_labelled_as_a_range() -> None:
    assert "не оценено: открыто, диапазон 1–3" in page(referred())
    assert "range 0–1.05, not final" in page(t=EN)


@pytest.mark.parametrize(("t", "words"), [(RU, "предложение ИИ, не решение"), (EN, "AI suggestion, not a decision")])
def test_rule_7_a_suggestion_is_called_one_wherever_its_guards_stand(t: Texts, words: str) -> None:
    tree = html.fromstring(page(suggested(), t=t))
    assert words in tree.xpath("//article//summary")[0].text_content()
    assert words in tree.xpath("//table[@class='grid']//td//a")[0].text_content()
    assert words in tree.xpath("//*[name()='svg'][@role='img']/@aria-label")[0]
    assert not tree.xpath("//article//*[contains(@class, 'decided')]")


def test_rule_7_ai_under_policy_stands_with_the_audits_n_and_agreement() -> None:
    told = html.fromstring(page(suggested(released=3), t=EN)).text_content()
    assert "9 of 10 suggestions agreed with the juror" in told
    assert "Blind audit: 9 of 10 agreed." in told


def test_rule_7_a_ruling_says_who_when_why_and_that_it_differs() -> None:
    told = html.fromstring(page(decided(), t=EN)).xpath("//div[@class='ruling']")[0].text_content()
    for words in ("Ирина Судья", "20 Dec 2026", "Фразы хороши", "differs from the AI suggestion (3)"):
        assert words in told


def test_rule_6_the_trails_head_is_printed() -> None:
    report = make_report()
    assert report.head.hash in page()


def test_every_link_inside_the_page_leads_somewhere_and_ids_are_unique() -> None:
    tree = html.fromstring(page())
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in tree.xpath("//a[starts-with(@href, '#')]/@href")} <= set(ids)


def test_tables_have_scopes_and_headings_do_not_skip() -> None:
    tree = html.fromstring(page())
    assert not tree.xpath("//th[not(@scope)]")
    assert len(tree.xpath("//h1")) == 1
    assert tree.get("lang") == "ru"
