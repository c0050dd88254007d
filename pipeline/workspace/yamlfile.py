"""Reads the files that organisers write by hand, and says in plain words what is wrong in them.

Text is UTF-8 (a byte order mark is tolerated). YAML is 1.2, read safely: no tags, no duplicate keys, bounded size,
depth, nodes and aliases; time stamps stay text until the model reads them. Every refusal is a ConfigurationError
with the file, the key or line, and the way out.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, MappingStartEvent, NodeEvent, SequenceStartEvent
from ruamel.yaml.reader import ReaderError

from pipeline.errors import ConfigurationError

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 30
MAX_ALIASES = 100

Model = TypeVar("Model", bound=BaseModel)


class _Constructor(SafeConstructor):
    """Safe YAML whose time stamps stay text: the model knows whether an offset is missing."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def shown(path: Path, root: Path | None = None) -> str:
    """The path as messages name it: relative to the workspace, else `folder/name` where the folder means something."""
    if root is not None and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"{path.parent.name}/{path.name}" if path.parent.name in {"cases", "rubrics", "prompts"} else path.name


def read_text(path: Path, where: str) -> str:
    """The file's text with line feeds only and no byte order mark; at most MAX_BYTES bytes of UTF-8."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read ({error.strerror or error})", where=where, remedy="check that the file is there and open"
        ) from error
    if len(raw) > MAX_BYTES:
        raise ConfigurationError(f"is larger than {MAX_BYTES:,} bytes", where=where, remedy="is it the right file?")
    return decode(raw, where)


def decode(raw: bytes, where: str) -> str:
    """Bytes as UTF-8 text; what is not UTF-8 is refused with the line, the byte and the encoding it looks like."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigurationError("is UTF-16, not UTF-8", where=where, remedy="save it again as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind the byte order mark; the line comes out the same either way.
        line = raw.count(b"\n", 0, error.start) + 1
        guess = " (it looks like Windows-1251)" if _cyrillic_share(raw) > 0.5 else ""
        raise ConfigurationError(
            f"is not UTF-8: byte 0x{error.object[error.start]:02X} in line {line}{guess}",
            where=where,
            remedy="save it again as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cyrillic_share(raw: bytes) -> float:
    high = [byte for byte in raw if byte >= 0x80]
    return sum(byte >= 0xC0 or byte in {0xA8, 0xB8} for byte in high) / len(high) if high else 0.0


def load_yaml(text: str, where: str) -> Any:
    """The document as plain Python values (None where it is empty); ConfigurationError names the line."""
    try:
        _check_events(text, where)
        yaml = YAML(typ="safe", pure=True)
        yaml.Constructor = _Constructor
        data = yaml.load(text)
    except DuplicateKeyError as error:
        raise ConfigurationError(
            f"line {_line(error)}: a key stands twice: {str(error.problem).removeprefix('found ')}",
            where=where,
            remedy="keep one of them",
        ) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(
            f"line {line}: a control character that YAML does not allow", where=where, remedy="delete it"
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        problem = error.problem if isinstance(error, MarkedYAMLError) and error.problem else "not readable"
        raise ConfigurationError(
            f"line {_line(error)}: not valid YAML: {problem}",
            where=where,
            remedy="check the indentation, the colons and the quotes of that line",
        ) from error
    _check_numbers(data, where, ())
    return data


def _line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 1


def _check_events(text: str, where: str) -> None:
    """Refuses, before anything is built, what would grow out of proportion or run code."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = aliases = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent):
            aliases += 1
            if event.anchor not in sizes:
                raise _refused(event, where, f"*{event.anchor} repeats something that is not complete yet")
            total += sizes[event.anchor]
        elif isinstance(event, NodeEvent):
            total += 1
            if getattr(event, "ctag", None) is not None:
                raise _refused(event, where, "a tag (!…) is not used here")
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                open_nodes.append((event.anchor, total))
            elif event.anchor:
                sizes[event.anchor] = 1
        elif type(event).__name__ in {"MappingEndEvent", "SequenceEndEvent"}:
            anchor, start = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - start + 1
        if total > MAX_NODES or len(open_nodes) > MAX_DEPTH or aliases > MAX_ALIASES:
            raise _refused(event, where, "too many nested or repeated values")


def _refused(event: Any, where: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"line {event.start_mark.line + 1}: {problem}", where=where, remedy="write plain values without tags or tricks"
    )


def _check_numbers(data: Any, where: str, path: tuple[str | int, ...]) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            _check_numbers(value, where, (*path, str(key)))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            _check_numbers(value, where, (*path, index))
    elif isinstance(data, float) and not math.isfinite(data):
        raise ConfigurationError(
            f"{data} is not a number", where=f"{where}: {_path(path, None)}", remedy="write a number, or null for none"
        )


def build(model: type[Model], data: Any, where: str) -> Model:
    """`data` as the model; everything that does not fit becomes one ConfigurationError, the first fault first."""
    if not isinstance(data, dict):
        what = "is empty" if data is None else "is not a mapping of keys to values"
        raise ConfigurationError(what, where=where, remedy="docs/formats.md shows the format")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = _telling(error.errors(include_url=False))
        faults = list(dict.fromkeys(_explain(model, data, detail) for detail in details))
        first, rest = faults[0], faults[1:]
        also = f" (also: {'; '.join(f'{path}: {text}' for path, text, _ in rest[:4])})" if rest else ""
        raise ConfigurationError(
            first[1] + also,
            where=f"{where}: {first[0]}" if first[0] else where,
            remedy=first[2] or "docs/formats.md shows the format",
        ) from None


def _telling(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors that tell something: not those that only follow from others, unknown keys before missing ones."""
    branches: dict[tuple[str | int, ...], dict[str, list[ErrorDetails]]] = {}
    for detail in details:
        for index, key in enumerate(detail["loc"]):
            if str(key)[:1].isupper():  # pydantic names the member of a union by its class
                branches.setdefault(detail["loc"][:index], {}).setdefault(str(key), []).append(detail)
                break
    dropped: list[ErrorDetails] = []
    for members in branches.values():
        nearest = min(members.values(), key=len)
        dropped += [d for member in members.values() if member is not nearest for d in member]
    kept = [d for d in details if d not in dropped]
    places = [d["loc"] for d in kept]
    kept = [
        d
        for d in kept
        if d["type"] != "too_short" or not any(p[: len(d["loc"])] == d["loc"] and p != d["loc"] for p in places)
    ]
    return sorted(kept, key=lambda d: d["type"] != "extra_forbidden")


def _explain(model: type[BaseModel], data: Any, detail: ErrorDetails) -> tuple[str, str, str]:
    """One pydantic error as (key path, what is wrong, what to do)."""
    loc, kind, given = detail["loc"], detail["type"], detail.get("input")
    keys = tuple(_real_keys(data, loc))
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = sorted(_known_keys(model, loc[:-1]))
        return _path(keys, data), "unknown key", _one_of(str(keys[-1]), known)
    if kind == "missing":
        return _path(keys, data), "is missing", "add it; docs/formats.md shows the format"
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        allowed = str(context.get("expected_tags", "'level', 'count', 'check'")).replace("'", "")
        return _path((*keys, "kind"), data), "the kind is missing or unknown", f"one of: {allowed}"
    if kind == "value_error":
        problem, _, remedy = str(context.get("error", detail["msg"])).partition("; ")
        if isinstance(given, dict):
            keys += tuple(str(key) for key in given if f"{key!r}" in problem)[:1]
        return _path(keys, data), problem, remedy
    if kind == "timezone_aware":
        return _path(keys, data), f"{given} has no time zone", "write an offset, such as 2026-12-20T00:00:00+03:00"
    problem, remedy = _plain(kind, given, context, detail["msg"])
    return _path(keys, data), problem, remedy


def _plain(kind: str, given: Any, context: dict[str, Any], message: str) -> tuple[str, str]:
    value = repr(given) if isinstance(given, (str, int, float, bool)) or given is None else "this"
    if len(value) > 60:
        value = value[:57] + "…"
    if kind in {"enum", "literal_error"}:
        return f"unknown value {value}", f"one of: {str(context.get('expected', '')).replace(chr(39), '')}"
    bounds = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le", "less_than": "lt"}
    if kind in bounds:
        words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}[bounds[kind]]
        return f"{value} is outside the range", f"write a number of {words} {context[bounds[kind]]}"
    if kind.startswith(("datetime", "date")):
        return f"{value} is no date and time", "write one such as 2026-12-20T00:00:00+03:00"
    expected = {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "string": "text",
        "tuple": "a list",
        "list": "a list",
        "dict": "a mapping of keys to values",
        "model": "a mapping of keys to values",
    }
    if (word := expected.get(kind.split("_", maxsplit=1)[0])) and kind.endswith(("_type", "_parsing", "_from_float")):
        return f"{value} is not {word}", f"write {word}" + (" (in quotes)" if word == "text" else "")
    if kind == "string_pattern_mismatch":
        return f"{value} does not have the form of such a name", f"it must match {context['pattern']}"
    if kind == "too_short":
        return "has too few entries", f"at least {context['min_length']}"
    if kind == "too_long":
        return "has too many entries", f"at most {context['max_length']}"
    return message[:1].lower() + message[1:], ""


def _real_keys(data: Any, loc: tuple[str | int, ...]) -> Iterator[str | int]:
    """The error's place without the names of union members, which the file does not contain."""
    for index, key in enumerate(loc):
        last = index == len(loc) - 1
        if key == "[key]":
            continue
        if isinstance(data, dict):
            match = next((k for k in data if k == key or str(k) == str(key)), None)
            if match is None and not last:
                continue
            if match is None and str(key)[:1].isupper():
                continue
            data = data.get(match)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        elif not last or not isinstance(data, dict):
            continue
        yield key


def _path(keys: tuple[str | int, ...], data: Any) -> str:
    """`criteria.tone.levels` where list entries have an id, else `criteria[2]`, counted from 1."""
    parts = ""
    for key in keys:
        if isinstance(data, list) and isinstance(key, int):
            data = data[key] if key < len(data) else None
            name = data.get("id") if isinstance(data, dict) else None
            parts += f".{name}" if isinstance(name, str) and name else f"[{key + 1}]"
            continue
        parts += f"[{key + 1}]" if isinstance(key, int) and data is None else f".{key}"
        data = data.get(key) if isinstance(data, dict) else None
    return parts.removeprefix(".")


def _known_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """The keys that may stand at the place: those of every model that it can hold."""
    at: list[Any] = [model]
    for key in loc:
        following: list[Any] = []
        for place in at:
            fields = place.model_fields
            field = next((f for n, f in fields.items() if key in {n, f.alias}), None)
            following += _models(field.annotation) if field else [place]
        at = following or at
    tagged = [m for m in at if loc[-1:] == (_tag(m),)]
    return {field.alias or name for m in (tagged or at) for name, field in m.model_fields.items()}


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    return next(iter(get_args(kind.annotation)), None) if kind else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _one_of(given: str, known: list[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    return (f"did you mean {close[0]}? " if close else "") + f"known: {', '.join(known)}"
