"""Stretches in neither of the languages in which answers are written and read."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_WORD = re.compile(r"[^\W\d_]+")
_WINDOW = 7
"""Words in a row. A greeting, a title or a list of brands is shorter and says too little to tell."""
_ENGLISH = frozenset(
    [
        "the", "an", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "is", "are", "was", "were",
        "be", "been", "it", "this", "that", "you", "he", "she", "we", "they", "my", "your", "his", "her", "our",
        "their", "me", "him", "us", "them", "not", "no", "as", "if", "so", "do", "does", "did", "have", "has", "had",
        "will", "would", "can", "could", "should", "what", "when", "where", "who", "how", "than", "then", "there",
        "here", "by", "from", "about", "into", "out", "up", "down", "all", "any", "some", "just", "only", "more",
        "most", "very", "one", "two", "every", "each", "give", "make", "let", "say", "says", "said", "ask", "get",
        "put", "see", "know", "its", "it's", "don't", "i'm", "after", "before", "back", "first", "last", "new", "own",
        "too", "now", "never", "always", "because", "while",
    ]
)  # fmt: skip
_CYRILLIC_ELSEWHERE = re.compile("[әғқңөұүһҳҷӣӯҡҙҫәјљњћђѓќџўєїґіӑӗӳӧӱӹ]", re.IGNORECASE)
_LATIN = re.compile("[a-z\u00c0-\u024f]+", re.IGNORECASE)
_ELSEWHERE = re.compile(
    "[\u0370-\u03ff\u0530-\u058f\u0590-\u08ff\u0900-\u109f\u10a0-\u10ff\u1100-\u11ff\u1200-\u137f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,}"
)


def foreign_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of sentences with a stretch that reads neither as Russian nor as English.

    Latin letters: seven words in a row without a common English one. Cyrillic ones: three words in a sentence with
    letters that Russian does not have. Any other script: a run of four letters. A row of technical names may be
    taken for foreign: this proves nothing by itself.
    """
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group()
        words = _WORD.findall(said.casefold())
        if sum(bool(_CYRILLIC_ELSEWHERE.search(w)) for w in words) >= 3 or _ELSEWHERE.search(said):
            yield sentence.span()
            continue
        row = 0
        for word in words:
            row = row + 1 if _LATIN.fullmatch(word) and word not in _ENGLISH else 0
            if row >= _WINDOW:
                yield sentence.span()
                break
