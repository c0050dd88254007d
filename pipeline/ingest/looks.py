"""What a reader with eyes sees of an HTML element: the few CSS properties that conceal text, resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import cssselect2
import tinycss2
import tinycss2.color3

from pipeline.ingest.found import CannotRead

RGBA = tuple[float, float, float, float]
Declared = dict[str, list[Any]]

_WATCHED = re.compile(
    "display|visibility|opacity|font(?:-size)?|color|background(?:-color|-image)?|position|left|right|top|bottom"
    "|text-indent|margin-(?:left|top)|clip(?:-path)?|(?:max-)?(?:width|height)|overflow(?:-[xy])?|transform|white-space"
    "|filter|-webkit-text-fill-color|content-visibility"
)
_UNITS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 12.8, "vh": 8.0, "cm": 37.8,
          "mm": 3.78, "in": 96.0, "pc": 16.0, "%": 10.0}  # fmt: skip
"""Pixels of one unit on a usual screen: only extremes are looked for, so rough is enough."""
_KEYWORD_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
                  "xx-large": 32.0, "smaller": 13.0, "larger": 19.0}  # fmt: skip
_WIDTH = 1280
_OFF_SCREEN = 400.0
_BLOCKS = frozenset(["block", "list-item", "flex", "grid", "table", "flow-root", "table-row"])
_BLACK: RGBA = (0, 0, 0, 1)
_WHITE: RGBA = (1, 1, 1, 1)
_MOST_TESTS = 20_000_000
"""Selectors times elements: about a minute. No page that people wrote comes near."""


@dataclass(frozen=True, slots=True)
class Look:
    """The computed look of an element, inherited from its parent.

    `gone`: why nothing in it can be seen, "" if something may; `color` and `background` None where unknown.
    """

    gone: str = ""
    invisible: bool = False
    opacity: float = 1.0
    size: float = 16.0
    color: RGBA | None = _BLACK
    background: RGBA | None = _WHITE
    white_space: str = ""
    block: bool = False

    @property
    def hidden(self) -> str:
        """How its own text is hidden; "" when a reader sees it."""
        if self.gone:
            return self.gone
        if self.invisible or self.opacity <= 0.05 or self.size <= 1.5:
            return "css"
        if self.color and (self.color[3] <= 0.05 or (self.background and _alike(self.color, self.background))):
            return "white_text"
        return ""


def _alike(color: RGBA, ground: RGBA) -> bool:
    """Whether the contrast (WCAG 2 relative luminance) is too low to see anything, and the hues do not differ."""
    seen = [c * color[3] + g * (1 - color[3]) for c, g in zip(color[:3], ground[:3], strict=True)]
    lights = sorted((_luminance(seen), _luminance(list(ground[:3]))), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05) < 1.12 and max(
        abs(c - g) for c, g in zip(seen, ground[:3], strict=True)
    ) < 0.12


def _luminance(rgb: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((max(c, 0.0) + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Styles:
    """The style sheets inside a document, ready to say what is declared for an element.

    Raises CannotRead (`too_large`) where matching them would take minutes.
    """

    def __init__(self, root: Any) -> None:
        self._matcher = cssselect2.Matcher()
        self._rules = 0
        for sheet in root.iter("style"):
            self._add(tinycss2.parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True))
        self._wrapped: dict[Any, Any] = {}
        if self._rules:
            top = cssselect2.ElementWrapper.from_html_root(root)
            self._wrapped = {w.etree_element: w for w in top.iter_subtree()}
        if self._rules * len(self._wrapped) > _MOST_TESTS:
            raise CannotRead("too_large", "save the page without its style sheets", limit="styles")

    def _add(self, rules: list[Any]) -> None:
        for rule in rules:
            if rule.type == "at-rule" and rule.content is not None and _applies(rule):
                self._add(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
            elif rule.type == "qualified-rule" and (declared := _declared(rule.content)):
                try:
                    selectors = cssselect2.compile_selector_list(rule.prelude)
                except (cssselect2.SelectorError, NotImplementedError, ValueError):
                    continue
                for selector in selectors:
                    if selector.pseudo_element is None:
                        self._matcher.add_selector(selector, declared)
                        self._rules += 1

    def declared(self, element: Any) -> Declared:
        """The values that win for this element: importance, then the style attribute, then specificity and order."""
        layers: list[tuple[bool, Declared]] = []
        wrapper = self._wrapped.get(element)
        if wrapper is not None:
            for *_, payload in self._matcher.match(wrapper):
                layers += payload
        if style := element.get("style"):
            layers += _declared(style)
        normal = {k: v for important, d in layers if not important for k, v in d.items()}
        return normal | {k: v for important, d in layers if important for k, v in d.items()}


def _declared(content: Any) -> list[tuple[bool, Declared]]:
    parsed = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [
        (bool(d.important), {d.lower_name: [t for t in d.value if t.type != "whitespace"]})
        for d in parsed
        if d.type == "declaration" and _WATCHED.fullmatch(d.lower_name)
    ]


def _applies(rule: Any) -> bool:
    """Whether an at-rule holds on a usual desktop screen."""
    if rule.lower_at_keyword in ("supports", "layer"):
        return True
    if rule.lower_at_keyword != "media":
        return False
    query = tinycss2.serialize(rule.prelude).casefold()
    if re.search(r"\bprint\b|\bspeech\b|prefers-|orientation|hover|pointer", query) and "screen" not in query:
        return False
    least = [float(n) for n in re.findall(r"min-width\s*:\s*([\d.]+)px", query)]
    most = [float(n) for n in re.findall(r"max-width\s*:\s*([\d.]+)px", query)]
    return all(n <= _WIDTH for n in least) and all(n >= _WIDTH for n in most)


def look_of(parent: Look, element: Any, declared: Declared) -> Look:
    """The element's look within its parent's; `hidden` and the old colour attributes count as the weakest style."""
    display = _word(declared.get("display"))
    gone = parent.gone
    if not gone and (display == "none" or _word(declared.get("content-visibility")) == "hidden"):
        gone = "css"
    elif not gone and element.get("hidden") is not None and not display:
        gone = "attribute"
    elif not gone and (_off_screen(declared) or _clipped(declared)):
        gone = "css"
    visibility = _word(declared.get("visibility"))
    space = _word(declared.get("white-space"))
    return replace(
        parent,
        gone=gone,
        invisible=visibility in ("hidden", "collapse") if visibility and visibility != "inherit" else parent.invisible,
        opacity=parent.opacity * _opacity(declared),
        size=_size(declared, parent.size),
        color=_text_color(parent, element, declared),
        background=_background(parent, element, declared),
        white_space=space or parent.white_space,
        block=display in _BLOCKS,
    )


def _word(tokens: list[Any] | None) -> str:
    return str(tokens[0].lower_value) if tokens and tokens[0].type == "ident" else ""


def _pixels(tokens: list[Any] | None, em: float = 16.0) -> float | None:
    """The first length of a value in rough pixels; None if there is none."""
    for token in tokens or ():
        if token.type == "dimension":
            unit = token.lower_unit
            return float(token.value) * (em if unit == "em" else _UNITS.get(unit, 1.0))
        if token.type == "percentage":
            return float(token.value) * _UNITS["%"]
        if token.type == "number":
            return float(token.value)
    return None


def _opacity(declared: Declared) -> float:
    tokens = declared.get("opacity")
    value = 1.0
    if tokens and tokens[0].type in ("number", "percentage"):
        value = float(tokens[0].value) / (100 if tokens[0].type == "percentage" else 1)
    faded = re.search(r"opacity\(\s*([\d.]+)(%?)", tinycss2.serialize(declared.get("filter", [])))
    if faded:
        try:
            value *= float(faded[1]) / (100 if faded[2] else 1)
        except ValueError:
            return value
    return min(max(value, 0.0), 1.0)


def _size(declared: Declared, parent: float) -> float:
    tokens = declared.get("font-size")
    if tokens is None and (font := declared.get("font")):
        lengths = ("dimension", "percentage")
        tokens = [t for t in font if t.type in lengths or (t.type == "number" and t.value == 0)][:1]
    if not tokens:
        return parent
    if tokens[0].type == "percentage":
        return parent * float(tokens[0].value) / 100
    if word := _word(tokens):
        return _KEYWORD_SIZES.get(word, parent)
    size = _pixels(tokens, em=parent)
    return parent if size is None else size


def _color(tokens: list[Any] | None) -> RGBA | str | None:
    """A colour; "same" where the value names the parent's; None where it cannot be known."""
    if not tokens:
        return "same"
    if _word(tokens) in ("inherit", "currentcolor", "unset"):
        return "same"
    value = tinycss2.color3.parse_color(tokens[0])
    return (value.red, value.green, value.blue, value.alpha) if isinstance(value, tinycss2.color3.RGBA) else None


def _attribute_color(value: str | None) -> list[Any] | None:
    if not value or len(value) > 40:
        return None
    text = f"#{value}" if re.fullmatch(r"[0-9a-fA-F]{6}", value) else value
    return list(tinycss2.parse_component_value_list(text.strip()))


def _text_color(parent: Look, element: Any, declared: Declared) -> RGBA | None:
    tokens = declared.get("-webkit-text-fill-color") or declared.get("color")
    if tokens is None and element.tag == "font":
        tokens = _attribute_color(element.get("color"))
    if tokens is None and element.tag == "mark":
        return _BLACK
    color = _color(tokens)
    return parent.color if isinstance(color, str) else color


def _background(parent: Look, element: Any, declared: Declared) -> RGBA | None:
    if "background-image" in declared and _word(declared["background-image"]) != "none":
        return None
    tokens = declared.get("background-color")
    if tokens is None and (shorthand := declared.get("background")):
        if any(t.type in ("url", "function") and not _is_color(t) for t in shorthand):
            return None
        tokens = [t for t in shorthand if _is_color(t)][:1]
    if tokens is None:
        tokens = _attribute_color(element.get("bgcolor")) or _attribute_color("#ff0" if element.tag == "mark" else None)
    color = _color(tokens)
    if color is None or isinstance(color, str):
        return parent.background if color else None
    if color[3] >= 0.95:
        return color
    return parent.background if color[3] <= 0.05 else None


def _is_color(token: Any) -> bool:
    return tinycss2.color3.parse_color(token) is not None


def _off_screen(declared: Declared) -> bool:
    shifts = [_pixels(declared.get(side)) for side in ("text-indent", "margin-left", "margin-top")]
    if _word(declared.get("position")) in ("absolute", "fixed", "relative"):
        shifts += [_pixels(declared.get(side)) for side in ("left", "right", "top", "bottom")]
        if any((_pixels(declared.get(side)) or 0) >= 4000 for side in ("left", "top")):
            return True
    if any(shift is not None and shift <= -_OFF_SCREEN for shift in shifts):
        return True
    moved = tinycss2.serialize(declared.get("transform", [])).casefold()
    return bool(re.search(r"translate\w*\([^)]*-\d{3,}(?:px|%|em|vw|vh)|scale\w*\(\s*0(?:\.0\d*)?\s*[,)]", moved))


def _clipped(declared: Declared) -> bool:
    clip = tinycss2.serialize(declared.get("clip", [])).casefold().replace(" ", "")
    if re.fullmatch(r"rect\((?:[01](?:px)?,?){4}\)", clip):
        return True
    path = tinycss2.serialize(declared.get("clip-path", [])).casefold().replace(" ", "")
    if re.match(r"inset\((?:50|100)%|circle\(0|polygon\(0(?:px|%)?0(?:px|%)?\)", path):
        return True
    if not any(_word(declared.get(side)) in ("hidden", "clip") for side in ("overflow", "overflow-x", "overflow-y")):
        return False
    sizes = [_pixels(declared.get(side)) for side in ("width", "height", "max-width", "max-height")]
    return any(size is not None and size <= 1 for size in sizes)
