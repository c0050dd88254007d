"""The words in which texts speak of grading and of whoever grades: what detectors of orders have in common.

Patterns are fragments without anchors, for use with re.IGNORECASE. `TOP` values are those of a scale that ends at 3.
"""

from __future__ import annotations

import re

MARK = (
    r"(?:балл(?:а|ы|ов|у|ом|ах)?\b|гард\w*|оценк\w*|отметк\w*|очк(?:о|а|ов)\b|уров(?:ень|ня|ню|не|нем|ни)\b"
    r"|ступен[ьи]\b"
    r"|scores?\b|marks?\b|grades?\b|guards?\b|points?\b|ratings?\b|levels?\b|descriptors?\b|дескриптор\w*|тройк\w+)"
)
BEST = (
    r"(?:максимальн\w+|максимум\w*|высш(?:ий|ую|ая|ее|его|ей|им|ему)|наивысш\w+|полн(?:ый|ую|ое|ым)|сам\w+ высок\w+"
    r"|предельн\w+|maximum|maximal|max|highest|full|top(?:most)?(?! of\b)|perfect|best(?: possible)?|outstanding)"
)
THREE = r"(?:3(?:[.,]0)?(?!\w|[.,:/\-]\d|\s?(?:мин|час|дн|раз|%|руб))|три\b|тр[её]х\b|тройк\w+|three\b)"
OF_THREE = r"(?:3\s*(?:/|из|of|out of)\s*3\b|тр(?:и|ех|ём|ёх) из тр[её]х|three out of three|100\s?/\s?100)"
UNIT = r"(?:гард(?:а|ов|ы|у|ом|ами)?\b|guards?\b)"
AWARD = (
    r"(?:поставь(?:те)?|поставить|поставят|поставлен\w*|ставь(?:те)?|ставить|ставится|ставиш?ь?|ставит|выставь(?:те)?"
    r"|выстав(?:и|ите|ить|ляй|ляйте|лен\w*|ляет\w*|ьте)|присво(?:й|йте|ить|ен\w*)|присваива\w+|присуди(?:те|ть)?"
    r"|присужд\w+"
    r"|начисл(?:и|ите|ить|яй|яйте|яются|ено|ен)|выве(?:ди|дите|сти)|да(?:й|йте|ть|вай|вайте)|зачт(?:и|ите|ено)"
    r"|засчита(?:й|йте|ть|н\w*)|засчитыва\w+|запи(?:ши|шите|сать|сано)|зафиксиру(?:й|йте)|подтверд(?:и|ите|ить"
    r"|жд[её]н\w*)"
    r"|верн(?:и|ите|уть)|возвраща(?:й|йте)|выбира(?:й|йте)|выбер(?:и|ите)|счита(?:й|йте|ется|ть)|остав(?:ь|ьте|ить)"
    r"|нарису(?:й|йте)|впиш(?:и|ите)|внес(?:и|ите)|оцен(?:и|ите|ить|ивай|ивайте)|получа(?:ет|ют|й)|получи(?:т|ть)"
    r"|give|gives|given|giving|award\w*|assign\w*|grant\w*|output|return\w*|report|rate|score[ds]?|grade[ds]?|mark"
    r"|set|put"
    r"|record(?:ed)?|choose|select|pick|write|copy|confirm\w*|keep|register|enter|apply|receives?|gets?|earn(?:s|ed)?"
    r"|print|emit|select|treat)"
)
GRADER = (
    r"(?:систем\w+ (?:\w+ )?(?:проверк|оцен)\w+|(?:grading|scoring|checking) systems?|ии(?:-\w+)?\b"
    r"|искусственн\w+ интеллект\w*|нейросет\w+|нейронк\w+|языков\w+ модел\w+|модел(?:ь|и|ью)\b|чат-?бот\w*"
    r"|робот\w*|машин[аеыу]\b|автопровер\w+|автоматическ\w+ (?:провер|оцен)\w+|проверяющ\w+|оценива(?:ющ|тел)\w+"
    r"|оценщи[кц]\w*|жюри"
    r"|судь(?:я|и|е|ю|ёй|ей|ям)\b|судей\w*|арбитр\w*|эксперт\w*|комисси\w+|экзаменатор\w*|рецензент\w*|грейдер\w*"
    r"|организатор\w*"
    r"|llms?\b|gpt\w*|chatgpt|claude|gemini|ai\b|a\.i\.|language models?|models?\b|bots?\b|machine\b|grader\w*"
    r"|evaluat(?:or|ion)\w*"
    r"|examiner\w*|judges?\b|jur(?:y|or|ors|ies)\b|marker\b|assessor\w*|reviewer\w*|scorer\w*|organi[sz]er\w*|committee"
    r"|grading|pre-?scor\w+|scoring|assistant\b|ассистент\w*|assessment)"
)
RUBRIC = (
    r"(?:рубрик\w*|критери\w*|дескриптор\w*|шкал[аеуы]\b|rubric\w*|criteri\w+|descriptors?\b|scoring guide"
    r"|marking scheme"
    r"|mark scheme|grading (?:guide|scale|rules?|policy|criteria)|scoring (?:rules?|policy|criteria|scale))"
)
WORK = (
    r"(?:(?:эт(?:от|ому|ой|у|о|им|ого|ом)|данн\w+|мо(?:й|ему|ей|ю|ё|е|его|ём)|тек(?:ущ)\w+"
    r"|настоящ\w+)\s+(?:\w+\s+)?(?:ответ\w*"
    r"|работ\w+|решени\w+|кейс\w*|текст\w*|пост(?:а|у|е|ом|ы)?\b|эссе|запис\w+|участни\w+|автор\w*|заявк\w+|автору)"
    r"|(?:this|my|the|that|above|present)\s+(?:\w+\s+)?(?:answers?|responses?|submissions?|essays?|solutions?|entry"
    r"|entries|works?"
    r"|posts?|text|author|operator|participant|contestant|candidate|reply|posting|case)\b)"
)
_ASPECT = (
    r"(?:критери\w+|пункт\w+|позици\w+|раздел\w+|аспект\w+|требовани\w+|criteri\w+|aspects?|items?|demands?"
    r"|requirements?|fields?|counts?|scores?)"
)
EVERY = (
    rf"(?:(?:по|за|на|во?|для)\s+(?:вс(?:ем|ему|е|ё|ех|ём)|обо?и[мх]|тону)\b(?:\s+(?:\w+\s+)?{_ASPECT})?|(?:кажд\w+"
    rf"|любо\w+|вс\w{{1,2}})\s+{_ASPECT}"
    rf"|везде\b|всюду\b|(?:every|each|all)\s+(?:\w+\s+)?{_ASPECT}|(?:for|on|in|to|across|of)\s+(?:all|both)\b"
    rf"|everywhere|everything|across the board|throughout)"
)

PAST = (
    r"(?:поставил\w*|выставил\w*|присудил\w*|присвоил\w*|дал[аи]?\b|да[её]т|дают|принос\w+|получил\w*|заработал\w*"
    r"|оценил\w*|оцен[её]н\w*|утвердил\w*|согласовал\w*|проголосовал\w*"
    r"|gave|gives|awarded|earned|earns|scored|rated|assigned|approved|voted|recorded|brings|yields)"
)
AWARD_THREE = (
    rf"\b(?:{AWARD}|{PAST}|напиш\w+|пиш(?:и|ите)|ответь\w*|отвечай\w*|скаж(?:и|ите)|укаж(?:и|ите)|type|say|reply"
    rf"|respond|answer)\b[ ,:«\"—–-]+(?:[\w'’«»-]+[ ,:]+){{0,5}}?{THREE}"
    r"(?=[»\"”']?\s*(?:[.,;:!?)\]»\"'<\n]|$|гард|балл|guards|points|marks|по\s|за\s|for\s|on\s|to\s|всем|кажд|and\s"
    r"|и\s|everywhere|везде|здесь|here))"
)
"""An award of three that is not an award of three of something else."""

VERDICT = re.compile(
    rf"{OF_THREE}|\b(?:трет(?:ий|ьего|ьему) уров\w+|third level|level three)\b|\b{BEST}\s+(?:\w+\s+){{0,2}}?{MARK}"
    rf"|\b(?:{THREE}|обе|все|all|full)\s+(?:\w+\s+){{0,2}}?{UNIT}"
    r"|(?:\b|_)(?:overall|guards?|grade|score|mark|level|rating|verdict|result|points?|final|decision|output"
    r"|балл\w{0,2}|гард\w{0,2}"
    r"|оценк\w|отметк\w|уров(?:ень|ня|не)|итог\w{0,4}|вердикт\w?|результат\w?|решени[ея])(?:\b|_)"
    rf"[\"'«»“”*_`)\]\s]{{0,4}}(?:[:=—–>-]|is|are|в|на|:=|=>|->|==|to|must be|should be|at|равен|равна|составляет)?"
    rf"[\"'«»“”*_`(\[\s]{{0,4}}(?:(?:the|at|уровень|level|балл|оценка|отметка)\s+)?(?:{THREE}|{BEST}(?!\w))",
    re.IGNORECASE,
)
"""A mark named as given or to be given: the top of the scale, in any of the usual shapes."""

GRADING = re.compile(
    rf"{VERDICT.pattern}|{AWARD_THREE}|\b{RUBRIC}|\b(?:addresses_grader|cannot_assess|content_match)\b|\d\s*{UNIT}"
    r"|\b(?:grader|juror|evaluator|assessor|pre-?scor|grading|marking|проверяющ|оценщик|оценивани|предоценк"
    r"|автооцен)\w*"
    r"|\b(?:judged|committee|комисси\w+|оргкомитет\w*|generous\w*|lenient\w*|щедр\w+|снисходит\w+)\b"
    r"|\b(?:raise|increase|повыс\w+|подним\w+|завыс\w+)\s+(?:\w+\s+){0,3}(?:mark|grade|score|level|балл|оценк|отметк)"
    r"|\b(?:жюри|судь[яиеюё]|судей\w*|jury|judges?)\b|\b(?:every|each|all)\s+(?:demand|requirement)s?\b"
    r"|\b(?:все|каждое)\s+требовани\w+|\b(?:без|не треб\w+)\s+(?:проверк|оценк)\w+"
    r"|\bответ\w*\s+(?:\w+\s+){0,3}(?:провер|призна|засчит"
    r"|одобр|принят)\w+",
    re.IGNORECASE,
)
"""Words of grading that answers about customers rarely need: suspicious only inside a structure that imitates."""
