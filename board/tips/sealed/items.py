"""Items of a tip: what is bound into their encryption, and what comes out of it."""

import base64
from dataclasses import dataclass
from typing import Any

from board.tips.models.tip import Tip


@dataclass(frozen=True, slots=True)
class DecryptedItem:
    """An item of a tip, decrypted."""

    number: int
    kind: str
    data: dict[str, Any]
    file: str | None

    @property
    def file_key(self) -> bytes:
        return base64.b64decode(self.data["key"])


def item_context(
    tip: Tip, purpose: str, epoch: int, number: int, kind: str, file: str | None
) -> tuple[object, ...]:
    return "item", tip.ref, str(purpose), epoch, number, kind, file or ""
