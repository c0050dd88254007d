"""Every way the machine can fail, with the exit code the command line answers with.

An expected failure of one mark is a value (`domain.grading.Ungraded`); what is here stops a command.
Each error says what is wrong, where (file and key), and what to do.
"""

from __future__ import annotations


class CasejuryError(Exception):
    """A failure with a place, a remedy and a documented exit code (see docs/formats.md)."""

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message, self.where, self.remedy = message, where, remedy
        self.told = False
        """whether the command's JSON document holds it already"""
        super().__init__(message)

    def as_json(self) -> dict[str, object]:
        """The error as JSON documents hold it."""
        return {"message": self.message, "where": self.where, "remedy": self.remedy, "exit_code": self.exit_code}

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" — {self.remedy}" if self.remedy else "")


class ConfigurationError(CasejuryError):
    """The workspace or the call is wrong: a file, a key, an option, an unapproved rubric."""

    exit_code = 2


class UsageError(ConfigurationError):
    """The command was called with something that does not exist or does not fit."""


class NoJudge(CasejuryError):
    """Nothing can answer grading requests: no key, no local server, no recording."""

    exit_code = 3


class RecordingMissing(NoJudge):
    """Replaying, and no recorded answer fits the exact request."""


class ProviderStopped(CasejuryError):
    """The provider ended the run: authentication, unknown model, quota, a refused parameter."""

    exit_code = 4


class BudgetReached(CasejuryError):
    """The budget of requests, tokens or money is used up and work is left."""

    exit_code = 5


class AiStopped(CasejuryError):
    """The AI is stopped, by the breaker or by a person: what has no grading is marked by hand."""

    exit_code = 6


class AnotherRun(CasejuryError):
    """Another run holds this workspace."""

    exit_code = 7


class StorageError(CasejuryError):
    """The database or the disk refused: nothing committed before is lost."""

    exit_code = 8


class CheckFailed(CasejuryError):
    """A check that the caller asked for did not hold."""

    exit_code = 9


class Interrupted(CasejuryError):
    """Stopped by the user after what was in flight had been stored."""

    exit_code = 130
