"""The documents people agree to: terms of use, rules of the comments, youth protection, rights.

Each is a text file for a language and a day it is in force from: terms-2026-12-01.ko.txt. Those
the board ships with are in board/law/terms/documents/; an installation lays its own into
instance/terms/, where one day with a file of its own replaces all that ship. A file of a day to
come announces the change from the moment it is there: at least 7 days before, and 30 where it is
worse for readers (약관 변경 고지; 전자상거래 표준약관 3조).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask, current_app

from board.config import BadSetting

DOCUMENTS = ("terms", "rules", "youth", "rights")
NOTICE = timedelta(days=7)
_SHIPPED = Path(__file__).parent / "documents"
_NAME = re.compile(r"([a-z]+)-([0-9]{4}-[0-9]{2}-[0-9]{2})\.(ko|en)\.txt")
_FILLED = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or the items of a list."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    since: date
    texts: dict[str, str]  # by language

    def title(self, language: str) -> str:
        return self._text(language).partition("\n")[0].removeprefix("# ")

    def blocks(self, language: str, **values: str) -> list[Block]:
        """What follows the title, with `{name}` replaced by one of `values`."""
        body = self._text(language).partition("\n")[2]
        body = _FILLED.sub(lambda found: values.get(found[1], found[0]), body)
        return [_block(part) for part in re.split(r"\n\s*\n", body.strip()) if part.strip()]

    def _text(self, language: str) -> str:
        return self.texts.get(language) or self.texts["ko"]


def load(app: Flask) -> dict[str, list[Document]]:
    """All versions of each, the oldest first. Raises BadSetting for a file that cannot be used."""
    own = Path(app.instance_path) / "terms"
    shipped, found = _read(_SHIPPED), _read(own) if own.is_dir() else {}
    return {name: found.get(name) or shipped[name] for name in DOCUMENTS}


def versions(name: str) -> list[Document]:
    """The oldest first."""
    found: list[Document] = current_app.extensions["terms"][name]
    return found


def in_force(name: str, today: date) -> Document:
    """The newest that has begun; before the first one has, that one."""
    begun = [document for document in versions(name) if document.since <= today]
    return begun[-1] if begun else versions(name)[0]


def announced(name: str, today: date) -> Document | None:
    """The next one, while it is still to come."""
    known = in_force(name, today)
    return next((each for each in versions(name) if each.since > max(today, known.since)), None)


def is_own(app: Flask) -> bool:
    """Whether the newsroom has terms of its own, rather than those that ship."""
    return any((Path(app.instance_path) / "terms").glob("terms-*.ko.txt"))


def _read(folder: Path) -> dict[str, list[Document]]:
    texts: dict[tuple[str, date], dict[str, str]] = {}
    for path in sorted(folder.glob("*.txt")):
        name, since, language = _told(path)
        texts.setdefault((name, since), {})[language] = _text_of(path)
    found: dict[str, list[Document]] = {}
    for (name, since), by_language in sorted(texts.items()):
        if "ko" not in by_language:
            raise BadSetting(f"{folder}/{name}-{since}.ko.txt is missing; the Korean text binds.")
        found.setdefault(name, []).append(Document(name, since, by_language))
    return found


def _told(path: Path) -> tuple[str, date, str]:
    match = _NAME.fullmatch(path.name)
    try:
        if match and match[1] in DOCUMENTS:
            return match[1], date.fromisoformat(match[2]), match[3]
    except ValueError:
        pass
    names = ", ".join(DOCUMENTS)
    raise BadSetting(f"{path} must be named like terms-2026-12-01.ko.txt ({names}; ko or en).")


def _text_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} cannot be read as UTF-8 text: {error}.") from error
    if not text.startswith("# ") or not text.partition("\n")[2].strip():
        raise BadSetting(f"{path} must begin with a line “# Title” and say something.")
    return text


def _block(part: str) -> Block:
    lines = tuple(line.strip() for line in part.strip().split("\n"))
    if lines[0].startswith("## "):
        return Block("heading", (lines[0].removeprefix("## "),))
    if all(line.startswith("- ") for line in lines):
        return Block("list", tuple(line.removeprefix("- ") for line in lines))
    return Block("paragraph", lines)
