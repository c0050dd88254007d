"""What a server said about a failure, in words that are safe to show, to store and to decide by.

An error page may repeat the request: the key, or what a participant wrote. Nothing of that may reach a log, and a
participant's words must not pass for the server's. So only the fields that carry a server's own words are read, and
every stretch that also stands in what was sent is cut out of them.
"""

from __future__ import annotations

import json
import re

from pipeline.domain.grading import JudgeRequest
from pipeline.domain.ids import Value

SHOWN = 200
"""Characters of a server's words in a message."""
_ECHO = 16
_LONGEST_READ = 3000
_WORD_KEYS = ("message", "msg", "detail", "error", "error_description", "title", "reason", "loc", "metadata", "raw")
_CODE_KEYS = ("code", "type", "param", "status")
_CODE = re.compile(r"[A-Za-z0-9_.\[\]-]{1,60}")
_FENCE = re.compile(r"^[0-9a-f]{32}\| ?", re.MULTILINE)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class ServerWords(Value):
    """`codes`: machine-readable words (code, type, param), lower case; `text`: the sentences, without echoes."""

    codes: tuple[str, ...] = ()
    text: str = ""
    is_error: bool = False
    """the body was JSON with an `error` in it, as this API's errors are"""

    def mention(self, pattern: str) -> bool:
        """Whether codes or text contain the regular expression, in any case."""
        return re.search(pattern, " ".join((*self.codes, self.text)), re.IGNORECASE) is not None

    def show(self, head: str) -> str:
        """`head`, the codes and the text as one line of at most SHOWN printable characters."""
        said = " ".join(dict.fromkeys(code for code in self.codes if not code.isdigit()))
        line = ": ".join(part for part in (f"{head} {said}".strip(), self.text) if part)
        return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def server_words(body: bytes, *, request: JudgeRequest | None, key: str) -> ServerWords:
    """The server's own words in an error body: JSON of any known shape, or plain text; of a web page, none."""
    text = body[:1_000_000].decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = "" if "<" in text[:200] else text
    codes: list[str] = []
    words: list[str] = []
    _collect(value, codes, words, 0)
    said = _clean(" ".join(words)[:_LONGEST_READ])
    safe = _without_echo(said, _private(request))
    if key:
        safe = safe.replace(key, "[key]")
        codes = [code for code in codes if key.lower() not in code]
    private_codes = _private(request).lower()
    codes = [code for code in codes if len(code) < _ECHO or code not in private_codes]
    return ServerWords(codes=tuple(codes), text=safe, is_error=isinstance(value, dict) and "error" in value)


def _collect(value: object, codes: list[str], words: list[str], depth: int) -> None:
    if depth > 6 or len(words) > 40:
        return
    if isinstance(value, str | int):
        words.append(str(value)[:_LONGEST_READ])
    elif isinstance(value, list):
        for one in value[:20]:
            _collect(one, codes, words, depth + 1)
    elif isinstance(value, dict):
        found = (str(value[name]) for name in _CODE_KEYS if value.get(name) is not None)
        codes.extend(code.lower() for code in found if _CODE.fullmatch(code))
        for name in _WORD_KEYS:
            if name in value:
                _collect(value[name], codes, words, depth + 1)


def _clean(text: str) -> str:
    """One line of printable characters, with JSON's escapes inside a string read as the characters they stand for."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = text.replace("\\n", " ").replace('\\"', '"')
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _private(request: JudgeRequest | None) -> str:
    """All that was sent except instructions, on one line, with and without the marks that fence it."""
    if request is None:
        return ""
    sent = "\n".join(message.content for message in request.messages if message.role != "system")
    return " ".join(sent.split()) + "\n" + " ".join(_FENCE.sub("", sent).split())


def _without_echo(text: str, private: str) -> str:
    """The text without every stretch of at least _ECHO characters that also stands in `private`."""
    echoed = [False] * len(text)
    for start in range(len(text) - _ECHO + 1):
        if text[start : start + _ECHO] in private:
            echoed[start : start + _ECHO] = [True] * _ECHO
    pieces: list[str] = []
    for char, echo in zip(text, echoed, strict=True):
        if not echo:
            pieces.append(char)
        elif not pieces or pieces[-1] != "[…]":
            pieces.append("[…]")
    return "".join(pieces)
