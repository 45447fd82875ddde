"""Values that the `{placeholders}` of legal documents stand for on this board."""

from flask import current_app
from flask_babel import gettext

from board.accounts.auth.devices import Device
from board.accounts.auth.rate_limit import Attempt
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import Session
from board.accounts.roles.models import RoleGrant
from board.accounts.sign_in_methods.identity_providers.models import KakaoUnlink, OAuthState
from board.accounts.verification.models import EmailChange, EmailVerification
from board.articles.models import Article
from board.law.claims.evidence import Evidence
from board.law.claims.models import Claim, Claimant
from board.runtime import event_log


def values() -> dict[str, str]:
    config = current_app.config
    newsroom = gettext("the newsroom")
    return {
        "site": config["SITE_NAME"],
        "length": str(config["COMMENT_MAX_LENGTH"]),
        "tip_days": str(config["TIP_DAYS"]),
        "youth_officer": config["YOUTH_OFFICER"] or newsroom,
        "privacy_officer": config["PRIVACY_OFFICER"] or newsroom,
        "processors": _processors(config["PROCESSORS"]),
        "access_log": _access_log(config["ACCESS_LOG_DAYS"]),
        "images": _images(config["IMAGE_ORIGINS"]),
        **{name: str(number) for name, number in _periods().items()},
    }


def _periods() -> dict[str, int]:
    """How long things take and are kept, by the unit in the name; `days` and `hours` of claims."""
    hour = 3600
    return {
        "article_days": Article.ERASED_AFTER.days,
        "days": Claim.TERM.days,
        "hours": int(Claim.ANSWER_WITHIN.total_seconds()) // hour,
        "session_days": Session.LIFE.days,
        "staff_hours": int(Session.STAFF_LIFE.total_seconds()) // hour,
        "device_days": Device.LIFE.days,
        "attempt_minutes": int(Attempt.RETENTION.total_seconds()) // 60,
        "event_days": event_log.KEPT_FOR.days,
        "code_hours": int(Attempt.CODE_RETENTION.total_seconds()) // 3600,
        "verification_minutes": int(EmailVerification.LIFE.total_seconds()) // 60,
        "oauth_minutes": int((OAuthState.LIFE + OAuthState.SIGN_UP_LIFE).total_seconds()) // 60,
        "kakao_days": KakaoUnlink.LIFE.days,
        "undo_days": EmailChange.LIFE.days,
        "invitation_days": 2 * RoleGrant.LIFE.days,  # proposed, then seconded
        "email_days": QueuedEmail.RETENTION.days,
        "identity_days": Evidence.RETENTION["identity"].days,
        "claim_years": Claimant.RETENTION.days // 365,
    }


def _processors(companies: str) -> str:
    if not companies:
        return gettext(
            "Ask the data protection officer which companies run the server or send emails for us."
        )
    return gettext(
        "These companies process personal data for us: %(companies)s", companies=companies
    )


def _access_log(days: int | None) -> str:
    if days is None:
        return gettext("Ask the data protection officer about the access log of the web server.")
    if not days:
        return gettext("The web server keeps no access log.")
    return gettext(
        "To deal with faults and attacks, the web server logs IP address, time, address requested "
        "and browser, and deletes them after %(days)s days.",
        days=days,
    )


def _images(origins: tuple[str, ...]) -> str:
    if not origins:
        return ""
    return gettext(
        "But pictures of articles are loaded from %(sites)s, which thereby learns your IP address.",
        sites=", ".join(origins),
    )
