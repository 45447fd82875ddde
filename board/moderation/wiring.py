"""Wiring of moderation: views, desk navigation, checks before posting, effects after it, jobs."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.auth.current_user import current_user
from board.accounts.email.queue import EmailType, Rank, email_types
from board.accounts.models import on_account_deleted
from board.accounts.sign_in.after_sign_in import suspended_user_links
from board.articles.editing import lifecycle
from board.comments import error_messages
from board.comments.models import after_delete
from board.comments.reason_codes import automatic_reasons
from board.comments.writing import create, edit, erasure, limits
from board.comments.writing.warnings import warning_checks
from board.moderation import queue
from board.moderation.alerts import wiring as alerts_wiring
from board.moderation.appeals import models as appeals
from board.moderation.appeals import views as appeal_views
from board.moderation.desk import bulk_views
from board.moderation.desk import views as desk_views
from board.moderation.desk.page import QUEUE_TITLES
from board.moderation.filters import compiled, dry_run_views, heuristics, matches, near_duplicates
from board.moderation.filters import labels as filter_labels
from board.moderation.filters import views as filter_views
from board.moderation.filters import warnings as filter_warnings
from board.moderation.reports import models as reports
from board.moderation.reports import views as report_views
from board.moderation.rulings import author_notices, emails, featured_views, log_views, subjects
from board.moderation.rulings import labels as ruling_labels
from board.moderation.rulings import views as ruling_views
from board.moderation.rulings.decisions import on_decision
from board.moderation.rulings.models import is_decided, log_article_change, on_ruling
from board.moderation.rulings.undo import on_undo
from board.moderation.threads import restrictions, surges
from board.moderation.threads import views as thread_views
from board.moderation.users import (
    bulk_bans,
    clear_views,
    clearing_portions,
    list_views,
    sanctions,
    staff_notes,
)
from board.moderation.users import labels as user_labels
from board.moderation.users import views as user_views
from board.runtime.jobs import Job, jobs
from board.web.access import moderators, moderators_and_seniors, staff, thread_staff
from board.web.blueprints import register
from board.web.desk import NavItem, badge_counters, nav_items
from board.web.response.notices import NOTICES

NAV_ITEMS = (
    *(
        NavItem(rank, f"queue-{name}", title, "queues.index", moderators, {"queue": str(name)})
        for rank, (name, title) in enumerate(QUEUE_TITLES.items(), start=10)
    ),
    NavItem(15, "threads", _("Threads"), "threads.index", thread_staff),
    NavItem(20, "appeals", _("Appeals"), "appeals.index", moderators),
    NavItem(40, "people", _("Members"), "people.index", moderators),
    NavItem(60, "rules", _("Rules"), "rules.index", moderators_and_seniors),
    NavItem(90, "log", _("Moderation log"), "log.index", staff),
)


def _badges() -> dict[str, int]:
    return {
        **{f"queue-{name}": count for name, count in queue.counts().items()},
        "threads": surges.count_unseen(),
        "appeals": appeals.count_for(current_user()),
        "people": bulk_bans.count_pending(),
    }


VIEWS = (
    ruling_views,
    featured_views,
    ruling_labels,
    subjects,
    user_views,
    list_views,
    clear_views,
    user_labels,
    filter_labels,
    filter_views,
    dry_run_views,
    desk_views,
    bulk_views,
    report_views,
    appeal_views,
    log_views,
    thread_views,
)
JOBS = (
    Job("likeness", near_duplicates.has_old, near_duplicates.delete_old, is_final=True),
    Job("pulse", surges.is_due, surges.run),
    Job("steering", restrictions.is_due, restrictions.apply_due, is_final=True),
    Job("clearings", clearing_portions.is_due, clearing_portions.run_oldest, writes_max=200),
)


def init_app(app: Flask) -> None:
    register(app, *VIEWS)
    NOTICES.update(bulk_views.NOTICES_OF_MANY)
    nav_items.add(*NAV_ITEMS)
    badge_counters.add(_badges)

    _wire_posting()
    _wire_decisions()
    jobs.add(*JOBS)
    suspended_user_links.add(appeal_views.link_for_suspended)
    on_account_deleted.add(staff_notes.delete_for_user)
    data_export.exporters.update(
        appeals=appeals.export_appeals,
        reports=reports.export_reports,
        notices=author_notices.export_rulings,
    )
    alerts_wiring.init_app(app)


def _wire_posting() -> None:
    warning_checks.add(filter_warnings.warnings_for)
    limits.extra_columns.update(
        rules_version=compiled.RULES_VERSION,
        hidden_percentage=heuristics.hidden_percentage(),
        pending_warning=sanctions.OPEN_WARNING,
    )
    create.pre_post_checks.add(matches.check_post, sanctions.check_post)
    create.after_post.add(
        queue.enqueue_if_held, queue.enqueue_if_new_account, matches.store_matches
    )
    edit.after_edit.add(queue.enqueue_if_held, matches.restore_matches)
    after_delete.add(queue.dequeue_deleted, matches.delete_matches)
    automatic_reasons.update(filter_labels.HOLD_REASONS)
    error_messages.register_message(matches.WordRefused, filter_labels.refused_text, status=422)
    error_messages.register_message(
        sanctions.WarningNotConfirmed, user_labels.WARNING_UNCONFIRMED, status=403
    )
    error_messages.register_message(reports.TooManyReports, report_views.TOO_MANY, status=429)


def _wire_decisions() -> None:
    subjects.subject_finders.update(
        appeal=subjects.appealed_decision,
        rule=filter_labels.rule_subject,
        word=filter_labels.allowed_words_subject,
        count=filter_labels.import_subject,
        period=user_labels.clearing_subject,
        act=user_labels.act_subject,
        about_comment=user_labels.comment_subject,
    )
    on_ruling.add(emails.announce_legal)
    lifecycle.on_change.add(log_article_change)
    erasure.belongs_to_case.add(reports.is_reported, is_decided)
    on_decision.add(reports.answer_reports)
    on_undo.add(reports.reopen_reports)
    email_types["legal"] = EmailType(emails.legal_text, emails.still_stands, rank=Rank.LAW)
