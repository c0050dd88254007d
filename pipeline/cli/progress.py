"""A progress bar with rate and time left on a terminal; a line now and then elsewhere; nothing where quiet."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from pipeline.messages import Texts

EVERY_SECONDS = 30.0


class Progress:
    """Counts finished requests on standard error."""

    def __init__(self, texts: Texts, total: int, *, quiet: bool) -> None:
        self.texts, self.total, self.quiet = texts, total, quiet
        self.count = 0
        self.started = self.told = time.monotonic()
        console = Console(stderr=True)
        self.live = console.is_terminal and not quiet
        self.bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self.task = self.bar.add_task(texts("grading"), total=total, rate="")

    def __enter__(self) -> Self:
        if self.live:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            self.bar.stop()

    def advance(self) -> None:
        """One request is done."""
        self.count += 1
        now = time.monotonic()
        rate = self.count / max(now - self.started, 1e-6)
        if self.live:
            self.bar.update(self.task, advance=1, rate=f"{rate:.1f}/s")
        elif not self.quiet and now - self.told >= EVERY_SECONDS:
            self.told = now
            left = (self.total - self.count) / rate
            click.echo(f"{self.count}/{self.total} · {rate:.1f}/s · {left:.0f} s", err=True)

    def tell(self, text: str) -> None:
        """A line beside the bar."""
        click.echo(self.texts(text), err=True)
