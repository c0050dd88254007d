"""Runs the command with something made to fail around it; the program itself has no hooks for tests.

`with Runner() as runner: runner.run(root, "grade", kill_at=7)` runs `casejury -w ROOT grade` in a process of its own
and kills it with SIGKILL when it crosses its seventh boundary: before and after every transaction and its COMMIT,
every request, every record handed to the writer, every file renamed into place, once the run's lock is taken. The
processes are forked from one that has imported everything, so that each starts at once.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.tools.contest import Ran, environment  # noqa: E402 - run as a program, it is in no package

Cross = Callable[[str], None]


@dataclass(frozen=True)
class Trial(Ran):
    """How the command ended (-9: killed), what it printed, and the boundaries it crossed."""

    crossed: tuple[str, ...] = ()


class Runner:
    """A process that forks one for each command."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="casejury-faulty-")
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout:
            self._process.stdout.close()
        self._folder.cleanup()

    def run(
        self,
        root: Path,
        *arguments: object,
        server: str | None = None,
        environ: Mapping[str, str] | None = None,
        kill_at: int = 0,
        unprivileged: bool = False,
        file_size: int = 0,
        stdout: str = "",
    ) -> Trial:
        """The command to its end, in a process of its own.

        `kill_at`: the boundary to be killed at, from 1; `unprivileged`: rights of files hold for root, too;
        `file_size`: bytes beyond which no file can grow; `stdout`: another file than the one that is read back.
        """
        told = {
            "argv": ["casejury", "-w", str(root), *map(str, arguments)],
            "environ": environment(server, **(environ or {})),
            "kill_at": kill_at,
            "unprivileged": unprivileged,
            "file_size": file_size,
            "folder": self._folder.name,
            "stdout": stdout,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out, err, crossed = (Path(self._folder.name, name).read_text("utf-8") for name in ("out", "err", "crossed"))
        return Trial(code, out, err, tuple(crossed.splitlines()))


# --- in the forked process


@contextmanager
def boundaries(cross: Cross) -> Iterator[None]:
    """Calls `cross` with a name at every boundary that the command crosses, in whatever thread."""
    from pipeline.llm.wire import Wire
    from pipeline.store.engine import Database
    from pipeline.store.store import Store
    from pipeline.work.writer import Writer

    write, lock, complete, put, replace = Database.write, Store.lock, Wire.complete, Writer.put, os.replace

    @contextmanager
    def watched_write(self: Database) -> Iterator[Any]:
        name = _caller()
        cross(f"{name}: before the transaction")
        with write(self) as connection:
            yield connection
            cross(f"{name}: before COMMIT")
        cross(f"{name}: after COMMIT")

    @contextmanager
    def watched_lock(self: Store) -> Iterator[None]:
        with lock(self):
            cross("lock: taken")
            yield

    async def watched_complete(self: Wire, parameters: Mapping[str, Any]) -> Any:
        cross("judge: before the request")
        answer = await complete(self, parameters)
        cross("judge: after the reply")
        return answer

    async def watched_put(self: Writer, *records: Any) -> None:
        cross("writer: records handed over")
        await put(self, *records)
        cross("writer: records durable")

    def watched_replace(*arguments: Any, **options: Any) -> None:
        cross("file: before it is in place")
        replace(*arguments, **options)
        cross("file: in place")

    Database.write, Store.lock, Wire.complete, Writer.put = watched_write, watched_lock, watched_complete, watched_put  # type: ignore[assignment,method-assign]
    os.replace = watched_replace
    try:
        yield
    finally:
        Database.write, Store.lock, Wire.complete, Writer.put = write, lock, complete, put  # type: ignore[method-assign]
        os.replace = replace


STORES = ("store/store.py", "store/migrate.py")


def _caller() -> str:
    """The method of the store (or the migration) that opens the transaction."""
    frame = sys._getframe(1)
    while frame.f_back and not (frame.f_code.co_filename.endswith(STORES) and frame.f_code.co_name[0] != "_"):
        frame = frame.f_back
    return frame.f_code.co_name


def without_privileges() -> None:
    """Gives up root's right to pass over the rights of files (Linux); nothing to give up for others."""
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        data = (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None, use_errno=True).capset(header, data) != 0:
            raise OSError(ctypes.get_errno(), "capset")


def _run(told: Mapping[str, Any]) -> None:
    """Never returns: ends as the command does, or is killed."""
    folder = Path(told["folder"])
    names = (told["stdout"] or folder / "out", folder / "err", folder / "crossed")
    out, err, trace = (os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in names)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    crossing = count(1)

    def cross(name: str) -> None:
        os.write(trace, f"{name}\n".encode())
        if next(crossing) == told["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    os.environ.clear()
    os.environ.update(told["environ"])
    sys.argv = told["argv"]
    if told["unprivileged"]:
        without_privileges()
    if told["file_size"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["file_size"], told["file_size"]))
    from pipeline.cli.main import main

    with boundaries(cross):
        main()


LATE = (
    "alembic.command",
    "anyio._backends._asyncio",
    "docx",
    "httpcore2",
    "openai.resources.chat.completions",
    "pipeline.cli.judges",
    "pipeline.cli.tables",
    "pipeline.ingest.eligibility",
    "pipeline.ingest.read",
    "pipeline.publish.write",
    "pipeline.work.grading_run",
    "pipeline.work.intake",
    "pipeline.work.summary",
    "psycopg",
)
"""what commands import only when they need it"""


def _serve() -> None:
    from pipeline.cli.main import COMMANDS

    for place, _ in COMMANDS.values():
        importlib.import_module(place.split(":")[0])
    for name in LATE:
        importlib.import_module(name)
    for line in sys.stdin:
        told = json.loads(line)
        for name in ("out", "err", "crossed"):
            Path(told["folder"], name).write_bytes(b"")
        child = os.fork()
        if child == 0:
            code = 99
            try:
                _run(told)
            except SystemExit as ended:
                code = int(ended.code or 0)
            except BaseException:  # noqa: BLE001 - the parent must hear of it and not run twice
                traceback.print_exc()
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    _serve()
