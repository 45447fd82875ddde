"""Files being uploaded with a claim: in memory, and no more of them than a claim may have."""

import io
from typing import Any

from flask import g

from board.law.claims.evidence import Evidence

# Of all files of one form. Five photos of a telephone are refused by the form, which says how much
# it accepts and keeps what was typed; only what exceeds this is refused unread.
BYTES_MAX = 100 * 1024**2


class ReceivedFile(io.BytesIO):
    """One file. `size` counts all its bytes; those that a claim may not have are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def write(self, data: Any) -> int:
        self.size += len(data)
        g.claim_bytes = g.get("claim_bytes", 0) + len(data)
        if g.claim_bytes <= Evidence.BYTES_MAX:
            super().write(data)
        return len(data)
