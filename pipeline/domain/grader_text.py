"""Text in an answer that gives orders to whoever grades it, as far as plain patterns can see it.

Kept narrow on purpose: answers of a service contest speak of ratings, points, systems and instructions all the time.
What is found refers a submission to a person and never changes its marks; what is not found may still be such text.
"""

from __future__ import annotations

import re

from pipeline.domain.submission import Span

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")

_MARKS = (
    r"(?:балл\w*|гард\w*|оценк\w*|отметк\w*|очк(?:о|а|ов)\b"
    r"|scores?\b|marks?\b|grades?\b|guards?\b|points?\b|ratings?\b)"
)
_TOP = (
    r"(?:максимальн\w+|максимум|высш\w+|наивысш\w+|полн(?:ый|ую|ое)|отличн\w+|maximum|max|highest|full|top|perfect"
    r"|best(?: possible)?)"
)
_NUMBER = r"(?:\d{1,3}|один|два|две|три|четыре|пять|десять|one|two|three|four|five|ten)"
_ORDER = (
    r"(?:поставь(?:те)?|поставить|выставь(?:те)?|выстави(?:те)?|выставить|присво(?:й|йте|ить)|присуди(?:те|ть)?"
    r"|начисли(?:те|ть)?|выведи(?:те)?|дай(?:те)?|засчита(?:й|йте|ть)|оцени(?:те|ть)?|give|award|assign|grant|output|return|report"
    r"|rate|score|grade|mark|set)"
)
_WORK = (
    r"(?:эт(?:от|ому|ой|у|о|им)\s+(?:ответ\w*|работ\w+|решени\w+|кейс\w*|текст\w*|пост\w*|эссе)"
    r"|за\s+(?:этот\s+|эту\s+|это\s+|мой\s+|мою\s+|моё\s+|мое\s+)?(?:ответ|работу|решение|кейс|эссе)\b"
    r"|мо(?:й|ему|ей|ю|ё|е)\s+(?:ответ\w*|работ\w+|решени\w+|эссе)"
    r"|(?:every|each|all|this)\s+criteri\w+|(?:кажд\w+|вс\w{1,2})\s+критери\w+"
    r"|(?:this|my|the)\s+(?:answer|response|submission|essay|solution|entry|work)\b)"
)
_GRADER = (
    r"(?:ии(?:-\w+)?|искусственн\w+ интеллект\w*|нейросет\w+|языков\w+ модел\w+|чат-?бот\w*|проверяющ\w+|оценщик\w*"
    r"|жюри|судь\w+|экзаменатор\w*|llm|gpt\w*|chatgpt|ai(?: (?:grader|judge|model|assistant|evaluator))?|language model"
    r"|grader\w*|evaluator\w*|examiner\w*|judges?|jury|marker|grading (?:system|model|ai))"
)
_CUSTOMER = re.compile(
    r"клиент|покупател|заказчик|абонент|бонус|карт[аеуы]\b|опрос|обслуживани|сервис|оператор|сотрудник|звонк|разговор"
    r"|консультаци|поддержк|отзыв|приложени|customer|client|survey|service|operator|agent\b|loyalty|bonus|call\b"
    r"|conversation|support|feedback form|app\b",
    re.IGNORECASE,
)
_W = r"(?:[\w'’«»\"-]++[ ,:]++)"

_ORDERED_TOP = re.compile(rf"\b{_ORDER}\b[ ,:]++{_W}{{0,7}}?{_TOP}\s+{_W}{{0,3}}?{_MARKS}", re.IGNORECASE)
_ORDERED_NUMBER = re.compile(
    rf"\b{_ORDER}\b[ ,:]++{_W}{{0,7}}?(?:{_NUMBER}\s+{_W}{{0,2}}?{_MARKS}|{_MARKS}\s*[:=«\"]?\s*{_NUMBER}\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"\b{_ORDER}\b[ ,:]++{_W}{{0,7}}?(?:гард(?:а|ов|ы)?|guards?)\b", re.IGNORECASE)
_FOR_WORK = re.compile(_WORK, re.IGNORECASE)
_NAMED = re.compile(rf"\b{_GRADER}\b", re.IGNORECASE)
_SPOKEN_TO = re.compile(
    rf"^\W*(?:(?:внимание|уважаем\w+|дорог\w+|инструкция|указание|команда|сообщение|примечание|note|message|instructions?"
    rf"|attention|dear|hey)[ ,:]+(?:для |к |всем |to |for )?(?:the |any |all )?)?{_GRADER}\s*[,:!—–-]\s*(?=.*\b"
    r"(?:игнориру\w+|проигнориру\w+|забудь(?:те)?|поставь(?:те)?|выстав\w+|присво\w+|присуд\w+|начисл\w+|засчита\w+|считай(?:те)?"
    r"|не учитывай(?:те)?|ignore|disregard|forget|give|award|assign|output|return|treat|consider|you must|skip)\b)",
    re.IGNORECASE,
)
_OVERRIDE = re.compile(
    rf"\b(?:(?:про)?игнорируй(?:те)?|забудь(?:те)?|отмени(?:те)?|отбрось(?:те)?"
    rf"|не (?:учитывай|выполняй|следуй|соблюдай)(?:те)?|ignore|disregard|forget|override|bypass|abandon)\s+{_W}{{0,4}}?"
    r"(?:(?:предыдущ|прежн|прошл|вышеуказанн|вышестоящ|системн|ран(?:ее|ьш))\w*\s+(?:\w+\s+){0,2}?"
    r"(?:инструкц|указани|правил|команд|промпт|запрос|рубрик|критери|настройк)\w*"
    r"|(?:сво[ийюеёхм]+|тво[ийюеёхм]+|ваш\w*)\s+(?:\w+\s+)?(?:инструкци|промпт|рубрик|критери)\w*"
    r"|(?:previous|prior|above|earlier|preceding|system|foregoing|your|existing)\s+(?:\w+\s+){0,2}?"
    r"(?:instruction|rule|prompt|guideline|rubric|criteri|direction|order|command)\w*"
    r"|(?:the|this|scoring|grading)\s+(?:\w+\s+)?(?:rubric|scoring guide|grading criteria|system prompt)\b)",
    re.IGNORECASE,
)
_NEW_ORDERS = re.compile(
    r"(?:\*\*\*|###|\[|<|^)\s*(?:new|updated|system|important|новые|системные)\s+(?:\w+\s+)?(?:system\s+)?(?:instructions?|override"
    r"|инструкции|указания)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DESERVES = re.compile(
    rf"{_WORK}[ ,]+{_W}{{0,4}}?(?:заслужива\w+|достоин\b|достойн\w+|должен получить|должна получить|deserves?|merits?"
    rf"|should (?:receive|get|be (?:given|awarded|rated|graded|scored))|must (?:receive|get|be (?:given|awarded)))\s+"
    rf"{_W}{{0,4}}?(?:{_TOP}|{_NUMBER})\s+{_W}{{0,2}}?{_MARKS}",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^[ \t>#*\[<]*(?:system|developer)(?:[ _](?:prompt|message|note|override|instruction)s?)?[\]>* \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_SPECIAL = re.compile(
    r"<\|[a-zA-Z_]{2,40}\|>|<｜[^｜\n]{2,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?(?:system|assistant)(?:_\w+)?>"
    r"|^[ \t]*#{2,4} ?(?:system|instruction|assistant)s?\b *:?",
    re.IGNORECASE | re.MULTILINE,
)


def find_grader_text(text: str) -> tuple[Span, ...]:
    """Where `text` (canonical) orders its grader about: ranges in order, not overlapping, in code points.

    Seen in Russian and English: orders to give the maximum, a number of guards or marks for this work; to ignore or
    forget instructions, the rubric or the prompt; a grader or AI spoken to by name with such an order; role markers
    ("system:") at the start of a line; special tokens of chat formats. Not seen: a request to rate the work, thanks,
    talk about ratings that customers give or points that they get, talk about AI, prompts and instructions.
    """
    found = [m.span() for pattern in (_ROLE, _SPECIAL, _NEW_ORDERS) for m in pattern.finditer(text)]
    found += [sentence.span() for sentence in _SENTENCE.finditer(text) if _orders(sentence.group())]
    return _merged([_stripped(text, *span) for span in found])


def _orders(sentence: str) -> bool:
    if _OVERRIDE.search(sentence) or _SPOKEN_TO.search(sentence) or _DESERVES.search(sentence):
        return True
    named = bool(_FOR_WORK.search(sentence) or _NAMED.search(sentence))
    if not named and _CUSTOMER.search(sentence):
        return False
    if _UNIT.search(sentence) or _ORDERED_TOP.search(sentence):
        return True
    return named and bool(_ORDERED_NUMBER.search(sentence))


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _merged(spans: list[tuple[int, int]]) -> tuple[Span, ...]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif start < end:
            kept.append((start, end))
    return tuple(Span(start=start, end=end) for start, end in kept)
