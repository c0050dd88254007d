"""Sixty times kill -9 in the middle of a batch: nothing committed is lost, one grading a key, few calls repeated."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from pipeline.store.schema import gradings
from tests.tools.contest import casejury, command, environment, write_contest

KILLS = 60
SUBMISSIONS = 420
CONCURRENCY = 8
WORKERS = 2 * CONCURRENCY
"""a worker whose answer waits for its commit gives its slot to another: so many answers may be lost at once"""
DELAY, JITTER = 0.2, 0.2
COMMITTED_WITHIN = 2.0
"""Seconds after its answer within which a request must be committed, on however slow a machine; promised are 0.05."""
LAG = 0.4
"""Seconds that a request may be on its way: it is logged when the server reads it, which may be after the kill."""

SOUNDS = [first + second for first in "bdgklmnprstv" for second in ("a", "e", "i", "o", "u", "ay", "oo")]
REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


class Call(NamedTuple):
    """A line of the server's log."""

    at: float
    body: str


def posts() -> list[tuple[object, ...]]:
    """Answers of as many entrants, each with a word of its own."""
    words = (f"{a}{b}" for a in SOUNDS for b in SOUNDS)
    return [
        (
            f"p{n}",
            f"e{n}",
            1 + n % 3,
            "2026-12-11T10:00:00+03:00",
            f"I call the customer {word} today.\nAnd I {word} it.",
        )
        for n, word in zip(range(SUBMISSIONS), words, strict=False)
    ]


@contextmanager
def server(log: Path) -> Iterator[str]:
    """The scripted server as a process of its own, with every call on the disk before it is answered."""
    file = REPOSITORY / "tests" / "tools" / "scripted_server.py"
    options = ["--log", str(log), "--delay", str(DELAY), "--jitter", str(JITTER)]
    with subprocess.Popen([sys.executable, str(file), *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def calls(log: Path) -> list[Call]:
    lines = log.read_bytes().split(b"\n")[:-1] if log.exists() else []
    return [Call(line["at"], line["body_sha256"]) for line in map(json.loads, lines)]


def committed(url: str) -> dict[str, str]:
    """Every grading as stored, by its key."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.select(gradings.c.key, gradings.c.body)).all()
    finally:
        engine.dispose()
    assert len({row.key for row in rows}) == len(rows), "one grading a key"
    return {row.key: str(row.body) for row in rows}


def killed(root: Path, log: Path, environ: dict[str, str], dice: random.Random) -> float | None:
    """Starts a run and kills it at a random moment of its work; the moment, or None where it was not at work."""
    before = log.stat().st_size if log.exists() else 0
    with subprocess.Popen(
        command(root, "grade", "--json", "--concurrency", CONCURRENCY),
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    ) as run:
        while run.poll() is None and (not log.exists() or log.stat().st_size == before):
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.6))
        alive = run.poll() is None
        run.kill()
        at = time.time()
        told = run.stderr.read() if run.stderr else ""
    if not alive:
        assert run.returncode in {0, 7}, told
        time.sleep(0.2)
    return at if alive else None


def test_rule_5_sixty_kills_lose_nothing_and_repeat_little(url: str, tmp_path: Path) -> None:
    """A run killed and started again, sixty times.

    After each kill every grading seen before is there, unchanged. A request is repeated only if its answer had been
    sent less than COMMITTED_WITHIN seconds before a kill (or not at all), and one kill makes at most WORKERS of them.
    """
    root, log = write_contest(tmp_path / "contest", posts(), tokens=500_000_000, requests=1_000_000), tmp_path / "log"
    ran = casejury(root, "ingest", "--json", DATABASE_URL=url)
    assert ran.json["state"]["pending"] == SUBMISSIONS, ran.err
    dice = random.Random(20261220)  # noqa: S311 - no secret
    kills: list[float] = []
    seen: dict[str, str] = {}
    with server(log) as address:
        environ = environment(address, DATABASE_URL=url)
        while len(kills) < KILLS:
            at = killed(root, log, environ, dice)
            kills += [at] if at else []
            now = committed(url)
            assert seen.items() <= now.items(), "a committed grading was lost or changed"
            seen = now
            assert len(seen) < SUBMISSIONS, f"all was graded after {len(kills)} kills: nothing was left to kill"
        at_kills = len(seen)
        ran = casejury(root, "grade", "--json", "--concurrency", CONCURRENCY, server=address, DATABASE_URL=url)
        assert ran.code == 0, ran.err
        assert ran.json["run"]["already_graded"] == at_kills
        again = casejury(root, "grade", "--json", server=address, DATABASE_URL=url)
        assert again.json["run"]["spent"]["requests"] == 0
    done = committed(url)
    assert seen.items() <= done.items()
    assert len(done) == SUBMISSIONS
    assert ran.json["state"]["pending"] == 0
    check_repeats(calls(log), kills)


def check_repeats(log: list[Call], kills: list[float]) -> None:
    """Every repeated call is a kill's fault, and no kill has too many of them."""
    by_body: dict[str, list[float]] = defaultdict(list)
    for call in log:
        by_body[call.body].append(call.at)
    assert len(by_body) == SUBMISSIONS
    lost: dict[float, int] = defaultdict(int)
    for times in by_body.values():
        for sent, repeated in pairwise(times):
            kill = next(kill for kill in kills if kill + LAG >= sent)
            assert kill < repeated, "asked again by the same run"
            assert kill - (sent + DELAY) < COMMITTED_WITHIN + JITTER, "an answer of long before was not committed"
            lost[kill] += 1
    repeats = len(log) - len(by_body)
    assert repeats == sum(lost.values()) <= KILLS * WORKERS
    assert max(lost.values()) <= WORKERS
    sys.stderr.write(
        f"\n{len(kills)} kills, {len(log)} calls, {repeats} repeated, at most {max(lost.values())} a kill\n"
    )
