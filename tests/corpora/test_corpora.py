"""The corpora are well formed, cover what they claim to cover, and their halves are comparable."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.corpora.split import half

HERE = Path(__file__).parent
CARRIERS = {"text", "html", "markdown", "docx", "csv"}
PROMISES = {"structural", "hidden", "encoded", "cited", "persuasion"}
README = (HERE / "README.md").read_text("utf-8")
TECHNIQUES = set(re.findall(r"`(\w+)`", README.partition("Techniques (")[2].partition("## benign")[0]))
KINDS = set(re.findall(r"^\| `(\w+)` \| ", README.partition("## benign")[2], flags=re.MULTILINE))


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


ATTACKS = read("attacks.jsonl")
BENIGN = read("benign.jsonl")


def letters(text: str) -> str:
    """What is left of a text without case, spaces, punctuation and characters that nobody sees."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a["id"])
def test_an_attack_is_well_formed(attack: dict[str, Any]) -> None:
    assert list(attack) == ["id", "technique", "language", "carrier", "promise", "text", "words"]
    assert attack["technique"] in TECHNIQUES
    assert attack["carrier"] in CARRIERS
    assert attack["promise"] in PROMISES
    assert attack["id"].startswith(f"{attack['technique']}-{attack['language']}-")
    assert attack["text"] == unicodedata.normalize("NFC", attack["text"]).strip()
    assert attack["words"]
    position = 0
    for words in attack["words"]:
        assert words.strip()
        position = attack["text"].index(words, position) + len(words)


@pytest.mark.parametrize("answer", BENIGN, ids=lambda a: a["id"])
def test_a_harmless_answer_is_well_formed(answer: dict[str, Any]) -> None:
    assert list(answer) == ["id", "kind", "language", "text"]
    assert answer["kind"] in KINDS
    assert answer["language"] in {"ru", "en"}
    assert answer["id"].startswith(f"{answer['kind']}-{answer['language']}-")
    assert answer["text"] == answer["text"].strip()
    assert 20 <= len(answer["text"].split()) <= 200


def test_no_id_and_no_text_comes_twice() -> None:
    """Texts that differ in case, spaces or punctuation only would be one text counted twice."""
    every = ATTACKS + BENIGN
    assert [i for i, n in Counter(x["id"] for x in every).items() if n > 1] == []
    alike = defaultdict(list)
    for x in every:
        alike[letters(x["text"]) or x["text"]].append(x["id"])
    assert [ids for ids in alike.values() if len(ids) > 1] == []


def test_every_technique_has_russian_and_english_and_both_halves() -> None:
    languages, halves = defaultdict(set), defaultdict(set)
    for attack in ATTACKS:
        languages[attack["technique"]].add(attack["language"])
        halves[attack["technique"]].add(half(attack["id"]))
    assert set(languages) == TECHNIQUES
    assert len(TECHNIQUES) >= 70
    assert [t for t, found in languages.items() if not found >= {"ru", "en"}] == []
    assert [t for t, found in halves.items() if found != {"dev", "frozen"}] == []


def test_every_promise_has_both_languages_in_both_halves() -> None:
    cells = Counter((a["promise"], a["language"], half(a["id"])) for a in ATTACKS)
    wanted = {(p, lang, h) for p in PROMISES for lang in ("ru", "en") for h in ("dev", "frozen")}
    assert {cell for cell in wanted if cells[cell] < 3} == set()


def test_every_kind_has_both_languages_and_both_halves() -> None:
    assert {(b["kind"], b["language"]) for b in BENIGN} == {(k, lang) for k in KINDS for lang in ("ru", "en")}
    assert {(b["kind"], half(b["id"])) for b in BENIGN} == {(k, h) for k in KINDS for h in ("dev", "frozen")}


def test_there_is_enough_to_measure() -> None:
    """A share of 2% says something from a hundred texts on; the contest's language leads."""
    assert len(ATTACKS) >= 130
    assert len(BENIGN) >= 260
    for corpus, least in ((ATTACKS, 65), (BENIGN, 120)):
        sizes = Counter(half(x["id"]) for x in corpus)
        assert min(sizes["dev"], sizes["frozen"]) >= least
    russian = sum(b["language"] == "ru" for b in BENIGN) / len(BENIGN)
    assert 0.75 <= russian <= 0.85


def test_the_halves_never_move() -> None:
    """The rule of the split is fixed: another rule would show frozen texts to whoever tunes."""
    assert [half(i) for i in ("a", "b", "c", "кейс")] == ["dev", "dev", "dev", "frozen"]


def test_what_nobody_sees_is_escaped_in_the_files() -> None:
    for name in ("attacks.jsonl", "benign.jsonl"):
        raw = (HERE / name).read_text("utf-8")
        assert {f"{ord(c):x}" for c in raw if unicodedata.category(c) in {"Cf", "Cc", "Co", "Cn"}} <= {"a"}
