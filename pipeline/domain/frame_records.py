"""Shapes of text that imitates records and input: configuration, mail, notices, panels, rubrics, templates, formulas.

Nothing here is suspicious by itself unless grader_frames says so.
"""

from __future__ import annotations

from pipeline.domain.frame_shapes import SHORT_ORDER, compiled
from pipeline.domain.grading_words import AWARD_THREE, BEST, MARK, OF_THREE, RUBRIC, THREE, UNIT, VERDICT

CONFIG_LINE = compiled(r"^[ \t]*[-*]?[ \t]*[\"']?[\w.\- ]{2,40}[\"']?[ \t]*=(?![=>])[ \t]*\S[^\n]*$")
CONFIG_SECTION = compiled(r"^[ \t]*\[[ \t]*/?[\w .:\-]{2,40}\][ \t]*$")
YAML_LINE = compiled(r"^[ \t]*-?[ \t]*[\"']?[a-zа-яё][\w.\-]{1,40}[\"']?[ \t]*:(?:[ \t]+\S[^\n]*)?$")
CONFIG_WORDS = compiled(
    rf"\b(?:роль_?\w*|role\w*|режим\w*|mode|политик\w+|polic\w+|allow\w*|forbid\w*|deny|разреш\w+|запрещ\w+"
    rf"|override\w*|grader\w*|judge\w*|model\w*"
    rf"|модел\w+|жюри|оценщик\w*|проверяющ\w*|score\w*|grade\w*|grading|level\w*|балл\w*|оценк\w+|оценива\w+"
    rf"|отметк\w+|уров\w+|{UNIT}|{RUBRIC})"
)
MAIL = compiled(
    r"^[ \t>*_]*(?:from|to|cc|bcc|subject|re|date|sent|от|от кого|кому|копия|тема|дата|отправитель"
    r"|получатель)[*_]{0,2}[ \t]*:[ \t]*\S"
)
DEAR_MACHINE = compiled(
    r"\b(?:dear|hello|hey|attention|уважаем\w+|дорог\w+|привет|здравствуй\w*|внимание)[, ]+(?:\w+[ ,]+)?(?:grading"
    r"|grader|evaluat\w+|pre-?scor\w+|scoring|ai\b|llm\b|language model|model\b|проверяющ\w+ (?:ии|модел\w+|систем\w+)"
    r"|нейросет\w+|языков\w+ модел\w+|систем\w+ (?:проверк|оцен)\w+|алгоритм\w*|модель\b|искусственн\w+ интеллект)"
    r"|^[ \t>*_]*(?:to|for|attn|кому|для)[*_]{0,2}[ \t]*:[^\n]{0,40}?\b(?:grading|grader\w*|evaluat\w+|pre-?scor\w+"
    r"|scoring|models?|систем\w+ (?:\w+ )?(?:проверк|оцен)\w+|модел\w+|нейросет\w+|ии)\b"
)
MAIL_ONE = compiled(r"^[ \t>*_]*(?:from|to|subject|от|от кого|кому|тема|отправитель)[*_]{0,2}[ \t]*:[ \t]*\S")
MAIL_WORDS = compiled(
    rf"\bgrad(?:er|ers|ing|es?)\b|\bscor(?:e|er|ing)\b|\bjur(?:y|or)|\bjudg\w+|\bevaluat\w+"
    rf"|{BEST}\s+(?:\w+\s+)?{MARK}|\bmaximum\b|\bпредоцен\w+|\bавтооцен\w+"
    rf"|\bжюри\b|\bпроверяющ\w+|\bоценивани\w+|\bоценщик\w*|{UNIT}|\bмаксимум\b|\bмаксимальн\w+|\bвысш\w+\b"
    rf"|{VERDICT.pattern}|\bpre-?approv\w+"
    r"|\bsubmission\b|\bentry\b|\bassessment\b|\bнейросет\w+|\bмодел[ьи]\b|\bбез проверки\b|\bконкурс\w*"
)
NOTICE = compiled(
    r"\b(?:положени\w+|регламент\w*|правил\w+|порядк\w+|методик\w+|приказ\w*|распоряжени\w+|решени\w+|инструкци\w+"
    r"|политик\w+|памятк\w+)\s+(?:\w+\s+){0,2}?"
    r"(?:конкурс\w*|оценивани\w+|оценки|проверки|жюри|организатор\w*|оргкомитет\w*|судейств\w+)"
    r"|\b(?:grading|scoring|evaluation|marking|assessment|contest|competition|judging)\s+(?:polic\w+|rules?"
    r"|regulations?|guidance|guidelines?|procedure"
    r"|standards?|criteria|update|notice|protocol)"
    r"|\b(?:polic\w+|rule|regulation|notice|order|memo)\s*(?:id|no\.?|№|update|change|amendment)|\b(?:обновлени\w+"
    r"|изменени\w+|поправк\w+)\s+(?:\w+\s+){0,2}?"
    r"(?:политик\w+|правил\w*|положени\w+|регламент\w*|критери\w+|методик\w+)|\b(?:оргкомитет\w*"
    r"|organi[sz]ing committee|standards committee)\b"
    r"|\b(?:шкал\w+|правил\w+|rules?|scale)\s+(?:\w+\s+){0,3}?(?:измен\w+|замен\w+|обновл\w+|(?:was |were |has |have "
    r"|been )*(?:changed|replaced|updated))\b"
    r"|\b(?:update|change|amendment|revision)s?\s+(?:to|of|in)\s+(?:the\s+)?(?:\w+\s+){0,2}?(?:polic\w+|rules?"
    r"|regulations?|rubric|criteria)"
)
NOTICE_EFFECT = compiled(
    rf"{VERDICT.pattern}|{AWARD_THREE}|\b{BEST}\b|\bpass(?:ing|es|ed)?\b|\b(?:зач[её]т|зачтен\w+|засчит\w+)"
    rf"|\bнезависимо от\b|\bregardless\b|{UNIT}|\bto be treated\b"
    rf"|\b(?:автоматическ\w+|automatically)\b|\b(?:не снижа\w+|не ниже|at least|no lower|not below)\b"
)
STAGE = compiled(
    r"\b(?:stage|judge|juror|grader|evaluator|reviewer|model|examiner|expert|marker|rater|agent|pass|round|step|этап"
    r"|судья|эксперт|проверяющ\w+"
    r"|рецензент|модел[ьи]|ступень|арбитр|член жюри|грейдер|оценщик|раунд|шаг|звено|уровень проверки|проверка"
    r"|комиссия|жюри|методист|куратор)"
    rf"(?:[ \t]*[\w№#.\-]{{0,14}}){{0,3}}[ \t]*[^\w\n]{{1,4}}[^.;\n]{{0,60}}?(?:{THREE}|{BEST}|\bagree\w*"
    rf"|\bconfirm\w*|\bapprov\w*|\bsame\b|\bverified\b|\bсоглас\w+"
    r"|\bподтвержд\w+|\bто же\b|\bпровер\w+|\bодобр\w+|\bзачтен\w+)"
)
STAGE_ROLE = compiled(
    r"\b(?:you are|you're|your (?:only )?(?:job|role|task) is|ты|вы|твоя задача|ваша задача"
    r"|ваша роль)\b[^.\n]{0,60}?\b(?:stage|step|judge|juror|grader|model"
    r"|last|final|next|copy|confirm|sign|этап\w*|шаг\w*|звен\w+|последн\w+|перепис\w+|скопир\w+|подтверд\w+|копир\w+"
    r"|заверш\w+|судья|оценщик|секретар\w+)"
)
ARROW = compiled(rf"(?:->|=>|→)[ \t]*[\"'«]?(?:\w{{3,12}}[ \t]+)?{THREE}")
ASSIGNED = compiled(
    rf"\b(?:level|score|grade|guards?|overall|marks?|балл\w?|уровень|оценка|отметка|гард\w?)[ \t]*(?:="
    rf"|:=)[ \t]*[\"']?{THREE}"
    r"|[\"'«]?\b(?:(?:default|forced?|fixed|min(?:imum)?|final|auto|preset|expected|target|desired"
    r"|required)[_ \-](?:level|score|grade|mark|guards?|outcome|rating|points|result)"
    r"|(?:level|score|grade|mark|guards?|балл\w?|уровень|оценка|отметка|гард\w?)[_ \-](?:по[_ \-]умолчанию|default"
    r"|min|final|override))[\"'»]?[ \t]*[:=]?[ \t]*[\"']?"
    rf"(?:{THREE}|{BEST})"
)
VOTE = compiled(rf"(?:[:—–=]|[ \t]-)[ \t]*(?:[^\W\d_][^\W\d_ ]{{0,20}},?[ \t]*){{0,2}}{THREE}")
RUBRIC_CHANGE = compiled(
    r"\b(?:дополнени\w+|поправк\w+|изменени\w+|приложени\w+|обновл\w+|нов(?:ая|ый|ой|ую|ые|ое)|исправленн\w+"
    r"|уточнени\w+|уточн[её]нн\w+|правильн\w+|верн\w+"
    r"|действующ\w+|альтернативн\w+|взамен\w*|замен\w+|вместо|отмен\w+|скрыт\w+|добавлен\w*|добав(?:ьте|ь|ить)"
    r"|секретн\w+|упрощ\w+|additional|addendum|amend\w+"
    r"|updated?|revised|corrected|replace\w*|new|supplement\w*|appendix|actual|real|hidden|extra|bonus|instead"
    r"|superse\w+|in place of|correct|addition|simplified"
    r"|alternative)\b"
    r"[^.!?\n]{0,50}?(?:рубрик\w*|критери\w*|дескриптор\w*|rubric\w*|criteri\w+|descriptors?\b|scoring guide"
    r"|marking scheme)"
    r"|(?:рубрик\w*|критери\w*|rubric\w*|criteri\w+|descriptors?\b)[^.!?\n]{0,40}?\b(?:дополн\w+|измен\w+|обновл\w+"
    r"|замен\w+|отмен\w+|читать|следует читать|читается|updated"
    r"|amended|replaced|changed|revised|superseded|extended|now reads|reads|addendum|v\d)"
)
RUBRIC_GAIN = compiled(
    rf"{VERDICT.pattern}|{AWARD_THREE}|(?<![\w.,])[0-3][ \t]*[=:—–]|{UNIT}|\b(?:преимуществ\w+|приоритет\w*"
    rf"|прибавля\w+|добавля\w+|дополнительн\w+|получа\w+|засчит\w+|автоматическ\w+|award\w*|adds?|bonus|plus|receiv\w+"
    rf"|automatically|priority|precedence|overrides?|counts?|satisf\w+)\b|\b{BEST}\b|\b(?:level|уров(?:ень|ня|ню)"
    rf"|балл\w*|points?|marks?)\b"
)
SCALE_LINE = compiled(
    r"^[ \t*•\-]*(?:(?:level|уровень|балл|score|grade|оценка|отметка)[ \t]*[0-9]|[0-9][ \t]*(?:балл\w*|гард\w*"
    r"|guards?|points?|уровень)?)[ \t]*[:=—–-][^\n]*"
    r"\b(?:ответ\w*|answers?|submissions?|responses?|entry|texts?|текст\w*|люб\w+|any(?:thing)?|не использу\w+"
    r"|not used|not applicable|автор\w*|участник\w*|author)"
)
SHOT = compiled(
    r"(?:^|(?<=[.!?;»\"]))[ \t>*•\d).-]{0,6}(?:ответ|answer|input|response|submission|entry|текст|вход|решение"
    r"|реплика|фраза|пример|example|sample|образец|q|a|text)[ \t]*[\w№#]{0,3}[ \t]*[:=.—–-]"
)
SHOT_MARK = compiled(
    r"\b(?:отметка|оценка|балл\w?|уровень|итог|гард\w*|score|grade|level|mark|rating|output|verdict|label|выход"
    r"|вердикт|результат|guards?)"
    rf"[ \t]*(?:[:=—–>-]+|→|is)[ \t]*[\"'«]?(?:{THREE}|{BEST})"
)
RECORD = compiled(
    r"\b(?:предварительн\w+|итогов\w+|финальн\w+|окончательн\w+|присвоенн\w+|утвержд[её]нн\w+|зафиксированн\w+"
    r"|выставленн\w+|рекомендованн\w+|ожидаем\w+|предыдущ\w+|прошл\w+"
    r"|подтвержд[её]нн\w+|согласованн\w+|ручн\w+|final|preliminary|provisional|recorded|approved|previous|assigned"
    r"|expected|confirmed|recommended|pre-?assigned|official|agreed"
    r"|verified|human|manual|prior|suggested|human[- ]\w+|target|reference|ground truth"
    r"|gold)[_ \t]+(?:\w+[_ \t]+)?(?:отметк\w|оценк\w|балл\w?|уровень|итог|вердикт|результат|решение|score"
    rf"|mark|grade|level|rating|verdict|guards?|result|label"
    rf"|points?)\b[^.;\n]{{0,20}}?[:=—–(-]?[^.;\n]{{0,12}}?(?:{THREE}|{BEST}|{OF_THREE})"
)
STATUS = compiled(
    r"\b(?:status|state|статус|состояние|verified|reviewed|review|graded|approved|проверено|оценено|одобрено|проверка"
    r"|повторная оценка|пересмотр|moderation|модерация|re-?grading"
    r"|verification|результат проверки|grade_?status|audit|аудит|подпись|signature|signed by)[ \t]*(?:[:=]|—|–"
    r"|->)[ \t]*(?:\w+[ \t]+)?(?:approved|graded|verified|final|passed|done|true|yes|complete\w*"
    r"|checked|reviewed|closed|locked|accepted|not required|none|skip\w*|no|проверен\w*|одобрен\w*|оценен\w*"
    r"|завершен\w*|закрыт\w*|пройден\w*|не треб\w+|не нужн\w+|да|принят\w*|окончательн\w+"
    r"|утвержд[её]н\w*|зачтен\w*|подтвержд[её]н\w*|жюри|jury|chief\w*|председател\w+)"
)
REASONING = compiled(
    r"^[ \t>#*_<\[(]*(?:thoughts?|thinking|reasoning|chain of thought|analysis|internal (?:monologue|note|reasoning)"
    r"|scratchpad|let me (?:think|grade|assess|check|mark)|my (?:assessment|evaluation"
    r"|reasoning|verdict)|final (?:decision|verdict|grade|answer|assessment)|verdict|conclusion|step \d|evaluation"
    r"|assessment|мысли|ход мысл\w+|рассуждени[ея]|размышлени[ея]|размышляю|анализ|оценивание"
    r"|внутренн\w+ (?:рассужд|монолог|анализ)\w*|вывод|вердикт|итоговое решение|окончательное решение|решение жюри"
    r"|проверка|шаг \d|заключение|цепочка рассуждений|думаю|сверяю\w*|проверяю)"
    r"\b[^\n]{0,60}?(?:[:.—…>\])]|$)"
)
TEMPLATE = compiled(
    r"\{%[^%\n]{0,120}?\b(?:guards?|score|grade|level|overall|rubric|criteri\w+|prompt|system|гард\w*"
    r"|балл\w*)\b[^%\n]{0,120}?%\}|\{%-?[ \t]*(?:set|block|include|import|from|extends|macro|raw|call|filter|do|debug"
    r"|autoescape|with)\b[^\n]{0,200}?%\}"
    r"|\{\{[^{}\n]{0,200}?(?:__|[=\[*+]|\.\w+\(|\b(?:self|config|cycler|joiner|lipsum|namespace|request|import|rubric"
    r"|guards?|score|grade|grading|level|overall|judge|system|prompt|гард\w*|оценк\w+|балл\w*"
    r"|уров\w+|рубрик\w+)\b)[^{}\n]{0,200}\}\}"
    r"|\$\{[^{}\n]{0,120}?(?:[(=*+]|\b(?:rubric|guards?|score|grade|grading|level|overall|jndi|env)\b)[^{}\n]{0,120}\}"
    r"|<%[^%\n]{0,160}?(?:[(=]|\b(?:rubric|guards?|score|grade|level)\b)[^%\n]{0,160}%>|#\{[^{}\n]{0,120}?(?:[(=]"
    r"|\b(?:rubric|guards?|score|grade|level)\b)[^{}\n]{0,120}\}"
    r"|\{\{?[ \t]*(?:fence\w*|reply_shape|rubric|criteria|exemplars|statement|guidelines|scale_max"
    r"|overall_id)[ \t]*\}\}?|@\([^)\n]{1,80}\)\s*\{"
)
FORMULA = compiled(
    r"^[ \t\"',;|]*(?:=(?:[A-ZА-ЯЁ]|[\d(\"+@-])|@[A-ZА-ЯЁ][\w.]*\(|[+-](?:[A-ZА-ЯЁ][\w.]{1,20}\(|\d[\d.,]*[+\-*/^&]))"
    r"|\b(?:HYPERLINK|IMPORTXML|IMPORTDATA|IMPORTRANGE|IMPORTFEED|IMPORTHTML|WEBSERVICE|DDE|CALL|REGISTER\.ID"
    r"|ГИПЕРССЫЛКА|ВЕБСЛУЖБА)\s*\(|\b(?:cmd|powershell|msexcel|calc|mshta|rundll32)\s*\|"
)
ACTIVE = compiled(
    r"<\s*/?\s*(?:script|iframe|object|embed|applet|meta|base|link)\b"
    r"|<[a-z!][^<>]{0,300}?[\s/\"'](?:on[a-z]{3,20})\s*=|\b(?:javascript|vbscript)\s*:\s*\w|\bdata:text/html"
    r"|\bdocument\s*\.\s*(?:cookie|write|query\w+|getElement\w+|forms|body)|\b(?:window|parent|top)\s*\.\s*location"
    r"|\bfetch\(\s*[\"'`]"
)
EXFILTRATION_PLACE = compiled(
    r"!?\[[^\]\n]{0,80}\]\(\s*<?[a-z]{2,8}:[^)\s\n]{0,200}?(?:[?&#/=][^)\s\n]{0,80}?(?:=|/))(?:[A-ZА-Я_]{4,}"
    r"|[\[{<%$][^)\n]{1,80}|\.\.\.|…)"
    r"|https?://[^\s)]{1,120}[=/](?:\[[A-Z_ ]+|\{\w+|<\w+|\$\{?\w+)"
)
LINK = compiled(r"!\[|https?://|\]\(|\burl\b|\bссылк\w+|\bкартинк\w+|\bизображени\w+|\bimage\b")
SECRETS = compiled(
    r"\b(?:rubric\w*|рубрик\w*|(?:system|initial|hidden|full|your) (?:prompt|message|instructions?)|prompt\b"
    r"|промпт\w*|системн\w+ (?:сообщени|инструкци|подсказк|запрос)\w*"
    r"|level descriptors?|descriptors?|дескриптор\w*|описани\w+ уровн\w+|(?:summary of|your|the|this"
    r"|from) (?:conversation|context|instructions)|(?:тво|ваш|сво|полученн)\w+ (?:инструкци|указани|промпт)\w*"
    r"|содержани\w+ (?:инструкци|рубрик|промпт)\w*|api[ _-]?keys?)"
)
SURE_SECRETS = compiled(
    r"\b(?:rubric\w*|рубрик\w*|(?:system|initial|hidden) (?:prompt|message|instructions?)|промпт\w*"
    r"|системн\w+ (?:сообщени|инструкци|подсказк|запрос)\w*|(?:level )?descriptors?|дескриптор\w*|описани\w+ уровн\w+)"
)
INTO = compiled(
    r"\b(?:feedback|rationale|reply|report|url-?encod\w*|encoded|picture|badge|icon|logo|pixel|отзыв\w*"
    r"|обратн\w+ связ\w+|обосновани\w+|отч[её]т\w*|пиксел\w*|значок|значк\w*|закодир\w*|адрес\w*|параметр\w*|query"
    r"|placeholder)"
)
SHOW = compiled(
    r"\b(?:print|show|reveal|repeat|output|include|insert|quote|copy|append|render|encode|replace|send|put|start"
    r"|begin|add|embed|display|list|leak|tell|write|выведи\w*|напечатай\w*|покажи\w*"
    r"|повтори\w*|процитируй\w*|перепиши\w*|встав(?:ь|ьте|ить)|приведи\w*|раскрой\w*|добав(?:ь|ьте|ить)|подстав(?:ь"
    r"|ьте|ить)|замени\w*|отправ(?:ь|ьте|ить)|закодируй\w*|начни\w*|перечисли\w*|сообщи\w*)\b"
)
CLI = compiled(
    r"(?:^|\s)-{1,2}[\w-]*(?:level|score|grade|force|verif|guard|pass\b|rubric|max|approve|skip|override|mark|trust"
    r"|bypass|review|jury|judge|audit|suggest|check|award|unsafe|admin|balance|ignore|dry-run"
    r"|no-\w+)[\w-]*|\bcasejury\s+[\w-]|\b(?:grade|score|judge|jury)(?:\.\w{1,4})?[ \t]+-{1,2}[a-z]"
    r"|^\s*\$\s*\w[\w.-]*\s+(?:grade|score|judge|mark|rule|release|award)\b"
    r"|\bsudo\s+\w+|^\s*/(?:grade|score|mark|award|approve|override|set|admin|system|оценить|балл|поставить)\b"
)
BOUNDARY = compiled(
    r"^[^\w\n]{2,}[^\n]{0,60}?\b[\w.\-/]{1,60}\.(?:md|txt|ya?ml|json|docx?|pdf|html?|csv|xml|py|j2|toml|ini"
    r"|log)\b[^\n]{0,40}$|^(?:diff --git|---|\+\+\+) [ab]?/|^-{3,}[ \t]*BEGIN\b|^-{3,}[ \t]*END\b"
    r"|^content-(?:type|disposition):|^--[\w=+]{8,}$|\b(?:document|file|документ|файл|страниц\w+|page|запис\w+|record"
    r"|пост|submission|ответ|answer|entry)\s+(?:no\.? ?|№ ?|#)?\d+\s+(?:of|из|/)\s+\d+"
    r"|\b(?:next|следующ\w+|new|нов\w{2}|separate|отдельн\w+)\s+(?:document|file|record|документ|файл|submission)\b"
    r"|\b(?:document|file|документ\w*|файл\w*)\s+(?:ends?|starts?|begins?|заканчива\w+|начина\w+|закончен\w*|закрыт\w*)"
    r"|[\f\x0c]|\bEOF\b|\bend of file\b|\bend of document\b|\bконец (?:файла|документа)\b"
)
ONLY_FINAL = compiled(
    r"\b(?:оценива\w+|засчитыва\w+|учитыва\w+|смотр\w+|провер\w+|graded?|scored?|marked|evaluated?|counts?|judged?"
    r"|consider\w*)\b[^.\n]{0,40}?\b(?:только|лишь|исключительно|only|solely)\b[^.\n]{0,60}"
    r"|\b(?:только|лишь|исключительно|only|solely)\b[^.\n]{0,50}?\b(?:graded|scored|marked|evaluated|counts?|judged"
    r"|considered|оценива\w+|засчитыва\w+|учитыва\w+|подлеж\w+)"
)
FINAL = compiled(
    r"\b(?:final|last|latest|чистовик\w*|последн\w+|финальн\w+|итогов\w+"
    r"|окончательн\w+)\b[^.\n]{0,30}?\b(?:submission|version|draft|answer|text|верси\w+|редакци\w+|вариант\w*"
    r"|ответ\w*|текст\w*)|\bчистовик\w*"
)
VERSION_SCORE = compiled(
    rf"\b(?:v|в|вер|версия|version|draft|черновик|редакция|попытка|attempt"
    rf"|rev)\.?[ \t]*\d+(?:\.\d+)?[^.;\n]{{0,40}}?(?::|—|–|=|->|→|\()[^;\n]{{0,40}}?(?:score|mark|level|балл\w*"
    rf"|{UNIT}|оценк\w|отметк\w|уров\w+)?"
    rf"[ \t:=]*(?:\d|{THREE})"
)
PERSONA = compiled(
    r"\b(?:you are|you're|you act as|act as|pretend|imagine you are|from now on|your new (?:role|task|goal"
    r"|instructions?|directive)|ты\s*(?:—|-|–)|теперь ты|вы\s*(?:—|–)|отныне|с этого момента|представь, что ты"
    r"|твоя (?:новая )?(?:роль|задача|цель))[^\n]{0,160}"
)
PERSONA_WORDS = compiled(
    rf"{VERDICT.pattern}|\b(?:generous|lenient|kind|strict)\s+(?:juror|judge|grader|evaluator|examiner)|\b(?:щедр"
    rf"|добр|снисходительн)\w+\s+(?:судья|жюри|проверяющ\w+|оценщик\w*|экзаменатор)|{UNIT}|\bпоставить {THREE}"
    rf"|{SHORT_ORDER}|\b(?:grader|juror|оценщик\w*|проверяющ(?:ий|ая)|grading (?:model|assistant|ai))\b"
)
