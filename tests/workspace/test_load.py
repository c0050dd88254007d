from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError, UsageError
from pipeline.workspace.load import (
    Workspace,
    load_case,
    load_contest,
    load_rubric,
    open_workspace,
    parse_roster,
    require_approved,
)
from pipeline.workspace.rubrics import approve

RUBRIC = """\
case: 1
criteria:
  - {id: overall, kind: level, title: Whole, levels: {0: nothing, 1: something, 2: nearly all, 3: all}}
"""


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def small(root: Path, **more: str | bytes) -> Path:
    return write(root, {"contest.yaml": "id: small\n", "cases/01.md": "# One\n\nWrite a reply.\n"} | more)


def refused(root: Path) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        open_workspace(root)
    assert caught.value.exit_code == 2
    assert caught.value.where
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_whole_workspace_is_read_once_into_a_frozen_value(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "contest.yaml": "\ufeffid: small\nlanguage: ru\nopens: 2026-12-10T10:00:00+03:00\n",
        "cases/2.md": "Без заголовка\nи дальше",
        "cases/10-ten.md": "---\nauthor: x\n---\n\n## Десятый ##\r\n\r\nТекст.\r\n",
        "cases/README.md": "not a case",
        "rubrics/02.yaml": RUBRIC.replace("case: 1", "case: 2"),
        "guidelines.md": "Be kind.\n",
        "roster.csv": "pseudonym\nA\n",
        "prompts/grade.j2": "x",
    }
    workspace = open_workspace(write(tmp_path, files))
    assert list(workspace.cases) == [2, 10]
    assert workspace.cases[2].title == "Без заголовка"
    assert (workspace.cases[10].title, workspace.cases[10].statement) == ("Десятый", "## Десятый ##\n\nТекст.")
    assert workspace.guidelines == "Be kind."
    assert workspace.roster is not None
    assert [row.pseudonym for row in workspace.roster] == ["A"]
    assert workspace.prompts_dir == tmp_path / "prompts"
    assert workspace.rubric_path(2) == tmp_path / "rubrics/02.yaml"
    assert workspace.rubric_path(10) == tmp_path / "rubrics/10.yaml"
    assert workspace.contest.opens == datetime(2026, 12, 10, 7, tzinfo=UTC)
    assert (workspace.inbox, workspace.reports) == (tmp_path / "submissions", tmp_path / "reports")


def test_what_is_optional_may_be_missing(tmp_path: Path) -> None:
    workspace = open_workspace(small(tmp_path))
    assert (workspace.guidelines, workspace.roster, workspace.prompts_dir, workspace.rubrics) == ("", None, None, {})


@pytest.mark.parametrize("missing", ["contest.yaml", "cases/01.md"])
def test_what_is_missing_is_named_with_the_way_to_make_it(tmp_path: Path, missing: str) -> None:
    (small(tmp_path) / missing).unlink()
    assert "casejury init" in str(refused(tmp_path))


@pytest.mark.parametrize(
    ("contest", "expected"),
    [
        ("id: a\neligibility: {lat: refer}", "contest.yaml: eligibility.lat: unknown code 'lat'"),
        ("id: a\neligibility: {late: no}", "contest.yaml: eligibility.late: unknown value 'no' — one of: reject"),
        ("id: a\nopens: 2026-12-10T10:00:00", "contest.yaml: opens: 2026-12-10T10:00:00 has no time zone — write an o"),
        ("id: a\ncloses: 2026-12-10", "contest.yaml: closes: 2026-12-10 has no time zone — write an offset"),
        ("id: a\nlanguag: ru", "contest.yaml: languag: unknown key — did you mean language? known: award"),
        ("id: a\nscale: {maxx: 3}", "contest.yaml: scale.maxx: unknown key — did you mean max? known: max, unit"),
        ("id: a\njudges: [{modle: x}]", "contest.yaml: judges[1].modle: unknown key — did you mean model?"),
        ("id: a\nscale: {max: many}", "contest.yaml: scale.max: 'many' is not a whole number"),
        ("id: a\npolicy: {audit_share: 2}", "contest.yaml: policy.audit_share: 2 is outside the range — write a numbe"),
        ("id: a\ntimezone: Moskow", "contest.yaml: timezone: unknown time zone 'Moskow' — write one such as Europe"),
        ("title: x", "contest.yaml: id: is missing — add it"),
        ("id: 5", "contest.yaml: id: 5 is not text"),
        ("- id", "contest.yaml: is not a mapping"),
        ("", "contest.yaml: is empty"),
        ("id: a\njudges: []", "contest.yaml: judges: has too few entries — at least 1"),
        ("id: a\nscale: {max: 0}\npolicy: {review: some}", "(also: "),
    ],
)
def test_a_wrong_contest_is_one_error_with_file_key_and_remedy(tmp_path: Path, contest: str, expected: str) -> None:
    assert expected in str(refused(small(tmp_path, **{"contest.yaml": contest})))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("title: Whole", "titel: Whole"),
            "criteria.overall.titel: unknown key (also: criteria.overall.title: is missing) — did you m",
        ),
        (("kind: level", "kind: levl"), "rubrics/01.yaml: criteria.overall.kind: the kind is missing or unknown — one"),
        (("0: nothing", "none: nothing"), "rubrics/01.yaml: criteria.overall.levels.none: 'none' is not a whole numb"),
        (("0: nothing", "0: 7"), "rubrics/01.yaml: criteria.overall.levels.0: 7 is not text"),
        (("case: 1", "case: 2"), "rubrics/01.yaml: case: says 2, but the file's name says 1"),
        (("case: 1", "case: 1\nguards: {fro: x}"), "rubrics/01.yaml: guards.fro: unknown key"),
        (("case: 1", "case: 1\nguards: {from: x}"), "guards.from: 'x' is not a level criterion"),
        (("case: 1", "case: 1\ncaps: [{criterion: overall, max: 1}]"), "caps[1]: a cap has exactly one of"),
    ],
)
def test_a_wrong_rubric_is_one_error_with_file_key_and_remedy(
    tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    assert expected in str(refused(small(tmp_path, **{"rubrics/01.yaml": RUBRIC.replace(*change)})))


def test_files_that_are_not_utf8_are_named_with_line_and_byte(tmp_path: Path) -> None:
    error = refused(small(tmp_path, **{"cases/01.md": "# One\n\nОтвет".encode("cp1251")}))
    assert str(error).startswith("cases/01.md: is not UTF-8: byte 0xCE in line 3 (it looks like Windows-1251)")
    assert "UTF-16" in str(refused(small(tmp_path, **{"cases/01.md": "# One".encode("utf-16")})))
    assert "line 1" in str(refused(small(tmp_path, **{"cases/01.md": b"\xc3("})))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cases/1-again.md": "x"}, "two files for case 1"),
        ({"cases/first.md": "x"}, "cases/first.md: the name does not begin with the case's number"),
        ({"cases/0.md": "x"}, "cases/0.md"),
        ({"cases/02.md": " \n"}, "cases/02.md: holds no text"),
        ({"rubrics/07.yaml": RUBRIC.replace("1", "7", 1)}, "rubrics/07.yaml: is a rubric for case 7, which has no"),
        ({"cases/02.md": "x" * 1_000_001}, "larger than"),
    ],
)
def test_odd_files_are_refused(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert expected in str(refused(small(tmp_path, **files)))


def test_single_files_can_be_loaded(tmp_path: Path) -> None:
    small(tmp_path, **{"rubrics/01.yaml": RUBRIC})
    assert load_contest(tmp_path).id == "small"
    assert load_case(tmp_path / "cases/01.md").number == 1
    assert load_rubric(tmp_path / "rubrics/01.yaml").case == 1


def approved(root: Path) -> Workspace:
    workspace = open_workspace(small(root, **{"rubrics/01.yaml": RUBRIC}))
    path = workspace.rubric_path(1)
    approve(path, workspace.rubrics[1], workspace.cases[1], "Chief", datetime(2026, 12, 1, tzinfo=UTC))
    return open_workspace(root)


def test_an_approved_rubric_is_given_out(tmp_path: Path) -> None:
    workspace = approved(tmp_path)
    assert require_approved(workspace, 1) == workspace.rubrics[1]


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        ("rubrics/01.yaml", ("something", "anything"), "the rubric was changed after Chief approved it"),
        ("cases/01.md", ("reply", "letter"), "the case's statement was changed after Chief approved"),
        ("rubrics/01.yaml", ("status: approved", "status: draft"), "is a draft"),
        ("rubrics/01.yaml", (", rubric: sha256:", ", rubric: '' #"), "does not say which content was signed"),
    ],
)
def test_a_rubric_that_is_not_signed_for_this_content_is_refused(
    tmp_path: Path, file: str, change: tuple[str, str], expected: str
) -> None:
    approved(tmp_path)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8").replace(*change)
    if "#" in change[1]:
        text = text.replace(" #", "}\n#")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=expected) as caught:
        require_approved(open_workspace(tmp_path), 1)
    assert caught.value.remedy == "`casejury rubric approve 1 --by NAME`"


def test_a_missing_rubric_and_a_missing_case_are_named(tmp_path: Path) -> None:
    workspace = open_workspace(small(tmp_path))
    with pytest.raises(ConfigurationError, match="case 1 has no rubric"):
        require_approved(workspace, 1)
    with pytest.raises(UsageError, match="there is no case 5"):
        require_approved(workspace, 5)


HEADER = "pseudonym,names,contacts,authors,slugs,role,conflicts"


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\nA,Ann Lee;Lee Ann,a@example.org,,blog-a,entrant,\nB,,,,,organiser,A\n",
        f'{HEADER.replace(",", ";")}\nA;"Ann Lee;Lee Ann";a@example.org;;blog-a;entrant;\n\nB;;;;;organiser;A\n',
        (
            "Псевдоним\tИмена\tКонтакты\tСлаг\tРоль\tКонфликты\nA\tAnn Lee; Lee Ann\ta@x.org\tblog-a\tучастник\t\n"
            "B\t\t\t\tорганизатор\tA\n"
        ),
    ],
)
def test_the_roster_is_read_in_its_usual_forms(text: str) -> None:
    first, second = parse_roster(text, "roster.csv")
    assert (first.pseudonym, first.names, first.slugs, first.role) == (
        "A",
        ("Ann Lee", "Lee Ann"),
        ("blog-a",),
        "entrant",
    )
    assert (second.role, second.conflicts) == ("organiser", ("A",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1: there is no column pseudonym"),
        ("pseudonym,shoe\nA,42", "line 1: unknown column 'shoe'"),
        ("pseudonym,entrant\nA,B", "line 1: two columns for pseudonym"),
        ("names\nAnn", "no column pseudonym"),
        ("pseudonym\nA\n\na", "line 4: pseudonym 'a' stands in line 2 too"),
        ("pseudonym;names\nA;Ann;Lee", "line 2: has 3 cells under 2 columns"),
        ("pseudonym,role\nA,judge", "line 2: role: unknown role 'judge'"),
        ("pseudonym,names\n,Ann", "line 2: pseudonym: no pseudonym"),
        ('pseudonym,names\nA,"Ann', "is not a table"),
    ],
)
def test_a_wrong_roster_is_refused_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_roster(text, "roster.csv")
    assert expected in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# Кейс 3. Весёлый собеседник", "Весёлый собеседник"),
        ("# Case 12: A late parcel", "A late parcel"),
        ("# КЕЙС №7 — Тишина", "Тишина"),
        ("# Кейс 5", "Кейс 5"),
        ("# Кейсы прошлых лет", "Кейсы прошлых лет"),
    ],
)
def test_a_title_is_shown_without_its_number(tmp_path: Path, heading: str, title: str) -> None:
    path = tmp_path / "03.md"
    path.write_text(f"{heading}\n\nТекст.", encoding="utf-8")
    assert load_case(path).title == title


def test_a_roster_with_accents_apart_is_read_composed() -> None:
    text = unicodedata.normalize("NFD", "pseudonym,names\nмай,Андрей Лейкин\n")
    (row,) = parse_roster(text, "roster.csv")
    assert (row.pseudonym, row.names) == ("май", ("Андрей Лейкин",))
