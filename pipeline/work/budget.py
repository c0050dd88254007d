"""What a run may spend: reserved before each call from an upper estimate, corrected by what was used."""

from __future__ import annotations

from pipeline.domain.contest import Budget, Price
from pipeline.domain.grading import Usage

MILLION = 1_000_000


class Purse:
    """Counts requests, tokens and money of one run against the contest's budget.

    A request is one sending: retries and simpler forms after a refusal count as well.
    """

    def __init__(self, budget: Budget, price: Price | None = None) -> None:
        self.budget, self.price = budget, price
        self.requests = 0
        self.prompt_tokens = self.completion_tokens = self.cached_tokens = 0
        self.estimated = False
        self.in_flight = 0
        self._reserved = 0
        self._reserved_money = 0.0
        self.refused = 0

    @property
    def tokens(self) -> int:
        """Tokens used so far, as reported or estimated."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def money(self) -> float | None:
        """Money spent so far in the organiser's currency; None where contest.yaml gives no price."""
        return self._cost(self.prompt_tokens, self.completion_tokens)

    def reserve(self, prompt: int, completion: int) -> bool:
        """Takes a request of at most so many tokens out of the budget; False, and nothing taken, if it is too much."""
        cost = self._cost(prompt, completion) or 0.0
        limits = self.budget
        too_much = (
            self._no_request_left
            or (limits.tokens is not None and self.tokens + self._reserved + prompt + completion > limits.tokens)
            or (limits.money is not None and (self.money or 0) + self._reserved_money + cost > limits.money)
        )
        if too_much:
            self.refused += 1
            return False
        self.requests += 1
        self.in_flight += 1
        self._reserved += prompt + completion
        self._reserved_money += cost
        return True

    def send_again(self) -> bool:
        """Takes one more sending of a reserved request out of the budget of requests; False if none is left."""
        if self._no_request_left:
            self.refused += 1
            return False
        self.requests += 1
        return True

    def unsent(self) -> None:
        """Gives back the one sending of a request that never left."""
        self.requests -= 1

    @property
    def may_free(self) -> bool:
        """Whether what is in flight may use less than it reserved, so that a refused request can fit later."""
        return self.in_flight > 0 and not self._no_request_left

    @property
    def _no_request_left(self) -> bool:
        return self.budget.requests is not None and self.requests >= self.budget.requests

    def settle(self, prompt: int, completion: int, usage: Usage | None) -> None:
        """Gives a reservation back and books what the call used; None: it used nothing that is known."""
        self.in_flight -= 1
        self._reserved -= prompt + completion
        self._reserved_money -= self._cost(prompt, completion) or 0.0
        if usage is not None:
            self.prompt_tokens += usage.prompt
            self.completion_tokens += usage.completion
            self.cached_tokens += usage.cached
            self.estimated = self.estimated or usage.estimated

    def _cost(self, prompt: int, completion: int) -> float | None:
        if self.price is None:
            return None
        return (prompt * self.price.input + completion * self.price.output) / MILLION
