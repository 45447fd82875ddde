"""Wiring of tips: pages of sources and tip readers, navigation, and the retention job."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.runtime.app import setting
from board.runtime.background import ScheduledCommand, scheduled_commands
from board.runtime.jobs import Job, jobs
from board.tips.attachments import uploads
from board.tips.crypto import pepper
from board.tips.desk import (
    audit_log_views,
    bulk_views,
    export_views,
    inbox_views,
    manage_views,
    tip_views,
)
from board.tips.integrity import checkpoints
from board.tips.models.key_holders import UnlockedSession
from board.tips.notifications import views as notification_views
from board.tips.readers import (
    alerts,
    key_setup_views,
    removal_views,
    roster_views,
    unlock_views,
    went_back_views,
)
from board.tips.sealed import rate_limit, retention
from board.tips.source import (
    access_views,
    contact_channels,
    mailbox_views,
    refusals,
    submit_views,
    waiting_tips,
)
from board.tips.source import views as source_views
from board.tips.web import idempotency, log_filter
from board.web.access import tip_readers
from board.web.blueprints import register
from board.web.desk import NavItem, nav_items

NAV_ITEMS = (
    NavItem(60, "tips", _("Tips"), "tip_desk.inbox", tip_readers),
    NavItem(61, "tip_readers", _("Tip readers"), "tip_readers.readers", tip_readers),
    NavItem(62, "tip_log", _("Tips log"), "tip_log.index", tip_readers),
)
JOBS = (
    Job("tips", retention.is_outdated, retention.tidy, is_final=True),
    Job("tips of an hour", rate_limit.is_past, waiting_tips.forget_hour, is_final=True),
    Job("tip checkpoints", checkpoints.lacks_digest, pepper.remember),
)

COMMANDS = (
    ScheduledCommand("tips", ("tips", "tidy"), title="tips tidied"),
    # At set hours, so that the time of an email says nothing; each waits at random besides.
    ScheduledCommand(
        "tip emails",
        ("tips", "notify"),
        title="tip readers emailed",
        hours=(9, 15),
        is_due=lambda: bool(setting("MAIL_SERVER") and setting("MAIL_FROM")),
    ),
)


def init_app(app: Flask) -> None:
    uploads.init_app(app)
    contact_channels.init_app(app)
    rate_limit.init_app(app)
    log_filter.init_app(app)
    app.after_request(source_views.harden_unrouted)
    _register_views(app)
    # Pages of tips lock in the browser when the session expires on the server.
    idle = UnlockedSession.IDLE_TIMEOUT["reader"].total_seconds()
    app.jinja_env.globals["lock_seconds"] = int(idle)
    app.jinja_env.globals["ticket_field"] = idempotency.ticket_field
    nav_items.add(*NAV_ITEMS)
    jobs.add(*JOBS)
    scheduled_commands.add(*COMMANDS)


def _register_views(app: Flask) -> None:
    register(
        app,
        source_views,
        submit_views,
        mailbox_views,
        access_views,
        refusals,
        inbox_views,
        tip_views,
        manage_views,
        bulk_views,
        unlock_views,
        key_setup_views,
        roster_views,
        removal_views,
        went_back_views,
        alerts,
        notification_views,
        export_views,
        audit_log_views,
    )
