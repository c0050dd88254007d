"""The breaker's decisions are pure: what opens it, what does not, and where a trail of stops leaves the AI."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.breaker import ai_state, opened, trial_failed, window_of
from pipeline.domain.chain import append, head
from pipeline.domain.contest import Breaker
from pipeline.domain.decision import Act, AiResume, AiStop, Decision, Release
from pipeline.domain.incident import Observation

AT = datetime(2026, 12, 21, tzinfo=UTC)
RULE = Breaker(window=10, minimum=4, share=0.5, trial=3)
KINDS = {"h": ("unsupported_quote",), "f": ("provider_outage",), "b": ("invented_count", "schema_failure"), ".": ()}
OTHER = {"o": ("injection_obeyed", "content_disagrees", "model_differs")}


def seen(letters: str) -> list[Observation]:
    """One observation a letter: h hallucinated, f failed, b both, o what does not speak against the judge, . clean."""
    kinds: dict[str, Any] = KINDS | OTHER
    return [Observation(judge="main", kinds=kinds[letter], at=AT) for letter in letters]


@pytest.mark.parametrize(
    ("letters", "opens"),
    [
        ("", False),
        ("hhh", False),
        ("hhhh", True),
        ("ffff", True),
        ("hf..", True),
        ("h...", False),
        ("oooooooo", False),
        ("hhh" + "." * 3, True),
        ("hhh" + "." * 4, False),
        ("hhhhhhhhhh" + "." * 6, False),
        ("." * 50 + "hhhhh", True),
        ("." * 50 + "hhhh", False),
    ],
)
def test_the_breaker_opens_on_the_share_of_the_latest_gradings(letters: str, *, opens: bool) -> None:
    assert (opened(seen(letters), RULE) is not None) is opens


def test_the_window_says_what_opened_it() -> None:
    window = opened(seen("....hhfb.hfb"), RULE)
    assert window is not None
    assert (window.gradings, window.hallucinated, window.failed, window.bad) == (10, 5, 2, 7)


def test_what_hallucinated_and_failed_counts_once() -> None:
    assert window_of(seen("bbb")).bad == 3


@settings(max_examples=200, deadline=None)
@given(st.text("hfbo.", max_size=60), st.integers(1, 20), st.integers(1, 20), st.floats(0.01, 1))
def test_the_breaker_agrees_with_its_definition(letters: str, window: int, minimum: int, share: float) -> None:
    rule = Breaker(window=max(window, minimum), minimum=minimum, share=share)
    last = letters[-rule.window :]
    bad = sum(letter in "hfb" for letter in last)
    wanted = len(last) >= minimum and bad / len(last) >= share if last else False
    if last and abs(bad / len(last) - share) < 1e-9:
        return
    assert (opened(seen(letters), rule) is not None) is wanted


@pytest.mark.parametrize(
    ("letters", "fails"), [("hh", False), ("h..", False), ("hh.", True), ("f.f", True), ("...hhhhhh", False)]
)
def test_a_trial_is_decided_by_its_first_gradings_alone(letters: str, *, fails: bool) -> None:
    assert (trial_failed(seen(letters), 3, RULE) is not None) is fails


def test_a_breaker_that_could_never_open_is_refused() -> None:
    with pytest.raises(ValidationError, match="could never open"):
        Breaker(window=10, minimum=11)


def chain(*acts: Act) -> list[Decision]:
    links: list[Decision] = []
    for act in acts:
        links.append(append(head(links[-1] if links else None), by="o", at=AT, reason="r", act=act))
    return links


STOP, BROKEN = AiStop(cause="organiser"), AiStop(cause="breaker")


def test_the_trails_last_word_counts() -> None:
    assert not ai_state([]).stopped
    assert ai_state(chain(STOP, BROKEN)).cause == "breaker"
    state = ai_state(chain(STOP, AiResume(trial=4, after=17), Release()))
    assert (state.stopped, state.trial, state.after, state.cause) == (False, 4, 17, None)
    again = ai_state(chain(STOP, AiResume(trial=4, after=17), BROKEN))
    assert (again.stopped, again.trial, again.after) == (True, 0, 0)
