"""What runs where: the order of every hook, and what a source's page keeps out of."""

import sys
from pathlib import Path

import pytest

from board.accounts.auth import passkeys
from board.accounts.auth.devices import Device
from board.accounts.data_export import exporters
from board.accounts.email import queue as email_queue
from board.accounts.models import on_account_deleted, on_password_changed, on_renamed
from board.accounts.roles import changes as role_changes
from board.accounts.sign_in.after_sign_in import suspended_user_links
from board.accounts.sign_in.methods import sign_in_methods
from board.accounts.sign_in_methods import basic
from board.accounts.sign_in_methods.identity_providers import models as identities
from board.accounts.sign_in_methods.identity_providers.methods import METHODS
from board.accounts.sign_in_methods.passkeys import PASSKEYS
from board.accounts.sign_in_methods.personal_tokens import models as personal_tokens
from board.accounts.two_factor import models as two_factor
from board.accounts.verification import models as verification
from board.accounts.verification.complete import on_reclaimed
from board.api.webhooks import events as webhook_events
from board.articles.editing import authors, lifecycle
from board.comments import models as comments
from board.comments.derived import counters
from board.comments.derived import featured as featured_comments
from board.comments.viewer import blocks
from board.comments.writing import (
    create,
    disposable_addresses,
    edit,
    erasure,
    limits,
    pii_warnings,
    thread_restrictions,
    verified_email,
    warnings,
)
from board.law.authorities import orders
from board.law.banned_texts import models as banned_texts
from board.law.claims import contact_preferences, transitions, workflow
from board.law.claims import emails as claim_emails
from board.moderation import queue
from board.moderation.alerts import models as alerts
from board.moderation.appeals import models as appeals
from board.moderation.appeals import views as appeal_views
from board.moderation.filters import matches
from board.moderation.filters import warnings as filter_warnings
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions, featured, undo
from board.moderation.rulings import emails as legal_emails
from board.moderation.rulings import models as rulings
from board.moderation.users import sanctions, staff_notes
from board.notifications import decisions as notified_decisions
from board.notifications import models as notifications
from board.notifications import notify, preferences
from board.runtime.jobs import jobs
from board.web.desk import nav_items

HOOKS = {
    "checks before posting: the first reason to hold stands": (
        create.pre_post_checks,
        [
            verified_email.check,
            disposable_addresses.check,
            thread_restrictions.check,
            banned_texts.check_post,
            matches.check_post,
            sanctions.check_post,
            webhook_events.check_post,
        ],
    ),
    "after posting": (
        create.after_post,
        [
            queue.enqueue_if_held,
            queue.enqueue_if_new_account,
            matches.store_matches,
            notify.notify_of_comment,
            webhook_events.post_event,
        ],
    ),
    "after an edit": (
        edit.after_edit,
        [
            queue.enqueue_if_held,
            matches.restore_matches,
            notify.follow_edit,
            webhook_events.edit_event,
        ],
    ),
    "after deleting": (
        comments.after_delete,
        [
            queue.dequeue_deleted,
            matches.delete_matches,
            notify.withdraw,
            webhook_events.deletion_event,
        ],
    ),
    "warnings before posting": (
        warnings.warning_checks,
        [pii_warnings.check, filter_warnings.warnings_for],
    ),
    "any ruling": (
        rulings.on_ruling,
        [legal_emails.announce_legal, notified_decisions.follow_ruling],
    ),
    "a decision about a comment": (
        decisions.on_decision,
        [
            workflow.follow_decision,
            reports.answer_reports,
            notified_decisions.follow_decision,
            webhook_events.decision_event,
        ],
    ),
    "a decision undone": (
        undo.on_undo,
        [
            workflow.follow_undo,
            reports.reopen_reports,
            notified_decisions.follow_decision,
            webhook_events.undo_event,
        ],
    ),
    "a comment featured": (featured.on_featured, [notify.notify_of_featured]),
    "a comment no longer featured": (featured_comments.on_removed, [notify.withdraw_featured]),
    "a step of a claim": (transitions.on_transition, [claim_emails.announce_step]),
    "an appeal": (appeals.on_appeal, [claim_emails.announce_appeal]),
    "a new display name": (
        on_renamed,
        [counters.refresh_threads_of, webhook_events.user_event],
    ),
    "an article withdrawn or deleted": (lifecycle.on_change, [rulings.log_article_change]),
    "comments that outlast their article": (
        erasure.belongs_to_case,
        [workflow.is_claimed, orders.is_ordered, reports.is_reported, rulings.is_decided],
    ),
    "an account deleted": (
        on_account_deleted,
        [
            two_factor.delete_for_user,
            Device.delete_for_user,
            email_queue.delete_for_user,
            verification.delete_for_user,
            passkeys.delete_for_user,
            identities.delete_for_user,
            personal_tokens.delete_for_user,
            role_changes.delete_for_user,
            authors.delete_for_user,
            blocks.delete_for_user,
            contact_preferences.delete_for_user,
            staff_notes.delete_for_user,
            alerts.delete_for_user,
            notifications.delete_for_user,
            preferences.delete_for_user,
        ],
    ),
    "an account given to the owner of its address": (
        on_reclaimed,
        [
            passkeys.delete_for_user,
            identities.delete_for_user,
            personal_tokens.delete_for_user,
        ],
    ),
    "a new password": (on_password_changed, [personal_tokens.delete_for_user]),
    "sign-in methods, as the page lists them": (
        sign_in_methods,
        [basic.PASSWORD, basic.EMAIL, PASSKEYS, *METHODS],
    ),
    "links for a suspended user": (suspended_user_links, [appeal_views.link_for_suspended]),
}


@pytest.mark.parametrize(("hook", "steps"), HOOKS.values(), ids=HOOKS)
def test_a_hook_runs_its_steps_in_this_order(app, hook, steps):
    assert list(hook) == steps


def test_jobs_run_in_this_order(app):
    assert [job.name for job in jobs] == [
        "email verification", "used tokens", "personal tokens", "oauth states", "old emails",
        "staff proposals",
        "second factor resets", "second factors", "scheduled articles", "deleted articles",
        "takedowns", "claimants", "evidence", "disclosures", "likeness", "pulse", "steering",
        "clearings", "staff alerts", "old notifications", "webhook secrets", "old webhook events",
        "tips", "tips of an hour",
        "tip checkpoints", "disk reserve", "write-ahead log",
        "copies before migrations", "security log",
    ]  # fmt: skip


def test_the_desk_has_these_pages_in_this_order(app):
    in_order = sorted(nav_items, key=lambda item: item.rank)

    assert [item.name for item in in_order] == [
        "queue-reported", "queue-held", "queue-new", "queue-all", "queue-hidden", "threads",
        "appeals", "claims", "orders", "disclosures", "barred", "people", "rules", "tips",
        "tip_readers", "tip_log", "articles", "write", "log", "alerts", "webhooks", "staff",
        "sites",
    ]  # fmt: skip


def test_an_export_and_a_post_ask_for_this(app):
    assert list(exporters) == [
        "account", "sessions", "passkeys", "identities", "personal_tokens", "roles",
        "articles", "blocked", "comments", "reactions", "told_by", "appeals", "reports", "notices",
        "alerts",
        "notifications",
        "notification_preferences", "webhook_events",
    ]  # fmt: skip
    assert list(limits.extra_columns) == [
        "barred",
        "rules_version",
        "hidden_percentage",
        "pending_warning",
        "has_webhook",
    ]


def test_a_second_app_of_the_same_process_adds_nothing(app, another, tmp_path):
    before = {name: list(hook) for name, (hook, _steps) in HOOKS.items()}
    (tmp_path / "second").mkdir()

    another(tmp_path / "second")

    assert {name: list(hook) for name, (hook, _steps) in HOOKS.items()} == before


@pytest.mark.parametrize("page", ["/tips", "/tips/new", "/tips/box"])
def test_a_page_of_a_source_runs_nothing_of_comments_or_moderation(guest, page):
    guest.get(page)
    ran: set[str] = set()
    sys.setprofile(lambda frame, *_event: ran.add(frame.f_code.co_filename))
    try:
        answer = guest.get(page, follow_redirects=True)
    finally:
        sys.setprofile(None)

    folders = {Path(name).parts[-3:-1] for name in ran if "/board/" in name}
    names = {part for parts in folders for part in parts}
    assert answer.status_code == 200
    assert "tips" in names
    assert names & {"comments", "moderation", "law", "articles", "api"} == set()
