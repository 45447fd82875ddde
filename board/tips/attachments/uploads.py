"""Uploads: encrypted as they arrive, so plaintext never touches the disk."""

import os
import secrets
from pathlib import Path
from typing import Any

import flask
from flask import current_app, request
from werkzeug.datastructures import FileStorage

from board.runtime.limiter import QueueFull
from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import SealedFile
from board.tips.models.tip import Tip

LARGE_FORM_BYTES = 1024**2  # smaller forms arrive too fast to need an upload slot
DRAFT_BYTES_MAX = 2 * 1024**3  # of unsent attachments on this machine


def init_app(app: flask.Flask) -> None:
    app.request_class = Request


class DraftsFull(QueueFull):
    """Unsent attachments use up all their space, or too many uploads are under way."""


class Upload(SealedFile):
    """An attachment being uploaded. Bytes beyond the limit are counted and dropped."""

    def __init__(self, path: Path, limit: int) -> None:
        super().__init__(path)
        self._limit = limit

    @property
    def is_too_large(self) -> bool:
        return self.size > self._limit

    def write(self, data: bytes) -> int:
        if self.size + len(data) > self._limit:
            self.size += len(data)
            return len(data)
        return super().write(data)


def open_upload() -> Upload:
    """The stream the form parser writes an attachment to. Raises DraftsFull."""
    key_files.sweep_drafts()
    folder = key_files.folder("drafts")
    if sum(path.stat().st_size for path in folder.iterdir()) > DRAFT_BYTES_MAX:
        raise DraftsFull
    limit = current_app.config["TIP_FILE_MEGABYTES"] * 1024**2
    return Upload(folder / secrets.token_hex(16), limit)


def uploaded_files(field: str) -> list[FileStorage]:
    """The uploaded files; a browser sends an empty one for an empty field."""
    return [file for file in request.files.getlist(field) if file.filename]


def bytes_max() -> int:
    """The maximum size of all attachments of one form."""
    file_bytes: int = current_app.config["TIP_FILE_MEGABYTES"] * 1024**2
    return Tip.FILES_MAX * file_bytes


class Request(flask.Request):
    """Encrypts uploads while they arrive, for views that accept them and set no stream of their
    own.

    Only a few large forms are received at a time.
    """

    def _load_form_data(self) -> None:
        view = current_app.view_functions.get(self.endpoint or "")
        is_large = (self.content_length or LARGE_FORM_BYTES) >= LARGE_FORM_BYTES
        if not getattr(view, "uploads", None) or not is_large or "form" in self.__dict__:
            super()._load_form_data()
            return
        slot = key_files.acquire_upload_slot()
        if slot is None:
            raise DraftsFull
        try:
            super()._load_form_data()
        finally:
            os.close(slot)

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        view = current_app.view_functions.get(self.endpoint or "")
        if getattr(view, "uploads", None):
            return (getattr(view, "upload_sink", None) or open_upload)()
        return super()._get_file_stream(*args, **kwargs)
