"""Attachments of a form: inspected before they are sent, and cleaned if the source wants that."""

import base64
import hashlib
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from board.runtime.limiter import QueueFull
from board.text import normalize_file_name
from board.tips import files
from board.tips.crypto import key_files, primitives
from board.tips.crypto.file_cipher import open_file, seal_file
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.files.results import Reason
from board.tips.models import form_tokens
from board.tips.models.tip import Tip

COPIES = ("cleaned", "original", "both")
_WAIT = 10.0  # seconds for a parser, for all files of a form together


class CannotClean(Exception):
    """Cleaning the attachment of this name failed after all."""


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

    @property
    def is_inspected(self) -> bool:
        return self.why_not not in (Reason.BUSY, Reason.NOT_ISOLATED)

    @property
    def id(self) -> str:
        return self.path.name

    def data(self) -> bytes:
        return b"".join(open_file(self.path, self.key, self.size))

    def inspect(self) -> None:
        report = files.inspect(self.data(), self.name)
        self.cleanable, self.why_not = report.cleanable, report.why_not or ""
        self.found = [
            [one.kind, one.detail, one.stays and report.cleanable] for one in report.findings
        ]

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
        os.rename(self.path, stored)
        key_files.truncate_mtime(stored, stored.parent)
        return name


class AttachmentDraft:
    """The attachments of a form not sent yet, on disk, encrypted with its form token."""

    def __init__(self, token: str) -> None:
        self._secret = form_tokens.derive_secret(token, "draft")
        self._path = key_files.folder("drafts") / hashlib.sha256(self._secret).hexdigest()[:32]
        self.attachments = self._load()

    def add_uploads(self, uploads: list[FileStorage]) -> None:
        """Store uploaded files until the form is sent or abandoned."""
        for upload in uploads:
            attachment = from_upload(upload)
            attachment.why_not = Reason.BUSY
            self.attachments.append(attachment)
        self._save()

    def inspect(self) -> None:
        """Inspect the attachments that have not been. While too many other files are being
        inspected, they stay as they are; so each can be tried again.
        """
        deadline = time.monotonic() + _WAIT
        with suppress(QueueFull):
            for attachment in self.attachments:
                if attachment.why_not == Reason.BUSY:
                    with key_files.parser_slot(deadline):
                        attachment.inspect()
        self._save()

    def drop(self, ids: list[str]) -> None:
        for attachment in self.attachments:
            if attachment.id in ids:
                attachment.path.unlink(missing_ok=True)
        self.attachments = [each for each in self.attachments if each.id not in ids]
        self._save()

    def select_copies(self, choices: dict[str, str]) -> list[Attachment]:
        """The files to send: for each id the cleaned copy, the original, or both. Raises
        CannotClean, and QueueFull while too many other files are being read.
        """
        deadline = time.monotonic() + _WAIT
        selected = []
        for attachment in self.attachments:
            choice = choices.get(attachment.id, "cleaned" if attachment.cleanable else "original")
            if choice != "original" and attachment.cleanable:
                selected.append(self._clean_copy(attachment, deadline))
            if choice != "cleaned" or not attachment.cleanable:
                selected.append(attachment)
        return selected

    def delete(self) -> None:
        """Delete the draft after sending, with all files not moved to storage."""
        for attachment in self.attachments:
            attachment.path.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _clean_copy(self, original: Attachment, deadline: float) -> Attachment:
        try:
            with key_files.parser_slot(deadline):
                cleaned = files.clean(original.data(), original.name)
        except files.NotCleanable as error:
            original.cleanable, original.why_not = False, str(error.reason)
            self._save()
            raise CannotClean(original.name) from error
        sealed = seal_file(key_files.folder("drafts") / secrets.token_hex(16), cleaned.data)
        return Attachment(
            _file_name(cleaned.name), sealed.size, sealed.key, sealed.path, copy="cleaned"
        )

    def _load(self) -> list[Attachment]:
        try:
            rows = json.loads(primitives.decrypt(self._secret, self._path.read_bytes(), "draft"))
        except (FileNotFoundError, DecryptionFailed):
            return []
        folder = key_files.folder("drafts")
        fields = [
            {**row, "key": base64.b64decode(row["key"]), "path": folder / row["path"]}
            for row in rows
        ]
        return [Attachment(**row) for row in fields if row["path"].exists()]

    def _save(self) -> None:
        rows = [
            {
                "name": a.name, "size": a.size, "key": base64.b64encode(a.key).decode(),
                "path": a.path.name, "found": a.found, "cleanable": a.cleanable,
                "why_not": a.why_not,
            }
            for a in self.attachments
        ]  # fmt: skip
        encrypted = primitives.encrypt(self._secret, json.dumps(rows).encode(), "draft")
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(encrypted)


def from_upload(upload: FileStorage) -> Attachment:
    """An uploaded file, unchanged."""
    sealed: Any = upload.stream
    sealed.is_kept = True
    return Attachment(_file_name(upload.filename), sealed.size, sealed.key, sealed.path)


def _file_name(name: str | None) -> str:
    return normalize_file_name(name or "", length_max=Tip.NAME_MAX)
