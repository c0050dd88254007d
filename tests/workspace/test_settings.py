from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.errors import ConfigurationError
from pipeline.workspace.settings import Settings, variables


def test_an_empty_environment_gives_the_embedded_database_and_no_judge(tmp_path: Path) -> None:
    settings = Settings.from_environment({}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/casejury.db"
    assert not settings.endpoint("openai").usable
    assert settings.now().utcoffset() == UTC.utcoffset(None)


def test_each_label_has_its_own_address_and_key() -> None:
    environ = {
        "OPENAI_API_KEY": "sk-made-up",
        "OPENAI_BASE_URL": "  ",
        "CASEJURY_LOCAL_BASE_URL": "http://127.0.0.1:8080/v1",
        "CASEJURY_MY_GATE_API_KEY": "made-up-2",
        "DATABASE_URL": "postgresql+psycopg://u:word@db/x",
    }
    settings = Settings.from_environment(environ)
    openai, local, gate = (settings.endpoint(label) for label in ("openai", "local", "my_gate"))
    assert openai.base_url is None
    assert openai.api_key is not None
    assert openai.api_key.get_secret_value() == "sk-made-up"
    assert (local.base_url, local.api_key, local.usable) == ("http://127.0.0.1:8080/v1", None, True)
    assert gate.usable
    assert not settings.endpoint("other").usable
    assert variables("openai") == ("OPENAI_BASE_URL", "OPENAI_API_KEY")
    assert variables("local") == ("CASEJURY_LOCAL_BASE_URL", "CASEJURY_LOCAL_API_KEY")


def test_rule_11_settings_never_show_a_key_or_the_databases_password() -> None:
    environ = {"OPENAI_API_KEY": "sk-secret", "DATABASE_URL": "postgresql+psycopg://u:word@db/x"}
    settings = Settings.from_environment(environ)
    shown = f"{settings} {settings!r} {settings.endpoint('openai')!r} {settings.model_dump_json()}"
    assert "sk-secret" not in shown
    assert "word" not in f"{settings} {settings!r}"


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"SOURCE_DATE_EPOCH": "today"}, "SOURCE_DATE_EPOCH"),
        ({"SOURCE_DATE_EPOCH": "9" * 30}, "SOURCE_DATE_EPOCH"),
        ({"OPENAI_BASE_URL": "localhost:8080"}, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://[::1"}, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "https://u:secret@host/v1"}, "OPENAI_BASE_URL"),
        ({"OPENAI_API_KEY": "ключ-secret"}, "OPENAI_API_KEY"),
        ({"CASEJURY_X_API_KEY": "two secret"}, "CASEJURY_X_API_KEY"),
    ],
)
def test_wrong_values_are_refused_by_name_and_never_repeated_where_secret(environ: dict[str, str], where: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(environ)
    assert caught.value.where == where
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


def test_source_date_epoch_fixes_the_clock_and_settings_are_frozen() -> None:
    settings = Settings.from_environment({"SOURCE_DATE_EPOCH": "1796083200"})
    assert settings.now() == settings.now() == datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(ValidationError):
        settings.fixed = None
