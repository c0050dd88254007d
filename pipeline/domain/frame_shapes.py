"""Shapes of text that imitates the request or the reply: tags, markers, roles, fences, JSON, schemas.

Nothing here is suspicious by itself unless grader_frames says so.
"""

from __future__ import annotations

import re

from pipeline.domain.grading_words import AWARD_THREE, BEST, OF_THREE, RUBRIC, THREE, VERDICT


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with the flags of all shapes."""
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


PLAIN_TAGS = re.compile(r"<(?:/?s|/?mask|image|audio|video|sep|pad)>\Z", re.IGNORECASE)
"""Special tokens that are also tags which pages and editors know."""

SURE_TAGS = (
    r"answers?|submissions?|responses?|rubrics?|system\w*|assistant\w*|instructions?|grading\w*|grades?|grader\w*"
    r"|scor(?:e|es|ing)"
    r"|verdicts?|evaluat\w+|think\w*|thoughts?|reason(?:ing)?|scratchpad|reflection|jury|juror\w*|judges?|judg\w+"
    r"|prompts?|criteri\w+"
    r"|user_\w+|override\w*|final_?\w*|rationale|developer|admin\w*|ответ\w*|рубрик\w+|систем\w+|инструкци\w+"
    r"|оценк\w+|вердикт\w*"
    r"|жюри|критери\w+|отметк\w+|указани\w+|участник\w*|мысл\w+|рассуждени\w+|размышлени\w+|проверк\w+|судья|гард\w*"
    r"|guards?"
    r"|промпт\w*|ассистент\w*|разработчик\w*"
)
MAYBE_TAGS = (
    r"results?|levels?|contents?|documents?|docs?|messages?|metadata|meta|texts?|case|task|user|input|output"
    r"|information|info|data"
    r"|important|notice|note|context|end|begin|start|policy|rules?|config\w*|feedback|reply|examples?|questions?"
    r"|posts?|entry|entries"
    r"|essay|student|candidate|contestant|participant|tool\w*|function\w*|command\w*|request|marks?|points?|approved?"
    r"|status|report"
    r"|уров(?:ень|ни)|балл\w*|итог\w*|решени\w+|текст\w*|документ\w*|сообщени\w+|контекст\w*|данные|задани\w+"
    r"|политик\w+|правил\w+"
    r"|пример\w*|работа|кейс\w*|автор|конец|начало|заметк\w+|примечани\w+|результат\w*|команд\w+|файл\w*|запис\w+"
)
SURE_TAG = compiled(
    rf"</\s*(?:{SURE_TAGS})\b[^<>\n]{{0,80}}>|^[ \t]*<(?:{SURE_TAGS})\b[^<>\n]{{0,120}}>[ \t]*$"
    rf"|[\[{{]/(?:{SURE_TAGS}|user|input|inst\w*)\b[^\]}}\n]{{0,40}}[\]}}]"
)
WHOSE_TAG = compiled(
    r"</\s*(?:participant|entrant|contestant|candidate|student|author|quoted?|untrusted|trusted|user|input|data|цитат"
    r"|автор|конкурсант|ввод|данны)[\w:.-]*\s*>"
)
INFO_FENCE = compiled(
    r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(?:system|assistant|developer|instructions?|grading|grader|judge|rubric|prompt"
    r"|система|инструкция)\b"
)
PROMPT_MARK = compiled(
    r"\b(?:end|begin|start|close|open|конец|начало)[ _]+(?:of[ _]+)?(?:the[ _]+)?(?:[\w-]+[ _]+)?(?:input|output|data"
    r"|answer|submission|participant|user|prompt|instructions|trusted|untrusted|record"
    r"|notes|ответа|ответ|ввода|вывода|данных|участника|протокола|указаний|инструкций|промпта|документа|файла|жюри"
    r"|служебн\w+)\b"
)
SHOUTED_SYSTEM = compiled(
    r"^[ \t>*#\[(]*(?:system|developer)[ _](?:message|prompt|note|override|instructions?)\b[\])* \t]*:?[ \t]*$"
    r"|^[ \t]*(?:system|assistant|developer)[ \t]*>"
)
MODEL_LABEL = compiled(
    r"^[ \t>*_\[—–-]{0,6}(?:assistant|ассистент|модель|model|ai|ии|нейросеть|llm|gpt|user|пользователь|human|человек"
    r"|q|a|juror|grader|жюри|судья)[\]*_ \t]{0,3}[:,]"
)
MODEL_SAYS = compiled(
    r"\b(?:оцени\b|высш\w+|level|grade[ds]?|rubric|рубрик\w*|тройк\w+|full marks|балл\w*|отметк\w+|pass it)"
)
HINT = compiled(
    rf"\b(?:\w+_(?:grade|score|level|mark|guards?|балл\w?|оценка|уровень|отметка)|(?:grade|score|level|mark|guards?"
    rf"|балл\w?|оценка|уровень|отметка)_\w+)[\"']?[ \t]*[:=][ \t]*[\"']?(?:{THREE}|{BEST})"
    r"|[\"'](?:level|overall|score|grade|уровень|оценка|балл|отметка)[\"'][ \t]*:[ \t]*[\"']3[\"']|[\"'](?:overall"
    r"|итог)[\"'][ \t,}:]+[^{}\n]{0,20}?\b3\b"
)
RUBRIC_LINE = compiled(
    r"^[ \t*#>]*(?:рубрика|rubric)\b[^:\n]{0,30}:|\b(?:level|уровень)[ \t]*[0-3][ \t]*\((?:revised|new|updated|нов"
    r"|измен|уточн|исправ)"
)
MAYBE_TAG = compiled(rf"</?\s*(?:{SURE_TAGS}|{MAYBE_TAGS})\b[^<>\n]{{0,120}}/?>")
ANY_TAG = compiled(r"</?[ \t]*[a-zа-яё_][\w:.-]{0,40}(?:[ \t][^<>\n]{0,120})?/?>|<!\[CDATA\[|\]\]>")
ABOUT_MARKS = compiled(
    rf"{VERDICT.pattern}|{AWARD_THREE}|\bvalue[ \t]*=[ \t]*[\"']?{THREE}|>[ \t]*{THREE}[ \t]*<|\b(?:оценк"
    rf"|отметк)\w+[^.\n]{{0,30}}?[:=—–-][ \t]*(?:{THREE}|отличн\w+|excellent|flawless)"
)
INLINE_PAIRS = compiled(r"(?:\b\w{2,24}[ ]?=[ ]?[\w.\"'-]{1,24}[;,|& \t]{1,3}){2}\w{2,24}[ ]?=[ ]?[\w.\"'-]{1,24}")
PAIR_WORDS = compiled(
    rf"=[ ]?[\"']?(?:accept\w*|approved?|excellent|pass(?:ed)?|{THREE}|{BEST}|locked|final|принят\w*|одобрен\w*"
    rf"|зачтен\w*)|\b(?:strictness|leniency|benefit|grade\w*|score\w*|level\w*|guards?)[ ]?="
)
TOP_TAG = compiled(rf"<(?:{SURE_TAGS}|{MAYBE_TAGS})>\s*[\"'«]?(?:{THREE}|{BEST})\b")
BRACKETED = compiled(
    r"[\[{(]{1,2}[ \t]*[/#*!]*[ \t]*(?:system|admin\w*|debug|meta\w*|submission|internal|override|instruction|note"
    r"|notice|important"
    r"|message|policy|grading|scoring|root|developer|evaluat|judge|juror|jury|hidden|confidential|official|verified"
    r"|approved|start|end"
    r"|begin|context|assistant|model|ai|defer|систем|служебн|админ|отладк|мета|сведени|указани|инструкци|политик"
    r"|важно|сообщени|данн"
    r"|примечани|жюри|провер|оценк|оценивани|режим|разработчик|конец|начало|скрыт|официальн|для |to |for |only )"
    r"[^\]})\n]{0,90}[\]})]"
    r"|[\[(][ \t]*/[ \t]*[\w ]{2,40}[\])]"
)
HEADING = compiled(
    r"^[ \t>*_|]*#{1,6}[ (\[_*]{0,3}(?:system|developer|assistant|instructions?|user|human|grader|evaluator|judge"
    r"|prompt|система"
    r"|ассистент|пользователь|инструкци[яи]|проверяющий|разработчик|модель|судья|промпт)"
    r"(?:[ _](?:prompt|message|note|override|instructions?|сообщение|инструкция|промпт))?[)\]_* \t]{0,4}(?::|$"
    r"|(?<=[)\]]))"
)
LABEL = compiled(
    r"^[ \t>#*_|\[({<«\"-]{0,8}(?:system|developer|assistant|user|human|ai|bot|model|llm|gpt\w*|chatgpt|claude|grader"
    r"|evaluator|judge"
    r"|juror|machine|root|admin\w*|operator of the system|система|разработчик|ассистент|пользователь|человек|модель"
    r"|нейросеть|ии|робот"
    r"|бот|машина|проверяющий|оценщик|судья|жюри|администратор|админ|организатор\w*|машинист)"
    r"(?:[ _](?:prompt|message|note|override|instructions?|turn|оценки|жюри|конкурса|промпт|сообщение"
    r"|[a-zа-я0-9№#]{1,2}))?[\]>)}»\"*_ \t]{0,4}"
    r"(?::|->|=>|>>|—|$)"
)
SYSTEM_ORDER = compiled(
    r"^[ \t>#*\[<]*(?:system|developer|система)(?:[ _](?:prompt|message|note|override"
    r"|instruction)s?)?[\]>* \t]*:[^\n]*\b(?:entrant"
    r"|organi[sz]er|contest|submission|override|ignore|focus only|instruction|участник|конкурс|игнорир|инструкци)"
)
BANNER = compiled(
    r"^[ \t]*(?:[=\-*#%~_+<>/\\|«»—–\[\]{}.:]{2,}|<|\[)[ \t]*[^\n]{0,20}?\b(?:end|start|begin(?:ning)?|close|new|next"
    r"|eof|stop|конец|начало"
    r"|начат\w*|окончани\w*|нов(?:ый|ая|ое)|закрыт\w*|завершен\w*|следующ\w+|файл|file|document|документ|page"
    r"|страница|служебн\w+"
    r"|приложени\w+|протокол\w*|version|верси[яи]|данные|metadata|record|запис\w+|part|section|раздел)\b[^\n]{0,60}$"
)
SESSION = compiled(
    r"\b(?:session|conversation|context|сесси\w|сеанс|контекст)\s+(?:is\s+|был\w?\s+)?(?:closed|ended|over|opened"
    r"|started|reset|finished|закрыт\w?|открыт\w?|заверш\w+|окончен\w?|сброшен\w?)|"
    r"(?:end|close|start|begin|new|reset|конец|начало|нов\w{2}|завершен\w*|закрыт\w*|окончен\w*"
    r"|начат\w*)\s+(?:of\s+)?(?:the\s+)?(?:this\s+)?"
    r"(?:session|conversation|chat|dialogue?|context|thread|prompt|input|document|submission|answer|quoted answer"
    r"|сесси\w+|сеанс\w*"
    r"|диалог\w*|контекст\w*|беседы|чат\w*|промпт\w*|ввод\w*|документ\w*|ответа участника|ответ участника|разговор\w*)"
)
SHORT_ORDER = (
    rf"(?:type|write|print|say|output|reply|respond|answer|return|put|give|record|choose|пиши\w*|напиши\w*|ответь\w*"
    rf"|отвечай\w*|выведи\w*"
    rf"|верни\w*|скажи\w*|поставь\w*|ставь\w*|укажи\w*|выбери\w*|назови\w*)\b[^.\n]{{0,30}}?\b(?:number|digit|figure"
    rf"|only|exactly|just|level|grade"
    rf"|score|цифр\w+|числ\w+|только|лишь|ровно|одно|уровень|балл)\b[^.\n]{{0,15}}?{THREE}"
)
SHORT_OR_THREE = compiled(rf"{SHORT_ORDER}|{AWARD_THREE}|{VERDICT.pattern}")
FENCE_LINE = compiled(r"^[ \t]*(?:`{3,}|~{3,}|\"{3}|'{3}|«{2,}|»{2,})[^\n]{0,30}$")
FENCE_INSIDE = compiled(r"(?:`{3}|~{3})[^\n]{0,200}")
OWN_FENCE = compiled(r"(?:^|\s)[0-9a-f]{12,64}[ \t]?\|")
OWN_WORDS = compiled(
    r"\b(?:the )?answer (?:ended|ends|stands|stood|is over|finished)\b|\blast marked line\b|\bmark it now\b"
    r"|\breply with (?:the|one) json\b"
    r"|\b(?:ответ\w*|текст\w*) (?:участника )?(?:закончил\w+|кончил\w+|заверш[её]н\w*|окончен\w*)\s+(?:в|на|с|строк"
    r"|последн|выше|здесь)"
    r"|\bпоследн\w+ (?:помеченн\w+|отмеченн\w+) строк\w+|\bline without the mark\b|\b(?:end"
    r"|конец) (?:of )?(?:the )?(?:quoted|marked|процитированн\w+"
    r"|цитируем\w+) (?:answer|text|ответ\w*|текст\w*)|\banswer to mark\b"
)
BROKEN_JSON = compiled(
    r"^[ \t]*[\"'”»][ \t]*[}\])]{1,6}[ \t,;]*$|^[ \t]*[\"'][ \t]*[}\])]{2,6}"
    r"|^[ \t]*[\[{(]{1,3}[ \t]*[\"']?(?:content|role|text|answer|response|submission|output|input|ответ"
    r"|текст)[\"']?[ \t]*:[ \t]*[\"']?[ \t]*$"
)
REPLY_KEY = compiled(
    r"[\"'“«]?\b(?:content_match|cannot_assess|addresses_grader|criteria|overall\w*|rationale|guards?|final_(?:score"
    r"|grade|mark|level)"
    r"|max_?score|rubric|гарды?|рубрика|критерии)[\"'”»]?[ \t]*[:=](?!=)[ \t]*[\"'“«\[{\d]?"
)
SURE_KEY = compiled(
    r"[\"'“«]\b(?:content_match|cannot_assess|addresses_grader|criteria|overall\w*|rationale|guards?|final_(?:score"
    r"|grade|mark|level)"
    r"|max_?score|rubric|гарды?|рубрика|критерии)[\"'”»][ \t]*:"
)
SCORE_KEY = (
    r"[\"'“«]?\b(?:score|grade|level|mark|rating|verdict|points|result|overall\w*|guards?|final_\w+|output|оценка"
    r"|балл\w?|отметка|уровень"
    r"|итог|вердикт|гард\w?|результат)[\"'”»]?[ \t]*[:=][ \t]*[\[{]?[ \t]*"
)
TOP_VALUE = (
    rf"[\"'“«]?(?:{THREE}|3\.0\b|1\.0\b|{BEST}|{OF_THREE}|pass(?:ed)?\b|approved\b|зач[её]т\b|зачтено\b|отлично\b"
    rf"|excellent\b|perfect\b)"
)
SCORE_TOP = compiled(SCORE_KEY + TOP_VALUE)
JUSTIFIED = compiled(
    r"[\"'“«]?\b(?:reason\w*|rationale|confidence|evidence|explanation|justification|pass(?:ed)?|verdict"
    r"|addresses_grader|cannot_assess"
    r"|content_match|feedback|обоснование|пояснение|уверенность|доказательств\w+|вердикт|причина"
    r"|основание)[\"'”»]?[ \t]*[:=]"
)
SCHEMA = compiled(
    r"\b(?:schema|схем\w+|json|формат\w* (?:ответа|отзыва|вывода)|(?:reply|response|output) (?:format|schema|shape"
    r"|must|should|has to)|enum|maxitems|minitems"
    r"|\"?const\"?\s*:|additionalproperties|допустим\w+ значени\w+|allowed values?|valid values?|(?:поле"
    r"|field)\s+[\"«'`]?(?:level|overall|score"
    r"|grade|is|уровень|балл|оценка)\b)"
)
SCHEMA_TARGET = compiled(
    rf"\b(?:level|overall|score|grade|mark|уров\w+|балл\w*|оценк\w+|отметк\w+|итог\w*)\b[^\n]{{0,90}}?{THREE}"
    rf"|{THREE}[^\n]{{0,60}}?\b(?:level|overall"
    r"|score|grade|mark|уров\w+|балл\w*|оценк\w+|отметк\w+)\b|\b(?:addresses_grader|cannot_assess|content_match)\b"
    rf"|{RUBRIC}|\b(?:token|number|print|only|только|число)\b[^.\n]{{0,12}}?{THREE}"
)
