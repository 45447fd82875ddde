"""Uploads: sealed as they arrive, so that nothing readable of them is ever on the disk."""

import os
import secrets
from pathlib import Path
from typing import Any

import flask
from flask import current_app, request
from werkzeug.datastructures import FileStorage

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import SealedFile
from board.tips.models.tip import Tip

UPLOAD_LEAST = 1024**2  # bytes; a form that is smaller arrives before it is in anyone's way
DRAFTS_MAX = 2 * 1024**3  # bytes of unsent attachments on this machine


def init_app(app: flask.Flask) -> None:
    app.request_class = Request


class NoRoom(Exception):
    """Too many attachments of unsent forms are waiting."""


class Upload(SealedFile):
    """An attachment on its way in. What is beyond the limit is counted and dropped."""

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


def begin_upload() -> Upload:
    """Where the form parser writes an attachment. Raises NoRoom."""
    key_files.sweep_drafts()
    folder = key_files.folder("drafts")
    if sum(path.stat().st_size for path in folder.iterdir()) > DRAFTS_MAX:
        raise NoRoom
    limit = current_app.config["TIP_FILE_MEGABYTES"] * 1024**2
    return Upload(folder / secrets.token_hex(16), limit)


def uploaded(field: str) -> list[FileStorage]:
    """The files that were chosen; a browser sends an empty one for an empty field."""
    return [each for each in request.files.getlist(field) if each.filename]


def bytes_max() -> int:
    """How many bytes of attachments one form may bring."""
    each: int = current_app.config["TIP_FILE_MEGABYTES"] * 1024**2
    return Tip.FILES_MAX * each


class Request(flask.Request):
    """Seals uploads as they come, for views that take any and have no place of their own;
    only so many at a time."""

    def _load_form_data(self) -> None:
        view = current_app.view_functions.get(self.endpoint or "")
        large = (self.content_length or UPLOAD_LEAST) >= UPLOAD_LEAST
        if not getattr(view, "uploads", None) or not large or "form" in self.__dict__:
            super()._load_form_data()
            return
        slot = key_files.begin_upload()
        if slot is None:
            raise NoRoom
        try:
            super()._load_form_data()
        finally:
            os.close(slot)

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        view = current_app.view_functions.get(self.endpoint or "")
        if getattr(view, "uploads", None):
            return (getattr(view, "upload_sink", None) or begin_upload)()
        return super()._get_file_stream(*args, **kwargs)
