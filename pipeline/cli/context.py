"""Wiring: the only place that chooses a judge and a store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from pipeline.domain.contest import Contest, JudgeSpec
from pipeline.errors import AnotherRun, CasejuryError, NoJudge
from pipeline.llm.prompts import Prompts
from pipeline.messages import Texts
from pipeline.store.store import Store
from pipeline.workspace.load import Workspace, open_workspace
from pipeline.workspace.settings import Settings, variables


@dataclass
class Session:
    """One command's view of a workspace: its files, settings, store and texts."""

    workspace: Workspace
    settings: Settings
    store: Store

    @property
    def contest(self) -> Contest:
        return self.workspace.contest

    @property
    def judge_spec(self) -> JudgeSpec:
        return self.contest.judges[0]

    @cached_property
    def texts(self) -> Texts:
        return Texts(self.contest.language, self.contest.zone)

    @cached_property
    def prompts(self) -> Prompts:
        return Prompts(
            self.contest,
            self.workspace.guidelines,
            self.workspace.prompts_dir,
            roster=self.workspace.roster or (),
            rubric_path=self.workspace.rubric_path,
        )


@contextmanager
def open_session(root: Path, *, locked: bool = False) -> Iterator[Session]:
    """Opens the workspace at `root` and its store; `locked`: as the only run at work (AnotherRun otherwise).

    A command that went on although prompts cannot be rendered says so on standard error when it has ended.
    """
    workspace = open_workspace(root)
    settings = Settings.from_environment(os.environ, workspace.root)
    with Store.open(settings.database_url) as store:
        store.belongs_to(workspace.contest.id)
        session = Session(workspace, settings, store)
        if locked:
            with store.lock():
                _catch_up(session, locked=True)
                yield session
        else:
            _catch_up(session, locked=False)
            yield session
        if "prompts" in vars(session) and (problem := session.prompts.problem) is not None:
            click.echo(f"casejury: shown as stored, not brought up to date: {problem}", err=True)


def _catch_up(session: Session, *, locked: bool) -> None:
    """Works the submissions out anew where the files say otherwise by now; only warns while another run is at work."""
    from pipeline.work.basis import outdated

    workspace, store = session.workspace, session.store
    if not outdated(workspace, store):
        return
    from pipeline.work.intake import resubmit

    try:
        with nullcontext() if locked else store.lock():
            resubmit(workspace, store)
    except AnotherRun as error:
        told = "contest.yaml, cases or roster changed since the submissions were worked out"
        click.echo(f"casejury: {told}: {error.message} — run `casejury ingest` when it has ended", err=True)


def endpoint_of(session: Session) -> tuple[str | None, str | None]:
    """Address and key of the judge's endpoint from the environment; NoJudge if there is neither."""
    label = session.judge_spec.endpoint
    endpoint = session.settings.endpoint(label)
    if not endpoint.usable:
        address, key = variables(label)
        ways = (
            f"three ways on: set {key}; or point {address} at a local server (vLLM, llama.cpp, Ollama, a gateway); "
            "or mark by hand with `casejury rule`"
        )
        raise NoJudge(f"nothing to grade with: endpoint {label!r} has neither a key nor an address", remedy=ways)
    return endpoint.base_url, endpoint.api_key.get_secret_value() if endpoint.api_key else None


def emit(value: Any, *, as_json: bool, text: str, error: CasejuryError | None = None) -> None:
    """Prints the JSON or the text; JSON is one document on standard output.

    `error`: what the command will end with although it has something to say; the document then holds it, too.
    """
    if as_json:
        if hasattr(value, "model_dump"):
            value = value.model_dump(mode="json", by_alias=True)
        if error is not None:
            value, error.told = {**value, "error": error.as_json()}, True
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    elif text:
        click.echo(text)


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def _said(_context: click.Context, option: click.Parameter, value: str) -> str:
    """Who and why are never blank in the trail."""
    if not value.strip():
        raise click.BadParameter("must not be empty", param=option)
    return value.strip()


by_option = click.option("--by", required=True, callback=_said, help="Who decides; stands in the trail.")
reason_option = click.option("--reason", required=True, callback=_said, help="Why; stands in the trail.")
