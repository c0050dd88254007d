"""A post cut into answers: where each begins and ends, which case it names, and what in it is the case's statement.

Every character of a post's text that is not white space is in exactly one place: in one cut's spans, or in one
cut's `set_apart`. Nothing is lost and nothing is counted twice.

- A marker line opens an answer, which runs to the next marker. One number in the whole post: all of it is that answer.
- The same number again goes on with the same answer: one cut of several spans. A part that repeats another part of
  the same answer word for word is set apart (note `repeated_text`).
- Text before the first marker belongs to the first answer while it is short (a greeting); longer, it is a cut of its
  own: with the number that title, file name or address give, else without a number, and then the boundary is guessed.
- A section that only repeats its case's statement, in a post that has answers, is set apart with its neighbour.
- In a plain text file, what structure shows to be a new text after the last answer is a cut without a number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from pipeline.domain.contest import Case, Contest
from pipeline.domain.ids import Value
from pipeline.domain.submission import Claim, Heading, Post, Reason, Span
from pipeline.ingest.numbers import (
    Marker,
    column_number,
    find_markers,
    numbers_in_name,
    numbers_in_url,
)
from pipeline.ingest.statement import set_apart, without
from pipeline.ingest.structure import new_text_after, trim, words_of

GREETING_WORDS = 40
"""own words before the first marker that still belong to the first answer"""
MOST_PARTS = 100
PRECEDENCE = ("column", "title", "heading", "file_name", "url", "tag", "keycap")

ManualCut = tuple[int, int, int | None]


class Cut(Value):
    """One piece of a post: an answer, or text without a case. Offsets are those of the post's text."""

    case: int | None
    """None: no number, or none of the contest's"""
    ordinal: int
    spans: tuple[Span, ...]
    set_apart: tuple[Span, ...] = ()
    markers: tuple[Span, ...] = ()
    """what inside the spans only names the case: no words of the answer"""
    heading: str = ""
    """the line that opened it, where one did"""
    flags: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    number_sources: tuple[Claim, ...] = ()
    """who says which number, first in precedence first"""

    def text(self, post_text: str) -> str:
        """The spans' characters joined by a blank line."""
        return "\n\n".join(post_text[s.start : s.end] for s in self.spans)

    def own(self, post_text: str) -> str:
        """The text without what only names the case."""
        return "\n".join(post_text[s.start : s.end] for s in without(post_text, self.spans, self.markers))


@dataclass(frozen=True)
class _Section:
    """A contiguous piece on its way to a cut."""

    start: int
    end: int
    number: int | None = None
    markers: tuple[Marker, ...] = ()
    flags: tuple[str, ...] = ()
    apart: tuple[Span, ...] = field(default=())

    @property
    def span(self) -> Span:
        return Span(start=self.start, end=self.end)


def cut_post(
    post: Post, contest: Contest, cases: Mapping[int, Case], manual: tuple[ManualCut, ...] = ()
) -> tuple[Cut, ...]:
    """The post's answers and what is left of it, in the order of the text; at least one cut.

    Flags given here: no_case_number, unknown_case, case_number_disagrees, several_cases, guessed_cut. `manual` (a
    person's cuts: start, end, case or None) wins over everything; what it leaves out is one cut without a number,
    pieces out of range are clipped, and of overlapping ones the earlier in the list has the characters.
    """
    del contest  # the codes' outcomes are decided by eligibility
    if manual:
        return _finish(post, cases, _by_hand(post.text, manual), {}, {}, manual=True)
    markers = find_markers(post.text, post.headings)
    outside = _outside_numbers(post, markers)
    opening = [m for m in markers if m.strength != "inline"]
    in_text = tuple(dict.fromkeys(m.numbers[0] for m in opening))
    number, sources = _number_of_whole(outside, in_text)
    if len(in_text) < 2 and not _answer_before(post.text, opening, outside, in_text):
        sections = _one_answer(post, cases, opening, number)
        return _finish(post, cases, sections, sources, outside)
    return _finish(post, cases, _several(post, cases, opening, outside), {}, outside)


def _outside_numbers(post: Post, markers: Sequence[Marker]) -> dict[str, tuple[int, ...]]:
    """What column, title, file name, address and tags say (and a keycap beside a heading), where they say anything."""
    columns = [n for c in post.case_claims if c.source == "column" and (n := column_number(c.value)) is not None]
    tags = [n for c in post.case_claims if c.source == "tag" for n in numbers_in_name(c.value)]
    tags += [n for m in markers if m.source == "tag" for n in m.numbers]
    name = ""
    if post.kind in ("file", "article"):
        name = PurePosixPath(post.source.split("#")[0].replace("\\", "/")).name.rsplit(".", 1)[0]
    caps = [n for m in markers if m.source == "keycap" and m.strength == "inline" for n in m.numbers]
    said = {
        "column": tuple(dict.fromkeys(columns)),
        "title": numbers_in_name(post.title),
        "file_name": numbers_in_name(name),
        "url": numbers_in_url(post.url),
        "tag": tuple(dict.fromkeys(tags)),
        "keycap": tuple(caps),
    }
    return {source: numbers for source, numbers in said.items() if numbers}


def _number_of_whole(
    outside: Mapping[str, tuple[int, ...]], in_text: tuple[int, ...]
) -> tuple[int | None, dict[str, int]]:
    """The number of a post that is one answer, and every source that names exactly one."""
    said = {source: numbers[0] for source, numbers in outside.items() if len(numbers) == 1}
    if len(in_text) == 1:
        said["heading"] = in_text[0]
    ordered = {source: said[source] for source in PRECEDENCE if source in said}
    return next(iter(ordered.values()), None), ordered


def _best_outside(outside: Mapping[str, tuple[int, ...]]) -> int | None:
    return next((outside[s][0] for s in PRECEDENCE if len(outside.get(s, ())) == 1), None)


def _answer_before(
    text: str, opening: Sequence[Marker], outside: Mapping[str, tuple[int, ...]], in_text: tuple[int, ...]
) -> bool:
    """Whether a whole answer stands above the only number in the text, and column or title give it another."""
    stated = next((outside[s][0] for s in ("column", "title") if len(outside.get(s, ())) == 1), None)
    if stated is None or not opening or stated in in_text:
        return False
    above = len(words_of(text[: opening[0].line.start]))
    return above > GREETING_WORDS and len(words_of(text[opening[0].line.end :])) > GREETING_WORDS


def _one_answer(post: Post, cases: Mapping[int, Case], opening: Sequence[Marker], number: int | None) -> list[_Section]:
    """All of the post as one answer; in a plain text file, what the structure sets off stands apart."""
    text = post.text
    whole = _Section(0, len(text), number, tuple(opening))
    if post.kind != "file" or number is None:
        return [whole]
    sections = [whole]
    case = cases.get(number)
    if opening and opening[0].strength == "heading":
        start = opening[0].line.start
        own = _own_words(text, 0, start, case)
        if own > GREETING_WORDS and len(words_of(text[opening[0].line.end :])) > GREETING_WORDS:
            sections = [
                _Section(0, start),
                replace(whole, start=start, flags=("guessed_cut",)),
            ]
    return [*sections[:-1], *_cut_rest(text, sections[-1], [m.line for m in opening], case, post.headings)]


def _several(
    post: Post, cases: Mapping[int, Case], opening: Sequence[Marker], outside: Mapping[str, tuple[int, ...]]
) -> list[_Section]:
    """A section for each marker line, the text before the first, and what follows the last."""
    text = post.text
    starts = [m.line.start for m in opening]
    ends = [*starts[1:], len(text)]
    sections = [_Section(start, end, m.numbers[0], (m,)) for m, start, end in zip(opening, starts, ends, strict=True)]
    if post.kind == "file":
        last = sections.pop()
        sections += _cut_rest(text, last, [m.line for m in opening], cases.get(last.number or 0), post.headings)
    sections = _with_preamble(text, sections, outside, cases)
    return _without_bare_statements(text, sections, cases)


def _with_preamble(
    text: str, sections: list[_Section], outside: Mapping[str, tuple[int, ...]], cases: Mapping[int, Case]
) -> list[_Section]:
    first = sections[0]
    if not text[: first.start].strip():
        return sections
    named = {s.number for s in sections}
    stated = _best_outside(outside)
    if _own_words(text, 0, first.start, cases.get(first.number or 0)) <= GREETING_WORDS:
        return [replace(first, start=0), *sections[1:]]
    if stated is not None and stated not in named:
        return [_Section(0, first.start, stated), *sections]
    return [_Section(0, first.start), replace(first, flags=(*first.flags, "guessed_cut")), *sections[1:]]


def _cut_rest(
    text: str, section: _Section, marker_lines: Sequence[Span], case: Case | None, headings: Sequence[Heading]
) -> list[_Section]:
    about = f"{case.title}\n{case.statement}" if case else ""
    start = next((m.line.end for m in reversed(section.markers) if m.line.end <= section.end), section.start)
    at = new_text_after(text, start, section.end, marker_lines, about, headings)
    if at is None:
        return [section]
    return [replace(section, end=at, flags=(*section.flags, "guessed_cut")), _Section(at, section.end)]


def _own_words(text: str, start: int, end: int, case: Case | None) -> int:
    span = trim(text, start, end)
    if span is None:
        return 0
    kept = without(text, [span], set_apart(text, [span], case)) if case else (span,)
    return sum(len(words_of(text[s.start : s.end])) for s in kept)


def _without_bare_statements(text: str, sections: list[_Section], cases: Mapping[int, Case]) -> list[_Section]:
    """Sections that only repeat their statement go, set apart, to a neighbour that has an answer."""

    def bare(section: _Section) -> bool:
        case = cases.get(section.number or 0)
        below = section.markers[0].line.end if section.markers else section.start
        return (
            case is not None
            and bool(text[below : section.end].strip())
            and not _own_words(text, below, section.end, case)
        )

    flags = [bare(s) for s in sections]
    if all(flags) or not any(flags):
        return sections
    kept = [s for s, is_bare in zip(sections, flags, strict=True) if not is_bare]
    starts = [s.start for s in kept]
    first = {section.number: at for at, section in reversed(list(enumerate(kept)))}
    for section in (s for s, is_bare in zip(sections, flags, strict=True) if is_bare):
        at = first.get(section.number, max(0, bisect_left(starts, section.start) - 1))
        span = trim(text, section.start, section.end)
        kept[at] = replace(kept[at], apart=(*kept[at].apart, *([span] if span else [])))
    return kept


def _by_hand(text: str, manual: Sequence[ManualCut]) -> list[_Section]:
    taken: list[Span] = []
    sections: list[_Section] = []
    for start, end, number in manual:
        low, high = max(0, min(start, len(text))), max(0, min(end, len(text)))
        if (piece := trim(text, low, high)) is None:
            continue
        for free in without(text, [piece], taken):
            sections.append(_Section(free.start, free.end, number))
            taken.append(free)
    sections += [_Section(s.start, s.end) for s in without(text, [Span(start=0, end=len(text))], taken)]
    return sorted(sections, key=lambda s: s.start)


def _finish(
    post: Post,
    cases: Mapping[int, Case],
    sections: Sequence[_Section],
    sources: Mapping[str, int],
    outside: Mapping[str, tuple[int, ...]],
    *,
    manual: bool = False,
) -> tuple[Cut, ...]:
    """Sections of the same number become one cut (unnumbered ones stay apart, a person's leftovers are one)."""
    groups: dict[object, list[_Section]] = {}
    for at, section in enumerate(sections):
        alone = section.number is None and not manual
        groups.setdefault(("rest", at) if alone else section.number, []).append(section)
    numbered = [group[0].number for group in groups.values() if group[0].number is not None]
    stated = _best_outside(outside)
    cuts = []
    for ordinal, group in enumerate(groups.values()):
        number = group[0].number
        flags = [Reason(code=code) for code in dict.fromkeys(f for s in group for f in s.flags)]
        if number is None:
            flags.append(Reason(code="no_case_number"))
        elif number not in cases:
            flags.append(Reason(code="unknown_case", params={"number": number}))
        if number is not None and len(numbered) > 1 and not manual:
            flags.append(Reason(code="several_cases", params={"cases": len(numbered)}))
        said = {s: n for s, n in sources.items() if number is not None}
        if not said and number is not None and not manual:
            said = {"heading" if group[0].markers else _source_of(outside, number): number}
            if stated is not None and stated not in numbered:
                said |= {s: n[0] for s, n in outside.items() if len(n) == 1}
        if len(set(said.values())) > 1:
            shown = ", ".join(str(n) for n in dict.fromkeys(said.values()))
            flags.append(Reason(code="case_number_disagrees", params={"numbers": shown}))
        cuts.append(_cut(post.text, group, cases.get(number or 0), ordinal, tuple(flags), said, number))
    return tuple(cuts)


def _source_of(outside: Mapping[str, tuple[int, ...]], number: int) -> str:
    return next((s for s in PRECEDENCE if outside.get(s) == (number,)), "heading")


def _cut(
    text: str,
    group: Sequence[_Section],
    case: Case | None,
    ordinal: int,
    flags: tuple[Reason, ...],
    said: Mapping[str, int],
    number: int | None,
) -> Cut:
    spans = _joined(text, [s.span for s in group])
    notes: list[str] = []
    markers = [m for s in group for m in s.markers]
    lines = [m.span if m.source == "tag" or _says_more(text, m) else m.line for m in markers]
    apart = [*(set_apart(text, without(text, spans, lines), case) if case else ())]
    repeated = _repeated(text, group)
    if repeated:
        notes.append("repeated_text")
        apart = [*without(text, apart, repeated), *repeated]
    extra = [a for s in group for a in s.apart]
    heading = text[markers[0].line.start : markers[0].line.end].strip() if markers else ""
    return Cut(
        case=number if case else None,
        ordinal=ordinal,
        spans=without(text, spans, apart),
        set_apart=tuple(sorted([*apart, *extra], key=lambda s: s.start)),
        markers=tuple(lines),
        heading=heading if len(heading) <= 110 else "",
        flags=flags,
        notes=tuple(notes),
        number_sources=tuple(Claim(source=s, value=str(n)) for s, n in said.items()),
    )


def _says_more(text: str, marker: Marker) -> bool:
    """Whether the marker's line goes on with words of the answer."""
    return marker.strength == "line" or len(words_of(text[marker.span.end : marker.line.end])) > 8


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Trimmed, and neighbours with only white space between them in one piece."""
    joined: list[Span] = []
    for span in (t for s in spans if (t := trim(text, s.start, s.end))):
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(start=joined[-1].start, end=span.end)
        else:
            joined.append(span)
    return joined


def _repeated(text: str, group: Sequence[_Section]) -> list[Span]:
    """Parts of one answer whose words (marker line aside) another, longer or earlier, part already has.

    Not looked for among more parts than `MOST_PARTS`.
    """
    if not 1 < len(group) <= MOST_PARTS:
        return []
    bodies = []
    for section in group:
        below = section.markers[0].line.end if section.markers else section.start
        bodies.append(" ".join(words_of(text[below : section.end])))
    found: list[Span] = []
    for at, (section, body) in enumerate(zip(group, bodies, strict=True)):
        others = [o for i, o in enumerate(bodies) if i != at and (len(o), at) > (len(body), i)]
        span = trim(text, section.start, section.end)
        if span and len(body.split()) >= 5 and any(body in other for other in others):
            found.append(span)
    return found
