"""Asks a model for a reply over an OpenAI-compatible API: the one place that sends and the one place that retries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Self

import httpx2
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from pipeline.domain.contest import JudgeSpec, Limits
from pipeline.domain.grading import JudgeReply, JudgeRequest, Ungraded
from pipeline.errors import ProviderStopped
from pipeline.llm.dialect import Dialect, first_dialect, next_dialect, parameters
from pipeline.llm.faults import Fault, of_status
from pipeline.llm.pacing import LONGEST_PAUSE, Clock, Pace, PauseTooLong, SystemClock
from pipeline.llm.replies import problem_of, read_reply
from pipeline.llm.transport import asked, open_transport
from pipeline.llm.wire import Answer, Wire, address_setting, checked_address, checked_key
from pipeline.llm.words import ServerWords, server_words

__all__ = ["Judge", "problem_of"]

DEFAULT_BASE_URL = "https://api.openai.com/v1"
GIVE_UP_AFTER = 900.0
"""Seconds from a request's first sending after which it is not sent again."""
_REFUSALS = frozenset({400, 404, 415, 422, 501})
_backoff = wait_random_exponential(multiplier=1, max=30)
"""Full jitter: uniform between 0 and 1, 2, 4, … at most 30 seconds."""


class Judge:
    """One model at one endpoint. `ask` never invents a mark: it brings the reply as it came, or says why there is none.

    `base_url` None: the provider's own address; `api_key` None: a server that asks for none. `transport` replaces the
    network (replay, recording); it is closed with the judge. `pace` and `clock` are for callers that share or fake
    them; `now` stamps replies. `dialect` tells what the endpoint turned out to understand, `sent` how many
    completions were sent so far, retries and refusals included. `before_sending`, where set, is called before every
    sending with the request and which sending of it this is (from 1); what it raises ends the request unsent.
    """

    def __init__(
        self,
        spec: JudgeSpec,
        *,
        base_url: str | None,
        api_key: str | None,
        limits: Limits,
        transport: httpx2.AsyncBaseTransport | None = None,
        pace: Pace | None = None,
        clock: Clock | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.spec = spec
        self.base_url = checked_address(base_url or DEFAULT_BASE_URL, spec.endpoint)
        self.dialect: Dialect = first_dialect(spec.structured)
        self._key = checked_key(api_key, spec.endpoint)
        self.sent = 0
        self.before_sending: Callable[[JudgeRequest, int], None] | None = None
        self._attempts = limits.attempts
        self._clock = clock or SystemClock()
        self._pace = pace or Pace(limits.concurrency, self._clock)
        self._now = now
        transport = transport or open_transport(self.base_url, connections=limits.concurrency)
        self._wire = Wire(self.base_url, self._key, limits=limits, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections and the transport."""
        await self._wire.aclose()

    def stop(self) -> None:
        """Send nothing more: requests in flight are answered, all others and all that wait raise Interrupted."""
        self._pace.stop()

    async def ask(self, request: JudgeRequest) -> JudgeReply | Ungraded:
        """Send the request until it is answered, or until it is clear that it will not be.

        JudgeReply for every answer that has a message (then `problem_of` says whether it is whole), Ungraded for a
        failure of this one request after at most limits.attempts sendings. Raises ProviderStopped where every further
        request would fail too (key, model, quota, a refused parameter), RecordingMissing from a replay,
        Interrupted after `stop`.
        """
        token = asked.set(request)
        try:
            outcome: JudgeReply | Ungraded | Fault = await self._retrying()(self._attempt, request, count(1))
        except PauseTooLong as pause:
            return Ungraded(reason="rate_limited", detail=f"the provider asks for a pause of {pause.seconds:.0f} s")
        finally:
            asked.reset(token)
        if not isinstance(outcome, Fault):
            return outcome
        if outcome.what == "stop":
            raise ProviderStopped(outcome.detail, where=outcome.where, remedy=outcome.remedy)
        return outcome.ungraded()

    async def models(self) -> tuple[str, ...] | Fault:
        """The names of the models that the endpoint lists, in its order; a Fault where it cannot say."""
        answer = await self._wire.models()
        if isinstance(answer, Fault):
            return answer
        if answer.status != 200:
            return self._fault(answer, server_words(answer.body, request=None, key=self._key))
        try:
            return tuple(str(model["id"]) for model in json.loads(answer.body)["data"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return Fault(what="give_up", code="provider_error", detail="the endpoint's list of models is not readable")

    def _retrying(self) -> AsyncRetrying:
        started = self._clock.monotonic()

        def wait(state: RetryCallState) -> float:
            fault = state.outcome.result() if state.outcome else None
            asked_for = fault.wait if isinstance(fault, Fault) else None
            return (asked_for or 0.0) + _backoff(state)

        def stop(state: RetryCallState) -> bool:
            late = self._clock.monotonic() - started + state.upcoming_sleep > GIVE_UP_AFTER
            return late or state.attempt_number >= self._attempts

        return AsyncRetrying(
            retry=retry_if_result(lambda outcome: isinstance(outcome, Fault) and outcome.what == "again"),
            wait=wait,
            stop=stop,
            sleep=self._pace.sleep,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )

    async def _attempt(self, request: JudgeRequest, sendings: Iterator[int]) -> JudgeReply | Ungraded | Fault:
        """One sending; anew at once, in a simpler dialect, where the server does not know the one it was sent in."""
        while True:
            dialect = self.dialect
            async with self._pace.slot():
                if self.before_sending is not None:
                    self.before_sending(request, next(sendings))
                self.sent += 1
                answer = await self._wire.complete(parameters(request, dialect))
                # The gate closes before the slot is free, or the next in line would slip through.
                outcome = self._judged(answer, request, dialect)
            if not isinstance(outcome, Dialect):
                return outcome
            if self.dialect == dialect:
                self.dialect = outcome

    def _judged(
        self, answer: Answer | Fault, request: JudgeRequest, dialect: Dialect
    ) -> JudgeReply | Ungraded | Fault | Dialect:
        if isinstance(answer, Fault):
            return answer
        if 200 <= answer.status < 300:
            setting, received = address_setting(self.spec.endpoint), self._now()
            return read_reply(
                answer.body, answer.headers, request=request, key=self._key, endpoint=setting, received=received
            )
        words = server_words(answer.body, request=request, key=self._key)
        auto = self.spec.structured == "auto"
        if answer.status in _REFUSALS and (simpler := next_dialect(dialect, words, auto=auto)):
            return simpler
        return self._heed(self._fault(answer, words))

    def _fault(self, answer: Answer, words: ServerWords) -> Fault:
        return of_status(
            answer.status,
            words,
            answer.headers,
            judge=self.spec,
            now=self._clock.wall(),
            endpoint=address_setting(self.spec.endpoint),
        )

    def _heed(self, fault: Fault) -> Fault:
        """Close the gate for all workers as long as the server asks; not worth another attempt if that is long."""
        if fault.wait is None:
            return fault
        self._pace.pause(fault.wait)
        return fault.model_copy(update={"what": "give_up"}) if fault.wait > LONGEST_PAUSE else fault
