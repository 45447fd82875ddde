"""The hash-chained logs of all slices: for `doctor`, `verify` and the proof of backups."""

from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from board.accounts.roles.log import StaffLogEntry
from board.accounts.two_factor.models import TwoFactorEvent
from board.db.hash_chain import find_tampered_tail
from board.moderation.rulings.models import Ruling
from board.tips.integrity.findings import findings as tip_findings
from board.tips.models.audit_log import AuditEntry

LOGS: tuple[tuple[Any, str], ...] = (
    (Ruling, "rulings"),
    (TwoFactorEvent, "second factors"),
    (StaffLogEntry, "staff"),
    (AuditEntry, "tips"),
)
_WHOLE_LOG = 2**62  # rows


def tampered_logs() -> Iterator[str]:
    """A sentence for each log that is not as it was written."""
    for model, name in LOGS:
        if (id := find_tampered_tail(model, _WHOLE_LOG)) is not None:
            yield f"Entry {id} of the log of {name} is not as it was written."


@click.command("verify")
@with_appcontext
def verify() -> None:
    """Check every entry of every log, and what `tips verify` checks."""
    problems = [*tampered_logs(), *(text for is_good, text in tip_findings() if not is_good)]
    if problems:
        raise click.ClickException(" ".join(problems))
    click.echo(f"{len(LOGS)} logs, unaltered.")
