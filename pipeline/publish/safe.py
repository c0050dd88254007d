"""What participants wrote, made unable to act: in a page, in a JSON file, in a cell."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e001f]"
)
"""Controls, bidirectional controls, invisible marks, lone surrogates; joiners of emoji and of scripts stay."""
_ACTIVE = re.compile("[<>&\u0080-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_FORMULA = re.compile(r"^[\s'\"]*[=+\-@＝＋－＠\t\r]")
_INNER_FORMULA = re.compile(r"([;,\t]\s*\"?\s*)(?=[=@＝＠]|[+\-＋－][\w(])")
_XML_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XLSX_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
XLSX_CELL = 32_000
"""Characters that a cell takes; Excel's own bound is 32767."""


def visible(text: str) -> str:
    """The text with every character that hides or reorders others written out as ⟨U+202E⟩."""
    return _UNSEEN.sub(lambda m: f"⟨U+{ord(m.group()):04X}⟩", text)


def web_address(url: str) -> str | None:
    """The address if it is a plain http or https one that a link may lead to, else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    plain = visible(url) == url and not re.search(r"[\s\\]", url)
    return url if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and plain else None


def safe_json(value: object) -> str:
    """Indented JSON; characters that act in HTML or reorder text stand as escapes, the value is the same."""
    told = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return _ACTIVE.sub(lambda m: f"\\u{ord(m.group()):04x}", told) + "\n"


def csv_text(text: str) -> str:
    """One line that no spreadsheet takes for a formula, also one that splits the file at another delimiter."""
    line = visible(" ".join(text.split()))
    line = _INNER_FORMULA.sub(r"\1'", line)
    return f"'{line}" if _FORMULA.match(text) or _FORMULA.match(line) else line


def xlsx_text(text: str) -> str:
    """Text for a cell of type string: no illegal characters, no escapes of the format, within its length."""
    plain = _XLSX_ESCAPE.sub("_x005F_", visible(_XML_ILLEGAL.sub("", text)))
    return plain if len(plain) <= XLSX_CELL else plain[: XLSX_CELL - 1] + "…"
