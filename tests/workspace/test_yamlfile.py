from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Contest
from pipeline.errors import ConfigurationError
from pipeline.workspace.yamlfile import build, load_yaml


def test_yaml_is_1_2_and_time_stamps_stay_text() -> None:
    data = load_yaml("a: no\nb: 010\nc: 2026-12-10T10:00:00\nd: 1.5\ne: [true, null]\nf: &x [1]\ng: *x\n", "f.yaml")
    assert data == {"a": "no", "b": 10, "c": "2026-12-10T10:00:00", "d": 1.5, "e": [True, None], "f": [1], "g": [1]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\nid: b", "line 2: a key stands twice"),
        ("a: &a [*a]", "is not complete yet"),
        ("a: !!python/object:os.system x", "a tag"),
        ("a: !x 1", "a tag"),
        ("a: .inf", "inf is not a number"),
        ("a: [1,\n b: .nan", "line "),
        ("a:\n  - b\n c", "line 3: not valid YAML"),
        ("a: \x07", "line 1: a control character"),
        ("a: *b", "line 1"),
        ("a: 1\n---\nb: 2", "line"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_yaml(text, "f.yaml")
    assert expected in str(caught.value)
    assert caught.value.where.startswith("f.yaml")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 10)),
        "[" * 200_000,
        "{a: " * 50_000,
        "a: &a 1\nb: [" + "*a," * 500 + "]",
        "a: [" + "1," * 60_000 + "]",
    ],
)
def test_what_would_grow_out_of_proportion_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ConfigurationError, match="too many"):
        load_yaml(text, "f.yaml")
    assert time.perf_counter() - started < 10


def refusal(read: Callable[[], object]) -> ConfigurationError | None:
    """The one kind of error that may come; any other fails the test."""
    try:
        read()
    except ConfigurationError as error:
        return error
    return None


@given(st.text(alphabet="ab:{}[]&*!-#?|>'\"%@, \n0.", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_as_a_configuration_error(text: str) -> None:
    problem = refusal(lambda: build(Contest, load_yaml(text, "f.yaml"), "f.yaml"))
    assert problem is None or problem.where.startswith("f.yaml")


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Contest.model_fields, "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Contest.model_fields, "x"]), values, max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_shape_is_a_contest_or_one_error_with_a_remedy(data: dict[str, object]) -> None:
    problem = refusal(lambda: build(Contest, data, "contest.yaml"))
    assert problem is None or (problem.remedy and problem.message)
