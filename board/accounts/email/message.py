"""Messages of queued emails, and the link in each to unsubscribe."""

from email.message import EmailMessage

from flask import current_app, url_for
from flask_babel import force_locale
from itsdangerous import BadSignature, URLSafeSerializer

from board.accounts.email.queue import QueuedEmail, email_types
from board.accounts.models import User
from board.db import db
from board.runtime.app import signing_keys


def render(email: QueuedEmail) -> EmailMessage:
    message, site = EmailMessage(), current_app.config["SITE_NAME"]
    with force_locale(email.language):
        subject, text = email_types[email.kind].text(email)
    message["Subject"] = f"[{site}] {subject}"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic replies
    if email.user:
        message["List-Unsubscribe"] = f"<{unsubscribe_url(email.user)}>"
    message.set_content(text)
    return message


def unsubscribe_url(user: User) -> str:
    """Signed link to unsubscribe from all emails without signing in."""
    return url_for("letters.stop_form", to=_signer().dumps(user.id), _external=True)


def user_from_token(token: str) -> User | None:
    """The user of an unsubscribe link, None if the signature is wrong."""
    try:
        return db.session.get(User, _signer().loads(token))
    except BadSignature:
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="letters")
