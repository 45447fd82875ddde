"""Wiring of alerts: the page of the desk, the emails, and the message to the webhook."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.email.queue import EmailType, Rank, email_types
from board.accounts.models import on_account_deleted
from board.moderation.alerts import emails, models, views, webhook
from board.moderation.alerts.kinds import KINDS_OF_COMMENTS, alert_kinds
from board.runtime.background import ScheduledCommand, scheduled_commands
from board.runtime.jobs import Job, jobs
from board.web.access import moderators
from board.web.blueprints import register
from board.web.desk import NavItem, nav_items

NAV_ITEM = NavItem(93, "alerts", _("Alerts"), "alerts.index", moderators)
JOBS = (Job("staff alerts", emails.is_due, emails.run),)
COMMANDS = (
    ScheduledCommand(
        "staff alerts",
        ("alerts", "send"),
        title="alerts sent to the webhook",
        every=webhook.pause,
        is_due=webhook.is_due,
    ),
)


def init_app(app: Flask) -> None:
    alert_kinds.update(KINDS_OF_COMMENTS)
    register(app, views)
    nav_items.add(NAV_ITEM)
    email_types[emails.KIND] = EmailType(
        emails.text, emails.is_wanted, rank=Rank.LAW, stop=models.delete_for_user
    )
    jobs.add(*JOBS)
    scheduled_commands.add(*COMMANDS)
    on_account_deleted.add(models.delete_for_user)
    data_export.exporters["alerts"] = models.export_alerts
