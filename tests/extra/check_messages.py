"""Checks what is said to people: python tests/extra/check_messages.py

Every text has its Russian, whole and with the same fields, and the compiled catalogue is current; every reason code
has its label and sentence, and each field of a sentence is a parameter that the code gives wherever it makes the
reason.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from pipeline.domain.decide import REASON_CODES  # noqa: E402 - a script finds the repository first
from pipeline.messages.reasons import REASONS  # noqa: E402 - as above

CATALOGUE = REPOSITORY / "pipeline" / "messages" / "locale" / "ru" / "LC_MESSAGES" / "casejury.po"
OTHER_CODES = {"no_rubric", "rubric_not_approved"}
MADE_IN = ("domain", "ingest", "work")
_FIELD = re.compile(r"\{(\w*)\}")


def texts(of: object) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(str(one) for one in of) if isinstance(of, tuple | list) else ()


def catalogue_faults() -> Iterator[str]:
    with CATALOGUE.open("rb") as file:
        source = {texts(m.id): m for m in read_po(file, locale="ru") if m.id}
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {texts(m.id): texts(m.string) for m in read_mo(file) if m.id}
    for name, message in source.items():
        yield from message_faults(name, message)
    if compiled != {name: texts(message.string) for name, message in source.items()}:
        yield "the compiled catalogue is older than its source: make messages"


def message_faults(name: tuple[str, ...], message: Message) -> Iterator[str]:
    told = texts(message.string)
    if message.fuzzy:
        yield f"fuzzy: {name[0]!r}"
    if not told or not all(told):
        yield f"not translated: {name[0]!r}"
    fields = set(_FIELD.findall(" ".join(name)))
    if any(set(_FIELD.findall(one)) != fields for one in told):
        yield f"other fields in the translation: {name[0]!r}"


def keys(node: ast.AST | None, scope: ast.AST) -> set[str] | None:
    """The keys of a dict, or of the dict that a name stands for in its function; None where that cannot be told."""
    if isinstance(node, ast.Name):
        for one in ast.walk(scope):
            target = (
                one.target
                if isinstance(one, ast.AnnAssign)
                else one.targets[0]
                if isinstance(one, ast.Assign)
                else None
            )
            if isinstance(target, ast.Name) and target.id == node.id and isinstance(one, ast.Assign | ast.AnnAssign):
                return keys(one.value, scope)
        return None
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return None


def given() -> dict[str, list[tuple[str, set[str] | None]]]:
    """By code: every place that makes the reason, and the parameters it gives there."""
    made: dict[str, list[tuple[str, set[str] | None]]] = defaultdict(list)
    for part in MADE_IN:
        for path in sorted((REPOSITORY / "pipeline" / part).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
            for function in functions:
                for node in ast.walk(function):
                    if (found := reason(node, function)) is not None:
                        made[found[0]].append((f"{path.name}:{getattr(node, 'lineno', 0)}", found[1]))
    return made


def reason(node: ast.AST, scope: ast.AST) -> tuple[str, set[str] | None] | None:
    """The code and parameters of `codes["x"] = {…}`, `Reason(code="x", params={…})` or `find("x", criterion, {…})`."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        code = constant(node.targets[0].slice)
        return (code, keys(node.value, scope)) if code else None
    if not isinstance(node, ast.Call):
        return None
    named = {one.arg: one.value for one in node.keywords}
    if code := constant(named.get("code")):
        return code, keys(named["params"], scope) if "params" in named else set()
    if isinstance(node.func, ast.Attribute) and node.func.attr == "find" and len(node.args) == 3:
        code, params = constant(node.args[0]), keys(node.args[2], scope)
        if code and params is not None and constant(node.args[1]) != "":
            params = params | {"criterion"}
        return (code, params) if code else None
    return None


def constant(node: Any) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def reason_faults() -> Iterator[str]:
    made = given()
    for code in sorted((REASON_CODES | OTHER_CODES) - set(REASONS)):
        yield f"no text for the reason {code}"
    with CATALOGUE.open("rb") as file:
        russian = {m.id for m in read_po(file, locale="ru") if isinstance(m.id, str)}
    for code, text in REASONS.items():
        for said in {text.label, text.sentence} - russian:
            yield f"{code}: not in the catalogue: {said!r}"
        fields = set(_FIELD.findall(text.sentence))
        for place, params in made.get(code, []):
            if params is not None and not fields <= params:
                yield f"{code}: the sentence wants {sorted(fields - params)}, {place} gives {sorted(params)}"
        if fields and not made.get(code):
            yield f"{code}: the sentence wants {sorted(fields)}, and nothing that makes the reason was found"


def main() -> int:
    """0 where nothing is wrong, 1 with every fault on a line of its own."""
    faults = [*catalogue_faults(), *reason_faults()]
    sys.stdout.write("".join(f"WRONG: {fault}\n" for fault in faults))
    sys.stdout.write(f"{len(REASONS)} reasons, {len(faults)} faults in what is said to people\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
