"""Wiring of accounts: views, user lookup, effects of deleting an account, data export, email."""

from flask import Flask
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import Conflict, Forbidden

from board.accounts import data_export
from board.accounts.auth import current_user, passkeys, used_tokens
from board.accounts.auth.devices import Device
from board.accounts.email import delivery, retention
from board.accounts.email import queue as email_queue
from board.accounts.email import views as email_views
from board.accounts.email.queue import EmailType, Rank, email_types
from board.accounts.models import on_account_deleted, on_password_changed
from board.accounts.roles import account_views, changes, desk_views, freezing
from board.accounts.roles import emails as role_emails
from board.accounts.roles import labels as role_labels
from board.accounts.roles import log as role_log
from board.accounts.sign_in import in_app_browser
from board.accounts.sign_in.methods import LastSignInMethod, sign_in_methods
from board.accounts.sign_in_methods import basic, passkey_views
from board.accounts.sign_in_methods import emails as method_emails
from board.accounts.sign_in_methods import views as method_views
from board.accounts.sign_in_methods.identity_providers import (
    account_views as identity_account_views,
)
from board.accounts.sign_in_methods.identity_providers import background as provider_work
from board.accounts.sign_in_methods.identity_providers import models as identities
from board.accounts.sign_in_methods.identity_providers import views as identity_views
from board.accounts.sign_in_methods.identity_providers import webhooks as identity_webhooks
from board.accounts.sign_in_methods.identity_providers.methods import METHODS as IDENTITY_METHODS
from board.accounts.sign_in_methods.passkeys import PASSKEYS
from board.accounts.sign_in_methods.personal_tokens import bearer
from board.accounts.sign_in_methods.personal_tokens import models as personal_tokens
from board.accounts.sign_in_methods.personal_tokens import views as token_views
from board.accounts.sites import views as site_views
from board.accounts.two_factor import key_rotation
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor import views as two_factor_views
from board.accounts.two_factor.session_check import passed_two_factor
from board.accounts.verification import complete, emails, finish_views, grace, request_views
from board.accounts.verification import models as verification
from board.accounts.verification import views as verification_views
from board.accounts.views import passkey_sign_in, settings, sign_in
from board.runtime.background import QueueConsumer, queue_consumers
from board.runtime.jobs import Job, jobs
from board.web.access import appointers, staff
from board.web.blueprints import register
from board.web.desk import NavItem, nav_items
from board.web.errors import error_page_for
from board.web.response.notices import NOTICES
from board.web.user_loader import load_users

QUEUE_CONSUMERS = (
    QueueConsumer("emails", email_queue.has_due, delivery.send_due),
    QueueConsumer("identity providers", provider_work.is_due, provider_work.renew),
    QueueConsumer("kakao unlinking", provider_work.has_unlinks, provider_work.unlink),
)
EMAIL_TYPES = {
    verification.TOKEN_MADE: EmailType(token_views.made_text, lambda email: True),
    verification.CODE: EmailType(emails.code_text, emails.is_code_wanted, rank=Rank.CODE),
    verification.EXISTS: EmailType(emails.exists_text, lambda email: True),
    verification.PASSWORD: EmailType(emails.password_text, lambda email: True),
    verification.ADDRESS: EmailType(emails.address_text, emails.is_address_wanted),
}
# In the order of the page.
SIGN_IN_METHODS = (basic.PASSWORD, basic.EMAIL, PASSKEYS, *IDENTITY_METHODS)
NAV_ITEMS = (
    NavItem(95, "staff", _("Desk staff"), "staff.index", staff),
    NavItem(96, "sites", _("Other sites"), "sites.index", appointers),
)
JOBS = (
    Job("email verification", grace.is_due, grace.run, is_final=True),
    Job("used tokens", used_tokens.has_expired, used_tokens.delete_expired, is_final=True),
    Job(
        "personal tokens",
        personal_tokens.has_expired,
        personal_tokens.delete_expired,
        is_final=True,
    ),
    Job("oauth states", identities.has_expired, identities.delete_expired, is_final=True),
    Job("old emails", retention.has_old, retention.delete_old, is_final=True),
    Job("staff proposals", changes.has_expired, changes.end_expired, is_final=True),
    Job("second factor resets", freezing.has_due_resets, freezing.run_resets, is_final=True),
    Job("second factors", key_rotation.is_due, key_rotation.reencrypt),
)


def init_app(app: Flask) -> None:
    load_users(
        app,
        load=current_user.load_user,
        passed_two_factor=passed_two_factor,
        has_gone_idle=current_user.has_gone_idle,
    )
    register(app, sign_in, settings, two_factor_views, email_views)
    register(app, verification_views, request_views, finish_views)
    register(app, in_app_browser, passkey_sign_in, method_views, passkey_views)
    email_types.update(EMAIL_TYPES)
    on_account_deleted.add(
        two_factor.delete_for_user,
        Device.delete_for_user,
        email_queue.delete_for_user,
        verification.delete_for_user,
        passkeys.delete_for_user,
        identities.delete_for_user,
    )
    data_export.exporters.update(
        account=data_export.export_account,
        sessions=data_export.export_sessions,
        passkeys=passkeys.export,
        identities=identities.export,
    )
    queue_consumers.add(*QUEUE_CONSUMERS)
    jobs.add(*JOBS)
    _add_sign_in_methods(app)
    _wire_tokens(app)
    _wire_roles(app)


def _add_sign_in_methods(app: Flask) -> None:
    app.register_error_handler(LastSignInMethod, method_views.refuse_last)
    register(app, identity_views, identity_account_views, identity_webhooks)
    sign_in_methods.add(*SIGN_IN_METHODS)
    for method in SIGN_IN_METHODS:
        email_types.update(method_emails.types_for(method))
    complete.on_reclaimed.add(passkeys.delete_for_user, identities.delete_for_user)


def _wire_tokens(app: Flask) -> None:
    register(app, bearer, token_views)
    NOTICES["token_revoked"] = _("The token has been revoked.")
    for hook in (on_account_deleted, on_password_changed, complete.on_reclaimed):
        hook.add(personal_tokens.delete_for_user)
    data_export.exporters["personal_tokens"] = personal_tokens.export


def _wire_roles(app: Flask) -> None:
    register(app, role_labels, desk_views, account_views, site_views)
    NOTICES["site_saved"] = _("%(name)s has been saved.")
    app.register_error_handler(changes.NotAllowed, lambda refusal: error_page_for(Forbidden()))
    app.register_error_handler(changes.NotOpen, lambda refusal: error_page_for(Conflict()))
    nav_items.add(*NAV_ITEMS)
    email_types.update(
        {
            role_emails.STAFF: EmailType(role_emails.staff_text, lambda email: True),
            role_emails.OFFER: EmailType(role_emails.offer_text, role_emails.is_offer_open),
            role_emails.RESET: EmailType(role_emails.reset_text, role_emails.is_offer_open),
        }
    )
    on_account_deleted.add(changes.delete_for_user)
    data_export.exporters["roles"] = role_log.export_roles
