"""The strings by which chat formats and tokenizers mark turns and roles, made harmless where a participant wrote them.

A model's server may read `<|im_start|>` inside a message as the control token itself; no fence of text protects from
that. So these strings travel with other brackets: nothing else of them changes, not even their length.
"""

from __future__ import annotations

import re

from pipeline.domain.masking import Masked, Segment

_NAMES = (
    r"s|/s|bos|eos|pad|unk|mask|cls|sep|/?think|/?thinking|sop|eop|im_start|im_end|im_sep|endoftext|eod|eot|tool_call"
    r"|/tool_call|tool_response|/tool_response|tools|/tools|function_calls?|/function_calls?|start_of_turn|end_of_turn"
    r"|start_of_image|end_of_image|fim_(?:prefix|middle|suffix)|extra_id_\d{1,4}|unused\d{1,4}|0x[0-9A-Fa-f]{2}"
    r"|begin_of_(?:text|sentence)|end_of_(?:text|sentence)|reserved_\d{1,4}|image|audio|video"
)
_SQUARE = (
    r"/?INST|/?SYS|/?SYSTEM_PROMPT|/?AVAILABLE_TOOLS|TOOL_CALLS|/?TOOL_RESULTS|/?IMG|IMG_BREAK|IMG_END|/?PREFIX"
    r"|/?SUFFIX"
    r"|/?MIDDLE|CLS|SEP|MASK|PAD|UNK|BOS|EOS|gMASK|sMASK|/?THINK"
)
SPECIAL_TOKEN = re.compile(
    rf"<[|｜](?:[^|｜<>\n]{{1,60}}[|｜]>)?|<(?:{_NAMES})>|\[(?:{_SQUARE})\]|<</?SYS>>",
    re.IGNORECASE,
)
"""Such a string; `<|` also where a line's end or a placeholder cuts the rest off, so that none can be put together."""
_OTHER_BRACKETS = str.maketrans({"<": "‹", ">": "›", "[": "⟦", "]": "⟧"})


def neutralised(text: str) -> str:
    """The text with other brackets around every such string; equally long, and the same object without one."""
    return SPECIAL_TOKEN.sub(lambda found: found.group().translate(_OTHER_BRACKETS), text)


def neutralise(masked: Masked) -> Masked:
    """The text as sent with every such string harmless; each is a segment, so that quotes lead to the source's own.

    A text without them comes back as it is. One that reaches into a placeholder of masking swallows it: the whole
    stands for one range of the source. Applying it twice changes nothing more.
    """
    found = [match.span() for match in SPECIAL_TOKEN.finditer(masked.text)]
    if not found:
        return masked
    segments = list(masked.segments)
    for start, end in found:
        touched = [s for s in segments if s.start < end and start < s.end]
        source_start, source_end = masked.to_source(start, end)
        segments = [s for s in segments if s not in touched]
        segments.append(
            Segment(
                start=min([start, *(s.start for s in touched)]),
                end=max([end, *(s.end for s in touched)]),
                source_start=source_start,
                source_end=source_end,
            )
        )
    return Masked(
        text=neutralised(masked.text),
        source=masked.source,
        segments=tuple(sorted(segments, key=lambda segment: segment.start)),
    )
