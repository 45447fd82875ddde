"""The summary of a tip: what the inbox shows of it, and the text that a search looks through."""

import json
import mimetypes
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from board.text import normalize
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.sealed.items import DecryptedItem
from board.tips.sealed.sealed_tip import DecryptableTip

INDEXED_KINDS = ("message", "note", "facts", "file", "story")
_LINE_MAX = 120  # characters of the first line and of a snippet
_BEFORE = 30  # characters of a snippet before the first match


@dataclass(frozen=True, slots=True)
class Summary:
    """A tip in short, for readers. `facts`: title, labels and case. `first_line`: of the source's
    first message. `files`: number of attachments of each kind (image, audio, video, file).
    """

    facts: dict[str, Any] = field(default_factory=dict)
    first_line: str = ""
    files: dict[str, int] = field(default_factory=dict)
    text: str = ""  # everything written, without invisible characters

    @classmethod
    def of(cls, opened: DecryptableTip) -> Self:
        """The summary of an opened tip; of a damaged one an empty one: opening it reports that."""
        try:
            items = opened.contents(*INDEXED_KINDS)
        except DecryptionFailed:
            return cls()
        facts = [item.data for item in items if item.kind == "facts"]
        text = "\n".join(_searchable_text(item.data) for item in items)
        return cls(
            facts=facts[-1] if facts else {},
            first_line=_first_line(items),
            files=dict(Counter(_file_kind(i.data["name"]) for i in items if i.kind == "file")),
            text=normalize(text),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        return cls(**json.loads(data))

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    def has_words(self, typed: str) -> bool:
        """Whether all words typed occur, in any order, in any case."""
        text = fold(self.text)
        return all(word in text for word in fold(typed).split())

    def snippet(self, typed: str) -> tuple[str, str, str] | None:
        """One line around the first of the words typed: before it, the word, after it."""
        text = " ".join(self.text.split())
        words = "|".join(re.escape(word) for word in unicodedata.normalize("NFC", typed).split())
        match = re.search(words, text, re.IGNORECASE) if words else None
        if match is None:
            return None
        start = max(0, match.start() - _BEFORE)
        before = ("…" if start else "") + text[start : match.start()]
        after = text[match.end() : match.end() + _LINE_MAX - _BEFORE]
        return before, match[0], after + ("…" if match.end() + len(after) < len(text) else "")


def fold(text: str) -> str:
    """Normalise for comparison: composed or decomposed Hangul, upper or lower case."""
    return unicodedata.normalize("NFC", text).casefold()


def _first_line(items: Sequence[DecryptedItem]) -> str:
    of_source = [item for item in items if item.kind == "message" and not item.data["by"]]
    lines = [
        line.strip() for item in of_source for line in normalize(item.data["text"]).split("\n")
    ]
    return next(filter(None, lines), "")[:_LINE_MAX]


def _file_kind(name: str) -> str:
    kind = (mimetypes.guess_type(name)[0] or "").partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "file"


def _searchable_text(data: dict[str, Any]) -> str:
    parts = [data.get(name, "") for name in ("text", "title", "case", "name", "link")]
    return "\n".join([*parts, *data.get("labels", [])])
