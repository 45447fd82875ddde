"""Adds uploaded files to an unsent form, and says which could not be taken."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from board.tips.attachments.drafts import FormDraft
from board.tips.models.tip import Tip


def add_files(
    draft: FormDraft, uploads: list[FileStorage], *, key: str, is_inspected: bool = True
) -> str | None:
    """What is wrong with the files, or None. `key`: the idempotency key of the form; what came
    with it before is not added again.
    """
    if not uploads or (key and draft.has(key)):
        return None
    if len(draft.attachments) + len(uploads) > Tip.FILES_MAX:
        return _("No more than %(count)d files.", count=Tip.FILES_MAX)
    whole = [upload for upload in uploads if _stream(upload).is_whole]
    draft.add_uploads(whole, key=key, is_inspected=is_inspected)
    return next((_left_out(upload) for upload in uploads if not _stream(upload).is_whole), None)


def _stream(upload: FileStorage) -> Any:
    """The encrypted file (`uploads.Upload`)."""
    return upload.stream


def _left_out(upload: FileStorage) -> str:
    name, size = upload.filename, current_app.config["TIP_FILE_MEGABYTES"]
    if not _stream(upload).has_room:
        return _(
            "There is no room for “%(name)s” right now. Send the rest, and add it later.", name=name
        )
    return _("“%(name)s” is larger than %(size)d MB and was left out.", name=name, size=size)
