"""Runs the README's commands in a fresh folder: python tests/extra/run_readme.py [README.md]

Every fenced ```console block is run in order, line by line, where the line begins with `$ `; what such a line prints
may follow it, and each printed line that the README shows must come in the output, in this order (`…` stands for
anything). A block after `<!-- not run: REASON -->` is skipped, a block after `<!-- file: PATH -->` is written to that
path. Commands end with 0, or with N where the line ends with `# exit N`. Requests go to a scripted server; `casejury`
is the one beside this Python.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.tools.scripted_server import scripted_server  # noqa: E402 - a script finds the repository first

_BLOCK = re.compile(
    r"(?:^<!-- *(?P<word>not run|file): *(?P<value>[^>]*?) *-->\n+)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT = re.compile(r"#\s*exit (\d+)\s*$")


class Block(NamedTuple):
    """A fenced block, and what a comment before it says of it."""

    kind: str
    body: str
    word: str
    value: str


def blocks(text: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(text):
        yield Block(found["kind"], found["body"], found["word"] or "", found["value"] or "")


def commands(body: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block (continued by a backslash at a line's end) with the output lines shown below it."""
    command, shown = "", list[str]()
    for line in body.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif line.strip():
            shown.append(line)
    if command:
        yield command, shown


def missing(shown: list[str], output: str) -> str | None:
    """The first shown line that does not come after the ones before it."""
    place = 0
    for line in shown:
        pattern = r"\s+".join(re.escape(word).replace("…", ".*?") for word in line.split())
        found = re.compile(pattern).search(output, place)
        if found is None:
            return line
        place = found.end()
    return None


def run(command: str, shown: list[str], folder: Path, environ: dict[str, str]) -> str | None:
    """What is wrong with a command's end or output; None where it does what the README says."""
    wanted = int(found[1]) if (found := _EXIT.search(command)) else 0
    ended = subprocess.run(  # noqa: S602 - the README is meant for a shell
        command, shell=True, cwd=folder, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    output = ended.stdout + ended.stderr
    if ended.returncode != wanted:
        return f"exit {ended.returncode}, not {wanted}\n{output}"
    if (line := missing(shown, output)) is not None:
        return f"does not print: {line}\n{output}"
    return None


def main(arguments: list[str]) -> int:
    """0 if every command did what the README says, 1 at the first that did not."""
    readme = Path(arguments[0]) if arguments else REPOSITORY / "README.md"
    found = list(blocks(readme.read_text(encoding="utf-8")))
    ran = 0
    with scripted_server() as server, tempfile.TemporaryDirectory() as folder:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "CASEJURY_", "DATABASE_URL"))}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environ = {**kept, "PATH": path, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        for block in found:
            if block.word == "file":
                target = Path(folder) / block.value
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.body, encoding="utf-8")
                say(f"wrote {block.value}")
            elif block.kind == "console" and block.word == "not run":
                say(f"not run ({block.value})")
            elif block.kind == "console":
                for command, shown in commands(block.body):
                    say(f"$ {command}")
                    if wrong := run(command, shown, Path(folder), environ):
                        say(f"  WRONG: {wrong}")
                        return 1
                    ran += 1
    say(f"{ran} commands of {readme.name} work")
    return 0 if ran else 1


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
