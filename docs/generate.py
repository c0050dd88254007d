"""Writes what documentation takes from the code: schemas, tables of fields, help texts. `--check` only compares.

Run by `make docs`; CI runs it with `--check` and fails where a file on disk differs.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from pipeline.cli.main import COMMANDS, cli
from pipeline.domain.agreement.gates import Gates
from pipeline.domain.contest import DEFAULT_ELIGIBILITY, Contest
from pipeline.domain.rubric import Rubric
from pipeline.messages.reasons import REASONS
from pipeline.publish.evaluation import evaluation_schema
from pipeline.publish.jsonfile import report_schema

DOCS = Path(__file__).parent
MARK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it is stored."""
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def fields(model: type[BaseModel]) -> str:
    """A Markdown table of a model's fields, defaults and what pydantic says of them."""
    schema = model.model_json_schema(by_alias=True)
    rows = ["| key | type | default |", "|---|---|---|"]
    required = set(schema.get("required", ()))
    for name, node in schema["properties"].items():
        default = "required" if name in required else f"`{json.dumps(node.get('default'), ensure_ascii=False)}`"
        if name not in required and "default" not in node:
            default = "see below"
        rows.append(f"| `{name}` | {kind(node)} | {default} |")
    return "\n".join(rows) + "\n"


def kind(node: dict[str, Any]) -> str:
    """A JSON Schema node in a word or two."""
    if "$ref" in node:
        return str(node["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in node:
        return " or ".join(kind(option) for option in node["anyOf"])
    if "enum" in node:
        return " / ".join(f"`{value}`" for value in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    if node.get("type") == "array":
        return f"list of {kind(node.get('items', {}))}"
    if node.get("type") == "object":
        return "mapping"
    return str(node.get("format") or node.get("type", "any"))


def codes() -> str:
    """The eligibility codes with their default outcomes and sentences."""
    rows = ["| code | default | what it says |", "|---|---|---|"]
    rows += [f"| `{code}` | {outcome} | {REASONS[code].sentence} |" for code, outcome in DEFAULT_ELIGIBILITY.items()]
    return "\n".join(rows) + "\n"


def models(root: type[BaseModel]) -> str:
    """Tables for every model that `root` is made of."""
    parts = []
    for name, node in root.model_json_schema(by_alias=True).get("$defs", {}).items():
        if node.get("type") != "object":
            continue
        rows = ["| key | type | default |", "|---|---|---|"]
        required = set(node.get("required", ()))
        for field, value in node["properties"].items():
            default = f"`{json.dumps(value['default'], ensure_ascii=False)}`" if "default" in value else "—"
            rows.append(f"| `{field}` | {kind(value)} | {'required' if field in required else default} |")
        text = node.get("description", "").replace("\n\n", "\n").strip()
        parts.append(f"#### {name}\n\n{text}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def help_texts() -> str:
    """Every command's own help."""
    return "\n".join(f"### `casejury {name}`\n\n```text\n{text}\n```\n" for name, text in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    context = click.Context(cli, info_name="casejury", terminal_width=100, max_content_width=100)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None  # noqa: S101 - COMMANDS are what the group knows
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100, max_content_width=100)
        yield name, command.get_help(inner)
        if isinstance(command, click.Group):
            for sub in command.list_commands(inner):
                part = command.get_command(inner, sub)
                assert part is not None  # noqa: S101 - as above
                deep = click.Context(part, info_name=sub, parent=inner, terminal_width=100, max_content_width=100)
                yield f"{name} {sub}", part.get_help(deep)


PARTS = {
    "contest-fields": lambda: fields(Contest),
    "contest-models": lambda: models(Contest),
    "codes": codes,
    "rubric-fields": lambda: fields(Rubric),
    "rubric-models": lambda: models(Rubric),
    "help": help_texts,
}


def wanted() -> dict[Path, str]:
    """Every generated file with the content it should have."""
    files = {
        DOCS / "schemas" / "contest.schema.json": schema_text(Contest.model_json_schema(by_alias=True)),
        DOCS / "schemas" / "rubric.schema.json": schema_text(Rubric.model_json_schema(by_alias=True)),
        DOCS / "schemas" / "evaluation.schema.json": schema_text(evaluation_schema()),
        DOCS / "schemas" / "gates.schema.json": schema_text(Gates.model_json_schema(by_alias=True)),
        DOCS / "schemas" / "report.schema.json": schema_text(report_schema()),
    }
    for page in (DOCS / "formats.md", DOCS / "commands.md"):
        text = page.read_text(encoding="utf-8")
        files[page] = MARK.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]()}\n{m[3]}", text)
    return files


def main() -> int:
    """Writes or compares; 1 if something differs under --check."""
    stale = []
    for path, text in wanted().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'differs' if '--check' in sys.argv else 'written'}: {path.relative_to(DOCS.parent)}")  # noqa: T201
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
