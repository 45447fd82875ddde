"""Plain text: prose that a person reads completely."""

import re
from collections.abc import Iterator

from ..results import Finding, FindingKind, WorkerLimits, make_finding
from .decoding import decode
from .folding import visible
from .pii import find_pii

# The first lines of a conversation saved by KakaoTalk: with whom, and when.
_CHAT = re.compile(
    r"\A\W*(?:KakaoTalk Chats with )?(.{1,60}?) ?(?:님과|님과의)? ?(?:카카오톡 ?대화.*)?"
    r"\n(?:저장한 날짜|Date Saved) ?: ?(.+)"
)


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    text = decode(data)
    if chat := _CHAT.match(visible(text)):
        yield make_finding(FindingKind.AUTHOR, chat[1], stays=True)
        yield make_finding(FindingKind.TIME, chat[2], stays=True)
    yield from find_pii(text)


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """UTF-8 without a byte order mark, with line feeds, composed letters, and without invisible
    characters.
    """
    del limits
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    return visible(text).encode()
