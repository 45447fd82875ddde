"""Wiring of notifications: views, effects of comments and decisions, deletion of old ones."""

from flask import Flask

from board.accounts import data_export
from board.accounts.email.queue import EmailType, Rank, email_types
from board.accounts.models import on_account_deleted
from board.accounts.verification.emails import on_announced
from board.comments.derived import featured
from board.comments.models import after_delete
from board.comments.writing import create, edit
from board.moderation.rulings.decisions import on_decision
from board.moderation.rulings.featured import on_featured
from board.moderation.rulings.models import on_ruling
from board.moderation.rulings.undo import on_undo
from board.notifications import (
    account_changes,
    decisions,
    digests,
    emails,
    models,
    notify,
    preferences,
    views,
)
from board.runtime.background import QueueConsumer, queue_consumers
from board.runtime.jobs import Job, jobs
from board.web.blueprints import register

QUEUE_CONSUMERS = (QueueConsumer("digests", digests.has_due, digests.queue_due),)
JOBS = (Job("old notifications", models.has_old, models.delete_old, writes_max=20, is_final=True),)


def init_app(app: Flask) -> None:
    register(app, views)
    create.after_post.add(notify.notify_of_comment)
    edit.after_edit.add(notify.follow_edit)
    after_delete.add(notify.withdraw)
    on_announced.add(account_changes.notify_of_change)
    on_ruling.add(decisions.follow_ruling)
    on_decision.add(decisions.follow_decision)
    on_undo.add(decisions.follow_decision)
    on_featured.add(notify.notify_of_featured)
    featured.on_removed.add(notify.withdraw_featured)
    email_types[digests.KIND] = EmailType(
        emails.digest_text, emails.is_wanted, rank=Rank.DIGEST, stop=preferences.turn_off
    )
    queue_consumers.add(*QUEUE_CONSUMERS)
    jobs.add(*JOBS)
    on_account_deleted.add(models.delete_for_user, preferences.delete_for_user)
    data_export.exporters.update(
        notifications=models.export_notifications,
        notification_preferences=preferences.export_preferences,
    )
