"""Text in an answer that speaks to whoever grades it, as far as patterns can see it.

Two strengths. `find_grader_text` is kept narrow: answers of a service contest speak of ratings, points, systems and
instructions all the time; what it finds refers a submission. `find_suspicious` is wide: a sentence about marks for
this very work is no evidence of anything, so a quote of evidence that lies in one refers. Neither ever changes a
mark; what is not found may still be such text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.domain.disguises import View, views
from pipeline.domain.grader_frames import Range, find_frames
from pipeline.domain.grading_words import (
    AWARD,
    AWARD_THREE,
    BEST,
    EVERY,
    GRADER,
    GRADING,
    MARK,
    PAST,
    RUBRIC,
    THREE,
    UNIT,
    VERDICT,
    WORK,
)
from pipeline.domain.languages import foreign_sentences
from pipeline.domain.submission import Span

_LONGEST = 48
_ENDLESS = re.compile(rf"\w{{{_LONGEST + 1},}}")
_KEPT = 16
"""Texts whose ranges are remembered: one is asked for more than once within a verification."""
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

_W3 = r"(?:[\w'’«»\"()%+-]++[ ,:;—–-]++)"
_AWARDED = re.compile(
    rf"\b{AWARD}\b[ ,:«\"—–-]++{_W3}{{0,8}}?(?:{BEST}\b|{THREE}|{UNIT}|обе\b)", re.IGNORECASE
)
_AWARDED_BEFORE = re.compile(
    rf"\b(?:{BEST}|{THREE}|{UNIT})\b[ ,:»\"—–-]{{0,3}}(?:{_W3}{{0,4}}?)\b(?:поставь\w*|ставь\w*|выстав\w+|запиши\w*|засчита\w+|зафиксируй\w*"
    r"|присвой\w*|ставится|заслуж\w+|полагается|положен\w*|гарантир\w+|обеспечен\w*|awarded|deserved|guaranteed|due|please)",
    re.IGNORECASE,
)
_AT_ALL = re.compile(
    rf"(?:\b(?:{THREE}|{BEST}|{MARK}\s*{THREE})\b[ ,:—–-]{{1,3}}{_W3}{{0,3}}?{EVERY}"
    rf"|{EVERY}[ ,:—–-]{{1,3}}{_W3}{{0,4}}?(?:{THREE}|{BEST})(?!\w))",
    re.IGNORECASE,
)
_RULES_OFF = re.compile(
    r"\b(?:рубрик\w*|критери\w+|инструкци\w+|правил\w+|указани\w+|промпт\w*|rubric\w*|criteri\w+|instructions?|rules?|guidelines?|prompts?)\b[^.!?\n]{0,50}?"
    r"\b(?:не действу\w+|не применя\w+|больше не|отмен\w+|недействительн\w+|устарел\w*|можно не|не нужн\w+|не важн\w+|забудь\w*|no longer|do(?:es)? not apply|don't apply"
    r"|are void|is void|cancelled|suspended|obsolete|disabled|were meant for|not needed|superseded|lifted|waived|already satisfied|satisfied already|отключен\w*|снят[ыа]?)\b"
    r"|\b(?:не применя\w+|отключи\w*|пропусти\w*|отмени\w*|обойди\w*|не использу\w+|не смотри\w*|skip|bypass|disable|do not (?:use|apply|follow)|don't (?:use|apply|follow)|stop (?:using|following))\b"
    r"[^.!?\n]{0,30}?\b(?:рубрик\w*|критери\w+|провер(?:ку|ки)|инструкци\w+|указани\w+|rubric\w*|criteri\w+|instructions|verification|guidelines|the checks?)\b",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    rf"\b(?:забудь(?:те)?|(?:про)?игнориру\w+|отбрось(?:те)?|не (?:учитывай|соблюдай|применяй|смотри)(?:те)?|forget|ignore|disregard|drop|discard)\b[ ,]+(?:[\w'’-]+[ ,]+){{0,3}}?{RUBRIC}|{RUBRIC}[^.!?\n]{{0,25}}?\b(?:забудь|игнорируй|отбрось)",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"(?:\b(?:примечани\w+|заметк\w+|сообщени\w+|инструкци\w+|указани\w+|внимани[ею]|обращени\w+|комментари\w+|пояснени\w+|команд\w+|записк\w+|для|note|notice|message|memo|instructions?|attention|hint"
    rf"|reminder|comment|remark|word|to|for|dear|hey|hello|hi|уважаем\w+|дорог\w+|привет|эй)[ ,:]+(?:\w+[ ,]+){{0,2}}?(?:to|for|для|к)?\s*(?:the |any |all |всех |вас )?(?:\w+\s+)?{GRADER}"
    rf"|^\W*(?:\w+\s+)?{GRADER})(?:[ ,]+[^:.!?\n]{{0,40}}?)?\s*[,:!—–)-]",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"\b(?:your (?:new |only |next |real )?(?:task|job|goal|directive|role|instructions?) (?:is|are|starts?|now)|твоя (?:новая |единственная )?(?:задача|цель|роль)|новое задание|new (?:task|directive|orders?|instructions?)"
    r"|(?:important|secret|special|secure) (?:message|instructions?)|(?:override|overriding|отмен\w+ (?:ручн\w+|прежн\w+))\b|hidden instruction|скрыт\w+ (?:инструкци|указани)\w+)",
    re.IGNORECASE,
)
_PRESCORED = re.compile(
    r"\b(?:pre-?(?:approved|verified|scored|graded|validated|cleared|checked|screened)|already (?:been )?(?:approved|graded|scored|verified|assessed|marked|accepted)|заранее (?:одобрен\w*|оценен\w*|зачтен\w*|проверен\w*|согласован\w*)"
    r"|предварительно (?:одобрен\w*|оценен\w*|зачтен\w*|согласован\w*|утвержд[её]н\w*)|уже (?:одобрен\w*|оцен[её]н\w*|зачт[её]н\w*|проверен\w*|утвержд[её]н\w*|согласован\w*|принят\w*)|manually (?:reviewed|approved|graded)"
    r"|(?:проверен\w*|оцен[её]н\w*|одобрен\w*) (?:вручную|жюри|организатор\w*|комисси\w+|экспертами))\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    rf"\b(?:если|when|if|whenever|поскольку|так как|in case)\b[^.!?\n]{{0,120}}?(?:{WORK}|\bответ\w*|\bтекст\w*|\bавтор\w*|\banswers?|\btext|\bauthor|\bentr(?:y|ies)|\bsubmission)[^.!?\n]{{0,120}}?(?:{BEST}\s+(?:\w+\s+)?{MARK}|{UNIT}"
    rf"|{MARK}\s*{THREE}|\b(?:give|award|ставь\w*|поставь\w*|ставится|получает)\b[^.!?\n]{{0,20}}?{THREE})",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"\b(?:list nothing|leave|keep|do not (?:send|refer|mention|list|flag|report)|don't (?:send|refer|mention|list|flag|report)|without|оставь\w*|не (?:указывай|упоминай|отправляй|передавай|включай|показывай)\w*|без)\b"
    r"[^.!?\n]{0,60}?\b(?:addresses_grader|to (?:a |the )?jur(?:or|y)|prompt injection|manual review|human review|a juror|(?:на )?ручн\w+ проверк\w+|(?:к )?жюри\b|verification step|further evaluation)",
    re.IGNORECASE,
)
_OWN_MARK = re.compile(
    rf"{WORK}[^.!?\n]{{0,60}}?\b(?:ставится|получает|получит|получил\w*|заслуж\w+|признан\w*|присвоен\w*|присужд[её]н\w*|выставлен\w*|зачт[её]н\w*|засчит\w+|соответству\w+|полагается|оценен\w*|достоин\w*"
    rf"|has been|was|is|gets|got|receives?|received|earns?|earned|deserves?|merits?|scores?|scored|rated|graded|meets?|fits?|satisf\w+)\b[^.!?\n]{{0,60}}?(?:{BEST}\s+(?:\w+\s+){{0,2}}?(?:{MARK}|{RUBRIC})|{MARK}\s*[«\"]?{THREE}|{UNIT}"
    rf"|{THREE}(?:\s*{MARK}|\s+из тр|\s*/\s*3|\s+(?:on|for|по|за)\b))",
    re.IGNORECASE,
)

_AWARD_TOP = re.compile(
    rf"\b{AWARD}\b[ ,:«\"—–-]++{_W3}{{0,4}}?(?:максимум\w*|максимальн\w+|высш(?:ий|ую|ее|ая)|наивысш\w+|maximum|(?:the )?(?:top|highest))(?=[ \t]*(?:[.,;!?)»\"\n]|$))",
    re.IGNORECASE,
)
_OF_GRADING = re.compile(
    rf"\b(?:{WORK}|{RUBRIC}|{AWARD}|ответ(?:а|у|ом|е)?\b|answers?\b|entry\b|submission\b|descriptor\w*|record\b|протокол\w*|chain\b|instruction\w*|инструкци\w+|указани\w+)"
    rf"|\b(?:оценивающ|проверяющ|оценщик|жюри|судь|grader|juror|jury|evaluat|committee|комисси)\w*|\b(?:you|ты)\b|[=<>{{}}\[\]|#_*]",
    re.IGNORECASE,
)
_ABOUT_OTHERS = re.compile(
    rf"{_CUSTOMER.pattern}|стаж[её]р|новичк|ученик|звонк|шкал|чек-лист|анкет|оцен\w+ качеств|nps|csat|trainee|learner|checklist|survey|секретн\w+ слово|обеща\w+"
    r"|приоритет|тикет|заявк|обращени|ticket|priority|обучени|тренинг|экзамен|training|exam|наставник|mentor|компетенц|навык|skill",
    re.IGNORECASE,
)
_AWARD_THREE = re.compile(AWARD_THREE, re.IGNORECASE)
_WEAK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{GRADER}[^.!?\n]{{0,160}}?\b(?:{MARK}|{THREE}|{BEST}|{AWARD}|{RUBRIC}|{WORK})|\b(?:{MARK}|{THREE}|{BEST}|{RUBRIC}|{WORK})[^.!?\n]{{0,160}}?\b{GRADER}",
        rf"\b{AWARD}\b[^.!?\n]{{0,80}}?(?:{BEST}|{THREE}|{UNIT})(?!\w)",
        rf"\b{WORK}[^.!?\n]{{0,120}}?(?:{MARK}|{THREE}|{BEST}|{RUBRIC})|\b(?:{MARK}|{THREE}|{BEST}|{RUBRIC})(?!\w)[^.!?\n]{{0,120}}?{WORK}",
        rf"{UNIT}|{VERDICT.pattern}|\b(?:рубрик|rubric)\w*|\b(?:prompt|промпт)\w*",
        r"\b(?:игнориру|проигнорир|забудь|отмени|отбрось|ignore|disregard|override|bypass)\w*[^.!?\n]{0,60}?\b(?:инструкц|указани|правил|критери|команд|провер|instruction|rule|criteri|verif|command|order|above|previous|выше|прежн|предыдущ)\w*",
        r"\b(?:режим|mode|доступ|access|привилеги\w+|privileges?|администратор\w*|administrator|root|разработчик\w*|developer|отладк\w+|debug\w*)\b[^.!?\n]{0,100}?\b(?:критери|провер|оценк|балл|тройк|уров|outp|вывод|verif|scor|grad|guard|level|mark|skip)\w*",
        rf"[:—–=-][ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}[^\n]{{0,40}}?[:—–=-][ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}",
        rf"\b(?:{THREE})[^.!?\n]{{0,60}}?\b(?:не меньше|не ниже|at least|no less)|\b(?:не меньше|не ниже|не снижа\w+|at least|no lower|no less|не портите)\b[^.!?\n]{{0,40}}?(?:{THREE}|{MARK}|единоглас\w+)",
        rf"\b(?:you|your|вы|вам|вас|ваш\w*|ты|тебе|твой|тво\w+)\b[^.!?\n]{{0,80}}?\b(?:judg\w+|grad\w+|scor\w+|mark(?:s|ing)?\b|rubric|evaluat\w+|оценива\w+|проверя\w+|рубрик\w+|критери\w+)",
        _ADDRESSED.pattern,
        _PRESCORED.pattern,
        _RULES_OFF.pattern,
        _TASK.pattern,
        rf"\b{PAST}\b[^.!?\n]{{0,40}}?(?:{BEST}|{UNIT}|{THREE}(?=\s*(?:[.,;:!?)\]»\"]|$)))|(?:{BEST}|{MARK})[^.!?\n]{{0,40}}?\b{PAST}|{AWARD_THREE}",
        rf"(?:[:—–=,(]|->)[ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}(?=[ \t]*(?:[.,;)!\n]|$))|\b(?:тут|здесь|это|here|this is|that is|is a) {THREE}(?=[ \t]*(?:[.,;)!\n]|$))",
        rf"{EVERY}[ ,:—–-]{{1,3}}(?:\w+[ ,]+){{0,3}}?{THREE}|{THREE}[ ,]+(?:\w+[ ,]+){{0,2}}?{EVERY}",
        r"\b(?:единогласн\w+|unanim\w+|большинств\w+ голосов|majority|consensus|консенсус\w*|проголосовал\w*|voted)\b",
        r"\b(?:чистовик\w*|черновик\w*|drafts?|final (?:version|text|answer|submission)|верси\w+|редакци\w+)\b[^.!?\n]{0,100}?\b(?:оцен\w+|засчит\w+|учит\w+|балл\w*|отметк\w*|grad\w+|scor\w+|mark\w*|count\w*|skip\w*|не смотр\w+)",
        r"\b(?:developer|debug|admin\w*|god|maintenance|test|root|разработчика|отладки|администратора|тестирования|обслуживания) mode\b|\bрежим\w* (?:разработчика|отладки|администратора|тестирования|обслуживания|бога)\b|\brestrictions? (?:are|is) (?:lifted|off)",
        r"\b(?:repeat|print|show|reveal|quote|output|повтори\w*|покажи\w*|выведи\w*|перепиши\w*|процитируй\w*|раскрой\w*)\b[^.!?\n]{0,60}?\b(?:system|instructions|message|указани\w+|инструкци\w+|сообщени\w+)",
        r"\b(?:topmost|levelmax|verdictwise|maxscore|fullmarks)\b|[\\}\])({\[=+|]{2}[^\n]{0,80}?[\\}\])({\[=+|:]{2}",
    )
)
"""What a sentence of evidence about the work itself has no reason to say."""

_TELLING = re.compile(
    r"\b(?:клиент\w*|клиентк\w+|покупател\w+|абонент\w*|пользовател\w+|кто-то|он|она|мне|нам|бот\w*|customer|caller|client|user|somebody|someone|he|she|teammates?|colleagues?|they)\b[^.!?\n]{0,60}?"
    r"\b(?:крич\w+|закрич\w+|писа\w+|написа\w+|сказа\w+|говор\w+|требова\w+|велел\w*|повтор\w+|просил\w*|попросил\w*|спросил\w*|вв[её]л\w*|ответил\w*|шут\w+|wrote|types?|typed|said|says?|asks?|asked|tells?|told"
    r"|shouts?|shouted|demand\w+|jokes?|joked|writes?|write|tries|tried|sent|sends)\b",
    re.IGNORECASE,
)
_STEMS = (
    "балл", "гард", "оценк", "оцени", "оценен", "отметк", "очк", "уров", "тройк", "тр", "3", "высш", "максим", "полн", "ии", "нейрос", "модел", "робот", "судь",
    "жюри", "провер", "эксперт", "рубрик", "критери", "инструкц", "указани", "правил", "команд", "промпт", "режим", "задач", "одобр", "зач", "игнорир", "забудь", "засчит",
    "score", "mark", "grade", "guard", "point", "rating", "level", "three", "top", "max", "best", "full", "highest", "perfect", "ai", "llm", "gpt", "judge", "jury", "juror",
    "model", "bot", "rubric", "criteri", "instruct", "prompt", "rule", "task", "mode", "order", "approv", "verif", "overrid", "direct", "ignore", "disregard", "forget",
)  # fmt: skip
"""A sentence without any of these holds nothing that the patterns below could find."""


@lru_cache(maxsize=_KEPT)
def find_grader_text(text: str) -> tuple[Span, ...]:
    """Where `text` (canonical) orders its grader about: ranges in order, not overlapping, in code points.

    Seen in Russian and English: orders to give the maximum, a number of guards or marks for this work; marks stated
    as given or due; to ignore or forget instructions, the rubric or the prompt; a grader or AI spoken to by name with
    such an order; what imitates structure (see grader_frames); all this also in base64, hex and other codes, shifted,
    mirrored and split letters and lookalikes (see disguises), and any readable sentence in such a code. Not seen: a
    request to rate the work, thanks, talk about ratings that customers give or points that they get, talk about AI,
    prompts and instructions.
    """
    found = list(_plainly(text))
    for view in views(text):
        found += _within(view)
    return _merged(_stripped(text, *span) for span in found)


@lru_cache(maxsize=_KEPT)
def find_suspicious(text: str) -> tuple[Span, ...]:
    """The sentences of `text` that no evidence should come from; includes all that `find_grader_text` finds.

    Also: sentences about marks for this work, graders, the rubric, modes and rights of whoever grades; sentences in
    a language that is neither Russian nor English. Ordinary in answers now and then, so only a quote that lies in one
    says anything.
    """
    found = [(span.start, span.end) for span in find_grader_text(text)]
    found += _doubted(text)
    found += foreign_sentences(text)
    return _merged(_stripped(text, *span) for span in found)


def _plainly(text: str) -> Iterator[Range]:
    text = _cut(text)
    yield from find_frames(text)
    for match in _NEW_ORDERS.finditer(text):
        yield match.span()
    for sentence in _SENTENCE.finditer(text):
        said = sentence.group().casefold()
        if any(stem in said for stem in _STEMS) and _orders(text, *sentence.span()):
            yield sentence.span()


def _cut(text: str) -> str:
    """The text, equally long, without what stands in runs of letters that no word has: they only cost time."""
    return _ENDLESS.sub(lambda run: run.group()[:_LONGEST] + "·" * (len(run.group()) - _LONGEST), text)


def _doubted(text: str) -> Iterator[Range]:
    for sentence in _SENTENCE.finditer(_cut(text)):
        if any(pattern.search(sentence.group()) for pattern in _WEAK):
            yield sentence.span()


def _suspected(text: str) -> Iterator[Range]:
    """What is found in a text that somebody took the trouble to encode: there, doubt is enough."""
    yield from _plainly(text)
    yield from _doubted(text)


def _within(view: View) -> Iterator[Range]:
    """What is found in a reading, as ranges of the text."""
    if view.sure and view.text:
        yield view.source(0, len(view.text))
        return
    for start, end in _plainly(view.text) if view.how == "letters" else _suspected(view.text):
        if start < end:
            yield view.source(start, end)


def _orders(text: str, start: int, end: int) -> bool:
    sentence = text[start:end]
    if any(p.search(sentence) for p in (_SPOKEN_TO, _DESERVES, _OWN_MARK, _CONDITION, _QUIET, _DROPPED)):
        return True
    if any(not _reported(text, start + match.start(), end) for match in _OVERRIDE.finditer(sentence)):
        return True
    verdict = bool(VERDICT.search(sentence) or _AWARD_THREE.search(sentence))
    if verdict and any(p.search(sentence) for p in (_ADDRESSED, _TASK, _PRESCORED, _RULES_OFF)):
        return True
    if re.search(rf"(?:\b\d|{THREE}|\b(?:full|all|пол\w+|все|нескольк\w+|два|две|both|extra|дополнительн\w+)) (?:\w+ )?{UNIT}", sentence, re.IGNORECASE):
        return True
    if VERDICT.search(sentence) and _AT_ALL.search(sentence):
        return True
    if _AWARD_TOP.search(sentence) and not _ABOUT_OTHERS.search(sentence):
        return True
    if VERDICT.search(sentence) and _OF_GRADING.search(sentence) and not _ABOUT_OTHERS.search(sentence):
        return True
    named = bool(_FOR_WORK.search(sentence) or _NAMED.search(sentence))
    strong = bool(_RULES_OFF.search(sentence) or _AT_ALL.search(sentence) or _TASK.search(sentence))
    if (strong or _ADDRESSED.search(sentence)) and (_AWARDED.search(sentence) or _AWARDED_BEFORE.search(sentence)):
        return True
    if not named and _CUSTOMER.search(sentence):
        return False
    if _UNIT.search(sentence) or _ORDERED_TOP.search(sentence):
        return True
    return named and bool(_ORDERED_NUMBER.search(sentence) or (verdict and _AWARDED.search(sentence)))


def _reported(text: str, place: int, end: int) -> bool:
    """Whether the place stands in quotation marks after somebody was said to say it: told, not ordered.

    Only an order to forget or ignore is excused so, never one that names a mark: telling of it is ordinary where
    people write about callers and bots. Evidence may still not come from such a sentence.
    """
    before = text[text.rfind("\n", 0, place) + 1 : place]
    open_ = before.count("«") > before.count("»") or before.count("“") > before.count("”") or before.count('"') % 2 == 1
    return open_ and bool(_TELLING.search(before)) and not GRADING.search(text, place, end)


def _stripped(text: str, start: int, end: int) -> Range:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _merged(spans: Iterable[Range]) -> tuple[Span, ...]:
    kept: list[Range] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif start < end:
            kept.append((start, end))
    return tuple(Span(start=start, end=end) for start, end in kept)
