"""A judge that invents quotes in x% of its gradings: what is found, what is falsely accused, where the breaker opens.

    python bench/breaker.py [--write] [--batches 5] [--gradings 300]

Runs whole batches (plan, judge, verification, store, breaker) with a scripted judge and seeded texts; then only the
breaker's decision over many more seeded batches. `--write` puts both tables into docs/protocol.md. Exits 1 where an
invented quote was not found, a clean grading was accused, or the breaker opened elsewhere than it should.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.breaker import opened
from pipeline.domain.contest import Breaker, Budget, Case, Contest
from pipeline.domain.decision import AiStop
from pipeline.domain.grading import JudgeReply, JudgeRequest, Usage
from pipeline.domain.ids import text_id
from pipeline.domain.incident import Observation
from pipeline.domain.rubric import Approval, Rubric
from pipeline.domain.submission import Span, Submission, submission_id
from pipeline.domain.verification import Verification
from pipeline.errors import AiStopped
from pipeline.llm.prompts import Prompts
from pipeline.store.store import Store
from pipeline.work.batch import Tally
from pipeline.work.breaker import Guard
from pipeline.work.budget import Purse
from pipeline.work.grading_run import plan, run_plan
from pipeline.work.items import prepare
from pipeline.work.summary import refreshed, state_of
from pipeline.workspace.load import Workspace

SHARES = (0, 2, 5, 10, 30, 100)
SHOULD_OPEN = {0: False, 2: False, 5: False, 10: False, 30: True, 100: True}
AT = datetime(2026, 12, 21, tzinfo=UTC)
PAGE = Path(__file__).parents[1] / "docs" / "protocol.md"
MARK = re.compile(r"(<!-- measured: bench/breaker.py -->\n).*?(<!-- end -->)", re.DOTALL)

WHO = ("клиент", "оператор", "курьер", "мастер", "сосед", "гость", "врач", "учитель", "водитель", "продавец")
DOES = ("проверяет", "обещает", "уточняет", "записывает", "объясняет", "предлагает", "находит", "отменяет", "готовит")
WHAT = ("адрес доставки", "номер договора", "время звонка", "сумму счёта", "причину задержки", "порядок возврата")
HOW = ("без спешки", "при клиенте", "в тот же день", "вежливо и прямо", "до конца смены", "по инструкции", "сам")
MADE_UP = ("никогда не спорит с начальником склада", "дарит бесплатный абонемент на год", "звонит прямо министру связи")


def line(draw: random.Random) -> str:
    """A sentence of an answer."""
    told = f"{draw.choice(WHO)} {draw.choice(DOES)} {draw.choice(WHAT)} {draw.choice(HOW)}"
    return f"{told[0].upper()}{told[1:]}, это пункт {draw.randint(2, 9999)}."


def rubric() -> Rubric:
    """One of each kind of criterion; the overall level has no cap to run into."""
    made = Rubric.model_validate(
        {
            "case": 1,
            "status": "approved",
            "criteria": [
                {"id": "steps", "kind": "count", "title": "Шаги", "qualifies": "Шаг оператора.", "at_least": 2},
                {"id": "tone", "kind": "level", "title": "Тон", "levels": {0: "Грубо.", 1: "Ровно.", 2: "Тепло."}},
                {"id": "harm", "kind": "check", "title": "Вред", "asks": "Навредит ли это клиенту?"},
                {"id": "overall", "kind": "level", "title": "В целом", "levels": {0: "0", 1: "1", 2: "2", 3: "3"}},
            ],
        }
    )
    signed = Approval(by="bench", at=AT, rubric=made.id, statement=text_id(STATEMENT))
    return made.model_copy(update={"approved": signed})


STATEMENT = "Опишите по шагам, что сделает оператор."


def workspace(root: Path) -> Workspace:
    """A contest with one case, in memory; nothing of it is read from files."""
    return Workspace(
        root=root,
        contest=Contest(id="bench", language="ru", budget=Budget(requests=None, tokens=None)),
        cases={1: Case(number=1, title="Шаги", statement=STATEMENT)},
        rubrics={1: rubric()},
        case_paths={},
        rubric_paths={},
    )


def submission(number: int, draw: random.Random) -> Submission:
    """An answer of six sentences."""
    text = "\n".join(line(draw) for _ in range(6))
    post = f"path:{number}.txt"
    return Submission(
        id=submission_id(post, 1, 0),
        post=post,
        version=text_id(text),
        source=f"{number}.txt",
        entrant=f"e{number}",
        case=1,
        spans=(Span(start=0, end=len(text)),),
        text=text,
        published=AT,
    )


def invented(lines: list[str], draw: random.Random) -> str:
    """A quote that does not stand in the answer: made up, stitched together, a number changed, or a `не` put in."""
    one, other = draw.sample(lines, 2)
    words, more = one.rstrip(".").split(), other.rstrip(".").split()
    way = draw.randrange(4)
    if way == 0:
        return f"{words[0]} {draw.choice(MADE_UP)}"
    if way == 1:
        return " ".join(words[: len(words) // 2] + more[: len(more) // 2 + 1])
    if way == 2:
        return re.sub(r"\d+", lambda found: str(int(found[0]) + draw.randint(1, 9)), one)
    return " ".join([words[0], "не", *words[1:]])


@dataclass
class Liar:
    """Answers every request at once; in the chosen gradings one to three of its quotes are invented."""

    texts: dict[str, str]
    lies: set[str]
    seed: int

    def __post_init__(self) -> None:
        self.invented: dict[str, list[str]] = {}
        self.asked = 0

    async def ask(self, request: JudgeRequest) -> JudgeReply:
        """A whole reply by the schema."""
        self.asked += 1
        lines = self.texts[request.key].split("\n")
        draw = random.Random(f"{self.seed} {request.key}")  # noqa: S311 - seeded on purpose
        steps, evidence, said = lines[:3], [lines[3]], lines[4]
        if request.key in self.lies:
            places = draw.sample(("steps", "tone", "rationale"), draw.randint(1, 3))
            wrong = [invented(lines, draw) for _ in places]
            self.invented[request.key] = wrong
            for place, quote in zip(places, wrong, strict=True):
                if place == "steps":
                    steps = [steps[0], quote, steps[2]]
                elif place == "tone":
                    evidence = [*evidence, quote]
                else:
                    said = quote
        free = {"cannot_assess": None}
        reply = {
            "content_match": {"verdict": "yes", "quote": lines[5]},
            "criteria": {
                "steps": {"items": [{"quote": q, "why": "Это шаг."} for q in steps], **free},
                "tone": {"evidence": evidence, "rationale": f"Сказано: «{said}»", "level": "2", **free},
                "harm": {"evidence": [], "rationale": "Вреда нет.", "is": False, **free},
                "overall": {"rationale": "Шаги ясны.", "level": "2", **free},
            },
            "addresses_grader": [],
            "feedback": "Хорошо.",
        }
        content = json.dumps(reply, ensure_ascii=False)
        return JudgeReply(content=content, finish_reason="stop", model=request.judge.model, usage=Usage(prompt=1))


@dataclass
class Batch:
    """What one batch showed."""

    gradings: int
    lying: int
    invented: int
    found: int
    clean: int
    accused: int
    opened_after: int | None
    by_hand: int


def found_quotes(verification: Verification) -> set[str]:
    """The quotes that verification says do not stand in the text."""
    codes = {"quote_missing", "rationale_quote_missing"}
    return {str(f.params["quote"]) for f in verification.findings if f.code in codes and f.refers}


def batch(share: int, seed: int, gradings: int) -> Batch:
    """One whole grading run with a judge that lies in exactly `share` percent of the gradings, in a seeded order."""
    draw = random.Random(f"batch {share} {seed}")  # noqa: S311 - seeded on purpose
    with tempfile.TemporaryDirectory() as folder:
        place = workspace(Path(folder))
        prompts = Prompts(place.contest, "", None)
        with Store.open(f"sqlite:///{folder}/casejury.db") as store:
            store.replace_submissions([submission(n, draw) for n in range(gradings)], "bench")
            items = prepare(store.submissions(), place, prompts, place.contest.judges[0])
            texts = {item.key: item.submission.text for item in items}
            lies = set(draw.sample(sorted(texts), round(len(texts) * share / 100)))
            judge = Liar(texts, lies, seed)
            run = store.start_run("grade", AT, {})
            guard = Guard(store, place.contest, run=run, now=lambda: AT)
            try:
                asyncio.run(
                    run_plan(
                        plan(items, place, prompts, store),
                        workspace=place,
                        judge=judge,
                        prompts=prompts,
                        store=store,
                        purse=Purse(place.contest.budget),
                        tally=Tally(),
                        guard=guard,
                        run=run,
                        now=lambda: AT,
                        done=lambda: None,
                        tell=lambda _text: None,
                        concurrency=2,
                    )
                )
            except AiStopped:
                refreshed(store, place, prompts, AT)
            return counted(store, judge)


def counted(store: Store, judge: Liar) -> Batch:
    """Compares what the judge invented with what was found and filed."""
    accused = {one.incident.key for one in store.incidents()}
    checked = {record.key: record.verification for record in store.outcomes() if record.verification is not None}
    clean = [key for key in checked if key not in judge.lies]
    stops = [one.act for one in store.decisions() if isinstance(one.act, AiStop)]
    seen = [one.key for one in store.observations()]
    after = next((n for n in range(1, len(seen) + 1) if opens(seen[:n], judge.lies)), None)
    return Batch(
        gradings=len(checked),
        lying=len(set(checked) & judge.lies),
        invented=sum(len(quotes) for key, quotes in judge.invented.items() if key in checked),
        found=sum(
            quote in found_quotes(checked[key])
            for key, quotes in judge.invented.items()
            if key in checked
            for quote in quotes
        ),
        clean=len(clean),
        accused=len(accused - judge.lies) + sum(bool(found_quotes(checked[key])) for key in clean),
        opened_after=after if stops else None,
        by_hand=state_of(store).referrals.get("ai_stopped", 0),
    )


def opens(keys: list[str], lies: set[str]) -> bool:
    """Whether the rule by itself opens on these gradings: computed here from the truth, not from what was found."""
    return opened([observed(key in lies) for key in keys], Breaker()) is not None


def observed(lie: bool) -> Observation:  # noqa: FBT001 - the one thing that differs
    """A grading as the breaker sees it."""
    return Observation(judge="main", kinds=("unsupported_quote",) if lie else (), at=AT)


def decided(share: int, batches: int, gradings: int) -> tuple[int, int | None]:
    """How many of many seeded batches the rule stops, each grading lying with that chance, and the median after."""
    clean, lie = observed(lie=False), observed(lie=True)
    rule, after = Breaker(), []
    for seed in range(batches):
        draw = random.Random(f"rule {share} {seed}")  # noqa: S311 - seeded on purpose
        seen: list[Observation] = []
        for n in range(1, gradings + 1):
            seen.append(lie if draw.random() < share / 100 else clean)
            if opened(seen[-rule.window :], rule) is not None:
                after.append(n)
                break
    return len(after), sorted(after)[len(after) // 2] if after else None


def tables(batches: int, gradings: int, many: int) -> tuple[str, list[str]]:
    """Both tables in Markdown, and what of them does not hold."""
    rule, wrong = Breaker(), []
    rule_words = f"share {rule.share:.0%} of the last {rule.window}, from {rule.minimum} on"
    rows = [
        f"{batches} batches of {gradings} submissions for each x, lying gradings drawn by seed; breaker: {rule_words}.",
        "",
        "| x, % | gradings | invented quotes | found | clean gradings | falsely accused | opened | after | to people |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for share in SHARES:
        made = [batch(share, seed, gradings) for seed in range(batches)]
        total, found = sum(one.invented for one in made), sum(one.found for one in made)
        accused = sum(one.accused for one in made)
        after = sorted(one.opened_after for one in made if one.opened_after is not None)
        wrong += [f"x = {share}: {total - found} invented quotes were not found"] * (found != total)
        wrong += [f"x = {share}: {accused} clean gradings were accused"] * (accused > 0)
        wrong += [f"x = {share}: the breaker opened in {len(after)} of {batches}"] * (
            len(after) != batches * SHOULD_OPEN[share]
        )
        rows.append(
            f"| {share} | {sum(one.gradings for one in made)} | {total} | {found}"
            f"{f' ({found / total:.0%})' if total else ''} | {sum(one.clean for one in made)} | {accused} "
            f"| {len(after)} of {batches} | {after[len(after) // 2] if after else '—'} "
            f"| {sum(one.by_hand for one in made)} |"
        )
    rows += [
        "",
        f"The rule alone, {many} batches of {gradings} gradings for each x, every grading lying with that chance:",
        "",
        "| x, % | batches stopped | after (median) |",
        "|---:|---:|---:|",
    ]
    for share in SHARES:
        stopped, median = decided(share, many, gradings)
        rows.append(f"| {share} | {stopped} ({stopped / many:.1%}) | {median or '—'} |")
    return "\n".join(rows), wrong


def main() -> int:
    """Prints or writes the tables; 1 where they do not hold."""
    parser = argparse.ArgumentParser(description="Measures detection and the breaker with a scripted judge.")
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--gradings", type=int, default=300)
    parser.add_argument("--many", type=int, default=1000, help="batches for the rule alone")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/protocol.md")
    options = parser.parse_args()
    text, wrong = tables(options.batches, options.gradings, options.many)
    print(text)
    for one in wrong:
        print(f"DOES NOT HOLD: {one}", file=sys.stderr)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARK.sub(lambda m: f"{m[1]}{text}\n{m[2]}", page), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
