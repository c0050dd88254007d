"""What the environment says, read once into a frozen value: the database, the judges' addresses and keys, the clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from pipeline.domain.ids import Value
from pipeline.errors import ConfigurationError

_ENDPOINT = re.compile(r"CASEJURY_([A-Z0-9_]+)_(?:BASE_URL|API_KEY)")


class Endpoint(Value):
    """Where a judge answers and with which key. A local server needs no key; a key alone means the provider's own."""

    base_url: str | None = None
    api_key: SecretStr | None = None

    @property
    def usable(self) -> bool:
        """Whether requests can be sent there at all."""
        return self.base_url is not None or self.api_key is not None


class Settings(Value):
    """The environment of one command. Keys and the database's password never show in its repr."""

    database_url: str = Field(repr=False)
    endpoints: dict[str, Endpoint] = Field(default_factory=dict)
    fixed: datetime | None = None
    """the instant of SOURCE_DATE_EPOCH, for reproducible reports"""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], root: Path = Path()) -> Settings:
        """Reads DATABASE_URL, OPENAI_*, CASEJURY_<LABEL>_* and SOURCE_DATE_EPOCH; an empty value counts as unset."""
        labels = {match[1].lower() for name in environ if (match := _ENDPOINT.fullmatch(name))} - {"openai"}
        endpoints = {label: _endpoint(environ, f"CASEJURY_{label.upper()}") for label in sorted(labels)}
        endpoints["openai"] = _endpoint(environ, "OPENAI")
        default = f"sqlite:///{(root / 'casejury.db').absolute()}"
        return cls(
            database_url=environ.get("DATABASE_URL", "").strip() or default,
            endpoints={label: endpoint for label, endpoint in endpoints.items() if endpoint.usable},
            fixed=_epoch(environ.get("SOURCE_DATE_EPOCH", "").strip()),
        )

    def endpoint(self, label: str) -> Endpoint:
        """The endpoint of that label (contest.yaml: judges[].endpoint); not `usable` where nothing is set for it."""
        return self.endpoints.get(label.lower(), Endpoint())

    def now(self) -> datetime:
        """The present instant in UTC, or always the same one under SOURCE_DATE_EPOCH."""
        return self.fixed or datetime.now(UTC)


def variables(label: str) -> tuple[str, str]:
    """The names of the variables that hold the label's address and key, for messages."""
    prefix = "OPENAI" if label == "openai" else f"CASEJURY_{label.upper()}"
    return f"{prefix}_BASE_URL", f"{prefix}_API_KEY"


def _endpoint(environ: Mapping[str, str], prefix: str) -> Endpoint:
    url, key = environ.get(f"{prefix}_BASE_URL", "").strip(), environ.get(f"{prefix}_API_KEY", "").strip()
    if url:
        _check_url(url, f"{prefix}_BASE_URL")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(
            "holds characters that no key has", where=f"{prefix}_API_KEY", remedy="set it again, without quotes"
        )
    return Endpoint(base_url=url or None, api_key=SecretStr(key) if key else None)


def _check_url(url: str, name: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError("is no web address", where=name, remedy="write one such as http://127.0.0.1:8080/v1")
    if parts.username or parts.password:
        key = name.replace("_BASE_URL", "_API_KEY")
        raise ConfigurationError("must not contain a password: addresses are shown", where=name, remedy=f"use {key}")


def _epoch(value: str) -> datetime | None:
    if not value:
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigurationError(
            f"{value[:40]!r} is no number of seconds since 1970",
            where="SOURCE_DATE_EPOCH",
            remedy="set it to one, or unset it",
        ) from error
