"""Writing: all four files or none, and the JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import StorageError
from pipeline.messages import Texts
from pipeline.publish import write
from pipeline.publish.jsonfile import ReportFile, report_schema
from tests.publish.made_report import make_report, pending, referred, suggested

T = Texts("ru", ZoneInfo("Europe/Moscow"))


def told(folder: Path, *rows: object) -> dict[str, object]:
    write.write_report(make_report(*rows), T, folder)  # type: ignore[arg-type]  # rows of the builder
    loaded = json.loads((folder / "report.json").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_writes_four_files_and_nothing_else(tmp_path: Path) -> None:
    written = write.write_report(make_report(), T, tmp_path / "deep" / "r")
    assert [p.name for p in written] == list(write.FILES)
    assert sorted(p.name for p in (tmp_path / "deep").rglob("*")) == sorted(["r", *write.FILES])


def test_a_failure_leaves_the_earlier_report_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [p.read_bytes() for p in write.write_report(make_report(), T, tmp_path / "r")]

    def broken(*_: object) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(write, "xlsx_bytes", broken)
    with pytest.raises(RuntimeError):
        write.write_report(make_report(pending()), T, tmp_path / "r")
    assert [(tmp_path / "r" / name).read_bytes() for name in write.FILES] == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("a file")
    with pytest.raises(StorageError) as caught:
        write.write_report(make_report(), T, tmp_path / "r")
    assert str(tmp_path / "r") in str(caught.value)


def test_the_json_reads_back_as_the_model_it_was_made_from(tmp_path: Path) -> None:
    loaded = told(tmp_path / "r")
    file = ReportFile.model_validate(loaded)
    assert file.model_dump(mode="json", by_alias=True) == loaded
    schema = report_schema()
    assert set(schema["required"]) <= set(loaded)  # type: ignore[call-overload]  # a list of names


def test_rule_1_unknown_guards_are_null_in_the_json(tmp_path: Path) -> None:
    loaded = told(tmp_path / "r", referred(), pending())
    assert [s["guards"] for s in loaded["submissions"]] == [None, None]  # type: ignore[attr-defined]  # a list
    assert [s["guards_range"] for s in loaded["submissions"]] == [[1, 3], None]  # type: ignore[attr-defined]  # a list


def test_rule_9_the_json_holds_no_character_that_acts_and_loses_none(tmp_path: Path) -> None:
    row = suggested()
    evil = "</script><!--\u202e\u2028& ]]>"
    s = row.submission.model_copy(update={"title": evil})
    loaded = told(tmp_path / "r", row.model_copy(update={"submission": s}))
    raw = (tmp_path / "r" / "report.json").read_text("utf-8")
    assert not set("<>&\u202e\u2028") & set(raw)
    assert loaded["submissions"][0]["submission"]["title"] == evil  # type: ignore[index]  # a list
