"""The space for unsent forms: those that were left make room for those being written.

Their files are dated by the day, like all of tips. When a form was last touched is taken from the
time of their last change (ctime), which no program can set.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from board.runtime import clock_check
from board.tips.crypto import key_files

BYTES_MAX = 2 * 1024**3  # of all unsent forms on this machine
SMALL_ROOM = BYTES_MAX // 8  # of it, for small forms alone
FREE_MIN = 512 * 1024**2  # bytes the disk keeps free of large forms
INCOMING = "incoming-"  # prefix of a file that is still being uploaded
_LIFE = 2 * 3600  # seconds since a form was last touched
_ID = 32  # characters of a file name that belong to its form
_FILE_MIN = 256 * 1024  # a file counts at least so much: there must not be too many either
_HEAD_START = 300  # seconds: so that a form just left does not count as touched


@dataclass
class _Form:
    """The files of an unsent form."""

    paths: list[Path] = field(default_factory=list)
    size: int = 0
    touched: float = 0.0  # seconds since 1970

    @property
    def cost(self) -> float:
        """The largest form untouched for the longest time costs most."""
        return self.size * (time.time() - self.touched + _HEAD_START)


def sweep() -> None:
    """Delete the files of forms that were abandoned, if the clock is believable."""
    if not clock_check.is_believable():
        return
    oldest = time.time() - _LIFE
    for form in _forms():
        if form.touched < oldest:
            _delete(form)


def make_room(*, is_small: bool) -> bool:
    """Delete the costliest forms until there is room. False if there is none: for large forms
    where all space is taken by something else, or by uploads under way.
    """
    sweep()
    forms = list(_forms())
    total, most = sum(form.size for form in forms), BYTES_MAX
    if not is_small:
        free = shutil.disk_usage(key_files.folder("drafts")).free
        most = min(BYTES_MAX - SMALL_ROOM, total + free - FREE_MIN)
        if most < sum(form.size for form in forms if _is_incoming(form)):
            return False
    _delete_costliest([form for form in forms if not _is_incoming(form)], total - most)
    return True


def _delete_costliest(forms: list[_Form], excess: float) -> None:
    for form in sorted(forms, key=lambda form: -form.cost):
        if excess <= 0:
            return
        _delete(form)
        excess -= form.size


def _forms() -> Iterator[_Form]:
    forms: dict[str, _Form] = {}
    for path in key_files.folder("drafts").iterdir():
        with suppress(FileNotFoundError):
            stat, is_incoming = path.stat(), path.name.startswith(INCOMING)
            form = forms.setdefault(path.name if is_incoming else path.name[:_ID], _Form())
            form.paths.append(path)
            form.size += max(stat.st_size, _FILE_MIN)
            form.touched = max(form.touched, _changed_at(stat))
    yield from forms.values()


def _changed_at(stat: os.stat_result) -> float:
    return stat.st_ctime


def _is_incoming(form: _Form) -> bool:
    return form.paths[0].name.startswith(INCOMING)


def _delete(form: _Form) -> None:
    remove(*form.paths)


def remove(*paths: Path) -> None:
    """Delete files of forms, and hide from their folder when that was."""
    for path in paths:
        path.unlink(missing_ok=True)
    key_files.truncate_mtime(key_files.folder("drafts"))


def touch(path: Path) -> None:
    """Count the form of this file as touched now, and date it by the day."""
    key_files.truncate_mtime(path, path.parent)
