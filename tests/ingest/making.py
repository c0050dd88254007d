"""Posts and a contest for the tests of ingest, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.domain.contest import Case, Contest
from pipeline.domain.submission import Claim, Post
from pipeline.ingest.versions import PostVersion

CONTEST = Contest.model_validate(
    {
        "id": "sample",
        "language": "ru",
        "timezone": "Europe/Moscow",
        "opens": "2026-12-10T10:00:00+03:00",
        "closes": "2026-12-20T00:00:00+03:00",
    }
)
STATEMENTS = {
    1: (
        "Скидка",
        "Гость спрашивает о скидке для постоянных посетителей. Напишите, как вы скажете ему, что её пока нет.",
    ),
    2: ("Другой отдел", "Клиент просит, чтобы его вопросы решали только вы. Опишите два варианта ваших действий."),
    3: (
        "Болтун",
        "Весёлый собеседник шутит о погоде и возрасте. Предложите не менее 5 фраз, чтобы вернуть разговор к заказу.",
    ),
    4: ("Жалобы", "Приведите 2-3 удачные фразы из писем с претензиями. Объясните, почему грубить нельзя."),
    5: ("Стажёр", "Вы учите новичка на удалёнке. Какие навыки вы станете развивать и чем их измерите?"),
}
CASES = {n: Case(number=n, title=title, statement=text) for n, (title, text) in STATEMENTS.items()}
ANSWER = (
    "Я бы сначала выслушала человека до конца и поблагодарила его за терпение. "
    "Потом назвала бы срок и сказала, что сама прослежу за его просьбой до результата."
)
OTHER = (
    "Начну с тёплой улыбки в голосе и короткого уточнения, что именно сейчас важнее всего. "
    "После этого предложу два пути и дам собеседнику спокойно выбрать удобный."
)


def post(text: str = "", **fields: Any) -> Post:
    """A plain text file by the entrant of its folder, published while the contest is open."""
    values: dict[str, Any] = {
        "identity": "path:anna/a.txt",
        "source": "anna/a.txt",
        "text": text,
        "entrant_claims": (Claim(source="folder", value="anna"),),
        "published_claims": (Claim(source="meta", value="2026-12-15T12:00:00+03:00"),),
    }
    values |= fields
    if "source" in fields and "identity" not in fields:
        values["identity"] = f"path:{fields['source']}"
    return Post(**values)


def version(of: Post, order: int = 1, read_at: datetime = datetime(2026, 12, 16, 8, tzinfo=UTC)) -> PostVersion:
    """The post as read in the morning of 16 December, unless said otherwise."""
    return PostVersion(post=of, read_at=read_at, order=order)


def at(stamp: str, source: str = "meta") -> tuple[Claim, ...]:
    """One claim about time."""
    return (Claim(source=source, value=stamp),)


def by(name: str, source: str = "folder") -> tuple[Claim, ...]:
    """One claim about the entrant."""
    return (Claim(source=source, value=name),)
