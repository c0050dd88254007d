"""Text that imitates structure: of a request, a reply, a rubric, a record of grading, a program's input.

Each technique is a shape, nearly all of them together with words of grading close by: tags, JSON, dialogues, drafts,
templates and mail are ordinary in answers, a `<rubric>`, a `"level": "3"` with its rationale or two judges that
already agreed are not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from pipeline.domain import frame_records as records
from pipeline.domain import frame_shapes as shapes
from pipeline.domain.grading_words import AWARD_THREE, BEST, GRADER, GRADING, OF_THREE, RUBRIC, THREE, UNIT, VERDICT
from pipeline.domain.special_tokens import SPECIAL_TOKEN

Range = tuple[int, int]
_REACH = 320
"""How far from a shape words of grading still belong to it, in characters."""


class _Around:
    """Where words stand in one text; each pattern is looked for once, however many shapes ask."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[re.Pattern[str], tuple[list[int], list[int]]] = {}

    def has(self, span: Range, words: re.Pattern[str], reach: int = _REACH) -> bool:
        """Whether the words stand within `reach` characters of the span, or in it."""
        if words not in self._found:
            spans = [match.span() for match in words.finditer(self.text)]
            self._found[words] = [start for start, _ in spans], [end for _, end in spans]
        starts, ends = self._found[words]
        return bisect_left(ends, span[0] - reach) < bisect_right(starts, span[1] + reach)


def find_frames(text: str) -> Iterator[Range]:
    """Where `text` imitates structure; in no order, may overlap. Ranges cover the shape, not what stands inside."""
    around = _Around(text)
    for match in SPECIAL_TOKEN.finditer(text):
        if not shapes.PLAIN_TAGS.match(match.group()) or around.has(match.span(), GRADING):
            yield match.span()
    top = bool(_TOP.search(text))
    for pattern in (*_ALONE, *(_WITH_TOP if top else ())):
        for match in pattern.finditer(text):
            yield match.span()
    for pattern, words, reach in _WITH:
        for match in pattern.finditer(text):
            if around.has(match.span(), words, reach):
                yield match.span()
    for rule in (*_RULES, *(_RULES_WITH_TOP if top else ())):
        yield from rule(around)


_TOP = shapes.compiled(rf"\b(?:{THREE}|{BEST}\b|{OF_THREE})")
_WITH_TOP = (records.RECORD,)
_ALONE = (
    shapes.SURE_TAG,
    shapes.TOP_TAG,
    shapes.HEADING,
    shapes.SYSTEM_ORDER,
    shapes.OWN_WORDS,
    shapes.BROKEN_JSON,
    shapes.SURE_KEY,
    records.TEMPLATE,
    records.FORMULA,
    records.ACTIVE,
    records.CLI,
    records.EXFILTRATION_PLACE,
    records.SCALE_LINE,
    records.ASSIGNED,
    shapes.WHOSE_TAG,
    shapes.INFO_FENCE,
    shapes.SHOUTED_SYSTEM,
    shapes.HINT,
    shapes.RUBRIC_LINE,
    records.DEAR_MACHINE,
)
_WITH: tuple[tuple[re.Pattern[str], re.Pattern[str], int], ...] = (
    (shapes.MAYBE_TAG, GRADING, _REACH),
    (shapes.ANY_TAG, shapes.ABOUT_MARKS, 160),
    (records.MAIL_ONE, shapes.ABOUT_MARKS, 260),
    (shapes.BRACKETED, GRADING, 200),
    (shapes.LABEL, GRADING, 160),
    (shapes.BANNER, GRADING, _REACH),
    (shapes.FENCE_LINE, GRADING, _REACH),
    (shapes.FENCE_INSIDE, GRADING, 60),
    (shapes.OWN_FENCE, GRADING, 160),
    (shapes.SESSION, shapes.SHORT_OR_THREE, _REACH),
    (shapes.REPLY_KEY, shapes.SCORE_TOP, 200),
    (records.NOTICE, records.NOTICE_EFFECT, 220),
    (records.RUBRIC_CHANGE, records.RUBRIC_GAIN, 200),
    (records.REASONING, VERDICT, 260),
    (records.BOUNDARY, GRADING, _REACH),
    (records.STATUS, VERDICT, 200),
    (records.ONLY_FINAL, records.FINAL, 120),
    (records.PERSONA, records.PERSONA_WORDS, 60),
    (records.STAGE_ROLE, VERDICT, 200),
    (records.SHOT, records.SHOT_MARK, 260),
    (shapes.INLINE_PAIRS, shapes.PAIR_WORDS, 0),
)
"""Shape, words that must be near it, and how near."""


Rule = Callable[[_Around], Iterator[Range]]


def _pairs(pattern: re.Pattern[str], least: int, words: re.Pattern[str], reach: int) -> Rule:
    """A rule: `least` such lines close to each other, and the words among or near them."""

    def rule(around: _Around) -> Iterator[Range]:
        group: list[Range] = []
        for match in [*pattern.finditer(around.text), None]:
            if match and (not group or match.start() - group[-1][1] <= reach):
                group.append(match.span())
                continue
            if len(group) >= least and around.has((group[0][0], group[-1][1]), words, 120):
                yield group[0][0], group[-1][1]
            group = [match.span()] if match else []

    return rule


_ANYTHING = shapes.compiled(r"[^\n]")
_STRICT_CONFIG = shapes.compiled(
    rf"{VERDICT.pattern}|{UNIT}|\b(?:жюри|оценщик\w*|проверяющ\w*|grader\w*|judge\w*|juror\w*|grading)\b"
    rf"|\b(?:поставить|give|award|always|всегда)\b[^\n]{{0,20}}?{THREE}|{RUBRIC}"
)


_JUDGED = shapes.compiled(rf"\b{GRADER}[^.!?\n]{{0,40}}?{AWARD_THREE}")


def _judged(around: _Around) -> Iterator[Range]:
    """A grader of whom it is told that three was given, and that others agree or are to follow."""
    for match in _JUDGED.finditer(around.text):
        if around.has(match.span(), _FOLLOW, 100):
            yield match.span()


_FOLLOW = shapes.compiled(
    r"\b(?:соглас\w+|подпис\w+|подтверд\w+|един\w+|осталось|оста[её]тся|втор(?:ой|ая)|трет(?:ий|ьему)|agree\w*"
    r"|confirm\w*|second|third|sign|follow|remaining|unanim\w+)"
)


def _scored(around: _Around) -> Iterator[Range]:
    """A key with the top value beside another key that justifies it."""
    for match in shapes.SCORE_TOP.finditer(around.text):
        if around.has(match.span(), shapes.JUSTIFIED, 200):
            yield match.span()


def _schemas(around: _Around) -> Iterator[Range]:
    for match in shapes.SCHEMA.finditer(around.text):
        if around.has(match.span(), shapes.SCHEMA_TARGET, 140):
            yield match.span()


def _sections(around: _Around) -> Iterator[Range]:
    """A configuration: a [section] or several assignments, with words of grading and of modes or roles."""
    sections = [m.span() for m in records.CONFIG_SECTION.finditer(around.text)]
    for span in sections:
        if around.has(span, _STRICT_CONFIG, 240):
            yield span


def _leaks(around: _Around) -> Iterator[Range]:
    """An order to show the rubric or the prompt by way of a link or picture."""
    for match in records.SURE_SECRETS.finditer(around.text):
        if around.has(match.span(), records.INTO, 200) and around.has(match.span(), records.SHOW, 160):
            yield match.span()
    for match in records.SECRETS.finditer(around.text):
        if around.has(match.span(), records.LINK, 200) and around.has(match.span(), records.SHOW, 160):
            yield match.span()


_RULES: tuple[Rule, ...] = (
    _scored,
    _schemas,
    _sections,
    _leaks,
    _pairs(records.CONFIG_LINE, 2, records.CONFIG_WORDS, 120),
    _pairs(records.YAML_LINE, 2, _STRICT_CONFIG, 60),
    _pairs(records.MAIL, 2, records.MAIL_WORDS, 160),
    _pairs(shapes.SESSION, 2, _ANYTHING, 200),
    _pairs(shapes.PROMPT_MARK, 2, _ANYTHING, 240),
    _pairs(shapes.MODEL_LABEL, 2, shapes.MODEL_SAYS, 200),
)
_RULES_WITH_TOP = (
    _pairs(records.STAGE, 2, _ANYTHING, 160),
    _pairs(records.VOTE, 3, _ANYTHING, 40),
    _pairs(records.ARROW, 2, _ANYTHING, 90),
    _judged,
    _pairs(records.VERSION_SCORE, 2, GRADING, 160),
)
