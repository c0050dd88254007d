"""The sample report in a real browser: desktop and phone, without script, printed; nothing is fetched from anywhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PAGE = (Path(__file__).parents[2] / "reports" / "sample" / "index.html").as_uri()
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def opened(browser: Any, width: int, **options: Any) -> tuple[Any, list[str]]:
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request", lambda request: told.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.goto(PAGE)
    return page, told


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_width_and_asks_nobody(browser: Any, width: int) -> None:
    page, told = opened(browser, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert told == []


def test_every_highlighted_quote_is_readable_text(browser: Any) -> None:
    page, _ = opened(browser, 1280)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    texts = page.eval_on_selector_all("mark", "marks => marks.map(m => m.textContent)")
    assert len(texts) > 200
    assert all(texts)


def test_links_from_the_grid_lead_to_their_items(browser: Any) -> None:
    page, _ = opened(browser, 1280)
    targets = page.eval_on_selector_all("#coverage a", "links => links.map(a => a.getAttribute('href'))")
    assert targets
    missing = [t for t in targets if page.evaluate("id => document.getElementById(id) === null", t.removeprefix("#"))]
    assert missing == []


def test_the_page_can_be_read_without_script(browser: Any) -> None:
    page, told = opened(browser, 1280, java_script_enabled=False)
    assert page.locator("h1").inner_text()
    assert page.locator("#referrals").is_visible()
    assert told == []


def test_it_prints(browser: Any, tmp_path: Path) -> None:
    page, _ = opened(browser, 1280)
    page.pdf(path=str(tmp_path / "report.pdf"))
    assert (tmp_path / "report.pdf").stat().st_size > 50_000


def test_headings_go_down_one_at_a_time_and_images_speak(browser: Any) -> None:
    """Screen readers: one h1, no skipped level, every plot has a name or is hidden from them."""
    page, _ = opened(browser, 1280)
    levels = page.eval_on_selector_all("h1,h2,h3,h4,h5", "hs => hs.map(h => Number(h.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    unnamed = page.eval_on_selector_all(
        "svg",
        "all => all.filter(s => !s.closest('[aria-hidden=true]') && !s.hasAttribute('aria-hidden') "
        "&& !s.getAttribute('aria-label') && !s.getAttribute('aria-labelledby') && !s.querySelector('title')).length",
    )
    assert unnamed == 0
