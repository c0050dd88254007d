"""What the tests of judges share: requests, quick limits, and a clock that runs when it is slept on."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from pipeline.domain.contest import JudgeSpec, Limits
from pipeline.domain.grading import JudgeRequest, Message
from pipeline.domain.ids import content_id
from pipeline.llm.judge import Judge

KEY = "sk-test-5fQ0canaryKEYcanary77aa"
NONCE = "0123456789abcdef0123456789abcdef"
CANARY = "Канарейка Пётр просит вернуть деньги за сломанный самокат"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"quote": {"type": "string"}, "level": {"type": "string", "enum": ["0", "1"]}},
    "required": ["quote", "level"],
    "additionalProperties": False,
}
QUICK = Limits(connect_seconds=0.5, idle_seconds=0.15, total_seconds=0.4, attempts=3, concurrency=4)


class FakeClock:
    """Sleeping takes no time and moves the clock on; `slept` holds every wait."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_800_000_000.0 + self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def request(text: str = CANARY, *, case: int | None = 3, purpose: str = "grade", **judge: Any) -> JudgeRequest:
    """A small grading request with one fenced line of text."""
    spec = JudgeSpec(model="scripted-1", **judge)
    return JudgeRequest.model_validate(
        {
            "purpose": purpose,
            "key": content_id([text, case, purpose]),
            "case": case,
            "messages": (
                Message(role="system", content="Mark the answer by the form."),
                Message(role="user", content=f"The answer:\n{NONCE}| {text}\nThat was the answer."),
            ),
            "reply_schema": SCHEMA,
            "schema_name": "marks",
            "judge": spec,
        }
    )


def judge(url: str, *, clock: FakeClock | None = None, limits: Limits = QUICK, **options: Any) -> Judge:
    """A judge at that address that never really waits."""
    spec = options.pop("spec", JudgeSpec(model="scripted-1"))
    return Judge(spec, base_url=url, api_key=KEY, limits=limits, clock=clock or FakeClock(), **options)


def ask(url: str, asked: JudgeRequest | None = None, **options: Any) -> Any:
    """One question to a judge of its own: the reply, the Ungraded, or the exception."""
    asked = asked or request()

    async def run() -> Any:
        async with judge(url, spec=asked.judge, **options) as one:
            return await one.ask(asked)

    return asyncio.run(run())


def nowhere() -> str:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"
