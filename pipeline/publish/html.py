"""index.html: one self-contained page that needs no network and lets nothing from outside act."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.domain.ids import short
from pipeline.messages import Texts
from pipeline.publish.award_words import award_words
from pipeline.publish.charts import bar, parts_of
from pipeline.publish.columns import STATE_WORDS, unit_of
from pipeline.publish.counts import CaseCounts, Counts, counts_of
from pipeline.publish.incidents import incident_counts, stop_in_force
from pipeline.publish.items import ItemShown, item_shown
from pipeline.publish.jsonfile import releases_of
from pipeline.publish.safe import visible, web_address
from pipeline.publish.saying import kind_words, status_words
from pipeline.publish.view import Report

TEMPLATES = Path(__file__).parent / "templates"


class Block(NamedTuple):
    """A case with its submissions; number None: those without a case."""

    number: int | None
    title: str
    statement: str
    items: tuple[ItemShown, ...]


class GridRow(NamedTuple):
    """An entrant and, case by case, the entrant's submissions."""

    entrant: str
    cells: tuple[tuple[ItemShown, ...], ...]


class ChartRow(NamedTuple):
    """A case's bar and the numbers behind it."""

    number: int
    title: str
    bar: Markup
    counts: CaseCounts


def page_html(report: Report, t: Texts) -> str:
    """The page of a report that `edition_of` has made fit to be read; complete, with style and script inside."""
    counts = counts_of(report)
    items = tuple(item_shown(row, report, t) for row in report.rows)
    style, script = inline_file("style.css"), inline_file("script.js")
    open_words = t("not decided yet") if report.edition == "jury" else t("not graded yet")
    page = (
        environment()
        .get_template("page.j2")
        .render(
            _=t,
            plural=t.plural,
            t=t,
            short=short,
            kind_words=kind_words,
            status_words=status_words,
            report=report,
            contest=report.contest,
            unit=unit_of(report, t),
            jury=report.edition == "jury",
            counts=counts,
            open_words=open_words,
            state_words={state: t(words) for state, words in STATE_WORDS.items()} | {"pending": open_words},
            tokens=report.run.usage.prompt + report.run.usage.completion,
            estimated=report.run.usage.estimated or report.run.recorded,
            chart=_chart(report, counts, t, open_words),
            case_numbers=sorted(case.number for case in report.cases),
            grid=_grid(report, items),
            award_rule=award_words(report.contest, t),
            releases=releases_of(report),
            referrals=tuple(item for item in items if item.state == "referred"),
            blocks=_blocks(report, items, t),
            ineligible=tuple(item for item in items if item.state == "ineligible"),
            stop=stop_in_force(report),
            incidents=incident_counts(report),
            style=Markup(style),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - the package's own file
            policy=f"default-src 'none'; style-src {source_hash(style)}; script-src {source_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'",
        )
    )
    return page.strip() + "\n"


@cache
def environment() -> Environment:
    """The templates of all pages: everything is escaped, nothing may be undefined."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["web_address"] = web_address
    return environment


def _shown(value: object) -> object:
    """Every value that a template prints passes here, then autoescape."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def inline_file(name: str) -> str:
    """A style or script of the package as it stands inside a page."""
    return "\n" + (TEMPLATES / name).read_text("utf-8").strip() + "\n"


def source_hash(content: str) -> str:
    """What the page's content policy allows this very style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _chart(report: Report, counts: Counts, t: Texts, open_words: str) -> tuple[ChartRow, ...]:
    longest = max((case.total for case in counts.cases), default=1)
    titles = {case.number: case.title for case in report.cases}
    return tuple(
        ChartRow(
            case.case,
            titles[case.case],
            bar(
                parts := parts_of(case, report.contest.scale.max, t, open_words=open_words),
                longest,
                f"{t('case {case}', case=case.case)}: " + ("; ".join(part.words for part in parts) or "—"),
            ),
            case,
        )
        for case in counts.cases
    )


def _grid(report: Report, items: tuple[ItemShown, ...]) -> tuple[GridRow, ...]:
    numbers = sorted(case.number for case in report.cases)
    by_entrant: dict[str, dict[int, list[ItemShown]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        s = item.row.submission
        if s.case in numbers:
            by_entrant[s.entrant][s.case].append(item)
        elif s.entrant:
            by_entrant.setdefault(s.entrant, defaultdict(list))
    names = sorted(by_entrant, key=lambda name: (not name, name))
    return tuple(GridRow(name, tuple(tuple(by_entrant[name][number]) for number in numbers)) for name in names)


def _blocks(report: Report, items: tuple[ItemShown, ...], t: Texts) -> tuple[Block, ...]:
    cases = {case.number: case for case in report.cases}
    by_case: dict[int | None, list[ItemShown]] = defaultdict(list)
    for item in items:
        case = item.row.submission.case
        by_case[case if case in cases else None].append(item)
    blocks = [
        Block(number, cases[number].title, cases[number].statement, tuple(by_case[number]))
        for number in sorted(cases)
        if by_case[number]
    ]
    if by_case[None]:
        blocks.append(Block(None, t("Without a case"), "", tuple(by_case[None])))
    return tuple(blocks)
