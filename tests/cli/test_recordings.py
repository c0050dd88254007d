"""The sample contest and its recorded answers: all played, nothing sent, what the posts are there to show is caught."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PARTS = ("contest.yaml", "guidelines.md", "roster.csv", "cases", "rubrics", "submissions", "recordings")


def casejury(folder: Path, *words: str) -> dict:
    """A command on the copied sample, offline by construction: it has no address to ask and a key that fits nothing."""
    environment = {"PATH": "/usr/bin:/bin", "OPENAI_API_KEY": "unused", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli.main", "-w", str(folder), *words, "--json"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("sample")
    for part in PARTS:
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    casejury(folder, "ingest")
    return folder, casejury(folder, "grade", "--replay", str(folder / "recordings"))


def interactions(folder: Path, pattern: str) -> int:
    return sum(len(YAML(typ="safe").load(path)["interactions"]) for path in (folder / "recordings").glob(pattern))


def test_every_recorded_answer_is_played_and_nothing_else_is_asked(sample: tuple[Path, dict]) -> None:
    folder, summary = sample
    run = summary["run"]
    assert run["ungraded"] == {}
    assert run["spent"]["requests"] == interactions(folder, "case*.yaml")
    assert run["graded"] == run["to_grade"]


def test_a_second_run_sends_nothing(sample: tuple[Path, dict]) -> None:
    folder, _ = sample
    again = casejury(folder, "grade", "--replay", str(folder / "recordings"))
    assert again["run"]["spent"]["requests"] == 0


def states(folder: Path) -> dict[str, dict]:
    return {row["source"]: row for row in casejury(folder, "status", "--list")["submissions"]}


def shown(folder: Path, source: str) -> dict:
    return casejury(folder, "show", source)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("vtoraya-liniya/keis-7.html", "content_mismatch"),
        ("zelenaya-trubka/keis-4.html", "content_mismatch"),
        ("kofe-i-skript/keis-12.html", "hidden_text"),
        ("kofe-i-skript/keis-8-video.html", "media_only"),
        ("gudok-404/keis-11.html", "late"),
        ("gudok-404/keis-3-vdogonku.md", "second_post"),
        ("taksi/keis-12.html", "unknown_entrant"),
    ],
)
def test_what_a_sample_post_is_there_to_show_is_caught(sample: tuple[Path, dict], source: str, code: str) -> None:
    """Another season's case under the same number, a wrong number, hidden text, a video, …: none is suggested."""
    row = shown(sample[0], source)
    assert row["outcome"]["state"] in {"referred", "ineligible"}
    assert code in {reason["code"] for reason in row["outcome"]["reasons"]}


def test_hidden_text_of_the_sample_is_in_no_recorded_request(sample: tuple[Path, dict]) -> None:
    folder, _ = sample
    hidden = shown(folder, "kofe-i-skript/keis-12.html")["submission"]["hidden"]
    assert hidden
    recorded = "".join(path.read_text(encoding="utf-8") for path in (folder / "recordings").glob("*.yaml"))
    for piece in hidden:
        assert piece["text"][:60] not in recorded


def test_rule_10_no_roster_value_is_in_any_recording(sample: tuple[Path, dict]) -> None:
    """Full names, mails and phones as the roster writes them never reached the judge."""
    folder, _ = sample
    recorded = "".join(path.read_text(encoding="utf-8") for path in (folder / "recordings").glob("*.yaml")).lower()
    rows = (folder / "roster.csv").read_text(encoding="utf-8").splitlines()[1:]
    values = [value for row in rows for cell in row.split(",")[1:3] for value in cell.split(";") if value]
    assert len(values) > 20
    assert [value for value in values if value.lower() in recorded] == []


@pytest.mark.parametrize("number", [3, 9])
def test_a_drafted_rubric_covers_every_demand_of_its_case(sample: tuple[Path, dict], number: int) -> None:
    """Recorded drafts of cases that demand numbers: lint finds no error in what the judge proposed."""
    folder, _ = sample
    path = folder / "rubrics" / f"{number:02d}.yaml"
    before = path.read_text(encoding="utf-8")
    try:
        replay = str(folder / "recordings")
        drafted = casejury(folder, "rubric", "draft", str(number), "--force", "--replay", replay)
        assert [f for f in drafted["findings"] if f["severity"] == "error"] == []
        assert "kind: count" in path.read_text(encoding="utf-8")
    finally:
        path.write_text(before, encoding="utf-8")
