"""Real texts read, cut and judged eligible through the real readers: `python tests/extra/check_seeds.py FOLDER`.

The texts are not part of the repository. Nothing of theirs is repeated here: what is asserted are counts, case
numbers, boundaries found by structure, and reason codes; and that a changed copy of each text (other numbers, another
order, headings of other shapes, added lines) changes the outcome accordingly. Ends with 0, or 1 and what differed.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.contest import Case, Contest
from pipeline.domain.submission import Submission
from pipeline.ingest.eligibility import split_posts
from pipeline.ingest.read import read_posts
from pipeline.ingest.versions import PostVersion

CONTEST = Contest.model_validate({"id": "check", "language": "ru", "timezone": "Europe/Moscow"})
STATEMENTS = Path(__file__).resolve().parents[2] / "cases"
HEADING = re.compile(r"(?m)^кейс №(\d+).*$", re.IGNORECASE)
SHAPES = (
    "Решение кейса №{}",
    "КЕЙС N{}",
    "кейс#{}",
    "Задание 3. Практические кейсы. Кейс {}",
    "Кейс {}/12",
    "{}-й кейс",
)
ORDINALS = ("первый", "второй", "третий", "четвёртый", "пятый", "шестой", "седьмой")


def cases() -> dict[int, Case]:
    """Twelve cases: the workspace's statements where they are, else placeholders that no text repeats."""
    found = {}
    for number in range(1, 13):
        path = STATEMENTS / f"{number:02}.md"
        text = path.read_text(encoding="utf-8") if path.exists() else f"Placeholder statement of task {number}."
        found[number] = Case(number=number, title=f"Task {number}", statement=text)
    return found


CASES = cases()
failures: list[str] = []


def check(what: str, *, holds: bool, got: object = "") -> None:
    """Say it, and remember it if it does not hold."""
    sys.stdout.write(f"{'ok  ' if holds else 'FAIL'} {what}{'' if holds else f': {got}'}\n")
    if not holds:
        failures.append(what)


def submissions(text: str, name: str) -> tuple[Submission, ...]:
    """What the readers and the splitting make of one file with this text and name."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder)
        path = inbox / name
        path.write_text(text, encoding="utf-8")
        read = list(read_posts([path], inbox, CONTEST))
    posts = [post for file in read for post in file.posts]
    check(f"  {name}: one post, nothing unreadable", holds=len(posts) == 1 and not any(f.unreadable for f in read))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    versions = [PostVersion(post=post, read_at=now, order=i) for i, post in enumerate(posts)]
    return split_posts(versions, CONTEST, CASES, None, []).submissions


def codes(of: Submission) -> set[str]:
    return {f.code for f in of.flags} - {"unknown_time", "unknown_entrant"}


def numbers(of: Sequence[Submission]) -> list[int | None]:
    return [s.case for s in of]


def letters(text: str) -> str:
    """Only letters and digits: for comparing what was cut with what was written, whatever was cleaned between."""
    return "".join(c for c in text if c.isalnum())


def sections(text: str) -> tuple[list[tuple[int, str]], str, list[str]]:
    """(number, body) of each headed answer in order, the unnumbered rest, and the title lines inside the rest."""
    heads = list(HEADING.finditer(text))
    ends = [*(m.start() for m in heads[1:]), len(text)]
    bodies = [(int(m[1]), text[m.end() : end].strip()) for m, end in zip(heads, ends, strict=True)]
    number, last = bodies[-1]
    titles = list(alone(last))
    start = last.index(f"\n\n{titles[0]}\n") if titles else len(last)
    return [*bodies[:-1], (number, last[:start].strip())], last[start:].strip(), titles


def alone(text: str) -> Iterator[str]:
    """Lines between blank lines, of a few words, that begin and end with a letter."""
    for block in re.split(r"\n\s*\n", text)[1:]:
        line = block.strip()
        if "\n" not in line and len(line.split()) <= 6 and line[:1].isalpha() and line[-1:].isalpha():
            yield line


def check_dump(text: str, name: str, want: Sequence[tuple[int, str]], rest: str, titles: Sequence[str]) -> None:
    """One file with many answers: numbers in order, all referred, the rest apart and whole."""
    found = submissions(text, name)
    wanted = [n for n, _ in want]
    check(f"  {name}: answers {wanted} and a rest", holds=numbers(found) == [*wanted, None], got=numbers(found))
    if len(found) != len(want) + 1:
        return
    check(f"  {name}: all several_cases", holds=all("several_cases" in codes(s) for s in found[:-1]))
    check(f"  {name}: the last answer is a guessed cut", holds="guessed_cut" in codes(found[-2]), got=codes(found[-2]))
    check(f"  {name}: the rest has no number", holds=codes(found[-1]) == {"no_case_number"}, got=codes(found[-1]))
    whole = [letters(s.text) for s in found]
    bodies = [letters(body) for _, body in want]
    check(
        f"  {name}: each answer ends with its own text",
        holds=all(w.endswith(b) for w, b in zip(whole[:-1], bodies, strict=True)),
        got=[(len(w), len(b)) for w, b in zip(whole[:-1], bodies, strict=True)],
    )
    check(f"  {name}: the rest is whole", holds=whole[-1] == letters(rest), got=(len(whole[-1]), len(letters(rest))))
    inside = all(letters(t) in whole[-1] and letters(t) not in whole[-2] for t in titles)
    check(f"  {name}: its titles are in the rest and not in the last answer", holds=inside)


def first(text: str, name: str) -> None:
    """Seven answers in one file and two closing texts."""
    want, rest, titles = sections(text)
    check("001: seven headings from 7 down to 1", holds=[n for n, _ in want] == [7, 6, 5, 4, 3, 2, 1])
    check("001: two closing texts", holds=len(titles) == 2, got=len(titles))
    check_dump(text, name, want, rest, titles)
    for shift in range(1, len(want)):
        turned = [*want[shift:], *want[:shift]]
        renumbered = [(13 - n, body) for n, body in turned]
        heads = [SHAPES[(i + shift) % len(SHAPES)].format(n) for i, (n, _) in enumerate(renumbered)]
        changed = "\n\n".join(f"{h}\n\n{b}" for h, (_, b) in zip(heads, renumbered, strict=True))
        check_dump(f"{changed}\n\n{rest}", f"turned-{shift}.txt", renumbered, rest, titles)
    words = [f"Кейс {ORDINALS[n - 1]}" for n, _ in want]
    titled = "\n\n".join(f"{h}\n\nНекоторый заголовок\n\n{b}" for h, (_, b) in zip(words, want, strict=True))
    check_dump(f"Мои ответы\n\n{titled}\n\n{rest}", "titled.txt", want, rest, titles)
    tight = "\n\n".join(f"Кейс {n}\n{b}" for n, b in want)
    check_dump(f"{tight}\n\n{rest}", "tight.txt", want, rest, titles)
    single = submissions(f"Кейс №{want[-1][0]}\n\n{want[-1][1]}\n\n{rest}", "single.txt")
    check("  single.txt: one answer and the rest", holds=numbers(single) == [want[-1][0], None], got=numbers(single))
    check("  single.txt: a guessed cut", holds=bool(single) and codes(single[0]) == {"guessed_cut"})
    bare = submissions("\n\n".join(f"Кейс №{n}\n\n{b}" for n, b in want), "no-rest.txt")
    check("  no-rest.txt: no rest, no guess", holds=numbers(bare) == [n for n, _ in want], got=numbers(bare))
    check("  no-rest.txt: only several_cases", holds=all(codes(s) == {"several_cases"} for s in bare))


def unnumbered(text: str, name: str) -> None:
    """No case number anywhere: nothing is graded; a number that is added counts."""
    found = submissions(text, name)
    check(f"{name[:3]}: no submission has a case", holds=not any(numbers(found)) and bool(found), got=numbers(found))
    check(f"  {name}: no_case_number", holds=all("no_case_number" in codes(s) for s in found))
    check(f"  {name}: nothing is lost", holds=letters("".join(s.text for s in found)) == letters(text))
    named = submissions(text, "case-03.txt")
    check("  case-03.txt: the file's name is its number", holds=numbers(named)[:1] == [3], got=numbers(named))
    headed = submissions(f"Решение кейса №11\n\n{text}", name)
    check(f"  {name} with a heading: case 11", holds=numbers(headed)[:1] == [11], got=numbers(headed))
    strange = submissions(f"Кейс №77\n\n{text}", name)
    check(f"  {name} with number 77: unknown_case", holds="unknown_case" in codes(strange[0]), got=codes(strange[0]))
    other = submissions(f"Ситуация №4\n\n{text}", name)
    check(f"  {name} with a situation's number: still none", holds=not any(numbers(other)), got=numbers(other))


def fourth(text: str, name: str) -> None:
    """One answer copied from a blog's page, comment form included."""
    lines = [line for line in text.splitlines() if line.strip()]
    *answer, form_title, form_note = lines
    found = submissions(text, name)
    check("004: one submission, case 9, no doubt", holds=numbers(found) == [9] and not codes(found[0]), got=found)
    check("004: the whole answer", holds=letters(found[0].text) == letters("".join(answer)), got=len(found[0].text))
    form = letters(form_title), letters(form_note)
    check("004: without the comment form", holds=not any(part in letters(found[0].text) for part in form))
    changed = submissions(text.replace("9", "4", 2), "changed.txt")
    check("  changed.txt: case 4", holds=numbers(changed) == [4] and not codes(changed[0]), got=numbers(changed))
    apart = submissions(text.replace("9", "4", 1), "apart.txt")
    check(
        "  apart.txt: two numbers disagree",
        holds=numbers(apart) == [4] and codes(apart[0]) == {"case_number_disagrees"},
        got=(numbers(apart), [codes(s) for s in apart]),
    )
    bare = submissions("\n".join(lines[1:]).replace("9\ufe0f\u20e3", "", 1), "bare.txt")
    check("  bare.txt: no number, no case", holds=numbers(bare) == [None], got=numbers(bare))
    greeted = submissions(f"Всем доброго дня!\n\n{text}", "greeted.txt")
    check("  greeted.txt: still case 9", holds=numbers(greeted) == [9] and not codes(greeted[0]), got=numbers(greeted))
    again = "\n".join(lines[1:-2]).replace("9\ufe0f\u20e3", "", 1)
    both = submissions(f"{text.rsplit(form_title, 1)[0]}\n\nКейс №2\n\n{again}", "both.txt")
    check(
        "  both.txt: two cases, both several_cases",
        holds=numbers(both) == [9, 2] and all("several_cases" in codes(s) for s in both),
        got=numbers(both),
    )


def main(folder: Path) -> int:
    """Check every text of the folder; 0 if all holds."""
    for prefix, checks in (("001_", first), ("002_", unnumbered), ("003_", unnumbered), ("004_", fourth)):
        found = sorted(folder.glob(f"{prefix}*"))
        check(f"{prefix}: there is one such file", holds=len(found) == 1, got=len(found))
        for path in found[:1]:
            checks(path.read_text(encoding="utf-8").strip(), path.name)
    sys.stdout.write(f"{len(failures)} failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/extra/check_seeds.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
