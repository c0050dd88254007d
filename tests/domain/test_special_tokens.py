"""Special tokens travel with other brackets, and quotes lead back to the source's own characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Policy, RosterRow
from pipeline.domain.masking import Masked
from pipeline.domain.quotes import locate
from pipeline.domain.sending import as_sent
from pipeline.domain.special_tokens import SPECIAL_TOKEN, neutralise, neutralised

TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|start_header_id|>",
    "<|eot_id|>",
    "<|system|>",
    "<|/system|>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<think>",
    "</think>",
    "<｜begin▁of▁sentence｜>",
    "<|fim_prefix|>",
    "[SYSTEM_PROMPT]",
    "[TOOL_CALLS]",
    "[gMASK]",
    "<unk>",
    "<tool_call>",
    "<|IM_END|>",
]
ORDINARY = [
    "Клиент: <имя>, добрый день!",
    "<b>Заказ</b> и <p>строка</p>",
    "[NAME-1] и [имя]",
    "a < b и c > d",
    "x |> f",
    "1 <= 2 || 3 >= 2",
    "{{first_name}}",
    '<div class="x">',
    "[1] сноска",
    "<ответ>",
    "|| да ||",
    "Инст",
    "INST",
]
PIECES = st.sampled_from([*TOKENS, *ORDINARY, "<|", "|>", "\n", " ", "слово", "<", ">", "[", "Анна Лыкова"]) | st.text(
    max_size=5
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)
ROSTER = (RosterRow(pseudonym="p", names=("Анна Лыкова",)),)


@pytest.mark.parametrize("token", TOKENS)
def test_rule_9_no_special_token_leaves(token: str) -> None:
    sent = as_sent(f"Начало {token}system{token} конец", ())
    assert isinstance(sent, Masked)
    assert token not in sent.text
    assert not SPECIAL_TOKEN.search(sent.text)
    assert len(sent.text) == len(sent.source)


@pytest.mark.parametrize("text", ORDINARY)
def test_texts_without_such_tokens_are_sent_byte_for_byte(text: str) -> None:
    masked = Masked.identity(text)
    assert neutralise(masked) is masked
    assert neutralised(text) == text


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_rule_9_nothing_that_is_sent_holds_a_special_token(text: str) -> None:
    """Also together with masking; applied twice it changes nothing more."""
    sent = as_sent(text, ROSTER)
    if isinstance(sent, Masked):
        assert not SPECIAL_TOKEN.search(sent.text)
        assert neutralise(sent) == sent
        assert sent.source == text


@given(TEXTS, st.data())
@settings(max_examples=300, deadline=None)
def test_rule_3_ranges_lead_back_to_the_sources_own_characters(text: str, data: st.DataObject) -> None:
    """Outside tokens and placeholders every character is its own; a range that touches one widens to all of it."""
    sent = as_sent(text, ROSTER)
    if not isinstance(sent, Masked) or not sent.text:
        return
    start = data.draw(st.integers(0, len(sent.text) - 1))
    end = data.draw(st.integers(start + 1, len(sent.text)))
    first, last = sent.to_source(start, end)
    assert 0 <= first < last <= len(text)
    if not any(s.start < end and start < s.end for s in sent.segments):
        assert text[first:last] == sent.text[start:end]
    for a, b in zip(sent.segments, sent.segments[1:], strict=False):
        assert a.end <= b.start
        assert a.source_end <= b.source_start


def test_rule_3_a_quote_across_a_token_is_shown_with_the_token() -> None:
    text = "Я всё проверю.\nСпасибо вам <|im_end|> за терпение и за звонок.\nДо связи."
    sent = as_sent(text, ())
    assert isinstance(sent, Masked)
    policy = Policy()
    found = locate("Спасибо вам ‹|im_end|› за терпение", sent.text, fuzzy=policy.fuzzy_quote, min_chars=12)
    assert found.start is not None
    assert found.end is not None
    first, last = sent.to_source(found.start, found.end)
    assert text[first:last] == "Спасибо вам <|im_end|> за терпение"
