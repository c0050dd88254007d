"""Patterns of sentences that order a grader about, and of those that only seem to speak of grading this work."""

from __future__ import annotations

import re

from pipeline.domain.grading_words import (
    AWARD,
    AWARD_THREE,
    BEST,
    EVERY,
    GRADER,
    MARK,
    PAST,
    RUBRIC,
    THREE,
    UNIT,
    VERDICT,
    WORK,
)

MARKS = (
    r"(?:балл\w*|гард\w*|оценк\w*|отметк\w*|очк(?:о|а|ов)\b"
    r"|scores?\b|marks?\b|grades?\b|guards?\b|points?\b|ratings?\b)"
)
TOP = (
    r"(?:максимальн\w+|максимум|высш\w+|наивысш\w+|полн(?:ый|ую|ое)|отличн\w+|maximum|max|highest|full|top|perfect"
    r"|best(?: possible)?)"
)
ANY_NUMBER = r"(?:\d{1,3}|один|два|две|три|четыре|пять|десять|one|two|three|four|five|ten)"
ORDER = (
    r"(?:поставь(?:те)?|поставить|выставь(?:те)?|выстави(?:те)?|выставить|присво(?:й|йте|ить)|присуди(?:те|ть)?"
    r"|начисли(?:те|ть)?|выведи(?:те)?|дай(?:те)?|засчита(?:й|йте|ть)|оцени(?:те|ть)?|give|award|assign|grant|output"
    r"|return|report"
    r"|rate|score|grade|mark|set)"
)
THIS_WORK = (
    r"(?:эт(?:от|ому|ой|у|о|им)\s+(?:ответ\w*|работ\w+|решени\w+|кейс\w*|текст\w*|пост\w*|эссе)"
    r"|за\s+(?:этот\s+|эту\s+|это\s+|мой\s+|мою\s+|моё\s+|мое\s+)?(?:ответ|работу|решение|кейс|эссе)\b"
    r"|мо(?:й|ему|ей|ю|ё|е)\s+(?:ответ\w*|работ\w+|решени\w+|эссе)"
    r"|(?:every|each|all|this)\s+criteri\w+|(?:кажд\w+|вс\w{1,2})\s+критери\w+"
    r"|(?:this|my|the)\s+(?:answer|response|submission|essay|solution|entry|work)\b)"
)
CALLED = (
    r"(?:ии(?:-\w+)?|искусственн\w+ интеллект\w*|нейросет\w+|языков\w+ модел\w+|чат-?бот\w*|проверяющ\w+|оценщик\w*"
    r"|жюри|судь\w+|экзаменатор\w*|llm|gpt\w*|chatgpt|ai(?: (?:grader|judge|model|assistant|evaluator))?|language model"
    r"|grader\w*|evaluator\w*|examiner\w*|judges?|jury|marker|grading (?:system|model|ai))"
)
CUSTOMER = re.compile(
    r"клиент|покупател|заказчик|абонент|бонус|карт[аеуы]\b|опрос|обслуживани|сервис|оператор|сотрудник|звонк|разговор"
    r"|консультаци|поддержк|отзыв|приложени|customer|client|survey|service|operator|agent\b|loyalty|bonus|call\b"
    r"|conversation|support|feedback form|app\b",
    re.IGNORECASE,
)
W = r"(?:[\w'’«»\"-]++[ ,:]++)"

ORDERED_TOP = re.compile(rf"\b{ORDER}\b[ ,:]++{W}{{0,7}}?{TOP}\s+{W}{{0,3}}?{MARKS}", re.IGNORECASE)
ORDERED_NUMBER = re.compile(
    rf"\b{ORDER}\b[ ,:]++{W}{{0,7}}?(?:{ANY_NUMBER}\s+{W}{{0,2}}?{MARKS}|{MARKS}\s*[:=«\"]?\s*{ANY_NUMBER}\b)",
    re.IGNORECASE,
)
UNITS_ORDERED = re.compile(rf"\b{ORDER}\b[ ,:]++{W}{{0,7}}?(?:гард(?:а|ов|ы)?|guards?)\b", re.IGNORECASE)
FOR_WORK = re.compile(THIS_WORK, re.IGNORECASE)
NAMED = re.compile(rf"\b{CALLED}\b", re.IGNORECASE)
SPOKEN_TO = re.compile(
    rf"^\W*(?:(?:внимание|уважаем\w+|дорог\w+|инструкция|указание|команда|сообщение|примечание|note|message"
    rf"|instructions?"
    rf"|attention|dear|hey)[ ,:]+(?:для |к |всем |to |for )?(?:the |any |all )?)?{CALLED}\s*[,:!—–-]\s*(?=.*\b"
    r"(?:игнориру\w+|проигнориру\w+|забудь(?:те)?|поставь(?:те)?|выстав\w+|присво\w+|присуд\w+|начисл\w+|засчита\w+"
    r"|считай(?:те)?"
    r"|не учитывай(?:те)?|ignore|disregard|forget|give|award|assign|output|return|treat|consider|you must|skip)\b)",
    re.IGNORECASE,
)
OVERRIDE = re.compile(
    rf"\b(?:(?:про)?игнорируй(?:те)?|забудь(?:те)?|отмени(?:те)?|отбрось(?:те)?"
    rf"|не (?:учитывай|выполняй|следуй|соблюдай)(?:те)?|ignore|disregard|forget|override|bypass|abandon)\s+{W}{{0,4}}?"
    r"(?:(?:предыдущ|прежн|прошл|вышеуказанн|вышестоящ|системн|ран(?:ее|ьш))\w*\s+(?:\w+\s+){0,2}?"
    r"(?:инструкц|указани|правил|команд|промпт|запрос|рубрик|критери|настройк)\w*"
    r"|(?:сво[ийюеёхм]+|тво[ийюеёхм]+|ваш\w*)\s+(?:\w+\s+)?(?:инструкци|промпт|рубрик|критери)\w*"
    r"|(?:previous|prior|above|earlier|preceding|system|foregoing|your|existing)\s+(?:\w+\s+){0,2}?"
    r"(?:instruction|rule|prompt|guideline|rubric|criteri|direction|order|command)\w*"
    r"|(?:the|this|scoring|grading)\s+(?:\w+\s+)?(?:rubric|scoring guide|grading criteria|system prompt)\b)",
    re.IGNORECASE,
)
NEW_ORDERS = re.compile(
    r"(?:\*\*\*|###|\[|<|^)\s*(?:new|updated|system|important|новые"
    r"|системные)\s+(?:\w+\s+)?(?:system\s+)?(?:instructions?|override"
    r"|инструкции|указания)\b",
    re.IGNORECASE | re.MULTILINE,
)
DESERVES = re.compile(
    rf"{THIS_WORK}[ ,]+{W}{{0,4}}?(?:заслужива\w+|достоин\b|достойн\w+|должен получить|должна получить|deserves?"
    rf"|merits?"
    rf"|should (?:receive|get|be (?:given|awarded|rated|graded|scored))|must (?:receive|get|be (?:given|awarded)))\s+"
    rf"{W}{{0,4}}?(?:{TOP}|{ANY_NUMBER})\s+{W}{{0,2}}?{MARKS}",
    re.IGNORECASE,
)

W3 = r"(?:[\w'’«»\"()%+-]++[ ,:;—–-]++)"
AWARDED = re.compile(rf"\b{AWARD}\b[ ,:«\"—–-]++{W3}{{0,8}}?(?:{BEST}\b|{THREE}|{UNIT}|обе\b)", re.IGNORECASE)
AWARDED_BEFORE = re.compile(
    rf"\b(?:{BEST}|{THREE}|{UNIT})\b[ ,:»\"—–-]{{0,3}}(?:{W3}{{0,4}}?)\b(?:поставь\w*|ставь\w*|выстав\w+|запиши\w*"
    rf"|засчита\w+|зафиксируй\w*"
    r"|присвой\w*|ставится|заслуж\w+|полагается|положен\w*|гарантир\w+|обеспечен\w*|awarded|deserved|guaranteed|due"
    r"|please)",
    re.IGNORECASE,
)
AT_ALL = re.compile(
    rf"(?:\b(?:{THREE}|{BEST}|{MARK}\s*{THREE})\b[ ,:—–-]{{1,3}}{W3}{{0,3}}?{EVERY}"
    rf"|{EVERY}[ ,:—–-]{{1,3}}{W3}{{0,4}}?(?:{THREE}|{BEST})(?!\w))",
    re.IGNORECASE,
)
RULES_OFF = re.compile(
    r"\b(?:рубрик\w*|критери\w+|инструкци\w+|правил\w+|указани\w+|промпт\w*|rubric\w*|criteri\w+|instructions?|rules?"
    r"|guidelines?|prompts?)\b[^.!?\n]{0,50}?"
    r"\b(?:не действу\w+|не применя\w+|больше не|отмен\w+|недействительн\w+|устарел\w*|можно не|не нужн\w+|не важн\w+"
    r"|забудь\w*|no longer|do(?:es)? not apply|don't apply"
    r"|are void|is void|cancelled|suspended|obsolete|disabled|were meant for|not needed|superseded|lifted|waived"
    r"|already satisfied|satisfied already|отключен\w*|снят[ыа]?)\b"
    r"|\b(?:не применя\w+|отключи\w*|пропусти\w*|отмени\w*|обойди\w*|не использу\w+|не смотри\w*|skip|bypass|disable"
    r"|do not (?:use|apply|follow)|don't (?:use|apply|follow)|stop (?:using|following))\b"
    r"[^.!?\n]{0,30}?\b(?:рубрик\w*|критери\w+|провер(?:ку|ки)|инструкци\w+|указани\w+|rubric\w*|criteri\w+"
    r"|instructions|verification|guidelines|the checks?)\b",
    re.IGNORECASE,
)
DROPPED = re.compile(
    rf"\b(?:забудь(?:те)?|(?:про)?игнориру\w+|отбрось(?:те)?|не (?:учитывай|соблюдай|применяй|смотри)(?:те)?|forget"
    rf"|ignore|disregard|drop|discard)\b[ ,]+(?:[\w'’-]+[ ,]+){{0,3}}?{RUBRIC}|{RUBRIC}[^.!?\n]{{0,25}}?\b(?:забудь"
    rf"|игнорируй|отбрось)",
    re.IGNORECASE,
)
ADDRESSED = re.compile(
    r"(?:\b(?:примечани\w+|заметк\w+|сообщени\w+|инструкци\w+|указани\w+|внимани[ею]|обращени\w+|комментари\w+"
    r"|пояснени\w+|команд\w+|записк\w+|для|note|notice|message|memo|instructions?|attention|hint"
    rf"|reminder|comment|remark|word|to|for|dear|hey|hello|hi|уважаем\w+|дорог\w+|привет"
    rf"|эй)[ ,:]+(?:\w+[ ,]+){{0,2}}?(?:to|for|для|к)?\s*(?:the |any |all |всех |вас )?(?:\w+\s+)?{GRADER}"
    rf"|^\W*(?:\w+\s+)?{GRADER})(?:[ ,]+[^:.!?\n]{{0,40}}?)?\s*[,:!—–)-]",
    re.IGNORECASE,
)
TASK = re.compile(
    r"\b(?:your (?:new |only |next |real )?(?:task|job|goal|directive|role|instructions?) (?:is|are|starts?|now)"
    r"|твоя (?:новая |единственная )?(?:задача|цель|роль)|новое задание|new (?:task|directive|orders?|instructions?)"
    r"|(?:important|secret|special|secure) (?:message|instructions?)|(?:override|overriding|отмен\w+ (?:ручн\w+"
    r"|прежн\w+))\b|hidden instruction|скрыт\w+ (?:инструкци|указани)\w+)",
    re.IGNORECASE,
)
PRESCORED = re.compile(
    r"\b(?:pre-?(?:approved|verified|scored|graded|validated|cleared|checked|screened)|already (?:been )?(?:approved"
    r"|graded|scored|verified|assessed|marked|accepted)|заранее (?:одобрен\w*|оценен\w*|зачтен\w*|проверен\w*"
    r"|согласован\w*)"
    r"|предварительно (?:одобрен\w*|оценен\w*|зачтен\w*|согласован\w*|утвержд[её]н\w*)|уже (?:одобрен\w*|оцен[её]н\w*"
    r"|зачт[её]н\w*|проверен\w*|утвержд[её]н\w*|согласован\w*|принят\w*)|manually (?:reviewed|approved|graded)"
    r"|(?:проверен\w*|оцен[её]н\w*|одобрен\w*) (?:вручную|жюри|организатор\w*|комисси\w+|экспертами))\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    rf"\b(?:если|when|if|whenever|поскольку|так как|in case)\b[^.!?\n]{{0,120}}?(?:{WORK}|\bответ\w*|\bтекст\w*"
    rf"|\bавтор\w*|\banswers?|\btext|\bauthor|\bentr(?:y|ies)"
    rf"|\bsubmission)[^.!?\n]{{0,120}}?(?:{BEST}\s+(?:\w+\s+)?{MARK}|{UNIT}"
    rf"|{MARK}\s*{THREE}|\b(?:give|award|ставь\w*|поставь\w*|ставится|получает)\b[^.!?\n]{{0,20}}?{THREE})",
    re.IGNORECASE,
)
QUIET = re.compile(
    r"\b(?:list nothing|leave|keep|do not (?:send|refer|mention|list|flag|report)|don't (?:send|refer|mention|list"
    r"|flag|report)|without|оставь\w*|не (?:указывай|упоминай|отправляй|передавай|включай|показывай)\w*|без)\b"
    r"[^.!?\n]{0,60}?\b(?:addresses_grader|to (?:a |the )?jur(?:or|y)|prompt injection|manual review|human review"
    r"|a juror|(?:на )?ручн\w+ проверк\w+|(?:к )?жюри\b|verification step|further evaluation)",
    re.IGNORECASE,
)
OWN_MARK = re.compile(
    rf"{WORK}[^.!?\n]{{0,60}}?\b(?:ставится|получает|получит|получил\w*|заслуж\w+|признан\w*|присвоен\w*"
    rf"|присужд[её]н\w*|выставлен\w*|зачт[её]н\w*|засчит\w+|соответству\w+|полагается|оценен\w*|достоин\w*"
    rf"|has been|was|is|gets|got|receives?|received|earns?|earned|deserves?|merits?|scores?|scored|rated|graded"
    rf"|meets?|fits?|satisf\w+)\b[^.!?\n]{{0,60}}?(?:{BEST}\s+(?:\w+\s+){{0,2}}?(?:{MARK}|{RUBRIC})"
    rf"|{MARK}\s*[«\"]?{THREE}|{UNIT}"
    rf"|{THREE}(?:\s*{MARK}|\s+из тр|\s*/\s*3|\s+(?:on|for|по|за)\b))",
    re.IGNORECASE,
)

AWARD_TOP = re.compile(
    rf"\b{AWARD}\b[ ,:«\"—–-]++{W3}{{0,4}}?(?:максимум\w*|максимальн\w+|высш(?:ий|ую|ее|ая)|наивысш\w+|maximum"
    rf"|(?:the )?(?:top|highest))(?=[ \t]*(?:[.,;!?)»\"\n]|$))",
    re.IGNORECASE,
)
OF_GRADING = re.compile(
    rf"\b(?:{WORK}|{RUBRIC}|{AWARD}|ответ(?:а|у|ом|е)?\b|answers?\b|entry\b|submission\b|descriptor\w*|record\b"
    rf"|протокол\w*|chain\b|instruction\w*|инструкци\w+|указани\w+)"
    rf"|\b(?:оценивающ|проверяющ|оценщик|жюри|судь|grader|juror|jury|evaluat|committee|комисси)\w*|\b(?:you|ты)\b"
    rf"|[=<>{{}}\[\]|#_*]",
    re.IGNORECASE,
)
ABOUT_OTHERS = re.compile(
    rf"{CUSTOMER.pattern}|стаж[её]р|новичк|ученик|звонк|шкал|чек-лист|анкет|оцен\w+ качеств|nps|csat|trainee|learner"
    rf"|checklist|survey|секретн\w+ слово|обеща\w+"
    r"|приоритет|тикет|заявк|обращени|ticket|priority|обучени|тренинг|экзамен|training|exam|наставник|mentor"
    r"|компетенц|навык|skill",
    re.IGNORECASE,
)
THREE_AWARDED = re.compile(AWARD_THREE, re.IGNORECASE)
_NEAR_GRADER = rf"(?:{MARK}|{THREE}(?=[ \t]*(?:[.,;:!?)»\"]|$))|{BEST}|{RUBRIC}|{WORK})"
WEAK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{GRADER}[^.!?\n]{{0,160}}?\b{_NEAR_GRADER}|\b{_NEAR_GRADER}[^.!?\n]{{0,160}}?\b{GRADER}",
        rf"\b{AWARD}\b[^.!?\n]{{0,80}}?(?:{BEST}|{THREE}|{UNIT})(?!\w)",
        (
            rf"\b{WORK}[^.!?\n]{{0,120}}?(?:{MARK}|{THREE}|{BEST}|{RUBRIC})|\b(?:{MARK}|{THREE}|{BEST}"
            rf"|{RUBRIC})(?!\w)[^.!?\n]{{0,120}}?{WORK}"
        ),
        rf"{UNIT}|{VERDICT.pattern}|\b(?:рубрик|rubric)\w*|\b(?:prompt|промпт)\w*",
        (
            r"\b(?:игнориру|проигнорир|забудь|отмени|отбрось|ignore|disregard|override"
            r"|bypass)\w*[^.!?\n]{0,60}?\b(?:инструкц|указани|правил|критери|команд|провер|instruction|rule|criteri"
            r"|verif"
            r"|command|order|above|previous|выше|прежн|предыдущ)\w*"
        ),
        (
            r"\b(?:режим|mode|доступ|access|привилеги\w+|privileges?|администратор\w*|administrator|root|разработчик\w*"
            r"|developer|отладк\w+|debug\w*)\b[^.!?\n]{0,100}?\b(?:критери|провер|оценк|балл|тройк|уров|outp|вывод"
            r"|verif"
            r"|scor|grad|guard|level|mark|skip)\w*"
        ),
        rf"[:—–=-][ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}[^\n]{{0,40}}?[:—–=-][ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}",
        (
            rf"\b(?:{THREE})[^.!?\n]{{0,60}}?\b(?:не меньше|не ниже|at least|no less)|\b(?:не меньше|не ниже"
            rf"|не снижа\w+"
            rf"|at least|no lower|no less|не портите)\b[^.!?\n]{{0,40}}?(?:{THREE}|{MARK}|единоглас\w+)"
        ),
        (
            r"\b(?:you|your|вы|вам|вас|ваш\w*|ты|тебе|твой|тво\w+)\b[^.!?\n]{0,80}?\b(?:judg\w+|grad\w+|scor\w+"
            r"|mark(?:s|ing)?\b|rubric|evaluat\w+|оценива\w+|проверя\w+|рубрик\w+|критери\w+)"
        ),
        ADDRESSED.pattern,
        PRESCORED.pattern,
        RULES_OFF.pattern,
        TASK.pattern,
        (
            rf"\b{PAST}\b[^.!?\n]{{0,40}}?(?:{BEST}|{UNIT}|{THREE}(?=\s*(?:[.,;:!?)\]»\"]|$)))|(?:{BEST}"
            rf"|{MARK})[^.!?\n]{{0,40}}?\b{PAST}|{AWARD_THREE}"
        ),
        (
            rf"(?:[:—–=,(]|->)[ \t]*(?:[^\W\d_]+[ ,]+)?{THREE}(?=[ \t]*(?:[.,;)!\n]|$))|\b(?:тут|здесь|это|here|this is"
            rf"|that is|is a) {THREE}(?=[ \t]*(?:[.,;)!\n]|$))"
        ),
        rf"{EVERY}[ ,:—–-]{{1,3}}(?:\w+[ ,]+){{0,3}}?{THREE}|{THREE}[ ,]+(?:\w+[ ,]+){{0,2}}?{EVERY}",
        r"\b(?:единогласн\w+|unanim\w+|большинств\w+ голосов|majority|consensus|консенсус\w*|проголосовал\w*|voted)\b",
        (
            r"\b(?:чистовик\w*|черновик\w*|drafts?|final (?:version|text|answer|submission)|верси\w+"
            r"|редакци\w+)\b[^.!?\n]{0,100}?\b(?:оцен\w+|засчит\w+|учит\w+|балл\w*|отметк\w*|grad\w+|scor\w+|mark\w*"
            r"|count\w*|skip\w*|не смотр\w+)"
        ),
        (
            r"\b(?:developer|debug|admin\w*|god|maintenance|test|root|разработчика|отладки|администратора|тестирования"
            r"|обслуживания) mode\b|\bрежим\w* (?:разработчика|отладки|администратора|тестирования|обслуживания|бога)\b"
            r"|\brestrictions? (?:are|is) (?:lifted|off)"
        ),
        (
            r"\b(?:repeat|print|show|reveal|quote|output|повтори\w*|покажи\w*|выведи\w*|перепиши\w*|процитируй\w*"
            r"|раскрой\w*)\b[^.!?\n]{0,60}?\b(?:system|instructions|message|указани\w+|инструкци\w+|сообщени\w+)"
        ),
        r"\b(?:topmost|levelmax|verdictwise|maxscore|fullmarks)\b|[\\}\])({\[=+|]{2}[^\n]{0,80}?[\\}\])({\[=+|:]{2}",
    )
)
"""What a sentence of evidence about the work itself has no reason to say."""

TELLING = re.compile(
    r"\b(?:клиент\w*|клиентк\w+|покупател\w+|абонент\w*|пользовател\w+|кто-то|он|она|мне|нам|бот\w*|customer|caller"
    r"|client|user|somebody|someone|he|she|teammates?|colleagues?|they)\b[^.!?\n]{0,60}?"
    r"\b(?:крич\w+|закрич\w+|писа\w+|написа\w+|сказа\w+|говор\w+|требова\w+|велел\w*|повтор\w+|просил\w*|попросил\w*"
    r"|спросил\w*|вв[её]л\w*|ответил\w*|шут\w+|wrote|types?|typed|said|says?|asks?|asked|tells?|told"
    r"|shouts?|shouted|demand\w+|jokes?|joked|writes?|write|tries|tried|sent|sends)\b",
    re.IGNORECASE,
)
