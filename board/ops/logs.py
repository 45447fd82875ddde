"""The hash-chained logs of all slices, for `doctor` and for the proof of backups."""

from typing import Any

from board.accounts.two_factor.models import TwoFactorEvent
from board.moderation.rulings.models import Ruling
from board.tips.models.audit_log import AuditEntry

LOGS: tuple[tuple[Any, str], ...] = (
    (Ruling, "rulings"),
    (TwoFactorEvent, "second factors"),
    (AuditEntry, "tips"),
)
