"""The Russian catalogue says everything that the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from pipeline.messages import Texts
from pipeline.messages.extraction import texts_of

PACKAGE = Path(__file__).parents[2] / "pipeline"
FOLDER = PACKAGE / "messages" / "locale" / "ru" / "LC_MESSAGES"
_FIELD = re.compile(r"\{[a-z_]*\}")


def catalogue() -> Catalog:
    with (FOLDER / "casejury.po").open("rb") as file:
        return read_po(file, locale="ru")


def said() -> set[str]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
    methods = [("**.py", "python_calls"), ("**/templates/**.j2", "jinja2")]
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        with path.open("rb") as file:
            found |= {m if isinstance(m, str) else m[0] for _, _, m, _ in texts_of(file, None, (), None)}
    for _, _, message, _, _ in extract_from_dir(PACKAGE, methods[1:], keywords=keywords):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_text_of_the_program_has_its_russian() -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue() if m.id and all(_strings(m.string))}
    assert sorted(said() - known) == []


def test_translations_fill_in_the_same_fields() -> None:
    for message in catalogue():
        if message.id:
            wanted = set(_FIELD.findall(" ".join(_strings(message.id))))
            for told in _strings(message.string):
                assert set(_FIELD.findall(told)) == wanted, message.id


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with (FOLDER / "casejury.mo").open("rb") as file:
        compiled = {_strings(m.id): _strings(m.string) for m in read_mo(file) if m.id}
    assert compiled == {_strings(m.id): _strings(m.string) for m in catalogue() if m.id}


@pytest.mark.parametrize(
    ("n", "told"), [(1, "1 версия"), (2, "2 версии"), (5, "5 версий"), (11, "11 версий"), (21, "21 версия")]
)
def test_russian_has_its_three_plural_forms(n: int, told: str) -> None:
    assert Texts("ru").plural("{n} version", "{n} versions", n) == told


def _strings(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, tuple | list) else ()
