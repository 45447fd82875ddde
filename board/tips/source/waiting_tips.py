"""Tips that wait for their turn, so that the page of their source can go on without a script.

A page without a script can only ask for an address again. The address has a secret, the `place`,
and with it the form is encrypted in a file meanwhile.
"""

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from board.config import durable_files
from board.db import now
from board.tips.crypto import key_files, primitives
from board.tips.models import form_tokens
from board.tips.sealed import rate_limit

KEPT_MAX = 5000  # waiting at a time; without a place, the page has the words and a button
_PLACE = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(slots=True)
class WaitingTip:
    """The form of a tip. `key`: its idempotency key; `turn_at`: seconds since 1970, or None when it
    has just come.
    """

    key: str
    fields: dict[str, str]
    turn_at: int | None = None

    @classmethod
    def of(cls, key: str, fields: dict[str, str]) -> Self:
        """The tip of this form, which may be waiting already."""
        waiting = cls(key, fields)
        return (cls.at(waiting.place) if key else None) or waiting

    @classmethod
    def at(cls, place: str) -> Self | None:
        """The tip with this place, if it is still kept."""
        if not _PLACE.fullmatch(place):
            return None
        try:
            sealed = _path(place).read_bytes()
        except FileNotFoundError:
            return None
        data = primitives.decrypt(_secret(place), sealed, "waiting")
        return cls(**json.loads(primitives.unpad(data)))

    @property
    def place(self) -> str:
        """Derived from the idempotency key: the same form, sent again, has the same place."""
        return form_tokens.derive_secret(self.key, "place").hex()

    @property
    def turn(self) -> str:
        """`turn_at`, signed: the page carries it where there is no room to keep the form."""
        text = str(self.turn_at)
        return f"{text}.{form_tokens.sign(self.fields['ticket'], text)}"

    @property
    def seconds_left(self) -> int:
        return max(0, (self.turn_at or 0) - int(now().timestamp()))

    @property
    def is_kept(self) -> bool:
        return _path(self.place).exists()

    def wait(self, seconds: float) -> bool:
        """Wait so long from now on. Whether there was room to keep the form meanwhile."""
        self.turn_at = int(now().timestamp() + seconds)
        return self._save()

    def _save(self) -> bool:
        path = _path(self.place)
        if not path.exists() and sum(1 for _ in path.parent.iterdir()) >= KEPT_MAX:
            return False
        data = primitives.pad(json.dumps(asdict(self)).encode(), least=1024)
        durable_files.replace(path, primitives.encrypt(_secret(self.place), data, "waiting"))
        key_files.truncate_mtime(path, path.parent)
        return True


def signed_turn(token: str, turn: str) -> int | None:
    """`turn_at` of a page that carries it; None if it is not signed for this form."""
    text, _dot, signature = turn.partition(".")
    is_ours = form_tokens.is_signed(token, text, signature)
    return int(text) if is_ours else None


def forget_hour() -> None:
    """Forget how many tips came in an hour that is over, and tips nobody waits for any more."""
    rate_limit.forget()
    _sweep()


def _sweep() -> None:
    """Delete tips whose form token has expired. Their files are dated by the day."""
    oldest = (now() - form_tokens.LIFETIME * 2).timestamp()
    for path in key_files.folder("waiting").iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _path(place: str) -> Path:
    return key_files.folder("waiting") / hashlib.sha256(place.encode()).hexdigest()[:32]


def _secret(place: str) -> bytes:
    return primitives.derive(place.encode(), "waiting")
