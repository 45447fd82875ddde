"""Links to unsubscribe without signing in: signed, of one user and one kind of email."""

from typing import NamedTuple

from flask import url_for
from itsdangerous import BadSignature, URLSafeSerializer

from board.accounts.email.queue import EmailPreference, email_types
from board.accounts.models import User
from board.db import db
from board.runtime.app import signing_keys


class Unsubscription(NamedTuple):
    """What a link stops: one kind of email if that is optional, or all."""

    user: User
    kind: str

    @property
    def is_optional(self) -> bool:
        return self.kind in email_types and email_types[self.kind].stop is not None

    def stop_kind(self) -> None:
        """No more of this kind; the owner of the address gets the others."""
        stop = email_types[self.kind].stop if self.is_optional else None
        return stop(self.user) if stop else self.stop_all()

    def stop_all(self) -> None:
        """No email at all: the account is not theirs, or they want none."""
        self.user.mail = EmailPreference.NONE.value


def unsubscribe_url(user: User, kind: str = "") -> str:
    return url_for("letters.stop_form", to=_signer().dumps([user.id, kind]), _external=True)


def unsubscription(token: str) -> Unsubscription | None:
    """What the link with this token stops. None if the signature is wrong."""
    try:
        signed = _signer().loads(token)
    except BadSignature:
        return None
    id, kind = signed if isinstance(signed, list) else (signed, "")  # of before: a user alone
    user = db.session.get(User, id)
    return Unsubscription(user, kind) if user else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="letters")
