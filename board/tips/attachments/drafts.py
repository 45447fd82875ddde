"""Attachments of a form: inspected before they are sent, and cleaned if the source wants that."""

import base64
import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from board.config import durable_files
from board.runtime.limiter import Limiter, QueueFull
from board.text import normalize_file_name
from board.tips import files
from board.tips.attachments import draft_space
from board.tips.crypto import key_files, primitives
from board.tips.crypto.file_cipher import SealedFile, open_file, seal_file
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.files.results import Reason
from board.tips.models import form_tokens
from board.tips.models.tip import Tip
from board.web.request.network import turn_of_network

COPIES = ("cleaned", "original", "both")
# A process that reads a file takes up to 1 GiB, and up to 50 s.
parsers = Limiter("parsers", queue=6, wait=10.0, slot="parsers")
TYPED_MAX = 50_000  # characters of each field; more than any field takes


class CannotClean(Exception):
    """Cleaning the attachment of this name failed after all."""


class NotDecided(CannotClean):
    """The attachment of this name cannot be cleaned, and nobody has said to send the original."""


@dataclass(slots=True)
class Attachment:
    """An encrypted file with its key."""

    name: str
    size: int
    key: bytes
    path: Path
    copy: str = "original"
    found: list[list[Any]] = field(default_factory=list)  # kind, detail, stays in a cleaned copy
    cleanable: bool = False
    why_not: str = ""
    press: str = ""  # hash of the idempotency key it was uploaded with

    @property
    def is_inspected(self) -> bool:
        return self.why_not not in (Reason.BUSY, Reason.NOT_ISOLATED)

    @property
    def id(self) -> str:
        return self.path.name

    def data(self) -> bytes:
        return b"".join(open_file(self.path, self.key, self.size))

    def inspect(self) -> None:
        """Raises QueueFull while too many other files are being read."""
        with turn_of_network(parsers):
            report = files.inspect(self.data(), self.name)
        self.cleanable, self.why_not = report.cleanable, report.why_not or ""
        stays = report.cleanable  # only in a cleaned copy
        self.found = [[one.kind, one.detail, one.stays and stays] for one in report.findings]

    def metadata(self) -> dict[str, Any]:
        """What readers see about it; stored encrypted."""
        key = base64.b64encode(self.key).decode()
        return {
            "name": self.name, "size": self.size, "key": key, "copy": self.copy,
            "found": self.found,
        }  # fmt: skip

    def move_to_storage(self) -> str:
        """Move the file to permanent storage and return its name there."""
        name = secrets.token_hex(16)
        stored = key_files.folder("files") / name
        durable_files.move(self.path, stored)
        key_files.truncate_mtime(stored, stored.parent, self.path.parent)
        return name


class FormDraft:
    """The text and attachments of a form not sent yet, on disk, encrypted with its form token."""

    def __init__(self, token: str) -> None:
        self.token = token
        self._secret = form_tokens.derive_secret(token, "draft")
        self._path = key_files.folder("drafts") / hashlib.sha256(self._secret).hexdigest()[:32]
        self.fields: dict[str, str] = {}
        self.attachments: list[Attachment] = []
        self._load()

    def keep(self, fields: dict[str, str]) -> None:
        """Keep what was typed, for somebody who goes back to the form."""
        self.fields = {name: value[:TYPED_MAX] for name, value in fields.items()}
        self._save()

    def add_uploads(
        self, uploads: list[FileStorage], *, key: str = "", is_inspected: bool = True
    ) -> None:
        """Store uploaded files until the form is sent or abandoned. `key`: the idempotency key of
        the form they came with.
        """
        for upload in uploads:
            stream: Any = upload.stream
            self.attachments.append(self._adopt(stream, _file_name(upload.filename)))
            self.attachments[-1].press = _hash(key)
            self.attachments[-1].why_not = Reason.BUSY if is_inspected else ""
        if uploads:
            self._save()

    def inspect(self) -> None:
        """Inspect the attachments not inspected yet, until too many other files are being read."""
        with suppress(QueueFull):
            for attachment in self.attachments:
                if attachment.why_not == Reason.BUSY:
                    attachment.inspect()
        self._save()

    def has(self, key: str) -> bool:
        """Whether files that came with this idempotency key are here."""
        return any(attachment.press == _hash(key) for attachment in self.attachments)

    def drop(self, ids: list[str]) -> None:
        if not ids:
            return
        draft_space.remove(*(each.path for each in self.attachments if each.id in ids))
        self.attachments = [each for each in self.attachments if each.id not in ids]
        self._save()

    def select_copies(self, choices: dict[str, str]) -> list[Attachment]:
        """The files to send: for each id the cleaned copy, the original, or both. Without a
        choice it is the cleaned copy, never the original. Raises CannotClean or NotDecided,
        and QueueFull while too many other files are being read.
        """
        selected = []
        for attachment in self.attachments:
            choice = choices.get(attachment.id, "cleaned")
            if choice != "original" and not attachment.cleanable:
                raise NotDecided(attachment.name)
            if choice != "original":
                selected.append(self._clean_copy(attachment))
            if choice != "cleaned":
                selected.append(attachment)
        return selected

    def delete(self) -> None:
        """Delete the draft after sending, with all files not moved to storage."""
        draft_space.remove(*(each.path for each in self.attachments), self._path)

    def _clean_copy(self, original: Attachment) -> Attachment:
        try:
            with turn_of_network(parsers):
                cleaned = files.clean(original.data(), original.name)
        except files.NotCleanable as error:
            original.cleanable, original.why_not = False, str(error.reason)
            self._save()
            raise CannotClean(original.name) from error
        incoming = self._path.with_name(f"{draft_space.INCOMING}{secrets.token_hex(16)}")
        copy = self._adopt(seal_file(incoming, cleaned.data), _file_name(cleaned.name))
        copy.copy = "cleaned"
        return copy

    def _adopt(self, sealed: SealedFile, name: str) -> Attachment:
        """The uploaded file as an attachment of this form."""
        path = self._path.with_name(f"{self._path.name}-{secrets.token_hex(16)}")
        sealed.path.rename(path)
        sealed.is_kept = True
        draft_space.touch(path)
        return Attachment(name, sealed.size, sealed.key, path)

    def _load(self) -> None:
        try:
            data = primitives.decrypt(self._secret, self._path.read_bytes(), "draft")
        except (FileNotFoundError, DecryptionFailed):
            return
        draft_space.touch(self._path)
        stored, folder = json.loads(primitives.unpad(data)), key_files.folder("drafts")
        self.fields = stored["fields"]
        rows = [
            {**row, "key": base64.b64decode(row["key"]), "path": folder / row["path"]}
            for row in stored["attachments"]
        ]
        self.attachments = [Attachment(**row) for row in rows if row["path"].exists()]

    def _save(self) -> None:
        rows = [
            {
                "name": a.name, "size": a.size, "key": base64.b64encode(a.key).decode(),
                "path": a.path.name, "found": a.found, "cleanable": a.cleanable,
                "why_not": a.why_not, "press": a.press,
            }
            for a in self.attachments
        ]  # fmt: skip
        data = json.dumps({"fields": self.fields, "attachments": rows}).encode()
        encrypted = primitives.encrypt(self._secret, primitives.pad(data), "draft")
        if not self._path.exists():
            draft_space.make_room(is_small=True)
        durable_files.replace(self._path, encrypted)
        draft_space.touch(self._path)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _file_name(name: str | None) -> str:
    return normalize_file_name(name or "", length_max=Tip.NAME_MAX)
