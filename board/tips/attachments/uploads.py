"""Uploads: encrypted as they arrive, so plaintext never touches the disk."""

import secrets
from pathlib import Path
from typing import Any

import flask
from flask import current_app, request
from werkzeug.datastructures import FileStorage

from board.tips.attachments import draft_space
from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import SealedFile
from board.tips.models.tip import Tip

LARGE_FORM_BYTES = 1024**2


def init_app(app: flask.Flask) -> None:
    app.request_class = Request


class Upload(SealedFile):
    """An attachment being uploaded. Bytes beyond the limit are counted and dropped; without room,
    all of them.
    """

    def __init__(self, path: Path, limit: int, *, has_room: bool) -> None:
        super().__init__(path)
        self._limit, self.has_room = limit, has_room

    @property
    def is_too_large(self) -> bool:
        return self.size > self._limit

    @property
    def is_whole(self) -> bool:
        return self.has_room and not self.is_too_large

    def write(self, data: bytes) -> int:
        if not self.has_room or self.size + len(data) > self._limit:
            self.size += len(data)
            return len(data)
        return super().write(data)


def open_upload() -> Upload:
    """The stream the form parser writes an attachment to."""
    path = key_files.folder("drafts") / f"{draft_space.INCOMING}{secrets.token_hex(16)}"
    limit = current_app.config["TIP_FILE_MEGABYTES"] * 1024**2
    return Upload(path, limit, has_room=draft_space.make_room(is_small=not _is_large()))


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
    """

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        view = current_app.view_functions.get(self.endpoint or "")
        if getattr(view, "uploads", None):
            return (getattr(view, "upload_sink", None) or open_upload)()
        return super()._get_file_stream(*args, **kwargs)


def _is_large() -> bool:
    return (request.content_length or LARGE_FORM_BYTES) >= LARGE_FORM_BYTES
