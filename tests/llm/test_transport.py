"""The network's edge: bounds, compression, proxies, connections that fail."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl

import httpx2
import pytest

from pipeline.domain.grading import JudgeReply
from pipeline.errors import ConfigurationError
from pipeline.llm.transport import MAX_REPLY_BYTES, Bounded, ReplyTooLarge, open_transport
from pipeline.llm.wire import of_connection
from tests.llm.asking import ask
from tests.tools.scripted_server import Answer, completion, scripted_server

WHOLE = json.dumps(completion("{}")).encode()


class Fixed(httpx2.AsyncBaseTransport):
    def __init__(self, body: bytes, encoding: str) -> None:
        self.body, self.encoding = body, encoding

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        async def parts() -> object:
            for start in range(0, len(self.body), 1000):
                yield self.body[start : start + 1000]

        return httpx2.Response(200, headers={"content-encoding": self.encoding}, content=parts())  # type: ignore[arg-type]


def read(body: bytes, encoding: str = "identity") -> bytes:
    async def run() -> bytes:
        response = await Bounded(Fixed(body, encoding)).handle_async_request(httpx2.Request("GET", "http://a.invalid"))
        return await response.aread()

    return asyncio.run(run())


def test_a_compressed_answer_is_read_though_none_was_asked_for() -> None:
    assert read(gzip.compress(WHOLE), "gzip") == WHOLE
    with scripted_server(lambda _body, _n: Answer(200, {"content-encoding": "gzip"}, gzip.compress(WHOLE))) as server:
        assert isinstance(ask(server.url), JudgeReply)
        assert server.calls[0].headers["accept-encoding"] == "identity"


def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_unpacked_whole() -> None:
    bomb = gzip.compress(b" " * (MAX_REPLY_BYTES + 1))
    assert len(bomb) < 10_000
    with pytest.raises(ReplyTooLarge):
        read(bomb, "gzip")


def test_the_bound_is_exact() -> None:
    assert len(read(b" " * MAX_REPLY_BYTES)) == MAX_REPLY_BYTES
    with pytest.raises(ReplyTooLarge):
        read(b" " * (MAX_REPLY_BYTES + 1))


@pytest.mark.parametrize(("body", "encoding"), [(WHOLE, "gzip"), (gzip.compress(WHOLE)[:-9], "gzip"), (WHOLE, "br")])
def test_damaged_or_unknown_compression_is_an_error(body: bytes, encoding: str) -> None:
    with pytest.raises(httpx2.DecodingError):
        read(body, encoding)


def test_the_environments_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_server(lambda _body, _n: Answer(body=WHOLE)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://").removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        assert isinstance(ask("http://judge.invalid/v1"), JudgeReply)
        assert proxy.calls[0].path == "http://judge.invalid/v1/chat/completions"


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", "gopher://proxy.invalid:70")
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY"):
        open_transport("https://judge.invalid/v1", connections=1)


def test_an_untrusted_certificate_stops_and_says_what_to_set() -> None:
    refused = httpx2.ConnectError("tls")
    refused.__cause__ = ssl.SSLCertVerificationError("self-signed")
    fault = of_connection(refused)
    assert fault.what == "stop"
    assert "SSL_CERT_FILE" in fault.remedy


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (httpx2.ConnectTimeout("x"), "unreachable"),
        (httpx2.ReadTimeout("x"), "timeout"),
        (httpx2.ConnectError("x"), "unreachable"),
        (httpx2.ReadError("x"), "unreachable"),
        (httpx2.DecodingError("x"), "provider_error"),
        (ssl.SSLError("x"), "unreachable"),
        (None, "unreachable"),
    ],
)
def test_other_broken_connections_are_tried_again(cause: Exception | None, code: str) -> None:
    fault = of_connection(cause)
    assert (fault.what, fault.code) == ("again", code)
