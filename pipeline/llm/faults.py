"""What to do about a failed request: send it again, give this one up, or stop the run. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

from pipeline.domain.contest import JudgeSpec
from pipeline.domain.grading import Ungraded, UngradedCode
from pipeline.domain.ids import Value
from pipeline.llm.words import ServerWords

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529})
_QUOTA_CODES = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credits_exhausted"}
)
_QUOTA = r"credit balance|insufficient (credit|balance|quota|fund)|out of credits|billing hard limit"
_TOO_LONG = (
    r"context[_ ]?(length|window)|maximum context|too many (input )?tokens|reduce (the|your) (length|prompt|message)"
    r"|(prompt|input|request|message)s? (is|are|was|were)? ?too (long|large)|string_above_max_length|request_too_large"
)
_DECLINED = r"content_filter|content_policy|content management policy|moderation|flagged|responsibleai"
_NO_MODEL = (
    r"not (be )?(found|exist|available|support|served|loaded)|does(n't| not) (exist|support)|unknown|invalid|no such"
    r"|unsupported|no (access|endpoints)|not have access|decommissioned|deprecated|not a valid|try pulling"
)


class Fault(Value):
    """A failure of one sending. `again` sends it anew, `give_up` ends this request, `stop` ends the run."""

    what: Literal["again", "give_up", "stop"]
    code: UngradedCode
    detail: str
    wait: float | None = None
    """seconds that the server asks all to wait before the next request; None: it does not say"""
    where: str = ""
    remedy: str = ""

    def ungraded(self) -> Ungraded:
        """The value that stands for the missing grading."""
        return Ungraded(reason=self.code, detail=self.detail)


def of_status(
    status: int, words: ServerWords, headers: Mapping[str, str], *, judge: JudgeSpec, now: float, endpoint: str
) -> Fault:
    """The fault that an HTTP status outside 200..299 means, given the server's words and headers.

    `now`: seconds since 1970, for servers that name a date but not their own time; `endpoint`: the setting that holds
    the address, for remedies.
    """
    shown = words.show(f"HTTP {status}")
    if stop := _stopping(status, words, shown, judge, endpoint):
        return stop
    if status == 413 or (status in {400, 422, 429, 500} and words.mention(_TOO_LONG)):
        return Fault(what="give_up", code="too_long", detail=shown)
    if status in {400, 403, 422} and words.mention(_DECLINED):
        return Fault(what="give_up", code="refused", detail=shown)
    if status == 403:
        return _stop(shown, endpoint, "check that the key may use this model and address")
    if status not in AGAIN and not (500 <= status < 600 and status != 501):
        return Fault(what="give_up", code="provider_error", detail=shown)
    code: UngradedCode = "rate_limited" if status == 429 else "timeout" if status in {408, 504} else "provider_error"
    wait = wait_asked(headers, now) if status in {429, 503, 529} else None
    return Fault(what="again", code=code, detail=shown, wait=wait)


def _stopping(status: int, words: ServerWords, shown: str, judge: JudgeSpec, endpoint: str) -> Fault | None:
    """The faults that every further request would meet as well."""
    if status == 401:
        return _stop(shown, endpoint, "the provider does not accept the key: check it")
    if 300 <= status < 400:
        return _stop(f"{shown} redirect", endpoint, "write the final address: a request is never sent on elsewhere")
    if status == 402 or (status in {403, 429} and _no_quota(words)):
        return _stop(shown, endpoint, "the quota or credit is used up: top it up and run again; what was done is kept")
    if status in {400, 404, 422} and _model_unknown(words, judge.model, status):
        return _stop(
            shown, "contest.yaml: judges[0].model", f"the endpoint does not serve {judge.model!r}: name another"
        )
    if status in {404, 405} and not words.is_error:
        return _stop(shown, endpoint, "no chat completions at this address: does it have to end in /v1?")
    if status in {400, 422}:
        return _refused_parameter(words, shown)
    return None


def _refused_parameter(words: ServerWords, shown: str) -> Fault | None:
    if words.mention(r"\btemperature\b"):
        return _stop(shown, "contest.yaml: judges[0].temperature", "remove temperature from judges[0] in contest.yaml")
    if words.mention(r"\bseed\b"):
        return _stop(shown, "contest.yaml: judges[0].seed", "remove seed from judges[0] in contest.yaml")
    if words.mention(r"max_(completion_|output_)?tokens") and not words.mention(_TOO_LONG):
        remedy = "lower max_output_tokens of judges[0] in contest.yaml"
        return _stop(shown, "contest.yaml: judges[0].max_output_tokens", remedy)
    if words.mention(r"response_format|json_schema"):
        remedy = "set structured of judges[0] in contest.yaml to auto, json_object or none"
        return _stop(shown, "contest.yaml: judges[0].structured", remedy)
    return None


def _stop(shown: str, where: str, remedy: str) -> Fault:
    return Fault(what="stop", code="provider_error", detail=shown, where=where, remedy=remedy)


def _no_quota(words: ServerWords) -> bool:
    """By code; by words only where the server does not also say when to come back (some word rate limits as quota)."""
    if _QUOTA_CODES & set(words.codes):
        return True
    return words.mention(_QUOTA) and not words.mention(r"retry (in|after)|try again")


def _model_unknown(words: ServerWords, model: str, status: int) -> bool:
    if words.mention(r"model_not_found|unknown_model|invalid_model|model_not_supported"):
        return True
    about_model = "model" in words.codes or model.lower() in words.text.lower()
    about_model = about_model or (status == 404 and words.mention(r"\bmodel\b"))
    other = words.mention(r"parameter|temperature|seed|max_\w*tokens|response_format|" + _TOO_LONG)
    return about_model and words.mention(_NO_MODEL) and not other


def wait_asked(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the server wants the next request, at least 0: None where it does not say.

    Reads retry-after-ms, Retry-After (seconds or an HTTP date; RFC 9110 10.2.3; a date is taken against the server's
    own Date where there is one), and x-ratelimit-reset-requests / -tokens / x-ratelimit-reset ("1s", "6m0s", seconds,
    or seconds since 1970), of which the longest counts.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    after = headers.get("retry-after")
    if (seconds := _number(after)) is not None:
        return max(0.0, seconds)
    if after and (date := _date(after)) is not None:
        return max(0.0, date - (_date(headers.get("date")) or now))
    names = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-ratelimit-reset")
    waits = [wait for name in names if (wait := _span(headers.get(name), now)) is not None]
    return max(waits) if waits else None


def _number(text: str | None) -> float | None:
    """A plain, finite decimal number: "nan" and "inf" are none."""
    return float(text) if text and re.fullmatch(r"\s*\d{1,15}(\.\d{1,9})?\s*", text) else None


def _date(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def _span(text: str | None, now: float) -> float | None:
    if (number := _number(text)) is not None:
        if number > 1e12:
            return max(0.0, number / 1000 - now)
        return max(0.0, number - now) if number > 1e9 else number
    parts = re.findall(r"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)", text or "")
    if not parts or "".join(value + unit for value, unit in parts) != (text or "").strip():
        return None
    factor = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    return sum(float(value) * factor[unit] for value, unit in parts)
