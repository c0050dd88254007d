"""Makes a new workspace: small, complete, and explained in its own files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pipeline.domain.contest import Case, Language
from pipeline.domain.demands import Demand, find_demands
from pipeline.errors import ConfigurationError, StorageError

_CONTEST = {
    "ru": """\
# Конкурс. Обязателен только id; все ключи и их значения по умолчанию описаны в docs/formats.md.
id: {id}
title: Мой конкурс

language: ru                 # язык пояснений, причин и отчётов: ru или en
timezone: Europe/Moscow      # в этом поясе читаются времена без смещения

# Срок приёма, обязательно со смещением; closes — момент, когда уже поздно. Без них время не проверяется.
# opens: 2026-12-10T10:00:00+03:00
# closes: 2026-12-20T00:00:00+03:00

# За ответ на один кейс даётся от 0 до max.
scale:
  unit: {{ru: балл, en: point}}
  max: 3

# Кто предварительно оценивает. Адрес и ключ — только в окружении: OPENAI_BASE_URL, OPENAI_API_KEY.
judges:
  - {{id: main, model: gpt-5-mini, endpoint: openai}}

# Пределы одного запуска; null — без предела.
budget: {{requests: 2000, tokens: 5000000, money: null}}
""",
    "en": """\
# The contest. Only id is required; docs/formats.md lists every key with its default.
id: {id}
title: My contest

language: en                 # of explanations, reasons and reports: ru or en
timezone: UTC                # times without an offset are read in this zone

# When answers are accepted, always with an offset; closes is the instant from which it is too late.
# Without them no time is checked.
# opens: 2026-12-10T10:00:00+00:00
# closes: 2026-12-20T00:00:00+00:00

# One answer to one case earns 0 to max.
scale:
  unit: {{ru: балл, en: point}}
  max: 3

# Who pre-scores. Address and key come from the environment only: OPENAI_BASE_URL, OPENAI_API_KEY.
judges:
  - {{id: main, model: gpt-5-mini, endpoint: openai}}

# Limits of one run; null is no limit.
budget: {{requests: 2000, tokens: 5000000, money: null}}
""",
}

_CASE = {
    "ru": """\
# Кейс 1. Потерянный зонт

Посетитель библиотеки пишет в чат: вчера он забыл в читальном зале зонт, а сегодня дежурный по телефону ответил,
что ничего не находили. Зонт ему дорог, он расстроен и немного раздражён.

Напишите ответ, который вы отправите в чат, и приведите не менее двух вариантов того, как помочь ему дальше.
""",
    "en": """\
# Case 1. The lost umbrella

A library visitor writes in the chat: yesterday an umbrella was left in the reading room, and today the desk said on
the phone that nothing had been found. The umbrella is a keepsake; the visitor is sad and a little cross.

Write the message that you would send, and give at least two ways to help the visitor further.
""",
}

_GUIDELINES = {
    "ru": """\
# Что верно для всех кейсов

- Ответ обращён к человеку: вежливо, тепло, без казённых оборотов.
- Обещано только то, что действительно в силах ответившего.
- Из ответа ясно, что будет дальше, кто это сделает и когда.
""",
    "en": """\
# What holds for all cases

- The answer speaks to a person: polite, warm, no set phrases.
- It promises only what the answerer can really do.
- It makes clear what happens next, who does it, and when.
""",
}

_ROSTER = {
    "ru": (
        "pseudonym,names,contacts,authors,slugs,role,conflicts\n"
        "Участник-1,Имя Фамилия;Фамилия Имя,name@example.org;@handle,подпись в блоге,adres-bloga,entrant,\n"
    ),
    "en": (
        "pseudonym,names,contacts,authors,slugs,role,conflicts\n"
        "entrant-1,First Last;Last First,name@example.org;@handle,byline in the blog,blog-slug,entrant,\n"
    ),
}

_IGNORE = """\
# Personal data, the database and written reports stay out of version control.
roster.csv
submissions/*
!submissions/.gitkeep
reports/
casejury.db*
*.db.lock
"""


def init(root: Path, *, language: Language = "en") -> tuple[Path, ...]:
    """Writes a workspace into `root` and returns the files it made; made folders come with them.

    ConfigurationError where a file of a workspace is there already: nothing is written then, and nothing is ever
    overwritten. A .gitignore that is there stays as it is. There is no roster.csv, only an example of one: with an
    empty roster every entrant would be unknown.
    """
    name = re.sub(r"[^a-z0-9_-]+", "-", root.absolute().name.lower()).strip("-_")[:60] or "contest"
    files = {
        "contest.yaml": _CONTEST[language].format(id=json.dumps(name)),
        "cases/01.md": _CASE[language],
        "guidelines.md": _GUIDELINES[language],
        "roster.csv.example": _ROSTER[language],
        "submissions/.gitkeep": "",
    }
    if there := [name for name in files if (root / name).exists()]:
        raise ConfigurationError(
            f"is there already ({', '.join(there)})", where=str(root), remedy="use an empty folder, or keep this one"
        )
    if not (root / ".gitignore").exists():
        files[".gitignore"] = _IGNORE
    made: list[Path] = []
    try:
        for file, text in files.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            made.append(path)
    except OSError as error:
        raise StorageError(
            f"cannot be written ({error.strerror or error})", where=str(path), remedy="check the folder's permissions"
        ) from error
    return tuple(made)


_LEVELS: dict[Language, dict[str, str]] = {
    "ru": {
        "none": "Ответа по существу нет, или он навредил бы.",
        "top": "Выполнено всё, о чём просит кейс, и сделано это убедительно: конкретно, уместно, применимо сразу.",
        "part": "Выполнена лишь часть просьб кейса, или ответ общий и без правки не применим.",
        "most": "Выполнено почти всё, ответ применим, но есть заметный недочёт.",
        "between": "[[Опишите своими словами, чем ответ на {level} лучше, чем на {below}.]]",
    },
    "en": {
        "none": "Does not answer the case, or would do harm.",
        "top": "Does all that the case asks, and does it well: specific, fitting, usable as it stands.",
        "part": "Does only a part of what the case asks, or stays general and could not be used unchanged.",
        "most": "Does nearly all of it and could be used, but with a fault that shows.",
        "between": "[[Say in your own words what makes an answer worth {level} better than one worth {below}.]]",
    },
}
_HEAD: dict[Language, str] = {
    "ru": """\
# Рубрика кейса {case}. Правьте смело; затем: casejury rubric lint {case}, casejury rubric approve {case} --by ИМЯ
# Виды критериев: level — уровни с описаниями; count — сколько подходящего приведено (считает код);
# check — да или нет. overall стоит последним: его описания и есть шкала.""",
    "en": """\
# The rubric of case {case}. Edit it, then: casejury rubric lint {case}, casejury rubric approve {case} --by NAME
# Kinds of criteria: level, descriptors of its levels; count, how many fitting items there are (code counts);
# check, yes or no. overall stands last: its descriptors are the scale.""",
}
_EXAMPLES: dict[Language, tuple[str, str, str, str]] = {
    "ru": ("Подходящие примеры", "Что считается одним примером, а что нет", "Вред", "Навредил бы ответ человеку?"),
    "en": ("Fitting examples", "What counts as one example, and what does not", "Harm", "Would the answer do harm?"),
}
_TITLE: dict[Language, tuple[str, str]] = {
    "ru": ("Оценка кейса", "[[Опишите, что считается одним пунктом, а что нет.]]"),
    "en": ("The case as a whole", "[[Say what counts as one item, and what does not.]]"),
}


def template_rubric(case: Case, scale_max: int, *, language: Language = "en") -> str:
    """A rubric to write on from, as YAML with comments: `overall`, and a count criterion with its cap for each demand.

    It loads as a Rubric as it stands; what a person must still write stands in [[double brackets]], which lint
    refuses. Further kinds of criteria stand in comments.
    """
    demands = find_demands(case.statement)
    title, counted, harm, asks = _EXAMPLES[language]
    lines = [_HEAD[language].format(case=case.number), f"case: {case.number}", "status: draft", "criteria:"]
    for number, demand in enumerate(demands, 1):
        lines += _count(number, demand, language)
    if not demands:
        lines += [
            f"  # - {{id: examples, kind: count, title: {_text(title)}, qualifies: {_text(counted)}, at_least: 2}}"
        ]
    lines += [
        f"  # - {{id: harm, kind: check, title: {_text(harm)}, asks: {_text(asks)}}}",
        "  - id: overall",
        "    kind: level",
        f"    title: {_text(_TITLE[language][0])}",
        "    levels:",
    ]
    lines += [f"      {level}: {_text(_descriptor(level, scale_max, language))}" for level in range(scale_max + 1)]
    lines += ["guards: {from: overall}", "caps:" if demands else "# caps:"]
    lines += [
        f"  - {{criterion: items_{n}, items_below: {d.at_least}, max: {max(0, scale_max - 1)}}}"
        for n, d in enumerate(demands, 1)
    ]
    if not demands:
        lines.append(f"#   - {{criterion: examples, items_below: 2, max: {max(0, scale_max - 1)}}}")
    lines.append(f"{'  # ' if demands else '#   '}- {{criterion: harm, is: true, max: 0}}")
    return "\n".join(lines) + "\n"


def _count(number: int, demand: Demand, language: Language) -> list[str]:
    upper = [f"    at_most: {demand.at_most}"] if demand.at_most is not None else []
    return [
        f"  - id: items_{number}",
        "    kind: count",
        f"    title: {_text(' '.join(demand.text.split()) + f' ({number})')}",
        f"    qualifies: {_text(_TITLE[language][1])}",
        f"    at_least: {demand.at_least}",
        *upper,
    ]


def _descriptor(level: int, scale_max: int, language: Language) -> str:
    words = _LEVELS[language]
    if level == 0:
        return words["none"]
    if level == scale_max:
        return words["top"]
    if scale_max <= 3:
        return words["part"] if level == 1 else words["most"]
    return words["between"].format(level=level, below=level - 1)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
