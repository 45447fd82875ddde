"""Wiring of law: views, the check for banned texts, and effects of decisions.

Wired before moderation: of several reasons to hold a comment the first stands, and the law's comes
before the house rules'; a claim follows a decision before reporters are notified of it.
"""

from flask import Flask, current_app
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.email.queue import EmailType, Rank, email_types
from board.accounts.models import on_account_deleted
from board.comments.reason_codes import automatic_reasons
from board.comments.writing import create, erasure, limits
from board.db import db
from board.law import imprint, log_subjects, transparency_views
from board.law.alert_kinds import KINDS_OF_LAW
from board.law.authorities import data_requests, orders
from board.law.authorities import views as authority_views
from board.law.authorities.data_requests import DataRequest
from board.law.authorities.orders import Order
from board.law.banned_texts import models as banned_texts
from board.law.banned_texts import views as banned_text_views
from board.law.case_files import views as case_file_views
from board.law.claims import (
    contact_preferences,
    desk_views,
    emails,
    evidence,
    search_views,
    transitions,
    views,
    workflow,
)
from board.law.claims.models import Claim, Claimant
from board.law.terms import views as terms_views
from board.moderation.alerts.kinds import alert_kinds
from board.moderation.appeals.models import on_appeal
from board.moderation.rulings.decisions import on_decision
from board.moderation.rulings.subjects import subject_finders
from board.moderation.rulings.undo import on_undo
from board.runtime.jobs import Job, jobs
from board.web.access import legal_staff, moderators, moderators_and_legal
from board.web.blueprints import register
from board.web.desk import NavItem, badge_counters, nav_items

NAV_ITEMS = (
    NavItem(30, "claims", _("Rights complaints"), "claims.index", moderators_and_legal),
    NavItem(31, "orders", _("Orders"), "registers.orders_page", moderators_and_legal),
    NavItem(32, "disclosures", _("User data requests"), "registers.disclosures_page", legal_staff),
    NavItem(33, "barred", _("Blocked texts"), "barred.index", moderators),
)


def _badges() -> dict[str, int]:
    return {
        "claims": workflow.count_waiting(),
        "orders": Order.count_waiting(),
        "disclosures": DataRequest.count_waiting(),
    }


def _expire_claims() -> None:
    workflow.expire(then=current_app.config["TAKEDOWN_ON_EXPIRY"])


JOBS = (
    Job(
        "takedowns",
        lambda: bool(db.session.scalar(Claim.expired().limit(1))),
        _expire_claims,
        is_final=True,
    ),
    Job(
        "claimants",
        lambda: db.session.scalar(Claimant.outdated().limit(1)) is not None,
        workflow.delete_outdated_claimants,
        is_final=True,
    ),
    Job("evidence", evidence.is_due, evidence.delete_outdated, is_final=True),
    Job(
        "disclosures",
        lambda: db.session.scalar(DataRequest.to_notify().limit(1)) is not None,
        data_requests.notify_users,
        is_final=True,
    ),
)


def init_app(app: Flask) -> None:
    register(
        app,
        imprint,
        transparency_views,
        views,
        desk_views,
        search_views,
        authority_views,
        banned_text_views,
        case_file_views,
        terms_views,
    )
    nav_items.add(*NAV_ITEMS)
    badge_counters.add(_badges)

    alert_kinds.update(KINDS_OF_LAW)
    limits.extra_columns["barred"] = banned_texts.ANY_BANNED
    create.pre_post_checks.add(banned_texts.check_post)
    automatic_reasons[banned_texts.CODE] = _("Found unlawful by a court before")

    _wire_decisions()

    jobs.add(*JOBS)
    on_account_deleted.add(contact_preferences.delete_for_user)
    data_export.exporters["told_by"] = contact_preferences.export_contact


def _wire_decisions() -> None:
    subject_finders.update(
        claim=log_subjects.claim,
        order=log_subjects.order,
        request=log_subjects.data_request,
        barred=log_subjects.banned_text,
        comments=log_subjects.case_file,
    )
    erasure.belongs_to_case.add(workflow.is_claimed, orders.is_ordered)
    on_decision.add(workflow.follow_decision)
    on_undo.add(workflow.follow_undo)
    transitions.on_transition.add(emails.announce_step)
    on_appeal.add(emails.announce_appeal)
    email_types.update(
        claim=EmailType(
            emails.state_text,
            emails.is_last_step,
            on_sent=emails.mark_step_notified,
            rank=Rank.LAW,
        ),
        claim_objection=EmailType(emails.objection_text, lambda email: True, rank=Rank.LAW),
        objection=EmailType(emails.objection_text_by_ruling, lambda email: True, rank=Rank.LAW),
    )
