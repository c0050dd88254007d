"""Text that imitates structure: of a request, a reply, a rubric, a record of grading, a program's input.

Each technique is a shape, nearly all of them together with words of grading close by: tags, JSON, dialogues, drafts,
templates and mail are ordinary in answers, a `<rubric>`, a `"level": "3"` with its rationale or two judges that
already agreed are not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from pipeline.domain.grading_words import AWARD_THREE, BEST, EVERY, GRADER, GRADING, MARK, OF_THREE, RUBRIC, THREE, UNIT, VERDICT
from pipeline.domain.special_tokens import SPECIAL_TOKEN

Range = tuple[int, int]
_REACH = 320
"""How far from a shape words of grading still belong to it, in characters."""


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


_PLAIN_TAGS = re.compile(r"<(?:/?s|/?mask|image|audio|video|sep|pad)>\Z", re.IGNORECASE)
"""Special tokens that are also tags which pages and editors know."""

_SURE_TAGS = (
    r"answers?|submissions?|responses?|rubrics?|system\w*|assistant\w*|instructions?|grading\w*|grades?|grader\w*|scor(?:e|es|ing)"
    r"|verdicts?|evaluat\w+|think\w*|thoughts?|reason(?:ing)?|scratchpad|reflection|jury|juror\w*|judges?|judg\w+|prompts?|criteri\w+"
    r"|user_\w+|override\w*|final_?\w*|rationale|developer|admin\w*|ответ\w*|рубрик\w+|систем\w+|инструкци\w+|оценк\w+|вердикт\w*"
    r"|жюри|критери\w+|отметк\w+|указани\w+|участник\w*|мысл\w+|рассуждени\w+|размышлени\w+|проверк\w+|судья|гард\w*|guards?"
    r"|промпт\w*|ассистент\w*|разработчик\w*"
)
_MAYBE_TAGS = (
    r"results?|levels?|contents?|documents?|docs?|messages?|metadata|meta|texts?|case|task|user|input|output|information|info|data"
    r"|important|notice|note|context|end|begin|start|policy|rules?|config\w*|feedback|reply|examples?|questions?|posts?|entry|entries"
    r"|essay|student|candidate|contestant|participant|tool\w*|function\w*|command\w*|request|marks?|points?|approved?|status|report"
    r"|уров(?:ень|ни)|балл\w*|итог\w*|решени\w+|текст\w*|документ\w*|сообщени\w+|контекст\w*|данные|задани\w+|политик\w+|правил\w+"
    r"|пример\w*|работа|кейс\w*|автор|конец|начало|заметк\w+|примечани\w+|результат\w*|команд\w+|файл\w*|запис\w+"
)
_SURE_TAG = _re(
    rf"</\s*(?:{_SURE_TAGS})\b[^<>\n]{{0,80}}>|^[ \t]*<(?:{_SURE_TAGS})\b[^<>\n]{{0,120}}>[ \t]*$"
    rf"|[\[{{]/(?:{_SURE_TAGS}|user|input|inst\w*)\b[^\]}}\n]{{0,40}}[\]}}]"
)
_WHOSE_TAG = _re(
    r"</\s*(?:participant|entrant|contestant|candidate|student|author|quoted?|untrusted|trusted|user|input|data|цитат|автор|конкурсант|ввод|данны)[\w:.-]*\s*>"
)
_INFO_FENCE = _re(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:system|assistant|developer|instructions?|grading|grader|judge|rubric|prompt|система|инструкция)\b")
_PROMPT_MARK = _re(
    r"\b(?:end|begin|start|close|open|конец|начало)[ _]+(?:of[ _]+)?(?:the[ _]+)?(?:[\w-]+[ _]+)?(?:input|output|data|answer|submission|participant|user|prompt|instructions|trusted|untrusted|record"
    r"|notes|ответа|ответ|ввода|вывода|данных|участника|протокола|указаний|инструкций|промпта|документа|файла|жюри|служебн\w+)\b"
)
_SHOUTED_SYSTEM = _re(r"^[ \t>*#\[(]*(?:system|developer)[ _](?:message|prompt|note|override|instructions?)\b[\])* \t]*:?[ \t]*$|^[ \t]*(?:system|assistant|developer)[ \t]*>")
_MODEL_LABEL = _re(r"^[ \t>*_\[—–-]{0,6}(?:assistant|ассистент|модель|model|ai|ии|нейросеть|llm|gpt|user|пользователь|human|человек|q|a|juror|grader|жюри|судья)[\]*_ \t]{0,3}[:,]")
_MODEL_SAYS = _re(r"\b(?:оцени\b|высш\w+|level|grade[ds]?|rubric|рубрик\w*|тройк\w+|full marks|балл\w*|отметк\w+|pass it)")
_HINT = _re(
    rf"\b(?:\w+_(?:grade|score|level|mark|guards?|балл\w?|оценка|уровень|отметка)|(?:grade|score|level|mark|guards?|балл\w?|оценка|уровень|отметка)_\w+)[\"']?[ \t]*[:=][ \t]*[\"']?(?:{THREE}|{BEST})"
    r"|[\"'](?:level|overall|score|grade|уровень|оценка|балл|отметка)[\"'][ \t]*:[ \t]*[\"']3[\"']|[\"'](?:overall|итог)[\"'][ \t,}:]+[^{}\n]{0,20}?\b3\b"
)
_RUBRIC_LINE = _re(r"^[ \t*#>]*(?:рубрика|rubric)\b[^:\n]{0,30}:|\b(?:level|уровень)[ \t]*[0-3][ \t]*\((?:revised|new|updated|нов|измен|уточн|исправ)")
_MAYBE_TAG = _re(rf"</?\s*(?:{_SURE_TAGS}|{_MAYBE_TAGS})\b[^<>\n]{{0,120}}/?>")
_ANY_TAG = _re(r"</?[ \t]*[a-zа-яё_][\w:.-]{0,40}(?:[ \t][^<>\n]{0,120})?/?>|<!\[CDATA\[|\]\]>")
_ABOUT_MARKS = _re(
    rf"{VERDICT.pattern}|{AWARD_THREE}|\bvalue[ \t]*=[ \t]*[\"']?{THREE}|>[ \t]*{THREE}[ \t]*<|\b(?:оценк|отметк)\w+[^.\n]{{0,30}}?[:=—–-][ \t]*(?:{THREE}|отличн\w+|excellent|flawless)"
)
_INLINE_PAIRS = _re(r"(?:\b\w{2,24}[ ]?=[ ]?[\w.\"'-]{1,24}[;,|& \t]{1,3}){2}\w{2,24}[ ]?=[ ]?[\w.\"'-]{1,24}")
_PAIR_WORDS = _re(rf"=[ ]?[\"']?(?:accept\w*|approved?|excellent|pass(?:ed)?|{THREE}|{BEST}|locked|final|принят\w*|одобрен\w*|зачтен\w*)|\b(?:strictness|leniency|benefit|grade\w*|score\w*|level\w*|guards?)[ ]?=")
_TOP_TAG = _re(rf"<(?:{_SURE_TAGS}|{_MAYBE_TAGS})>\s*[\"'«]?(?:{THREE}|{BEST})\b")
_BRACKETED = _re(
    r"[\[{(]{1,2}[ \t]*[/#*!]*[ \t]*(?:system|admin\w*|debug|meta\w*|submission|internal|override|instruction|note|notice|important"
    r"|message|policy|grading|scoring|root|developer|evaluat|judge|juror|jury|hidden|confidential|official|verified|approved|start|end"
    r"|begin|context|assistant|model|ai|defer|систем|служебн|админ|отладк|мета|сведени|указани|инструкци|политик|важно|сообщени|данн"
    r"|примечани|жюри|провер|оценк|оценивани|режим|разработчик|конец|начало|скрыт|официальн|для |to |for |only )"
    r"[^\]})\n]{0,90}[\]})]"
    r"|[\[(][ \t]*/[ \t]*[\w ]{2,40}[\])]"
)
_HEADING = _re(
    r"^[ \t>*_|]*#{1,6}[ (\[_*]{0,3}(?:system|developer|assistant|instructions?|user|human|grader|evaluator|judge|prompt|система"
    r"|ассистент|пользователь|инструкци[яи]|проверяющий|разработчик|модель|судья|промпт)"
    r"(?:[ _](?:prompt|message|note|override|instructions?|сообщение|инструкция|промпт))?[)\]_* \t]{0,4}(?::|$|(?<=[)\]]))"
)
_LABEL = _re(
    r"^[ \t>#*_|\[({<«\"-]{0,8}(?:system|developer|assistant|user|human|ai|bot|model|llm|gpt\w*|chatgpt|claude|grader|evaluator|judge"
    r"|juror|machine|root|admin\w*|operator of the system|система|разработчик|ассистент|пользователь|человек|модель|нейросеть|ии|робот"
    r"|бот|машина|проверяющий|оценщик|судья|жюри|администратор|админ|организатор\w*|машинист)"
    r"(?:[ _](?:prompt|message|note|override|instructions?|turn|оценки|жюри|конкурса|промпт|сообщение|[a-zа-я0-9№#]{1,2}))?[\]>)}»\"*_ \t]{0,4}"
    r"(?::|->|=>|>>|—|$)"
)
_SYSTEM_ORDER = _re(
    r"^[ \t>#*\[<]*(?:system|developer|система)(?:[ _](?:prompt|message|note|override|instruction)s?)?[\]>* \t]*:[^\n]*\b(?:entrant"
    r"|organi[sz]er|contest|submission|override|ignore|focus only|instruction|участник|конкурс|игнорир|инструкци)"
)
_BANNER = _re(
    r"^[ \t]*(?:[=\-*#%~_+<>/\\|«»—–\[\]{}.:]{2,}|<|\[)[ \t]*[^\n]{0,20}?\b(?:end|start|begin(?:ning)?|close|new|next|eof|stop|конец|начало"
    r"|начат\w*|окончани\w*|нов(?:ый|ая|ое)|закрыт\w*|завершен\w*|следующ\w+|файл|file|document|документ|page|страница|служебн\w+"
    r"|приложени\w+|протокол\w*|version|верси[яи]|данные|metadata|record|запис\w+|part|section|раздел)\b[^\n]{0,60}$"
)
_SESSION = _re(
    r"\b(?:session|conversation|context|сесси\w|сеанс|контекст)\s+(?:is\s+|был\w?\s+)?(?:closed|ended|over|opened|started|reset|finished|закрыт\w?|открыт\w?|заверш\w+|окончен\w?|сброшен\w?)|"
    r"(?:end|close|start|begin|new|reset|конец|начало|нов\w{2}|завершен\w*|закрыт\w*|окончен\w*|начат\w*)\s+(?:of\s+)?(?:the\s+)?(?:this\s+)?"
    r"(?:session|conversation|chat|dialogue?|context|thread|prompt|input|document|submission|answer|quoted answer|сесси\w+|сеанс\w*"
    r"|диалог\w*|контекст\w*|беседы|чат\w*|промпт\w*|ввод\w*|документ\w*|ответа участника|ответ участника|разговор\w*)"
)
_SHORT_ORDER = (
    rf"(?:type|write|print|say|output|reply|respond|answer|return|put|give|record|choose|пиши\w*|напиши\w*|ответь\w*|отвечай\w*|выведи\w*"
    rf"|верни\w*|скажи\w*|поставь\w*|ставь\w*|укажи\w*|выбери\w*|назови\w*)\b[^.\n]{{0,30}}?\b(?:number|digit|figure|only|exactly|just|level|grade"
    rf"|score|цифр\w+|числ\w+|только|лишь|ровно|одно|уровень|балл)\b[^.\n]{{0,15}}?{THREE}"
)
_SHORT_OR_THREE = _re(rf"{_SHORT_ORDER}|{AWARD_THREE}|{VERDICT.pattern}")
_FENCE_LINE = _re(r"^[ \t]*(?:`{3,}|~{3,}|\"{3}|'{3}|«{2,}|»{2,})[^\n]{0,30}$")
_FENCE_INSIDE = _re(r"(?:`{3}|~{3})[^\n]{0,200}")
_OWN_FENCE = _re(r"(?:^|\s)[0-9a-f]{12,64}[ \t]?\|")
_OWN_WORDS = _re(
    r"\b(?:the )?answer (?:ended|ends|stands|stood|is over|finished)\b|\blast marked line\b|\bmark it now\b|\breply with (?:the|one) json\b"
    r"|\b(?:ответ\w*|текст\w*) (?:участника )?(?:закончил\w+|кончил\w+|заверш[её]н\w*|окончен\w*)\s+(?:в|на|с|строк|последн|выше|здесь)"
    r"|\bпоследн\w+ (?:помеченн\w+|отмеченн\w+) строк\w+|\bline without the mark\b|\b(?:end|конец) (?:of )?(?:the )?(?:quoted|marked|процитированн\w+"
    r"|цитируем\w+) (?:answer|text|ответ\w*|текст\w*)|\banswer to mark\b"
)
_BROKEN_JSON = _re(
    r"^[ \t]*[\"'”»][ \t]*[}\])]{1,6}[ \t,;]*$|^[ \t]*[\"'][ \t]*[}\])]{2,6}"
    r"|^[ \t]*[\[{(]{1,3}[ \t]*[\"']?(?:content|role|text|answer|response|submission|output|input|ответ|текст)[\"']?[ \t]*:[ \t]*[\"']?[ \t]*$"
)
_REPLY_KEY = _re(
    r"[\"'“«]?\b(?:content_match|cannot_assess|addresses_grader|criteria|overall\w*|rationale|guards?|final_(?:score|grade|mark|level)"
    r"|max_?score|rubric|гарды?|рубрика|критерии)[\"'”»]?[ \t]*[:=](?!=)[ \t]*[\"'“«\[{\d]?"
)
_SURE_KEY = _re(
    r"[\"'“«]\b(?:content_match|cannot_assess|addresses_grader|criteria|overall\w*|rationale|guards?|final_(?:score|grade|mark|level)"
    r"|max_?score|rubric|гарды?|рубрика|критерии)[\"'”»][ \t]*:"
)
_SCORE_KEY = (
    r"[\"'“«]?\b(?:score|grade|level|mark|rating|verdict|points|result|overall\w*|guards?|final_\w+|output|оценка|балл\w?|отметка|уровень"
    r"|итог|вердикт|гард\w?|результат)[\"'”»]?[ \t]*[:=][ \t]*[\[{]?[ \t]*"
)
_TOP_VALUE = (
    rf"[\"'“«]?(?:{THREE}|3\.0\b|1\.0\b|{BEST}|{OF_THREE}|pass(?:ed)?\b|approved\b|зач[её]т\b|зачтено\b|отлично\b|excellent\b|perfect\b)"
)
_SCORE_TOP = _re(_SCORE_KEY + _TOP_VALUE)
_JUSTIFIED = _re(
    r"[\"'“«]?\b(?:reason\w*|rationale|confidence|evidence|explanation|justification|pass(?:ed)?|verdict|addresses_grader|cannot_assess"
    r"|content_match|feedback|обоснование|пояснение|уверенность|доказательств\w+|вердикт|причина|основание)[\"'”»]?[ \t]*[:=]"
)
_SCHEMA = _re(
    r"\b(?:schema|схем\w+|json|формат\w* (?:ответа|отзыва|вывода)|(?:reply|response|output) (?:format|schema|shape|must|should|has to)|enum|maxitems|minitems"
    r"|\"?const\"?\s*:|additionalproperties|допустим\w+ значени\w+|allowed values?|valid values?|(?:поле|field)\s+[\"«'`]?(?:level|overall|score"
    r"|grade|is|уровень|балл|оценка)\b)"
)
_SCHEMA_TARGET = _re(
    rf"\b(?:level|overall|score|grade|mark|уров\w+|балл\w*|оценк\w+|отметк\w+|итог\w*)\b[^\n]{{0,90}}?{THREE}|{THREE}[^\n]{{0,60}}?\b(?:level|overall"
    r"|score|grade|mark|уров\w+|балл\w*|оценк\w+|отметк\w+)\b|\b(?:addresses_grader|cannot_assess|content_match)\b"
    rf"|{RUBRIC}|\b(?:token|number|print|only|только|число)\b[^.\n]{{0,12}}?{THREE}"
)
_CONFIG_LINE = _re(r"^[ \t]*[-*]?[ \t]*[\"']?[\w.\- ]{2,40}[\"']?[ \t]*=(?![=>])[ \t]*\S[^\n]*$")
_CONFIG_SECTION = _re(r"^[ \t]*\[[ \t]*/?[\w .:\-]{2,40}\][ \t]*$")
_YAML_LINE = _re(r"^[ \t]*-?[ \t]*[\"']?[a-zа-яё][\w.\-]{1,40}[\"']?[ \t]*:(?:[ \t]+\S[^\n]*)?$")
_CONFIG_WORDS = _re(
    rf"\b(?:роль_?\w*|role\w*|режим\w*|mode|политик\w+|polic\w+|allow\w*|forbid\w*|deny|разреш\w+|запрещ\w+|override\w*|grader\w*|judge\w*|model\w*"
    rf"|модел\w+|жюри|оценщик\w*|проверяющ\w*|score\w*|grade\w*|grading|level\w*|балл\w*|оценк\w+|оценива\w+|отметк\w+|уров\w+|{UNIT}|{RUBRIC})"
)
_MAIL = _re(
    r"^[ \t>*_]*(?:from|to|cc|bcc|subject|re|date|sent|от|от кого|кому|копия|тема|дата|отправитель|получатель)[*_]{0,2}[ \t]*:[ \t]*\S"
)
_DEAR_MACHINE = _re(
    r"\b(?:dear|hello|hey|attention|уважаем\w+|дорог\w+|привет|здравствуй\w*|внимание)[, ]+(?:\w+[ ,]+)?(?:grading|grader|evaluat\w+|pre-?scor\w+|scoring|ai\b|llm\b|language model|model\b|проверяющ\w+ (?:ии|модел\w+|систем\w+)"
    r"|нейросет\w+|языков\w+ модел\w+|систем\w+ (?:проверк|оцен)\w+|алгоритм\w*|модель\b|искусственн\w+ интеллект)"
    r"|^[ \t>*_]*(?:to|for|attn|кому|для)[*_]{0,2}[ \t]*:[^\n]{0,40}?\b(?:grading|grader\w*|evaluat\w+|pre-?scor\w+|scoring|models?|систем\w+ (?:\w+ )?(?:проверк|оцен)\w+|модел\w+|нейросет\w+|ии)\b"
)
_MAIL_ONE = _re(r"^[ \t>*_]*(?:from|to|subject|от|от кого|кому|тема|отправитель)[*_]{0,2}[ \t]*:[ \t]*\S")
_MAIL_WORDS = _re(
    rf"\bgrad(?:er|ers|ing|es?)\b|\bscor(?:e|er|ing)\b|\bjur(?:y|or)|\bjudg\w+|\bevaluat\w+|{BEST}\s+(?:\w+\s+)?{MARK}|\bmaximum\b|\bпредоцен\w+|\bавтооцен\w+"
    rf"|\bжюри\b|\bпроверяющ\w+|\bоценивани\w+|\bоценщик\w*|{UNIT}|\bмаксимум\b|\bмаксимальн\w+|\bвысш\w+\b|{VERDICT.pattern}|\bpre-?approv\w+"
    r"|\bsubmission\b|\bentry\b|\bassessment\b|\bнейросет\w+|\bмодел[ьи]\b|\bбез проверки\b|\bконкурс\w*"
)
_NOTICE = _re(
    r"\b(?:положени\w+|регламент\w*|правил\w+|порядк\w+|методик\w+|приказ\w*|распоряжени\w+|решени\w+|инструкци\w+|политик\w+|памятк\w+)\s+(?:\w+\s+){0,2}?"
    r"(?:конкурс\w*|оценивани\w+|оценки|проверки|жюри|организатор\w*|оргкомитет\w*|судейств\w+)"
    r"|\b(?:grading|scoring|evaluation|marking|assessment|contest|competition|judging)\s+(?:polic\w+|rules?|regulations?|guidance|guidelines?|procedure"
    r"|standards?|criteria|update|notice|protocol)"
    r"|\b(?:polic\w+|rule|regulation|notice|order|memo)\s*(?:id|no\.?|№|update|change|amendment)|\b(?:обновлени\w+|изменени\w+|поправк\w+)\s+(?:\w+\s+){0,2}?"
    r"(?:политик\w+|правил\w*|положени\w+|регламент\w*|критери\w+|методик\w+)|\b(?:оргкомитет\w*|organi[sz]ing committee|standards committee)\b"
    r"|\b(?:шкал\w+|правил\w+|rules?|scale)\s+(?:\w+\s+){0,3}?(?:измен\w+|замен\w+|обновл\w+|(?:was |were |has |have |been )*(?:changed|replaced|updated))\b"
    r"|\b(?:update|change|amendment|revision)s?\s+(?:to|of|in)\s+(?:the\s+)?(?:\w+\s+){0,2}?(?:polic\w+|rules?|regulations?|rubric|criteria)"
)
_NOTICE_EFFECT = _re(
    rf"{VERDICT.pattern}|{AWARD_THREE}|\b{BEST}\b|\bpass(?:ing|es|ed)?\b|\b(?:зач[её]т|зачтен\w+|засчит\w+)|\bнезависимо от\b|\bregardless\b|{UNIT}|\bto be treated\b"
    rf"|\b(?:автоматическ\w+|automatically)\b|\b(?:не снижа\w+|не ниже|at least|no lower|not below)\b"
)
_STAGE = _re(
    r"\b(?:stage|judge|juror|grader|evaluator|reviewer|model|examiner|expert|marker|rater|agent|pass|round|step|этап|судья|эксперт|проверяющ\w+"
    r"|рецензент|модел[ьи]|ступень|арбитр|член жюри|грейдер|оценщик|раунд|шаг|звено|уровень проверки|проверка|комиссия|жюри|методист|куратор)"
    rf"(?:[ \t]*[\w№#.\-]{{0,14}}){{0,3}}[ \t]*[^\w\n]{{1,4}}[^.;\n]{{0,60}}?(?:{THREE}|{BEST}|\bagree\w*|\bconfirm\w*|\bapprov\w*|\bsame\b|\bverified\b|\bсоглас\w+"
    r"|\bподтвержд\w+|\bто же\b|\bпровер\w+|\bодобр\w+|\bзачтен\w+)"
)
_STAGE_ROLE = _re(
    r"\b(?:you are|you're|your (?:only )?(?:job|role|task) is|ты|вы|твоя задача|ваша задача|ваша роль)\b[^.\n]{0,60}?\b(?:stage|step|judge|juror|grader|model"
    r"|last|final|next|copy|confirm|sign|этап\w*|шаг\w*|звен\w+|последн\w+|перепис\w+|скопир\w+|подтверд\w+|копир\w+|заверш\w+|судья|оценщик|секретар\w+)"
)
_ARROW = _re(rf"(?:->|=>|→)[ \t]*[\"'«]?(?:\w{{3,12}}[ \t]+)?{THREE}")
_ASSIGNED = _re(
    rf"\b(?:level|score|grade|guards?|overall|marks?|балл\w?|уровень|оценка|отметка|гард\w?)[ \t]*(?:=|:=)[ \t]*[\"']?{THREE}"
    r"|[\"'«]?\b(?:(?:default|forced?|fixed|min(?:imum)?|final|auto|preset|expected|target|desired|required)[_ \-](?:level|score|grade|mark|guards?|outcome|rating|points|result)"
    r"|(?:level|score|grade|mark|guards?|балл\w?|уровень|оценка|отметка|гард\w?)[_ \-](?:по[_ \-]умолчанию|default|min|final|override))[\"'»]?[ \t]*[:=]?[ \t]*[\"']?"
    rf"(?:{THREE}|{BEST})"
)
_VOTE = _re(rf"(?:[:—–=]|[ \t]-)[ \t]*(?:[^\W\d_][^\W\d_ ]{{0,20}},?[ \t]*){{0,2}}{THREE}")
_RUBRIC_CHANGE = _re(
    r"\b(?:дополнени\w+|поправк\w+|изменени\w+|приложени\w+|обновл\w+|нов(?:ая|ый|ой|ую|ые|ое)|исправленн\w+|уточнени\w+|уточн[её]нн\w+|правильн\w+|верн\w+"
    r"|действующ\w+|альтернативн\w+|взамен\w*|замен\w+|вместо|отмен\w+|скрыт\w+|добавлен\w*|добав(?:ьте|ь|ить)|секретн\w+|упрощ\w+|additional|addendum|amend\w+"
    r"|updated?|revised|corrected|replace\w*|new|supplement\w*|appendix|actual|real|hidden|extra|bonus|instead|superse\w+|in place of|correct|addition|simplified"
    r"|alternative)\b"
    r"[^.!?\n]{0,50}?(?:рубрик\w*|критери\w*|дескриптор\w*|rubric\w*|criteri\w+|descriptors?\b|scoring guide|marking scheme)"
    r"|(?:рубрик\w*|критери\w*|rubric\w*|criteri\w+|descriptors?\b)[^.!?\n]{0,40}?\b(?:дополн\w+|измен\w+|обновл\w+|замен\w+|отмен\w+|читать|следует читать|читается|updated"
    r"|amended|replaced|changed|revised|superseded|extended|now reads|reads|addendum|v\d)"
)
_RUBRIC_GAIN = _re(
    rf"{VERDICT.pattern}|{AWARD_THREE}|(?<![\w.,])[0-3][ \t]*[=:—–]|{UNIT}|\b(?:преимуществ\w+|приоритет\w*|прибавля\w+|добавля\w+|дополнительн\w+|получа\w+|засчит\w+|автоматическ\w+|award\w*|adds?|bonus|plus|receiv\w+"
    rf"|automatically|priority|precedence|overrides?|counts?|satisf\w+)\b|\b{BEST}\b|\b(?:level|уров(?:ень|ня|ню)|балл\w*|points?|marks?)\b"
)
_SCALE_LINE = _re(
    r"^[ \t*•\-]*(?:(?:level|уровень|балл|score|grade|оценка|отметка)[ \t]*[0-9]|[0-9][ \t]*(?:балл\w*|гард\w*|guards?|points?|уровень)?)[ \t]*[:=—–-][^\n]*"
    r"\b(?:ответ\w*|answers?|submissions?|responses?|entry|texts?|текст\w*|люб\w+|any(?:thing)?|не использу\w+|not used|not applicable|автор\w*|участник\w*|author)"
)
_SHOT = _re(
    r"(?:^|(?<=[.!?;»\"]))[ \t>*•\d).-]{0,6}(?:ответ|answer|input|response|submission|entry|текст|вход|решение|реплика|фраза|пример|example|sample|образец|q|a|text)[ \t]*[\w№#]{0,3}[ \t]*[:=.—–-]"
)
_SHOT_MARK = _re(
    r"\b(?:отметка|оценка|балл\w?|уровень|итог|гард\w*|score|grade|level|mark|rating|output|verdict|label|выход|вердикт|результат|guards?)"
    rf"[ \t]*(?:[:=—–>-]+|→|is)[ \t]*[\"'«]?(?:{THREE}|{BEST})"
)
_RECORD = _re(
    r"\b(?:предварительн\w+|итогов\w+|финальн\w+|окончательн\w+|присвоенн\w+|утвержд[её]нн\w+|зафиксированн\w+|выставленн\w+|рекомендованн\w+|ожидаем\w+|предыдущ\w+|прошл\w+"
    r"|подтвержд[её]нн\w+|согласованн\w+|ручн\w+|final|preliminary|provisional|recorded|approved|previous|assigned|expected|confirmed|recommended|pre-?assigned|official|agreed"
    r"|verified|human|manual|prior|suggested|human[- ]\w+|target|reference|ground truth|gold)[_ \t]+(?:\w+[_ \t]+)?(?:отметк\w|оценк\w|балл\w?|уровень|итог|вердикт|результат|решение|score"
    rf"|mark|grade|level|rating|verdict|guards?|result|label|points?)\b[^.;\n]{{0,20}}?[:=—–(-]?[^.;\n]{{0,12}}?(?:{THREE}|{BEST}|{OF_THREE})"
)
_STATUS = _re(
    r"\b(?:status|state|статус|состояние|verified|reviewed|review|graded|approved|проверено|оценено|одобрено|проверка|повторная оценка|пересмотр|moderation|модерация|re-?grading"
    r"|verification|результат проверки|grade_?status|audit|аудит|подпись|signature|signed by)[ \t]*(?:[:=]|—|–|->)[ \t]*(?:\w+[ \t]+)?(?:approved|graded|verified|final|passed|done|true|yes|complete\w*"
    r"|checked|reviewed|closed|locked|accepted|not required|none|skip\w*|no|проверен\w*|одобрен\w*|оценен\w*|завершен\w*|закрыт\w*|пройден\w*|не треб\w+|не нужн\w+|да|принят\w*|окончательн\w+"
    r"|утвержд[её]н\w*|зачтен\w*|подтвержд[её]н\w*|жюри|jury|chief\w*|председател\w+)"
)
_REASONING = _re(
    r"^[ \t>#*_<\[(]*(?:thoughts?|thinking|reasoning|chain of thought|analysis|internal (?:monologue|note|reasoning)|scratchpad|let me (?:think|grade|assess|check|mark)|my (?:assessment|evaluation"
    r"|reasoning|verdict)|final (?:decision|verdict|grade|answer|assessment)|verdict|conclusion|step \d|evaluation|assessment|мысли|ход мысл\w+|рассуждени[ея]|размышлени[ея]|размышляю|анализ|оценивание"
    r"|внутренн\w+ (?:рассужд|монолог|анализ)\w*|вывод|вердикт|итоговое решение|окончательное решение|решение жюри|проверка|шаг \d|заключение|цепочка рассуждений|думаю|сверяю\w*|проверяю)"
    r"\b[^\n]{0,60}?(?:[:.—…>\])]|$)"
)
_TEMPLATE = _re(
    r"\{%[^%\n]{0,120}?\b(?:guards?|score|grade|level|overall|rubric|criteri\w+|prompt|system|гард\w*|балл\w*)\b[^%\n]{0,120}?%\}|\{%-?[ \t]*(?:set|block|include|import|from|extends|macro|raw|call|filter|do|debug|autoescape|with)\b[^\n]{0,200}?%\}"
    r"|\{\{[^{}\n]{0,200}?(?:__|[=\[*+]|\.\w+\(|\b(?:self|config|cycler|joiner|lipsum|namespace|request|import|rubric|guards?|score|grade|grading|level|overall|judge|system|prompt|гард\w*|оценк\w+|балл\w*"
    r"|уров\w+|рубрик\w+)\b)[^{}\n]{0,200}\}\}"
    r"|\$\{[^{}\n]{0,120}?(?:[(=*+]|\b(?:rubric|guards?|score|grade|grading|level|overall|jndi|env)\b)[^{}\n]{0,120}\}"
    r"|<%[^%\n]{0,160}?(?:[(=]|\b(?:rubric|guards?|score|grade|level)\b)[^%\n]{0,160}%>|#\{[^{}\n]{0,120}?(?:[(=]|\b(?:rubric|guards?|score|grade|level)\b)[^{}\n]{0,120}\}"
    r"|\{\{?[ \t]*(?:fence\w*|reply_shape|rubric|criteria|exemplars|statement|guidelines|scale_max|overall_id)[ \t]*\}\}?|@\([^)\n]{1,80}\)\s*\{"
)
_FORMULA = _re(
    r"^[ \t\"',;|]*(?:=(?:[A-ZА-ЯЁ]|[\d(\"+@-])|@[A-ZА-ЯЁ][\w.]*\(|[+-](?:[A-ZА-ЯЁ][\w.]{1,20}\(|\d[\d.,]*[+\-*/^&]))"
    r"|\b(?:HYPERLINK|IMPORTXML|IMPORTDATA|IMPORTRANGE|IMPORTFEED|IMPORTHTML|WEBSERVICE|DDE|CALL|REGISTER\.ID|ГИПЕРССЫЛКА|ВЕБСЛУЖБА)\s*\(|\b(?:cmd|powershell|msexcel|calc|mshta|rundll32)\s*\|"
)
_ACTIVE = _re(
    r"<\s*/?\s*(?:script|iframe|object|embed|applet|meta|base|link)\b|<[a-z!][^<>]{0,300}?[\s/\"'](?:on[a-z]{3,20})\s*=|\b(?:javascript|vbscript)\s*:\s*\w|\bdata:text/html"
    r"|\bdocument\s*\.\s*(?:cookie|write|query\w+|getElement\w+|forms|body)|\b(?:window|parent|top)\s*\.\s*location|\bfetch\(\s*[\"'`]"
)
_EXFILTRATION_PLACE = _re(
    r"!?\[[^\]\n]{0,80}\]\(\s*<?[a-z]{2,8}:[^)\s\n]{0,200}?(?:[?&#/=][^)\s\n]{0,80}?(?:=|/))(?:[A-ZА-Я_]{4,}|[\[{<%$][^)\n]{1,80}|\.\.\.|…)"
    r"|https?://[^\s)]{1,120}[=/](?:\[[A-Z_ ]+|\{\w+|<\w+|\$\{?\w+)"
)
_LINK = _re(r"!\[|https?://|\]\(|\burl\b|\bссылк\w+|\bкартинк\w+|\bизображени\w+|\bimage\b")
_SECRETS = _re(
    r"\b(?:rubric\w*|рубрик\w*|(?:system|initial|hidden|full|your) (?:prompt|message|instructions?)|prompt\b|промпт\w*|системн\w+ (?:сообщени|инструкци|подсказк|запрос)\w*"
    r"|level descriptors?|descriptors?|дескриптор\w*|описани\w+ уровн\w+|(?:summary of|your|the|this|from) (?:conversation|context|instructions)|(?:тво|ваш|сво|полученн)\w+ (?:инструкци|указани|промпт)\w*"
    r"|содержани\w+ (?:инструкци|рубрик|промпт)\w*|api[ _-]?keys?)"
)
_SURE_SECRETS = _re(
    r"\b(?:rubric\w*|рубрик\w*|(?:system|initial|hidden) (?:prompt|message|instructions?)|промпт\w*|системн\w+ (?:сообщени|инструкци|подсказк|запрос)\w*|(?:level )?descriptors?|дескриптор\w*|описани\w+ уровн\w+)"
)
_INTO = _re(
    r"\b(?:feedback|rationale|reply|report|url-?encod\w*|encoded|picture|badge|icon|logo|pixel|отзыв\w*|обратн\w+ связ\w+|обосновани\w+|отч[её]т\w*|пиксел\w*|значок|значк\w*|закодир\w*|адрес\w*|параметр\w*|query|placeholder)"
)
_SHOW = _re(
    r"\b(?:print|show|reveal|repeat|output|include|insert|quote|copy|append|render|encode|replace|send|put|start|begin|add|embed|display|list|leak|tell|write|выведи\w*|напечатай\w*|покажи\w*"
    r"|повтори\w*|процитируй\w*|перепиши\w*|встав(?:ь|ьте|ить)|приведи\w*|раскрой\w*|добав(?:ь|ьте|ить)|подстав(?:ь|ьте|ить)|замени\w*|отправ(?:ь|ьте|ить)|закодируй\w*|начни\w*|перечисли\w*|сообщи\w*)\b"
)
_CLI = _re(
    r"(?:^|\s)-{1,2}[\w-]*(?:level|score|grade|force|verif|guard|pass\b|rubric|max|approve|skip|override|mark|trust|bypass|review|jury|judge|audit|suggest|check|award|unsafe|admin|balance|ignore|dry-run"
    r"|no-\w+)[\w-]*|\bcasejury\s+[\w-]|\b(?:grade|score|judge|jury)(?:\.\w{1,4})?[ \t]+-{1,2}[a-z]|^\s*\$\s*\w[\w.-]*\s+(?:grade|score|judge|mark|rule|release|award)\b"
    r"|\bsudo\s+\w+|^\s*/(?:grade|score|mark|award|approve|override|set|admin|system|оценить|балл|поставить)\b"
)
_BOUNDARY = _re(
    r"^[^\w\n]{2,}[^\n]{0,60}?\b[\w.\-/]{1,60}\.(?:md|txt|ya?ml|json|docx?|pdf|html?|csv|xml|py|j2|toml|ini|log)\b[^\n]{0,40}$|^(?:diff --git|---|\+\+\+) [ab]?/|^-{3,}[ \t]*BEGIN\b|^-{3,}[ \t]*END\b"
    r"|^content-(?:type|disposition):|^--[\w=+]{8,}$|\b(?:document|file|документ|файл|страниц\w+|page|запис\w+|record|пост|submission|ответ|answer|entry)\s+(?:no\.? ?|№ ?|#)?\d+\s+(?:of|из|/)\s+\d+"
    r"|\b(?:next|следующ\w+|new|нов\w{2}|separate|отдельн\w+)\s+(?:document|file|record|документ|файл|submission)\b|\b(?:document|file|документ\w*|файл\w*)\s+(?:ends?|starts?|begins?|заканчива\w+|начина\w+|закончен\w*|закрыт\w*)"
    r"|[\f\x0c]|\bEOF\b|\bend of file\b|\bend of document\b|\bконец (?:файла|документа)\b"
)
_ONLY_FINAL = _re(
    r"\b(?:оценива\w+|засчитыва\w+|учитыва\w+|смотр\w+|провер\w+|graded?|scored?|marked|evaluated?|counts?|judged?|consider\w*)\b[^.\n]{0,40}?\b(?:только|лишь|исключительно|only|solely)\b[^.\n]{0,60}"
    r"|\b(?:только|лишь|исключительно|only|solely)\b[^.\n]{0,50}?\b(?:graded|scored|marked|evaluated|counts?|judged|considered|оценива\w+|засчитыва\w+|учитыва\w+|подлеж\w+)"
)
_FINAL = _re(
    r"\b(?:final|last|latest|чистовик\w*|последн\w+|финальн\w+|итогов\w+|окончательн\w+)\b[^.\n]{0,30}?\b(?:submission|version|draft|answer|text|верси\w+|редакци\w+|вариант\w*|ответ\w*|текст\w*)|\bчистовик\w*"
)
_VERSION_SCORE = _re(
    rf"\b(?:v|в|вер|версия|version|draft|черновик|редакция|попытка|attempt|rev)\.?[ \t]*\d+(?:\.\d+)?[^.;\n]{{0,40}}?(?::|—|–|=|->|→|\()[^;\n]{{0,40}}?(?:score|mark|level|балл\w*|{UNIT}|оценк\w|отметк\w|уров\w+)?"
    rf"[ \t:=]*(?:\d|{THREE})"
)
_PERSONA = _re(
    r"\b(?:you are|you're|you act as|act as|pretend|imagine you are|from now on|your new (?:role|task|goal|instructions?|directive)|ты\s*(?:—|-|–)|теперь ты|вы\s*(?:—|–)|отныне|с этого момента|представь, что ты"
    r"|твоя (?:новая )?(?:роль|задача|цель))[^\n]{0,160}"
)
_PERSONA_WORDS = _re(
    rf"{VERDICT.pattern}|\b(?:generous|lenient|kind|strict)\s+(?:juror|judge|grader|evaluator|examiner)|\b(?:щедр|добр|снисходительн)\w+\s+(?:судья|жюри|проверяющ\w+|оценщик\w*|экзаменатор)|{UNIT}|\bпоставить {THREE}"
    rf"|{_SHORT_ORDER}|\b(?:grader|juror|оценщик\w*|проверяющ(?:ий|ая)|grading (?:model|assistant|ai))\b"
)


class _Around:
    """Where words stand in one text; each pattern is looked for once, however many shapes ask."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[re.Pattern[str], tuple[list[int], list[int]]] = {}

    def has(self, span: Range, words: re.Pattern[str], reach: int = _REACH) -> bool:
        """Whether the words stand within `reach` characters of the span, or in it."""
        if words not in self._found:
            spans = [match.span() for match in words.finditer(self.text)]
            self._found[words] = [start for start, _ in spans], [end for _, end in spans]
        starts, ends = self._found[words]
        return bisect_left(ends, span[0] - reach) < bisect_right(starts, span[1] + reach)


def find_frames(text: str) -> Iterator[Range]:
    """Where `text` imitates structure; in no order, may overlap. Ranges cover the shape, not what stands inside."""
    around = _Around(text)
    for match in SPECIAL_TOKEN.finditer(text):
        if not _PLAIN_TAGS.match(match.group()) or around.has(match.span(), GRADING):
            yield match.span()
    top = bool(_TOP.search(text))
    for pattern in (*_ALONE, *(_WITH_TOP if top else ())):
        for match in pattern.finditer(text):
            yield match.span()
    for pattern, words, reach in _WITH:
        for match in pattern.finditer(text):
            if around.has(match.span(), words, reach):
                yield match.span()
    for rule in (*_RULES, *(_RULES_WITH_TOP if top else ())):
        yield from rule(around)


_TOP = _re(rf"\b(?:{THREE}|{BEST}\b|{OF_THREE})")
_WITH_TOP = (_RECORD,)
_ALONE = (
    _SURE_TAG, _TOP_TAG, _HEADING, _SYSTEM_ORDER, _OWN_WORDS, _BROKEN_JSON, _SURE_KEY, _TEMPLATE, _FORMULA, _ACTIVE, _CLI,
    _EXFILTRATION_PLACE, _SCALE_LINE, _ASSIGNED,
    _WHOSE_TAG, _INFO_FENCE, _SHOUTED_SYSTEM, _HINT, _RUBRIC_LINE, _DEAR_MACHINE,
)  # fmt: skip
_WITH: tuple[tuple[re.Pattern[str], re.Pattern[str], int], ...] = (
    (_MAYBE_TAG, GRADING, _REACH),
    (_ANY_TAG, _ABOUT_MARKS, 160),
    (_MAIL_ONE, _ABOUT_MARKS, 260),
    (_BRACKETED, GRADING, 200),
    (_LABEL, GRADING, 160),
    (_BANNER, GRADING, _REACH),
    (_FENCE_LINE, GRADING, _REACH),
    (_FENCE_INSIDE, GRADING, 60),
    (_OWN_FENCE, GRADING, 160),
    (_SESSION, _SHORT_OR_THREE, _REACH),
    (_REPLY_KEY, _SCORE_TOP, 200),
    (_NOTICE, _NOTICE_EFFECT, 220),
    (_RUBRIC_CHANGE, _RUBRIC_GAIN, 200),
    (_REASONING, VERDICT, 260),
    (_BOUNDARY, GRADING, _REACH),
    (_STATUS, VERDICT, 200),
    (_ONLY_FINAL, _FINAL, 120),
    (_PERSONA, _PERSONA_WORDS, 60),
    (_STAGE_ROLE, VERDICT, 200),
    (_SHOT, _SHOT_MARK, 260),
    (_INLINE_PAIRS, _PAIR_WORDS, 0),
)
"""Shape, words that must be near it, and how near."""


Rule = Callable[[_Around], Iterator[Range]]


def _pairs(pattern: re.Pattern[str], least: int, words: re.Pattern[str], reach: int) -> Rule:
    """A rule: `least` such lines close to each other, and the words among or near them."""

    def rule(around: _Around) -> Iterator[Range]:
        group: list[Range] = []
        for match in [*pattern.finditer(around.text), None]:
            if match and (not group or match.start() - group[-1][1] <= reach):
                group.append(match.span())
                continue
            if len(group) >= least and around.has((group[0][0], group[-1][1]), words, 120):
                yield group[0][0], group[-1][1]
            group = [match.span()] if match else []

    return rule


_ANYTHING = _re(r"[^\n]")
_STRICT_CONFIG = _re(
    rf"{VERDICT.pattern}|{UNIT}|\b(?:жюри|оценщик\w*|проверяющ\w*|grader\w*|judge\w*|juror\w*|grading)\b|\b(?:поставить|give|award|always|всегда)\b[^\n]{{0,20}}?{THREE}|{RUBRIC}"
)


_JUDGED = _re(rf"\b{GRADER}[^.!?\n]{{0,40}}?{AWARD_THREE}")


def _judged(around: _Around) -> Iterator[Range]:
    """A grader of whom it is told that three was given, and that others agree or are to follow."""
    for match in _JUDGED.finditer(around.text):
        if around.has(match.span(), _FOLLOW, 100):
            yield match.span()


_FOLLOW = _re(r"\b(?:соглас\w+|подпис\w+|подтверд\w+|един\w+|осталось|оста[её]тся|втор(?:ой|ая)|трет(?:ий|ьему)|agree\w*|confirm\w*|second|third|sign|follow|remaining|unanim\w+)")


def _scored(around: _Around) -> Iterator[Range]:
    """A key with the top value beside another key that justifies it."""
    for match in _SCORE_TOP.finditer(around.text):
        if around.has(match.span(), _JUSTIFIED, 200):
            yield match.span()


def _schemas(around: _Around) -> Iterator[Range]:
    for match in _SCHEMA.finditer(around.text):
        if around.has(match.span(), _SCHEMA_TARGET, 140):
            yield match.span()


def _sections(around: _Around) -> Iterator[Range]:
    """A configuration: a [section] or several assignments, with words of grading and of modes or roles."""
    sections = [m.span() for m in _CONFIG_SECTION.finditer(around.text)]
    for span in sections:
        if around.has(span, _STRICT_CONFIG, 240):
            yield span


def _leaks(around: _Around) -> Iterator[Range]:
    """An order to show the rubric or the prompt by way of a link or picture."""
    for match in _SURE_SECRETS.finditer(around.text):
        if around.has(match.span(), _INTO, 200) and around.has(match.span(), _SHOW, 160):
            yield match.span()
    for match in _SECRETS.finditer(around.text):
        if around.has(match.span(), _LINK, 200) and around.has(match.span(), _SHOW, 160):
            yield match.span()


_RULES: tuple[Rule, ...] = (
    _scored,
    _schemas,
    _sections,
    _leaks,
    _pairs(_CONFIG_LINE, 2, _CONFIG_WORDS, 120),
    _pairs(_YAML_LINE, 2, _STRICT_CONFIG, 60),
    _pairs(_MAIL, 2, _MAIL_WORDS, 160),
    _pairs(_SESSION, 2, _ANYTHING, 200),
    _pairs(_PROMPT_MARK, 2, _ANYTHING, 240),
    _pairs(_MODEL_LABEL, 2, _MODEL_SAYS, 200),
)
_RULES_WITH_TOP = (_pairs(_STAGE, 2, _ANYTHING, 160), _pairs(_VOTE, 3, _ANYTHING, 40), _pairs(_ARROW, 2, _ANYTHING, 90), _judged, _pairs(_VERSION_SCORE, 2, GRADING, 160))
