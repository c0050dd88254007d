"""Nobody can make a contest pay beyond its caps: by many posts, by long ones, by many in one, or all at once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from pipeline.domain.contest import Budget, Contest, JudgeSpec
from pipeline.domain.grading import JudgeReply, JudgeRequest, Message, Ungraded, Usage
from pipeline.errors import BudgetReached
from pipeline.llm.prices import upper_bound
from pipeline.work.batch import Batch, Tally
from pipeline.work.budget import Purse
from tests.tools.contest import AT, KEY, Ran, casejury, ingested, steady_judge, write_contest
from tests.tools.scripted_server import scripted_server

WHEN = "2026-12-11T10:00:00+03:00"
Row = tuple[str, str, object, str, str]


def flood(n: int, who: str = "ann", case: object = 2) -> list[Row]:
    return [(f"f{i}", who, case, WHEN, f"I help you at once, customer {i}.\nAnd I call you back.") for i in range(n)]


OTHERS: list[Row] = [
    (f"b{n}", "bob", n, "2026-12-12T10:00:00+03:00", "Your money comes back.\nI see to it.") for n in (1, 2)
]


def limited(root: Path, posts: list[Row], **limits: int) -> Path:
    """A contest with these limits, its posts ingested."""
    write_contest(root, posts, attempts=1)
    path = root / "contest.yaml"
    named = "".join(f"{key}: {value}, " for key, value in limits.items())
    path.write_text(path.read_text(encoding="utf-8").replace("limits: {", f"limits: {{{named}"), encoding="utf-8")
    return ingested(root)


def graded(root: Path) -> tuple[Ran, int]:
    with scripted_server(steady_judge) as server:
        ran = casejury(root, "grade", "--json", server=server.url)
        return ran, len(server.calls)


@pytest.mark.parametrize("posts", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_flood_of_posts_costs_the_cap_and_loses_nothing(tmp_path: Path, posts: int) -> None:
    """The other entrant is graded as ever; what is over the cap is referred, with its reason, and never sent."""
    ran, calls = graded(limited(tmp_path, [*flood(posts), *OTHERS], submissions_per_entrant=5))
    assert (ran.code, calls) == (0, 5 + len(OTHERS))
    state = ran.json["state"]
    assert state["referrals"]["too_many_of_entrant"] == state["referrals"]["ungraded_over_limit"] == posts - 5
    assert state["pending"] == 0
    assert graded(tmp_path)[1] == 0


def test_texts_without_a_number_cost_no_more(tmp_path: Path) -> None:
    """A judge is asked for their case, so they take places of the cap as well."""
    _, calls = graded(limited(tmp_path, flood(40, case=""), submissions_per_entrant=5))
    assert calls == 5


def test_unknown_entrants_share_one_cap(tmp_path: Path) -> None:
    """Or a new name for each post would be a new purse."""
    (tmp_path / "roster.csv").write_text("pseudonym,names\nbob,Боб Лыков\n", encoding="utf-8")
    posts = [(f"f{n}", f"stranger{n}", 2, WHEN, f"I help you, customer {n}.") for n in range(40)]
    _, calls = graded(limited(tmp_path, [*posts, *OTHERS], submissions_per_entrant=5))
    assert calls == 5 + len(OTHERS)


def test_many_tokens_are_a_cap_of_their_own(tmp_path: Path) -> None:
    posts = [(f"f{n}", "ann", 2, WHEN, f"{n} " + "I help you at once. " * 100) for n in range(20)]
    ran, calls = graded(limited(tmp_path, posts, tokens_per_entrant=1600))
    assert calls == 3
    assert ran.json["state"]["referrals"]["too_much_of_entrant"] == 17


def test_one_post_of_many_answers_costs_the_cap(tmp_path: Path) -> None:
    write_contest(tmp_path, [])
    text = "".join(f"Case {n % 3 + 1}\n\nI help you at once, customer {n}, and call you back.\n\n" for n in range(60))
    (tmp_path / "submissions" / "ann").mkdir()
    (tmp_path / "submissions" / "ann" / "all.txt").write_text(text, encoding="utf-8")
    ran, calls = graded(limited(tmp_path, [], submissions_per_post=4))
    assert calls <= 4
    assert sum(ran.json["state"]["referrals"].values()) > 0


def test_a_post_of_fifty_megabytes_is_named_and_not_sent(tmp_path: Path) -> None:
    write_contest(tmp_path, OTHERS)
    (tmp_path / "submissions" / "ann").mkdir()
    (tmp_path / "submissions" / "ann" / "case-2.txt").write_bytes(b"Case 2\n\n" + b"I help you now. " * 3_100_000)
    ran = casejury(tmp_path, "ingest", "--json")
    assert [one["problem"] for one in ran.json["ingest"]["unreadable"]] == ["too_large"]
    assert graded(tmp_path)[1] == len(OTHERS)


def test_a_person_lets_through_what_the_cap_held_back(tmp_path: Path) -> None:
    root = limited(tmp_path, flood(7), submissions_per_entrant=5)
    ran = casejury(
        root, "admit", "posts.csv#f5", "--code", "too_many_of_entrant", "--by", "juror-1", "--reason", "real work"
    )
    assert ran.code == 0, ran.err
    assert graded(root)[1] == 6


class Meter:
    """A judge that takes its time and uses some of what was reserved; sometimes it fails."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.used, self.calls, self.most_at_once, self._now = rng, 0, 0, 0, 0

    async def ask(self, request: JudgeRequest) -> JudgeReply | Ungraded:
        self.calls += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self.rng.random() / 500)
        self._now -= 1
        if self.rng.random() < 0.2:
            return Ungraded(reason="provider_error")
        bound = upper_bound(request)
        usage = Usage(
            prompt=self.rng.randint(1, bound.prompt_tokens), completion=self.rng.randint(1, bound.completion_tokens)
        )
        self.used += usage.prompt + usage.completion
        return JudgeReply(content="{}", model="m", usage=usage, received_at=AT)


class Sink:
    """Stores nothing."""

    async def put(self, *_records: object) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(8))
def test_many_workers_together_stay_within_the_budget(seed: int) -> None:
    """Whatever the order of answers: used and reserved never exceed the limit, and the run says that it is used up."""
    rng = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    limit = rng.randint(20_000, 200_000)
    contest = Contest(id="c", judges=(JudgeSpec(max_output_tokens=rng.randint(200, 9000)),))
    purse, meter = Purse(Budget(requests=None, tokens=limit)), Meter(rng)
    batch = Batch(
        judge=meter,
        prompts=None,  # type: ignore[arg-type]
        writer=Sink(),  # type: ignore[arg-type]
        purse=purse,
        contest=contest,
        run="r",
        tally=Tally(),
        now=lambda: AT,
    )

    async def question(n: int) -> None:
        message = Message(role="user", content=f"{n} " + "x" * rng.randint(1, 4000))
        request = JudgeRequest(
            purpose="grade", key=str(n), messages=(message,), reply_schema={}, schema_name="s", judge=contest.judges[0]
        )
        await batch.ask(request, 1)
        assert purse.tokens + purse._reserved <= limit

    with pytest.raises(BudgetReached):
        asyncio.run(batch.work([lambda n=n: question(n) for n in range(500)], workers=16))  # type: ignore[misc]
    assert meter.used == purse.tokens <= limit
    assert purse._reserved == 0
    assert meter.most_at_once > 1
    assert KEY not in str(batch.stopped)
