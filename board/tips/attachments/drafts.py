"""Attachments: looked into before they are sent, and cleaned when asked."""

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from board.text import normalize_file_name
from board.tips import files
from board.tips.crypto import key_files, primitives
from board.tips.crypto.file_cipher import SealedFile, open_file, seal_file
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.models.tip import Tip
from board.tips.web import form_tokens

COPIES = ("cleaned", "original", "both")


class CannotClean(Exception):
    """There is no clean copy of the attachment with this name after all."""


@dataclass(slots=True)
class Attachment:
    """A sealed file and what opens it."""

    name: str
    size: int
    key: bytes
    path: Path
    copy: str = "original"
    found: list[list[Any]] = field(default_factory=list)  # kind, detail, stays in a clean copy
    cleanable: bool = False
    why_not: str = ""

    @property
    def id(self) -> str:
        return self.path.name

    def data(self) -> bytes:
        return b"".join(open_file(self.path, self.key, self.size))

    def described(self) -> dict[str, Any]:
        """What the readers are told, inside the seal."""
        key = base64.b64encode(self.key).decode()
        return {
            "name": self.name, "size": self.size, "key": key, "copy": self.copy,
            "found": self.found,
        }  # fmt: skip

    def keep(self) -> str:
        """Move it to the files that stay; its name there."""
        name = secrets.token_hex(16)
        kept = key_files.folder("files") / name
        os.rename(self.path, kept)
        key_files.date_by_day(kept, kept.parent)
        return name


class AttachmentDraft:
    """The attachments of a form that is not sent yet, on disk under the secret of its ticket."""

    def __init__(self, ticket: str) -> None:
        self._secret = form_tokens.secret(ticket, "draft")
        self._path = key_files.folder("drafts") / hashlib.sha256(self._secret).hexdigest()[:32]
        self.attachments = self._read()

    def take(self, uploads: list[FileStorage]) -> None:
        """Look into what was uploaded, and keep it until the form is sent or forgotten."""
        for upload in uploads:
            stream: Any = upload.stream
            self.attachments.append(_looked_into(stream, _file_name(upload.filename)))
        self._write()

    def drop(self, ids: list[str]) -> None:
        for attachment in self.attachments:
            if attachment.id in ids:
                attachment.path.unlink(missing_ok=True)
        self.attachments = [each for each in self.attachments if each.id not in ids]
        self._write()

    def copies(self, wanted: dict[str, str]) -> list[Attachment]:
        """What is to be sent: for each id, cleaned copy, original, or both. Raises CannotClean."""
        sent = []
        for attachment in self.attachments:
            choice = wanted.get(attachment.id, "cleaned" if attachment.cleanable else "original")
            if choice != "original" and attachment.cleanable:
                sent.append(self._cleaned(attachment))
            if choice != "cleaned" or not attachment.cleanable:
                sent.append(attachment)
        return sent

    def forget(self) -> None:
        """It has been sent; what was not moved to stay is gone."""
        for attachment in self.attachments:
            attachment.path.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _cleaned(self, original: Attachment) -> Attachment:
        try:
            cleaned = files.clean(original.data(), original.name)
        except files.NotCleanable as error:
            original.cleanable, original.why_not = False, str(error.reason)
            self._write()
            raise CannotClean(original.name) from error
        sealed = seal_file(key_files.folder("drafts") / secrets.token_hex(16), cleaned.data)
        return Attachment(
            _file_name(cleaned.name), sealed.size, sealed.key, sealed.path, copy="cleaned"
        )

    def _read(self) -> list[Attachment]:
        try:
            listed = json.loads(primitives.decrypt(self._secret, self._path.read_bytes(), "draft"))
        except (FileNotFoundError, DecryptionFailed):
            return []
        folder = key_files.folder("drafts")
        each = [
            {**one, "key": base64.b64decode(one["key"]), "path": folder / one["path"]}
            for one in listed
        ]
        return [Attachment(**one) for one in each if one["path"].exists()]

    def _write(self) -> None:
        listed = [
            {
                "name": a.name, "size": a.size, "key": base64.b64encode(a.key).decode(),
                "path": a.path.name, "found": a.found, "cleanable": a.cleanable,
                "why_not": a.why_not,
            }
            for a in self.attachments
        ]  # fmt: skip
        locked = primitives.encrypt(self._secret, json.dumps(listed).encode(), "draft")
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(locked)


def kept(upload: FileStorage) -> Attachment:
    """An upload as it is, for a reader's reply."""
    sealed: Any = upload.stream
    sealed.kept = True
    return Attachment(_file_name(upload.filename), sealed.size, sealed.key, sealed.path)


def _file_name(name: str | None) -> str:
    return normalize_file_name(name or "", length_max=Tip.NAME_MAX)


def _looked_into(sealed: SealedFile, name: str) -> Attachment:
    sealed.kept = True
    attachment = Attachment(name, sealed.size, sealed.key, sealed.path)
    report = files.inspect(attachment.data(), name)
    attachment.found = [[each.kind, each.detail, each.stays] for each in report.findings]
    attachment.cleanable, attachment.why_not = report.cleanable, report.why_not or ""
    return attachment
