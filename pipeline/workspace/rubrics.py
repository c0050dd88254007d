"""Writes rubric files: a draft as a person will want to edit it, an approval without touching anything else."""

from __future__ import annotations

import io
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from pipeline.domain.contest import Case
from pipeline.domain.rubric import Approval, FromLevel, Rubric
from pipeline.errors import ConfigurationError, StorageError, UsageError
from pipeline.workspace.load import load_rubric, unsigned
from pipeline.workspace.yamlfile import build, load_yaml, read_text, shown

__all__ = ["approve", "load_rubric", "rubric_yaml", "save_draft", "write_text"]


def save_draft(path: Path, rubric: Rubric, *, replace: bool = False) -> None:
    """Writes the rubric as a draft; an existing file is refused (UsageError) unless `replace`."""
    where = shown(path)
    if path.exists() and not replace:
        raise UsageError("is there already", where=where, remedy="edit it, or move it away first")
    write_text(path, rubric_yaml(rubric), where)


def rubric_yaml(rubric: Rubric) -> str:
    """The draft as YAML: keys in the model's order, defaults left out, long texts as blocks."""
    data = rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    body: dict[str, Any] = {"case": rubric.case, "status": "draft", "criteria": data["criteria"]}
    body["guards"] = _flow(rubric.guards.model_dump(mode="python", by_alias=True))
    if isinstance(rubric.guards, FromLevel) and rubric.guards.from_ == "overall":
        del body["guards"]
    for criterion, source in zip(body["criteria"], rubric.criteria, strict=True):
        if source.kind == "level":
            criterion["levels"] = dict(sorted(source.levels.items()))
    if rubric.caps:
        body["caps"] = [_flow(cap) for cap in data["caps"]]
    if rubric.exemplars:
        body["exemplars"] = data["exemplars"]
    for form in (_blocks(body), body):
        text = _dump(form, _round_trip())
        try:
            if build(Rubric, load_yaml(text, "draft"), "draft").id == rubric.id:
                return text
        except ConfigurationError:
            continue
    raise ConfigurationError(
        "this rubric cannot be written as YAML", where=f"case {rubric.case}", remedy="write it by hand"
    )


def approve(path: Path, rubric: Rubric, case: Case, by: str, at: datetime) -> Rubric:
    """Signs the file's rubric for this very content and statement; comments, order and quoting of the file stay.

    `rubric` is what the person saw: if the file says something else by now, nothing is signed (ConfigurationError).
    `at` carries a zone. The file is replaced in one step.
    """
    where = shown(path)
    if not by.strip():
        raise UsageError("an approval needs a name", where=where, remedy="--by NAME")
    if load_rubric(path).id != rubric.id:
        raise ConfigurationError("was changed since it was read", where=where, remedy="look at it, then approve again")
    if rubric.case != case.number:
        raise ConfigurationError(f"is for case {rubric.case}, not {case.number}", where=where, remedy="name its case")
    approval = Approval(by=by.strip(), at=at, rubric=rubric.id, statement=case.statement_id)
    text = _signed_text(read_text(path, where), approval, where)
    try:
        signed = build(Rubric, load_yaml(text, where), where)
    except ConfigurationError:
        signed = rubric
    if signed.id != rubric.id or unsigned(signed, case.statement_id):
        raise ConfigurationError(
            "the approval cannot be written without changing the rest of the file",
            where=where,
            remedy="write the file with fewer YAML tricks",
        )
    write_text(path, text, where)
    return signed


def _signed_text(text: str, approval: Approval, where: str) -> str:
    try:
        data, indent, offset = load_yaml_guess_indent(text)
        document = _round_trip(indent, offset).load(text)
    except YAMLError as error:
        raise ConfigurationError("cannot be read", where=where, remedy="check its YAML") from error
    del data
    fields = {**approval.model_dump(mode="json"), "at": approval.at.isoformat()}
    if "status" in document:
        document["status"] = "approved"
    else:
        document.insert(list(document).index("case") + 1, "status", "approved")
    if isinstance(document.get("approved"), CommentedMap):
        document["approved"].update(fields)
    elif "approved" in document:
        document["approved"] = _flow(fields)
    else:
        _insert_after(document, "status", "approved", _flow(fields))
    return _dump(document, _round_trip(indent, offset))


def _insert_after(document: CommentedMap, key: str, new: str, value: Any) -> None:
    """Inserts behind `key`; comment lines that stood below it stay above what they were written for."""
    document.insert(list(document).index(key) + 1, new, value)
    comments = document.ca.items.get(key)
    token = comments[2] if comments and len(comments) > 2 else None
    if token is None:
        return
    own, newline, below = token.value.partition("\n")
    if below.strip():
        token.value = own + newline
        document.yaml_set_comment_before_after_key(new)
        moved = type(token)("\n" + below, token.start_mark, None)
        document.ca.items[new] = [None, None, moved, None]
        if not own.strip():
            del document.ca.items[key]


def _round_trip(indent: int | None = None, offset: int | None = None) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.width = 110 if indent is None and offset is None else 1_000_000
    yaml.indent(mapping=2, sequence=indent or 4, offset=offset if offset is not None else 2)
    return yaml


def _dump(data: Any, yaml: YAML) -> str:
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def _flow(data: dict[Any, Any]) -> CommentedMap:
    flow = CommentedMap((key, _flow(value) if isinstance(value, dict) else value) for key, value in data.items())
    flow.fa.set_flow_style()
    return flow


def _blocks(data: Any) -> Any:
    if isinstance(data, CommentedMap):
        return data
    if isinstance(data, dict):
        return {key: _blocks(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_blocks(value) for value in data]
    return LiteralScalarString(data) if isinstance(data, str) and "\n" in data else data


def write_text(path: Path, text: str, where: str) -> None:
    """Writes the file in one step: readers see the old text or the new one, never a half; StorageError if not."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temp = Path(temporary)
        temp.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temp.replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise StorageError(
            f"cannot be written ({error.strerror or error})", where=where, remedy="check the disk and the permissions"
        ) from error
