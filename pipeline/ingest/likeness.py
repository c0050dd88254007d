"""Which case a text without a number most resembles: a proposal for a person, never a decision.

Words are weighed by how few of the contest's statements have them (inverse document frequency), so that what all
cases share says nothing; likeness is the cosine between text and statement over these weights, times 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from pipeline.domain.contest import Case
from pipeline.domain.submission import Proposal
from pipeline.ingest.structure import stems, words_of

AT_LEAST = 15.0
"""likeness under which no case is proposed"""
AHEAD = 1.25
"""by which factor the best must lead the next"""
SHARED = 3
"""distinct words that text and statement must share"""


def propose(text: str, cases: Mapping[int, Case]) -> Proposal:
    """The most alike case, or `case=None` where none is alike enough or two are equally so.

    `likeness` is that of the best case, 0..100, also where it was not enough; it is no probability. `why` lists the
    words that speak for it, as the text has them. Undefined (None, likeness 0) for an empty text or no cases.
    """
    weights, documents = _weights(tuple(case for _, case in sorted(cases.items())))
    mine = set(_features(text))
    ranked = sorted(
        ((_cosine(mine, document, weights), -number) for number, document in documents.items()), reverse=True
    )
    if not ranked or not mine:
        return Proposal(case=None, by="likeness", likeness=0.0)
    best, number = ranked[0][0], -ranked[0][1]
    shared = [s for s in stems(text) if s in documents[number] and weights[s] > 0]
    clear = len(ranked) == 1 or best >= AHEAD * ranked[1][0]
    if best < AT_LEAST or not clear or len(set(shared)) < SHARED:
        return Proposal(case=None, by="likeness", likeness=round(best, 1))
    return Proposal(case=number, by="likeness", likeness=round(best, 1), why=_words_for(text, shared, weights))


def _features(text: str) -> list[str]:
    """Content stems, and pairs that stand next to each other."""
    single = stems(text)
    return [*single, *(f"{a} {b}" for a, b in pairwise(single) if a != b)]


@lru_cache(maxsize=16)
def _weights(cases: tuple[Case, ...]) -> tuple[dict[str, float], dict[int, set[str]]]:
    documents = {case.number: set(_features(f"{case.title}\n{case.statement}")) for case in cases}
    count: dict[str, int] = {}
    for document in documents.values():
        for feature in document:
            count[feature] = count.get(feature, 0) + 1
    total = len(documents)
    only = 1.0 if total == 1 else 0.0
    return {f: math.log(total / n) + only for f, n in count.items()}, documents


def _cosine(mine: set[str], document: set[str], weights: Mapping[str, float]) -> float:
    """Only what some statement knows counts in the text's length: a long answer is not punished for own words."""
    shared = sum(weights[f] ** 2 for f in mine & document)
    text = sum(weights[f] ** 2 for f in mine if f in weights)
    case = sum(weights[f] ** 2 for f in document)
    return 100 * shared / math.sqrt(text * case) if shared else 0.0


def _words_for(text: str, shared: list[str], weights: Mapping[str, float]) -> str:
    """Up to five of the telling words in the form in which they first stand in the text."""
    telling = sorted(dict.fromkeys(shared), key=lambda s: (-weights[s], s))[:5]
    forms = {stem: word for word in reversed(words_of(text)) for stem in stems(word)}
    return ", ".join(forms[s].casefold() for s in telling if s in forms)
