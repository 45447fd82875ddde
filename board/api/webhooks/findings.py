"""What `doctor` says of webhooks: which are off by themselves, and which fail."""

from board.api.webhooks.models import Webhook
from board.db import db
from board.runtime.app import setting


def findings() -> list[tuple[bool, str]]:
    """Needs the tables."""
    found = []
    for webhook in db.session.scalars(Webhook.all()):
        name = f"webhook {webhook.id}"
        if webhook.off_for:
            found.append(
                (False, f"{name} was switched off ({webhook.off_for}): see /desk/webhooks")
            )
        elif webhook.is_on and webhook.failing_since:
            since = webhook.failing_since.date().isoformat()
            found.append((False, f"{name} fails since {since}: see /desk/webhooks"))
        elif webhook.is_on:
            found.append((bool(setting("ORIGIN")), f"{name} is on" + _advice()))
    return found


def _advice() -> str:
    return "" if setting("ORIGIN") else ", but nothing is sent without BOARD_ORIGIN"
