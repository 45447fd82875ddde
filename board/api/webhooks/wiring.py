"""Wiring of webhooks: pages of the desk, events of comments and accounts, and their delivery."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.models import on_renamed
from board.api.webhooks import delivery, events, models, secrets, views
from board.comments.models import after_delete
from board.comments.writing import create, edit, limits
from board.moderation.rulings.decisions import on_decision
from board.moderation.rulings.undo import on_undo
from board.runtime.background import QueueConsumer, queue_consumers
from board.runtime.jobs import Job, jobs
from board.web.access import appointers
from board.web.blueprints import register
from board.web.desk import NavItem, nav_items
from board.web.response.notices import NOTICES

NAV_ITEM = NavItem(94, "webhooks", _("Webhooks"), "webhooks.index", appointers)
QUEUE_CONSUMERS = (QueueConsumer("webhooks", delivery.has_work, delivery.work),)
JOBS = (
    Job("webhook secrets", secrets.is_due, secrets.reencrypt),
    Job("old webhook events", models.has_old, models.delete_old, writes_max=20, is_final=True),
)


def init_app(app: Flask) -> None:
    register(app, views)
    delivery.init_app(app)
    NOTICES.update(views.NOTICES_OF_WEBHOOKS)
    nav_items.add(NAV_ITEM)
    limits.extra_columns["has_webhook"] = events.HAS_WEBHOOK
    create.pre_post_checks.add(events.check_post)
    create.after_post.add(events.post_event)
    edit.after_edit.add(events.edit_event)
    after_delete.add(events.deletion_event)
    on_decision.add(events.decision_event)
    on_undo.add(events.undo_event)
    on_renamed.add(events.user_event)
    data_export.exporters["webhook_events"] = events.export_events
    queue_consumers.add(*QUEUE_CONSUMERS)
    jobs.add(*JOBS)
