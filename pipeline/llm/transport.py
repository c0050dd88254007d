"""How bytes reach the provider and come back: bounded, never redirected, knowing which request they belong to."""

from __future__ import annotations

import zlib
from contextvars import ContextVar
from typing import cast
from urllib.request import getproxies, proxy_bypass

import httpx2

from pipeline.domain.grading import JudgeRequest
from pipeline.errors import ConfigurationError

MAX_REPLY_BYTES = 4_000_000
"""A grading is some kilobytes; what is far longer is no grading and is not read to its end."""

asked: ContextVar[JudgeRequest | None] = ContextVar("asked", default=None)
"""The request that the current task sends, for transports that file answers by purpose and case."""


class ReplyTooLarge(Exception):
    """The answer is longer than MAX_REPLY_BYTES; reading stopped there."""


class Bounded(httpx2.AsyncBaseTransport):
    """Reads every answer whole, up to MAX_REPLY_BYTES before and after decompression (else ReplyTooLarge).

    Raises httpx2.DecodingError for a compression other than gzip or a damaged one: the request asks for none.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        response.request = request
        try:
            data = await _read(response)
        finally:
            await response.aclose()
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding != "identity":
            data = _unpack(data, encoding, request)
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name not in {"content-encoding", "content-length", "transfer-encoding"}
        ]
        return httpx2.Response(response.status_code, headers=headers, content=data, request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _read(response: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    # Not aiter_raw, which refuses an answer that a transport built with its content at hand.
    async for part in cast("httpx2.AsyncByteStream", response.stream):
        size += len(part)
        if size > MAX_REPLY_BYTES:
            raise ReplyTooLarge
        parts.append(part)
    return b"".join(parts)


def _unpack(data: bytes, encoding: str, request: httpx2.Request) -> bytes:
    if encoding not in {"gzip", "x-gzip"}:
        raise httpx2.DecodingError("a content encoding that was not asked for", request=request)
    gzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        unpacked = gzip.decompress(data, MAX_REPLY_BYTES + 1)
    except zlib.error:
        raise httpx2.DecodingError("damaged gzip data", request=request) from None
    if len(unpacked) > MAX_REPLY_BYTES:
        raise ReplyTooLarge
    if not gzip.eof:
        raise httpx2.DecodingError("gzip data cut short", request=request)
    return unpacked


def open_transport(base_url: str, *, connections: int) -> httpx2.AsyncHTTPTransport:
    """A pool of at most `connections`, through the proxy that the environment names for this address, if any.

    Raises ConfigurationError for a proxy that cannot be used.
    """
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    try:
        return httpx2.AsyncHTTPTransport(limits=limits, proxy=_proxy(httpx2.URL(base_url)))
    except (ValueError, ImportError, httpx2.InvalidURL):
        raise ConfigurationError(
            "the proxy cannot be used", where="HTTPS_PROXY, ALL_PROXY", remedy="name an http:// or https:// proxy"
        ) from None


def _proxy(url: httpx2.URL) -> str | None:
    if proxy_bypass(url.host):
        return None
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
