"""A small contest in a folder of its own, and the command run on it: in this process or as one of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from pipeline.cli.main import main
from pipeline.store.store import Store
from pipeline.workspace.load import open_workspace
from pipeline.workspace.rubrics import approve
from tests.tools.scripted_server import Answer, Json, completion, good_reply

KEY = "sk-canary-31fA77b0c2d4e6f8a9"
MODEL = "scripted-1"
AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

CONTEST = """\
id: small
title: A small contest
language: {language}
timezone: Europe/Moscow
opens: 2026-12-10T10:00:00+03:00
closes: 2026-12-20T00:00:00+03:00
scale: {{unit: {{ru: гард, en: guard}}, max: 3}}
judges: [{{id: main, model: {model}, endpoint: openai}}]
policy: {{review: {review}, audit_share: 0.5}}
budget: {{requests: {requests}, tokens: {tokens}, money: null}}
limits: {{attempts: {attempts}, idle_seconds: {idle}, total_seconds: {total}, concurrency: {concurrency}}}
breaker: {{window: {window}, minimum: {minimum}, share: 0.25, trial: 5}}
"""
DEFAULTS: dict[str, object] = {
    "language": "en",
    "model": MODEL,
    "review": "every",
    "requests": 2000,
    "tokens": 5_000_000,
    "attempts": 2,
    "idle": 20,
    "total": 30,
    "concurrency": 4,
    "window": 50,
    "minimum": 20,
}

CASES = {
    1: "# The parcel is late\n\nA customer writes for the third time: the parcel has not come. Give at least 2 phrases "
    "that an operator would say to calm the customer down.\n",
    2: "# Money back\n\nA customer wants the money back for a course begun last month. How would you answer?\n",
    3: "# The bill is wrong\n\nA customer was billed twice. Explain what you would do, step by step.\n",
}
_OVERALL = {
    "id": "overall",
    "kind": "level",
    "title": "The answer as a whole",
    "levels": {0: "Nothing usable.", 1: "A start.", 2: "Solid with a gap.", 3: "Ready to be used tomorrow."},
}
RUBRICS: dict[int, Json] = {
    1: {
        "case": 1,
        "criteria": [
            {"id": "phrases", "kind": "count", "title": "Phrases", "qualifies": "Calms the customer.", "at_least": 2},
            {"id": "harm", "kind": "check", "title": "Harm", "asks": "Would it make the customer angrier?"},
            _OVERALL,
        ],
        "caps": [{"criterion": "phrases", "items_below": 2, "max": 1}, {"criterion": "harm", "is": True, "max": 0}],
    },
    2: {
        "case": 2,
        "criteria": [
            {"id": "tone", "kind": "level", "title": "Tone", "levels": {0: "Rude.", 1: "Even.", 2: "Warm."}},
            _OVERALL,
        ],
    },
    3: {"case": 3, "criteria": [_OVERALL]},
}

HEADER = ("id", "entrant", "case", "published", "text")
POSTS = [
    (
        "p1",
        "ann",
        1,
        "2026-12-11T10:00:00+03:00",
        "I see how long you have waited for it.\nI will call you back today.",
    ),
    ("p2", "bob", 1, "2026-12-12T10:00:00+03:00", "Your parcel is on my desk now, truly.\nHere is my direct number."),
    ("p3", "ann", 2, "2026-12-12T11:00:00+03:00", "You may return the course within a month.\nI start it for you now."),
    ("p4", "bob", 2, "2026-12-13T10:00:00+03:00", "Let us look at the contract together.\nThen I explain what we owe."),
    ("p5", "ann", 3, "2026-12-14T10:00:00+03:00", "I compare both bills line by line.\nThen I cancel the second one."),
]


def write_contest(
    root: Path,
    posts: Sequence[Sequence[object]] = POSTS,
    *,
    cases: Sequence[int] = (1, 2, 3),
    roster: str = "",
    signed: bool = True,
    **settings: object,
) -> Path:
    """Writes a workspace with its cases, rubrics signed by a chief juror, and posts as one CSV."""
    for folder in ("cases", "rubrics", "submissions"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    write_settings(root, **settings)
    if roster:
        (root / "roster.csv").write_text(roster, encoding="utf-8")
    for number in cases:
        (root / "cases" / f"{number:02d}.md").write_text(CASES[number], encoding="utf-8")
        write_rubric(root, number, RUBRICS[number])
        if signed:
            sign(root, number)
    write_posts(root, posts)
    return root


def write_settings(root: Path, **settings: object) -> None:
    """contest.yaml with these settings, the rest as by default."""
    (root / "contest.yaml").write_text(CONTEST.format(**{**DEFAULTS, **settings}), encoding="utf-8")


def write_rubric(root: Path, number: int, rubric: Mapping[str, object]) -> None:
    """A draft; JSON is YAML."""
    text = json.dumps({"status": "draft", **rubric}, ensure_ascii=False, indent=1)
    for level in range(4):
        text = text.replace(f'"{level}": "', f'{level}: "')
    (root / "rubrics" / f"{number:02d}.yaml").write_text(text, encoding="utf-8")


def sign(root: Path, number: int) -> None:
    """Approves the rubric as it stands, through the function that the command uses."""
    workspace = open_workspace(root)
    path = workspace.rubric_path(number)
    approve(path, workspace.rubrics[number], workspace.cases[number], "chief-juror", AT)


def write_posts(root: Path, posts: Sequence[Sequence[object]], name: str = "posts.csv") -> Path:
    """The posts as a CSV in the inbox."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(HEADER)
    writer.writerows(posts)
    path = root / "submissions" / name
    path.write_text(made.getvalue(), encoding="utf-8")
    return path


def steady_reply(body: Json, level: int = 2) -> Any:
    """A whole reply that nothing speaks against: every line a phrase, no harm, a warm tone, that overall level."""
    reply = good_reply(body)
    for name, mark in reply.get("criteria", {}).items():
        if name == "tone":
            mark["level"] = "2"
        if name == "harm":
            mark.update({"is": False, "evidence": []})
        if name == "overall":
            mark["level"] = str(level)
    return reply


def steady_judge(body: Json, n: int = 0) -> Answer:
    """Suggests 2 guards for everything it is asked to grade."""
    return Answer(body=said(steady_reply(body), model=str(body["model"])))


def said(reply: Any, **more: Any) -> Json:
    """A completion with that reply as its content."""
    return completion(json.dumps(reply, ensure_ascii=False), **more)


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; fails on none and on several."""
        return json.loads(self.out)


def environment(server: str | None = None, **more: str) -> dict[str, str]:
    """The environment without what configures casejury, and with a server and a key where given."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "CASEJURY_", "DATABASE_URL", "SOURCE_"))
    }
    told = {"OPENAI_BASE_URL": server, "OPENAI_API_KEY": KEY} if server else {}
    return {**kept, **told, **more}


def casejury(root: Path, *arguments: object, server: str | None = None, **more: str) -> Ran:
    """The command in this process, through its entry point."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["casejury", "-w", str(root), *map(str, arguments)]
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.dict(os.environ, environment(server, **more), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return Ran(int(code or 0), out.getvalue(), err.getvalue())


def command(root: Path, *arguments: object) -> list[str]:
    """The words that start the command as a process of its own."""
    return [sys.executable, "-m", "pipeline.cli.main", "-w", str(root), *map(str, arguments)]


def process(root: Path, *arguments: object, server: str | None = None, **more: str) -> Ran:
    """The command as a process of its own, to its end."""
    ended = subprocess.run(
        command(root, *arguments),
        env=environment(server, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def opened(root: Path) -> Iterator[Store]:
    """The workspace's database."""
    with Store.open(f"sqlite:///{root / 'casejury.db'}") as store:
        yield store


def ingested(root: Path, *paths: Path) -> Path:
    """Ingests and insists that it worked."""
    ran = casejury(root, "ingest", *paths)
    assert ran.code == 0, ran.err
    return root
