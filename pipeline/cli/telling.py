"""Sends notices to the organisers' webhook beside the work: a run neither waits on it long nor fails by it."""

from __future__ import annotations

import os
import threading

import click

from pipeline.cli.context import Session
from pipeline.domain.decision import Decision
from pipeline.publish.webhook import Notice, deliver, notice_of

PATIENCE = 30.0
"""Seconds that a command waits at its end for a notice on its way."""


class Teller:
    """Delivers notices in threads of their own; `wait` at the command's end says which could not be delivered."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.threads: list[threading.Thread] = []
        self.problems: list[str] = []

    def decision(self, decision: Decision) -> None:
        """Tells of a stop or a resume."""
        self.send(notice_of(decision, self.session.contest.id, self.session.texts))

    def send(self, notice: Notice) -> None:
        """Starts the delivery; does nothing where contest.yaml names no webhook."""
        webhook = self.session.contest.webhook
        if webhook is None:
            return
        address = os.environ.get(webhook.url_env, "").strip()
        if not address:
            self.problems.append(f"{webhook.url_env} is not set")
            return

        def work() -> None:
            if problem := deliver(address, notice):
                self.problems.append(problem)

        thread = threading.Thread(target=work, name="webhook", daemon=True)
        thread.start()
        self.threads.append(thread)

    def wait(self) -> None:
        """Waits a while for what is on its way; a notice that did not arrive is one line on standard error."""
        for thread in self.threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                self.problems.append("no answer in time")
        for problem in self.problems:
            click.echo(f"casejury: the webhook was not told: {problem}", err=True)
        self.threads, self.problems = [], []
