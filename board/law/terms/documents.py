"""Legal documents: terms of use, privacy policy, community guidelines, youth protection, rights.

Each version is a text file for a language and the day it takes effect: terms-2026-12-01.ko.txt.
The board ships with those in board/law/terms/documents/; an installation puts its own into
instance/terms/, where a document's first own file replaces all shipped versions of it. A file with
a future day announces the change as soon as it is there: at least 7 days before, and 30 where it is
worse for readers (약관 변경 고지; 전자상거래 표준약관 3조).
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask, current_app

from board.config import BadSetting

DOCUMENTS = ("terms", "privacy", "rules", "youth", "rights")
_SHIPPED = Path(__file__).parent / "documents"
_NAME = re.compile(r"([a-z]+)-([0-9]{4}-[0-9]{2}-[0-9]{2})\.(ko|en)\.txt")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


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
        """The text after the title, with `{name}` replaced by the value of that name."""
        body = self._text(language).partition("\n")[2]
        body = _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), body)
        return [_block(part) for part in re.split(r"\n\s*\n", body.strip()) if part.strip()]

    def _text(self, language: str) -> str:
        return self.texts.get(language) or self.texts["ko"]


def load(app: Flask) -> dict[str, list[Document]]:
    """All versions of each, oldest first. Raises BadSetting for a file that cannot be used."""
    folder = Path(app.instance_path) / "terms"
    shipped, own = _read_folder(_SHIPPED), _read_folder(folder) if folder.is_dir() else {}
    return {name: own.get(name) or shipped[name] for name in DOCUMENTS}


def versions(name: str) -> list[Document]:
    """All versions of the document, oldest first."""
    documents: list[Document] = current_app.extensions["terms"][name]
    return documents


def in_force(name: str, today: date) -> Document:
    """The newest version in effect; before the first takes effect, the first."""
    effective = [document for document in versions(name) if document.since <= today]
    return effective[-1] if effective else versions(name)[0]


def announced(name: str, today: date) -> Document | None:
    """The next version, if one is announced."""
    current = in_force(name, today)
    return next((each for each in versions(name) if each.since > max(today, current.since)), None)


def has_own_terms(app: Flask) -> bool:
    """Whether the newsroom has terms of its own instead of the shipped ones."""
    return any((Path(app.instance_path) / "terms").glob("terms-*.ko.txt"))


def _read_folder(folder: Path) -> dict[str, list[Document]]:
    texts: dict[tuple[str, date], dict[str, str]] = {}
    for path in sorted(folder.glob("*.txt")):
        name, since, language = _parse_name(path)
        texts.setdefault((name, since), {})[language] = _read_text(path)
    documents: dict[str, list[Document]] = {}
    for (name, since), by_language in sorted(texts.items()):
        if "ko" not in by_language:
            raise BadSetting(f"{folder}/{name}-{since}.ko.txt is missing; the Korean text binds.")
        documents.setdefault(name, []).append(Document(name, since, by_language))
    return documents


def _parse_name(path: Path) -> tuple[str, date, str]:
    """Name, effective day and language. Raises BadSetting."""
    match = _NAME.fullmatch(path.name)
    try:
        if match and match[1] in DOCUMENTS:
            return match[1], date.fromisoformat(match[2]), match[3]
    except ValueError:
        pass
    names = ", ".join(DOCUMENTS)
    raise BadSetting(f"{path} must be named like terms-2026-12-01.ko.txt ({names}; ko or en).")


def _read_text(path: Path) -> str:
    """Text with a title and a body. Raises BadSetting."""
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
