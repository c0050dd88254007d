"""What the jury's edition must not hold."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.domain.decision import Referred
from pipeline.domain.submission import Reason
from pipeline.messages import Texts
from pipeline.publish.edition import edition_of, guards_of, range_of, state_of
from pipeline.publish.write import FILES, write_report
from tests.publish.made_report import SECRETS, decided, ineligible, make_report, pending, referred, reopened, suggested

ZONE = ZoneInfo("Europe/Moscow")
OPEN_ROWS = (
    suggested(),
    suggested("bober", level=0),
    referred(),
    reopened(),
    suggested("zayac", released=3),
    pending(),
)


def everything(folder: Path) -> str:
    """All characters of all four files, those inside the workbook too."""
    texts = [(folder / name).read_text("utf-8") for name in FILES[:3]]
    with zipfile.ZipFile(io.BytesIO((folder / FILES[3]).read_bytes())) as book:
        texts += [book.read(name).decode() for name in book.namelist()]
    return "\n".join(texts)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_rule_8_the_jurys_edition_holds_no_string_of_an_undecided_grading(tmp_path: Path, language: str) -> None:
    t = Texts("ru" if language == "ru" else "en", ZONE)
    write_report(make_report(*OPEN_ROWS, edition="organiser"), t, tmp_path / "organiser")
    write_report(make_report(*OPEN_ROWS, edition="jury"), t, tmp_path / "jury")
    whole, blind = everything(tmp_path / "organiser"), everything(tmp_path / "jury")
    for secret in SECRETS:
        assert secret in whole, "the string would be seen if it were there"
        assert secret not in blind
    rationales = [m.rationale for m in OPEN_ROWS[0].grading.marks if m.kind != "count"] if OPEN_ROWS[0].grading else []
    assert rationales
    assert not any(rationale in blind for rationale in rationales)


def test_rule_8_suggested_referred_by_the_ai_and_ungraded_look_the_same(tmp_path: Path) -> None:
    """Of rows that differ only in what the AI made of them, the jury's files are equal byte for byte."""
    t = Texts("ru", ZONE)
    base = suggested()
    missing = Reason(code="quote_missing", params={"criterion": "phrases", "quote": "нет такого"})
    by_the_ai = base.model_copy(update={"outcome": Referred(reasons=(missing,))})
    ungraded = base.model_copy(
        update={"outcome": pending().outcome, "grading": None, "verification": None, "provenance": None}
    )
    told = []
    for number, row in enumerate((base, suggested(level=0), by_the_ai, ungraded)):
        folder = tmp_path / str(number)
        write_report(make_report(row, edition="jury"), t, folder)
        told.append([(folder / name).read_bytes() for name in FILES])
    assert all(files == told[0] for files in told)


def test_rule_8_released_guards_show_neither_alone_nor_in_an_award() -> None:
    blind = edition_of(make_report(suggested("zayac", level=2, released=2), edition="jury"))
    assert blind.rows[0].final is None
    assert guards_of(blind.rows[0]) is None
    assert "zayac" not in {award.entrant for award in blind.awards}


def test_the_ruling_on_an_earlier_text_keeps_the_jurors_word_but_not_what_the_ai_had_suggested() -> None:
    blind = edition_of(make_report(reopened(), edition="jury")).rows[0]
    assert blind.ruling is not None
    assert blind.ruling.guards == 1
    assert blind.ruling.suggested is None
    assert blind.ruling.key == ""


def test_a_decided_row_keeps_all_in_the_jurys_edition() -> None:
    row = decided()
    assert edition_of(make_report(row, edition="jury")).rows == (row,)


def test_ingests_own_reasons_stay_in_the_jurys_edition(tmp_path: Path) -> None:
    write_report(make_report(referred(), edition="jury"), Texts("en", ZONE), tmp_path / "r")
    told = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))["submissions"][0]
    assert [reason["code"] for reason in told["outcome"]["reasons"]] == ["hidden_text"]


def test_rule_1_no_state_without_guards_is_given_any() -> None:
    for row in (referred(), pending(), ineligible()):
        assert guards_of(row) is None
    assert range_of(referred()) == (1, 3)
    assert range_of(pending()) is None


def test_rule_7_a_suggestion_is_never_called_decided() -> None:
    assert state_of(suggested()) == "suggested"
    assert state_of(reopened()) == "suggested"
    assert state_of(suggested(released=2)) == "released"
    assert state_of(decided()) == "decided"
