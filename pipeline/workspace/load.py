"""Opens a workspace: contest.yaml, cases, rubrics, guidelines and roster, read once into one frozen value.

Whatever does not fit is a ConfigurationError that names the file, the key or line, and the remedy.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.contest import Case, Contest, RosterRow
from pipeline.domain.ids import Value
from pipeline.domain.rubric import Rubric
from pipeline.errors import ConfigurationError, UsageError
from pipeline.workspace.yamlfile import build, load_yaml, read_text, shown

CONTEST, CASES, RUBRICS, GUIDELINES, ROSTER = "contest.yaml", "cases", "rubrics", "guidelines.md", "roster.csv"
INBOX, REPORTS, PROMPTS = "submissions", "reports", "prompts"

_NUMBERED = re.compile(r"(\d{1,4})(?:[-_. ].*)?", re.DOTALL)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_NUMBER_IN_TITLE = re.compile(r"(?:кейс|case)\s*(?:№|#|no\.?)?\s*\d{1,4}\s*(?:[.:)–—-]\s*|$)", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


class Workspace(Value):
    """Everything a contest's files say. `roster` None: there is no roster.csv, so any entrant is taken as found."""

    root: Path
    contest: Contest
    cases: dict[int, Case]
    rubrics: dict[int, Rubric]
    guidelines: str = ""
    """what holds for all cases; empty where there is no guidelines.md"""
    roster: tuple[RosterRow, ...] | None = None
    prompts_dir: Path | None = None
    """the workspace's own prompt templates; they win over the package's"""
    case_paths: dict[int, Path]
    rubric_paths: dict[int, Path]

    @property
    def inbox(self) -> Path:
        return self.root / INBOX

    @property
    def reports(self) -> Path:
        return self.root / REPORTS

    def case(self, number: int) -> Case:
        """The case of that number; UsageError names the numbers there are."""
        if number not in self.cases:
            known = ", ".join(str(n) for n in sorted(self.cases)) or "none"
            raise UsageError(f"there is no case {number}", where=CASES, remedy=f"cases of this contest: {known}")
        return self.cases[number]

    def rubric_path(self, number: int) -> Path:
        """Where the case's rubric is, or where it will be written (`rubrics/03.yaml`)."""
        return self.rubric_paths.get(number) or self.root / RUBRICS / f"{number:02d}.yaml"

    def shown(self, path: Path) -> str:
        """The path as messages name it: relative to the workspace."""
        return shown(path, self.root)


def open_workspace(root: Path) -> Workspace:
    """Reads the whole workspace at `root`; ConfigurationError on the first file that does not fit."""
    contest = load_contest(root)
    case_paths = _numbered(root / CASES, root, {".md", ".markdown"})
    cases = {number: load_case(path, root) for number, path in case_paths.items()}
    if not cases:
        raise ConfigurationError(
            "no case statement is there", where=f"{CASES}/", remedy="write cases/01.md, or run `casejury init`"
        )
    rubric_paths = _numbered(root / RUBRICS, root, {".yaml", ".yml"})
    rubrics = {number: load_rubric(path, root) for number, path in rubric_paths.items()}
    for number in sorted(set(rubrics) - set(cases)):
        raise ConfigurationError(
            f"is a rubric for case {number}, which has no statement",
            where=shown(rubric_paths[number], root),
            remedy=f"write cases/{number:02d}.md or remove the rubric",
        )
    guidelines, roster, prompts = root / GUIDELINES, root / ROSTER, root / PROMPTS
    return Workspace(
        root=root,
        contest=contest,
        cases=cases,
        rubrics=rubrics,
        guidelines=read_text(guidelines, GUIDELINES).strip() if guidelines.exists() else "",
        roster=parse_roster(read_text(roster, ROSTER), ROSTER) if roster.exists() else None,
        prompts_dir=prompts if prompts.is_dir() else None,
        case_paths=case_paths,
        rubric_paths=rubric_paths,
    )


def require_approved(workspace: Workspace, case: int) -> Rubric:
    """The case's rubric, signed for exactly this rubric and this statement; otherwise ConfigurationError says why."""
    statement = workspace.case(case).statement_id
    where = workspace.shown(workspace.rubric_path(case))
    rubric = workspace.rubrics.get(case)
    if rubric is None:
        remedy = f"`casejury rubric draft {case}` or `casejury rubric new {case}`, then approve it"
        raise ConfigurationError(f"case {case} has no rubric", where=where, remedy=remedy)
    if (problem := unsigned(rubric, statement)) is None:
        return rubric
    raise ConfigurationError(problem, where=where, remedy=f"`casejury rubric approve {case} --by NAME`")


def unsigned(rubric: Rubric, statement_id: str) -> str | None:
    """Why the rubric is not signed for this content, in words; None where it is."""
    if rubric.status != "approved":
        return "the rubric is a draft, nobody has approved it"
    if rubric.approved is None:
        return "the rubric says approved, but not by whom and when"
    if not rubric.approved.rubric or not rubric.approved.statement:
        return "the approval does not say which content was signed, so it does not count for this one"
    if rubric.approved.rubric != rubric.id:
        return f"the rubric was changed after {rubric.approved.by} approved it"
    if rubric.approved.statement != statement_id:
        return f"the case's statement was changed after {rubric.approved.by} approved the rubric"
    return None


def load_contest(root: Path) -> Contest:
    """contest.yaml of the workspace at `root`."""
    path = root / CONTEST
    if not path.exists():
        raise ConfigurationError(
            "is missing: this folder is no workspace", where=CONTEST, remedy="run `casejury init` here, or name another"
        )
    return build(Contest, load_yaml(read_text(path, CONTEST), CONTEST), CONTEST)


def load_case(path: Path, root: Path | None = None) -> Case:
    """A case from its file: number from the name, title from the first heading (else the first line)
    without its number, text whole.

    YAML front matter is no part of the statement; blank space around it neither.
    """
    where = shown(path, root)
    statement = _FRONT_MATTER.sub("", read_text(path, where), count=1)
    statement = statement.strip()
    if not statement:
        raise ConfigurationError("holds no text", where=where, remedy="write the case's statement into it")
    heading = _HEADING.search(statement)
    title = (heading[1] if heading else statement.splitlines()[0]).strip()
    short = _NUMBER_IN_TITLE.sub("", title, count=1)  # "Case 3. A late parcel" is shown beside its number
    return Case(number=_number(path, where), title=(short or title)[:200], statement=statement)


def load_rubric(path: Path, root: Path | None = None) -> Rubric:
    """A rubric from its file; its `case` must be the number in the file's name."""
    where = shown(path, root)
    rubric = build(Rubric, load_yaml(read_text(path, where), where), where)
    number = _number(path, where)
    if rubric.case != number:
        raise ConfigurationError(
            f"says {rubric.case}, but the file's name says {number}", where=f"{where}: case", remedy="make them agree"
        )
    return rubric


def _number(path: Path, where: str) -> int:
    match = _NUMBERED.fullmatch(path.stem)
    if not match or not int(match[1]):
        raise ConfigurationError(
            "the name does not begin with the case's number", where=where, remedy="name it such as 03.md or 03-name.md"
        )
    return int(match[1])


def _numbered(folder: Path, root: Path, suffixes: set[str]) -> dict[int, Path]:
    """The files of a folder by the number in their names; README files, dot files and drafts with `_` are not read."""
    found: dict[int, Path] = {}
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read ({error.strerror or error})", where=shown(folder, root), remedy="check its permissions"
        ) from error
    for path in paths:
        if path.suffix.lower() not in suffixes or path.name[0] in "._" or path.stem.lower() == "readme":
            continue
        where = shown(path, root)
        number = _number(path, where)
        if number in found:
            raise ConfigurationError(
                f"two files for case {number}: {found[number].name} too", where=where, remedy="keep one of them"
            )
        found[number] = path
    return dict(sorted(found.items()))


_COLUMNS = {
    "pseudonym": "pseudonym entrant псевдоним участник",
    "names": "names name имена имя фио",
    "contacts": "contacts contact контакты контакт",
    "authors": "authors author авторы автор",
    "slugs": "slugs slug слаги слаг блог блоги",
    "role": "role роль",
    "conflicts": "conflicts conflict конфликты конфликт",
}
_BY_NAME = {name: field for field, names in _COLUMNS.items() for name in names.split()}
_ROLES = {"": "entrant", "участник": "entrant", "организатор": "organiser", "organizer": "organiser"}


def parse_roster(text: str, where: str) -> tuple[RosterRow, ...]:
    """The rows of roster.csv in NFC: comma, semicolon or tab between columns; lists within a cell by `;`."""
    records = _records(unicodedata.normalize("NFC", text), where)
    columns = _columns(records[0][1] if records else [], where)
    rows: list[RosterRow] = []
    lines: dict[str, int] = {}
    for line, cells in records[1:]:
        place = f"{where}, line {line}"
        if len(cells) > len(columns):
            raise ConfigurationError(
                f"has {len(cells)} cells under {len(columns)} columns",
                where=place,
                remedy='put a cell that holds the delimiter in quotes: "a;b"',
            )
        row = _row(dict(zip(columns, cells, strict=False)), place)
        key = row.pseudonym.casefold()
        if key in lines:
            raise ConfigurationError(
                f"pseudonym {row.pseudonym!r} stands in line {lines[key]} too", where=place, remedy="one row a person"
            )
        lines[key] = line
        rows.append(row)
    return tuple(rows)


def _row(cells: dict[str, str], place: str) -> RosterRow:
    lists = {
        field: tuple(part for p in cells.get(field, "").split(";") if (part := p.strip()))
        for field in ("names", "contacts", "authors", "slugs", "conflicts")
    }
    role = cells.get("role", "").strip().lower()
    try:
        data = {"pseudonym": cells["pseudonym"].strip(), "role": _ROLES.get(role, role), **lists}
        return RosterRow.model_validate(data)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        problem = "no pseudonym" if field == "pseudonym" else f"unknown role {role!r}"
        remedy = "give the person one" if field == "pseudonym" else "entrant or organiser"
        raise ConfigurationError(problem, where=f"{place}: {field}", remedy=remedy) from None


def _records(text: str, where: str) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, with their line numbers, by the delimiter that makes sense of the header."""
    header = text.lstrip().split("\n", 1)[0]
    known = {d: sum(_field(name) is not None for name in header.split(d)) for d in ",;\t"}
    delimiter = max(known, key=lambda d: known[d])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ConfigurationError(
            f"is not a table: {error}", where=f"{where}, line {reader.line_num}", remedy="check the quotes of that line"
        ) from error


def _field(name: str) -> str | None:
    return _BY_NAME.get(name.strip().strip('"').strip().lower())


def _columns(header: list[str], where: str) -> list[str]:
    place = f"{where}, line 1"
    columns: list[str] = []
    for name in header:
        field = _field(name)
        if field is None:
            raise ConfigurationError(
                f"unknown column {name.strip()!r}", where=place, remedy=f"known: {', '.join(_COLUMNS)}"
            )
        if field in columns:
            raise ConfigurationError(f"two columns for {field}", where=place, remedy="keep one of them")
        columns.append(field)
    if "pseudonym" not in columns:
        raise ConfigurationError(
            "there is no column pseudonym", where=place, remedy=f"begin with the line: {','.join(_COLUMNS)}"
        )
    return columns
