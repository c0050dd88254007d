"""Writes docs/faults.md from the tables that the tests run (tests/tools). `--check` only compares.

Run by `make docs`; CI runs it with `--check` and fails where the page differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

DOCS = Path(__file__).parent
PAGE = DOCS / "faults.md"
sys.path.insert(0, str(DOCS.parent))

from pipeline.domain.contest import Limits  # noqa: E402 - needs the path above
from pipeline.llm.judge import GIVE_UP_AFTER  # noqa: E402 - as above
from pipeline.llm.pacing import LONGEST_PAUSE  # noqa: E402 - as above
from pipeline.llm.transport import MAX_REPLY_BYTES  # noqa: E402 - as above
from pipeline.messages.reasons import REASONS  # noqa: E402 - as above
from tests.tools.fault_table import ATTEMPTS, FAULTS, Fault, Group  # noqa: E402 - as above
from tests.tools.storage_table import STORAGE, StorageFault  # noqa: E402 - as above

HEAD = f"""\
# What goes wrong, and what happens then

Every row of these tables is run by a test: the provider's faults by `tests/acceptance/test_fault_matrix.py`, those of \
disk, database, files and clock by `tests/acceptance/test_storage_faults.py`. The page is generated from the tests' \
tables by `docs/generate_faults.py`.

Three things hold in every row. Nothing ends as a number: an item without a grading is referred to a person or not \
graded yet. Nothing that was committed is lost, and the next run goes on from it. A run that stops says so in one line \
on standard error, with the place and the remedy, and in its exit code.

## How often and how long

- One place retries, `llm/judge.py`. The client library's own retries are off and so are the transport's, so that no \
retry multiplies another.
- A request is sent at most `limits.attempts` times ({Limits().attempts} by default, {ATTEMPTS} in the tests), and no \
further sending is planned for later than {GIVE_UP_AFTER / 60:.0f} minutes after it was first asked for; a pause that \
the server asks for meanwhile may put that off by {LONGEST_PAUSE / 60:.0f} minutes. A reply that came and is unusable \
is followed by one repair request with the same bounds: an item costs at most twice `limits.attempts` requests a run.
- Between two sendings lies full jitter: a random time between 0 and 1, 2, 4, … at most 30 seconds.
- What the server asks for (`retry-after-ms`, `Retry-After` in seconds or as a date, `x-ratelimit-reset-*`) comes \
before the jitter and holds for all workers of the process. A pause longer than {LONGEST_PAUSE / 60:.0f} minutes is \
not waited for: the items are referred, and the next run tries them again.
- One exchange is bounded by `limits.connect_seconds`, `limits.idle_seconds` without a byte and \
`limits.total_seconds` in all; an answer by {MAX_REPLY_BYTES // 1_000_000} MB.
- A server that does not know a parameter of the request (`response_format`, `max_completion_tokens`) is asked again \
at once in a simpler dialect, at most three times in a process's life.
- What failed is tried again by the next run.
"""

GROUPS: dict[Group, tuple[str, str]] = {
    "status": ("The provider answers with an error", ""),
    "connection": ("The connection fails", ""),
    "answer": ("The answer is damaged or strange", ""),
    "reply": (
        "The answer is whole, its reply cannot be used",
        "The raw reply is stored before it is read. The repair request says what was wrong.\n",
    ),
}
RULE = "|---|---|---|---|---|---|"

BOUNDARIES = """\
## Killed at any moment

`tests/acceptance/test_kill_everywhere.py` kills `ingest`, `grade`, `rule` and `report` with SIGKILL at every boundary \
they cross, one after another, on SQLite and on PostgreSQL: once the lock is taken, before each transaction, before \
and after its COMMIT, before each request and after its reply, before and after records are durable, before and after \
each file is in place. `tests/tools/faulty.py` counts the boundaries from outside; the program has no hooks for it. \
After each kill the same command completes the work: what was committed is unchanged, each key has one grading, and \
the server's own log shows again only requests whose replies had not been committed, at most as many as were in flight.

Not tested here: a power cut. See `pipeline/store/engine.py` for what the database then promises.
"""


def reads(fault: Fault) -> str:
    """What the organiser or the juror reads."""
    if fault.code:
        return f"casejury: … — {fault.says}"
    if fault.ends == "graded":
        return "—"
    return REASONS["model_differs" if fault.ends == "differs" else f"ungraded_{fault.ends}"].sentence


def provider_rows(group: Group) -> Iterator[Sequence[object]]:
    """The faults of one group as cells."""
    for fault in FAULTS:
        if fault.group == group:
            yield fault.name, fault.tried, fault.item, fault.run, reads(fault), fault.code


def storage_row(fault: StorageFault) -> Sequence[object]:
    """A fault as cells."""
    said = f"casejury: … {fault.says} … — … {fault.remedy} …" if fault.says else "—"
    return fault.name, fault.on, fault.waits, fault.run, said, fault.code


def table(head: str, rows: Iterator[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([head, RULE, *(f"| {line} |" for line in lines)]) + "\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for group, (title, text) in GROUPS.items():
        head = "| fault | sent again? | the item | the run | what is read | exit code |"
        parts.append(f"## {title}\n\n{text}{chr(10) if text else ''}{table(head, provider_rows(group))}")
    head = "| fault | of | waits | the run | what is read | exit code |"
    parts.append(f"## Disk, database, files, clock\n\n{table(head, map(storage_row, STORAGE))}")
    return "\n".join([*parts, BOUNDARIES])


def main() -> int:
    """Writes or compares; 1 if the page differs under --check."""
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    check = "--check" in sys.argv
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    print(f"{'differs' if check else 'written'}: {PAGE.relative_to(DOCS.parent)}")  # noqa: T201 - what a program of the docs says
    return int(check)


if __name__ == "__main__":
    sys.exit(main())
