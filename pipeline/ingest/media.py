"""Links to video, sound, pictures and files: noted for a person, never fetched."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pipeline.domain.submission import Media

Kind = Literal["video", "audio", "image", "file"]

_ENDINGS: tuple[tuple[Kind, str], ...] = (
    ("video", r"mp4|m4v|webm|mov|avi|mkv|wmv|flv|3gp|ogv|m3u8"),
    ("audio", r"mp3|ogg|oga|opus|wav|m4a|aac|flac|amr|wma"),
    ("image", r"jpe?g|png|gif|webp|bmp|svg|heic|avif|tiff?"),
    ("file", r"pdf|docx?|odt|rtf|xlsx?|ods|pptx?|odp|zip|rar|7z|key|pages"),
)
_BY_ENDING = tuple((kind, re.compile(rf"\.(?:{endings})$", re.IGNORECASE)) for kind, endings in _ENDINGS)
_VIDEO_HOSTS = (
    r"(?:youtube(?:-nocookie)?\.com/(?:watch|embed|shorts|live|v/)|youtu\.be/\w|rutube\.ru/(?:video|play|shorts)"
    r"|vk(?:video)?\.(?:com|ru)/.*(?:video|clip)|vkvideo\.ru/|vimeo\.com/|dzen\.ru/(?:video|embed|shorts)"
    r"|ok\.ru/video|my\.mail\.ru/.*video|tiktok\.com/|loom\.com/|coub\.com/|twitch\.tv/|dailymotion\.com/)"
)
_AUDIO_HOSTS = r"(?:soundcloud\.com/|music\.yandex\.\w+/|podcasts?\.|vk\.com/(?:audio|podcast)|vocaroo\.com/|voca\.ro/)"
_FILE_HOSTS = (
    r"(?:(?:drive|docs)\.google\.com/|disk\.yandex\.\w+/|yadi\.sk/|cloud\.mail\.ru/|dropbox\.com/"
    r"|1drv\.ms/|onedrive\.live\.com/|canva\.com/|slideshare\.net/)"
)
_HOSTS: tuple[tuple[Kind, str], ...] = (("video", _VIDEO_HOSTS), ("audio", _AUDIO_HOSTS), ("file", _FILE_HOSTS))
_BY_HOST = tuple((kind, re.compile(rf"(?:[\w-]+\.)*{hosts}", re.IGNORECASE)) for kind, hosts in _HOSTS)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»]+", re.IGNORECASE)
_LONGEST = 2000


def kind_of(url: str) -> Kind | None:
    """What kind of medium an address leads to by its host or ending; None for an ordinary page."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return None
    place = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
    for kind, pattern in _BY_HOST:
        if pattern.match(place):
            return kind
    for kind, pattern in _BY_ENDING:
        if pattern.search(parts.path):
            return kind
    return None


def medium(kind: Kind, url: str) -> Media | None:
    """The note of one link; None for addresses that lead nowhere outside the page (data:, blob:, script)."""
    address = "".join(url.split())[:_LONGEST]
    if address.startswith("//"):
        address = f"https:{address}"
    scheme = address.partition(":")[0].casefold() if ":" in address.partition("/")[0] else ""
    if not address or scheme not in ("", "http", "https", "file"):
        return None
    return Media(kind=kind, url=address.encode("utf-8", "replace").decode())


def media_in_text(text: str) -> tuple[Media, ...]:
    """The links to media that a plain text writes out."""
    found = []
    for match in _LINK.finditer(text):
        url = match.group().rstrip(".,;:!?)]}")
        if kind := kind_of(url):
            found.append(medium(kind, url))
    return tuple(m for m in found if m)
