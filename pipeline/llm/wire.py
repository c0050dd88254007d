"""One exchange with an endpoint: the client library's call, its bounds, and its exceptions turned into values."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import httpx2
import openai

from pipeline.domain.contest import Limits
from pipeline.errors import ConfigurationError
from pipeline.llm.faults import Fault
from pipeline.llm.transport import MAX_REPLY_BYTES, Bounded, ReplyTooLarge

for _name in ("openai", "httpx2", "httpcore2"):
    # Below it these write addresses and headers into logs, and nothing keeps a later version from writing bodies.
    logging.getLogger(_name).setLevel(logging.WARNING)


class Answer(NamedTuple):
    """What the server answered, whatever its status."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Wire:
    """The connection to one endpoint: no retries, no redirects, no answer longer than MAX_REPLY_BYTES.

    Bounds of one exchange: limits.connect_seconds to connect, idle_seconds without a byte, total_seconds in all.
    """

    def __init__(self, base_url: str, key: str, *, limits: Limits, transport: httpx2.AsyncBaseTransport) -> None:
        self._total = limits.total_seconds
        timeout = httpx2.Timeout(limits.idle_seconds, connect=limits.connect_seconds, pool=None)
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=base_url,
            max_retries=0,
            timeout=timeout,
            http_client=httpx2.AsyncClient(transport=Bounded(transport), timeout=timeout, follow_redirects=False),
            default_headers={"Accept-Encoding": "identity"},
        )

    async def complete(self, parameters: Mapping[str, Any]) -> Answer | Fault:
        """Send one chat completion."""
        return await self._exchange(lambda: self._client.chat.completions.with_raw_response.create(**parameters))

    async def models(self) -> Answer | Fault:
        """Ask which models the endpoint serves."""
        return await self._exchange(self._client.models.with_raw_response.list)

    async def aclose(self) -> None:
        """Close the connections and the transport."""
        await self._client.close()

    async def _exchange(self, call: Callable[[], Awaitable[Any]]) -> Answer | Fault:
        try:
            async with asyncio.timeout(self._total):
                response: httpx2.Response = (await call()).http_response
        except openai.APIStatusError as error:
            response = error.response
        except openai.APIConnectionError as error:
            return of_connection(error.__cause__)
        except ReplyTooLarge:
            detail = f"the answer is longer than {MAX_REPLY_BYTES // 1_000_000} MB"
            return Fault(what="give_up", code="provider_error", detail=detail)
        except TimeoutError:
            return Fault(what="again", code="timeout", detail=f"no whole answer within {self._total:g} s")
        return Answer(response.status_code, response.content, response.headers)


def of_connection(cause: BaseException | None) -> Fault:
    """The fault that a transport's exception means."""
    if isinstance(cause, httpx2.ConnectTimeout):
        return Fault(what="again", code="unreachable", detail="the endpoint does not accept a connection in time")
    if isinstance(cause, httpx2.TimeoutException):
        return Fault(what="again", code="timeout", detail="the endpoint was silent for too long")
    if _untrusted(cause):
        return Fault(
            what="stop",
            code="unreachable",
            detail="the endpoint's certificate is not trusted",
            remedy="let SSL_CERT_FILE name the file with the authority that signed it",
        )
    if isinstance(cause, httpx2.DecodingError):
        return Fault(what="again", code="provider_error", detail="the answer is damaged: its compression")
    if isinstance(cause, httpx2.ConnectError | httpx2.ProxyError):
        return Fault(what="again", code="unreachable", detail="no connection to the endpoint")
    return Fault(what="again", code="unreachable", detail="the connection broke before the answer was whole")


def _untrusted(cause: BaseException | None) -> bool:
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def address_setting(endpoint: str) -> str:
    """The environment's names for an endpoint's address and key, for remedies."""
    prefix = "OPENAI" if endpoint == "openai" else f"CASEJURY_{endpoint.upper()}"
    return f"{prefix}_BASE_URL, {prefix}_API_KEY"


def checked_address(base_url: str, endpoint: str) -> str:
    """The address, if it is one that can be asked (ConfigurationError otherwise)."""
    try:
        url = httpx2.URL(base_url)
        usable = url.scheme in {"http", "https"} and bool(url.host)
    except httpx2.InvalidURL:
        usable = False
    if not usable:
        raise ConfigurationError(
            "the endpoint's address is not one",
            where=address_setting(endpoint),
            remedy="write it with its scheme, such as http://localhost:8080/v1",
        )
    return base_url


def checked_key(key: str | None, endpoint: str) -> str:
    """The key without surrounding space, "" for none; ConfigurationError for one that no header can carry."""
    stripped = (key or "").strip()
    if not stripped.isascii() or any(char.isspace() or not char.isprintable() for char in stripped):
        raise ConfigurationError(
            "the key holds characters that no key has",
            where=address_setting(endpoint),
            remedy="copy it again, without quotation marks or line breaks",
        )
    return stripped
