"""Plain text and Markdown files."""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from pipeline.domain.submission import Claim, Hidden
from pipeline.ingest.blocks import Content, Line, settle, words
from pipeline.ingest.encodings import decode
from pipeline.ingest.found import CannotRead, Found, Origin, check_size, make_post, plausible_person
from pipeline.ingest.html_page import render_fragment
from pipeline.ingest.html_text import FEWEST_HIDDEN_WORDS
from pipeline.ingest.media import media_in_text

COMMENT_FORM = "comment_form_dropped"

_FORM_TITLE = re.compile(
    r"\W*(?:(?:Добавить|Оставить|Написать|Оставьте)\s+(?:свой\s+)?комментарий|Leave\s+a\s+(?:reply|comment)"
    r"|Отменить\s+ответ|Cancel\s+reply)(?:\W*(?:Отменить\s+ответ|Cancel\s+reply))?\W*",
    re.IGNORECASE,
)
_FORM_NOTICE = re.compile(
    r"\W*(?:Ваш\s+(?:адрес\s+)?e-?mail\s+(?:адрес\s+)?не\s+будет\s+опубликован|Your\s+email\s+address\s+will\s+not\s+be)",
    re.IGNORECASE,
)
_FORM_FIELD = re.compile(
    r"\W*(?:(?:Комментарий|Имя|E-?mail|Сайт|Comment|Name|Website)\W*|Обязательные поля помечены\W*"
    r"|Required fields are marked\W*|Отправить комментарий|Post Comment"
    r"|(?:Сохранить мо[её] имя|Save my name)[^\n]{0,160})",
    re.IGNORECASE,
)
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_KEYS = {
    "title": ("title", "заголовок"),
    "published": ("date", "published", "дата", "опубликовано"),
    "modified": ("updated", "modified", "lastmod", "изменено"),
    "author": ("author", "автор", "entrant", "участник"),
    "url": ("url", "link", "permalink", "canonical", "ссылка"),
    "slug": ("slug",),
    "case": ("case", "кейс"),
    "tags": ("tags", "categories", "tag", "category", "теги"),
}
_DEEPEST = 10
"""levels of lists and mappings in front matter"""
_MOST_MARKDOWN = 300_000


def read_text(data: bytes, origin: Origin) -> Found:
    """One post, kind `file`: the text as it stands, without a blog's comment form that was copied with it."""
    check_size(len(data), origin)
    text, notes = decode(data)
    return Found(posts=(make_post(origin, text_content(text, notes), kind="file"),))


def text_content(text: str, notes: tuple[str, ...] = ()) -> Content:
    """The content of a plain text; the links to media that it writes out are noted."""
    kept, dropped = without_comment_form(re.split("\r\n|[\r\n\u2028\u2029]", text))
    notes += (COMMENT_FORM,) if dropped else ()
    return settle([Line(line) for line in kept], media=media_in_text(text), notes=notes)


def without_comment_form(lines: list[str]) -> tuple[list[str], bool]:
    """The lines without comment forms: title, notice about the e-mail, field labels. Whether there was one.

    A form is known by its title followed by its notice; a title alone may be the entrant's own words and stays.
    """
    kept: list[str] = []
    dropped, at = False, 0
    while at < len(lines):
        notice = _form_notice(lines, at)
        if notice is None:
            kept.append(lines[at])
            at += 1
            continue
        dropped, at = True, notice + 1
        kept.append("")
        while at < len(lines) and (not lines[at].strip() or _FORM_FIELD.fullmatch(lines[at].strip())):
            at += 1
    return kept, dropped


def _form_notice(lines: list[str], at: int) -> int | None:
    """The line of the notice if a comment form begins at this line."""
    if not _FORM_TITLE.fullmatch(lines[at].strip()):
        return None
    return next(
        (n for n in range(at + 1, min(at + 5, len(lines))) if _FORM_NOTICE.match(lines[n]) and words(lines[n]) <= 20),
        None,
    )


def read_markdown(data: bytes, origin: Origin) -> Found:
    """One post, kind `file`: Markdown as rendered, its front matter's words on title, time, author and case."""
    text, notes = decode(data)
    facts, body, broken = _front_matter(text)
    if len(body) > _MOST_MARKDOWN:
        raise CannotRead("too_large", "split the file", limit=_MOST_MARKDOWN)
    content = markdown_content(body)
    notes += ("front_matter_broken",) if broken else ()
    entrants = [Claim(source="slug", value=s) for s in facts.get("slug", []) if plausible_person(s)]
    entrants += [Claim(source="author", value=a) for a in facts.get("author", [])]
    cases = [Claim(source="column", value=c) for c in facts.get("case", [])]
    cases += [Claim(source="tag", value=t) for t in facts.get("tags", [])]
    post = make_post(
        origin,
        content.model_copy(update={"notes": (*notes, *content.notes)}),
        kind="file",
        url=next(iter(facts.get("url", [])), ""),
        title=next(iter(facts.get("title", [])), ""),
        entrant_claims=tuple(entrants),
        published_claims=tuple(Claim(source="front_matter", value=v) for v in facts.get("published", [])),
        modified_claims=tuple(Claim(source="front_matter", value=v) for v in facts.get("modified", [])),
        case_claims=tuple(cases),
    )
    return Found(posts=(post,))


def markdown_content(text: str) -> Content:
    """Markdown as a reader sees it rendered, keeping the source's own line breaks; raw HTML obeys the HTML rules."""
    parser = MarkdownIt("commonmark", {"breaks": True, "html": True}).enable(["table", "strikethrough"])
    env: dict[str, Any] = {}
    content = render_fragment(parser.render(text, env))
    titles = [str(reference.get("title") or "") for reference in env.get("references", {}).values()]
    unseen = tuple(Hidden(how="comment", text=t) for t in titles if words(t) >= FEWEST_HIDDEN_WORDS)
    plain, dropped = without_comment_form(content.text.split("\n"))
    if dropped:
        headings = {content.text[h.start : h.end]: h.level for h in content.headings}
        notes = (*content.notes, COMMENT_FORM)
        lines = [Line(line, headings.get(line.strip(), 0)) for line in plain]
        return settle(lines, hidden=(*content.hidden, *unseen), media=content.media, notes=notes)
    return content.model_copy(update={"hidden": (*content.hidden, *unseen)})


def _is_modest(yaml: str) -> bool:
    """Whether the YAML is shallow and without aliases, of which a few lines could mean billions of values."""
    depth = 0
    for event in YAML(typ="base", pure=True).parse(yaml):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, AliasEvent):
            return False
    return True


def _front_matter(text: str) -> tuple[dict[str, list[str]], str, bool]:
    """The recognised keys of YAML front matter (all values as written), the body, and whether the YAML is broken.

    Broken front matter stays part of the body: nothing a reader sees is lost.
    """
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text, False
    try:
        if not _is_modest(found[1]):
            return {}, text, True
        parsed = YAML(typ="base", pure=True).load(found[1])
    except (YAMLError, ValueError, RecursionError, KeyError, AttributeError, TypeError):
        return {}, text, True
    if not isinstance(parsed, dict):
        return {}, text, parsed is not None
    named = {str(key).casefold(): value for key, value in parsed.items()}
    facts: dict[str, list[str]] = {}
    for field, names in _KEYS.items():
        for value in (named[name] for name in names if name in named):
            values = value if isinstance(value, list) else [value]
            facts.setdefault(field, []).extend(v for v in values[:50] if isinstance(v, str) and v.strip())
    return facts, text[found.end() :], False
