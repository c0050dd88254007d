"""Finds the texts to translate in Python sources, also inside f-strings; named in babel.cfg for `make messages`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import BinaryIO

TEXT_CALLS = frozenset({"t", "texts", "_", "N_"})
PLURAL = "plural"


def texts_of(
    source: BinaryIO,
    _keywords: object,
    _comment_tags: Collection[str],
    options: object,  # noqa: ARG001 - Babel passes it by name
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Line, function, message and comments of every `t("…")`, `self.texts("…")`, `N_("…")`, `t.plural("…", "…", n)`.

    Only literal strings are texts; a variable's literals are marked where they stand, by `N_` or `_`.
    """
    for node in ast.walk(ast.parse(source.read())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        said = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
        if name in TEXT_CALLS and said and said[0] is not None:
            yield node.lineno, "gettext", said[0], []
        elif name == PLURAL and len(said) > 1 and said[0] is not None and said[1] is not None:
            yield node.lineno, "ngettext", (said[0], said[1]), []
