"""Checks that the wheel works without the repository: python tests/extra/check_wheel.py

Builds the wheel, installs it with the pinned requirements into a new environment in a temporary folder, counts the
installed packages, and goes from `init` to `report` in an empty folder against a scripted server. Needs the network
(or a package mirror) for the requirements, and the modules `build` and `hatchling`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.tools.scripted_server import scripted_server  # noqa: E402 - a script finds the repository first

MOST_PACKAGES = 70
CASE = "# A cold meal\n\nA guest sends a meal back. What do you say?\n"
POSTS = (
    "id,entrant,case,text,time\n7,ann,1,I am sorry; I bring you a hot one and you owe nothing.,2026-12-11T10:00:00Z\n"
)


class Wrong(Exception):
    """The wheel does not do what it should."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(*words: str | Path, folder: Path, environ: dict[str, str]) -> str:
    """The command's output; Wrong with everything it printed where it fails."""
    command = [str(word) for word in words]
    ended = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=900, check=False)
    if ended.returncode != 0:
        raise Wrong(f"{' '.join(command)}: exit {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def installed(folder: Path, environ: dict[str, str]) -> Path:
    """Builds and installs the wheel into a new environment; its folder of commands."""
    say("building the wheel")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist")
    run(sys.executable, *build, REPOSITORY, folder=folder, environ=environ)
    (wheel,) = (folder / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder, environ=environ)
    commands = folder / "venv" / "bin"
    say(f"installing {wheel.name} and its pinned requirements")
    pip = (commands / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", "install")
    run(*pip, "--require-hashes", "-r", REPOSITORY / "requirements.txt", folder=folder, environ=environ)
    run(*pip, "--no-deps", wheel, folder=folder, environ=environ)
    return commands


def count_packages(commands: Path, folder: Path, environ: dict[str, str]) -> None:
    listed = run(commands / "python", "-m", "pip", "list", "--format=json", folder=folder, environ=environ)
    names = {package["name"] for package in json.loads(listed)} - {"pip", "setuptools", "wheel"}
    say(f"{len(names)} packages installed (at most {MOST_PACKAGES})")
    if len(names) > MOST_PACKAGES:
        raise Wrong(", ".join(sorted(names)))
    place = "import pipeline, pathlib; print(pathlib.Path(pipeline.__file__).parent)"
    where = run(commands / "python", "-c", place, folder=folder, environ=environ).strip()
    if Path(where).is_relative_to(REPOSITORY):
        raise Wrong(f"the repository is used instead of the wheel: {where}")


def main_road(commands: Path, folder: Path, environ: dict[str, str]) -> None:
    """From an empty folder to a report."""

    def casejury(*words: str) -> str:
        say(f"$ casejury {' '.join(words)}")
        return run(commands / "casejury", *words, folder=folder, environ=environ)

    casejury("init")
    for folder_name in ("cases", "rubrics"):
        for path in (folder / folder_name).glob("*"):
            path.unlink()
    (folder / "cases" / "01.md").write_text(CASE, encoding="utf-8")
    casejury("rubric", "new", "1")
    rubric = folder / "rubrics" / "01.yaml"
    rubric.write_text(re.sub(r"\[\[|\]\]", "", rubric.read_text(encoding="utf-8")), encoding="utf-8")
    casejury("rubric", "lint", "1")
    casejury("rubric", "approve", "1", "--by", "chief")
    (folder / "submissions").mkdir(exist_ok=True)
    (folder / "submissions" / "answers.csv").write_text(POSTS, encoding="utf-8")
    casejury("ingest")
    graded = json.loads(casejury("grade", "--json"))["run"]
    if (graded["graded"], graded["ungraded"]) != (1, {}):
        raise Wrong(f"graded {graded}")
    casejury("rule", "answers.csv#7", "--mark", "overall=2", "--by", "juror", "--reason", "read")
    casejury("release", "--by", "organiser", "--reason", "all is decided")
    written = json.loads(casejury("report", "--json"))["written"]
    for name in written:
        if not (folder / name).stat().st_size:
            raise Wrong(f"{name} is empty")
    russian = casejury("report", "--language", "ru", "--out", "ru")
    say(f"{len(written)} files of the report; in Russian, too: {len(russian.splitlines()) > 1}")


def main() -> int:
    """0 where the wheel does all of it; 1 with what failed."""
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "OPENAI_API_KEY", "DATABASE_URL")
    kept = {k: v for k, v in os.environ.items() if k not in hidden and not k.startswith("CASEJURY_")}
    with tempfile.TemporaryDirectory() as name, scripted_server() as server:
        folder, environ = Path(name).resolve(), {**kept, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        contest = folder / "contest"
        contest.mkdir()
        try:
            commands = installed(folder, environ)
            count_packages(commands, contest, environ)
            main_road(commands, contest, environ)
        except Wrong as wrong:
            say(f"WRONG: {wrong}")
            return 1
    say("the wheel works without the repository")
    return 0


if __name__ == "__main__":
    sys.exit(main())
