"""Accounts of the sample board: staff with passwords made for this machine, and its readers."""

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

import click
import pyotp
from flask import current_app

from board.accounts import models as accounts
from board.accounts.auth.passwords import hash_password
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.totp import new_secret
from board.db import db, now
from board.ops.sample import tips as sample_tips
from board.runtime.app import secret_keys

# Capabilities by handle.
CAST = {
    "ada": (),
    "mo": ("can_moderate", "can_supervise", "can_handle_legal", "can_appoint"),
    "tess": ("can_edit", "can_read_tips"),
}
STAFF = [handle for handle, capabilities in CAST.items() if capabilities]
_LABELS = {
    "can_moderate": "moderates",
    "can_supervise": "is a senior moderator",
    "can_handle_legal": "handles legal matters",
    "can_appoint": "appoints staff",
    "can_edit": "edits articles",
    "can_read_tips": "reads tips",
}


class Passwords(NamedTuple):
    """Passwords of the cast and their hashes; slow, so made before the database is written."""

    plain: dict[str, str]
    hashes: dict[str, str]
    readers_hash: str  # nobody signs in as a reader

    @classmethod
    def make(cls) -> Self:
        plain = {handle: "-".join(secrets.token_hex(3) for _ in range(3)) for handle in CAST}
        hashes = {handle: hash_password(password) for handle, password in plain.items()}
        return cls(plain, hashes, hash_password(secrets.token_urlsafe(32)))


def create(passwords: Passwords, readers: list[dict[str, str]]) -> dict[str, User]:
    """Sign up the cast and the readers. Returns them by handle."""
    people = {handle: _sign_up(handle, handle, hash_) for handle, hash_ in passwords.hashes.items()}
    for handle, capabilities in CAST.items():
        for capability in capabilities:
            setattr(people[handle], capability, True)
    people["mo"].label, people["tess"].label = "operations", "newsroom"
    for number, reader in enumerate(readers):
        user = _sign_up(reader["handle"], reader["name"], passwords.readers_hash)
        user.joined_at = now() - timedelta(days=1400 // (number + 1))
        people[reader["handle"]] = user
    db.session.flush()  # everybody has an id
    return people


def enrol(user: User) -> list[str]:
    """Enrol a second factor. Returns the secret of the authenticator app, then the backup codes."""
    secret = new_secret()
    codes = two_factor.enrol(user, secret, step=0, key=current_app.config["SECRET_KEY"])
    return [secret, *codes]


def save(passwords: dict[str, str], factors: dict[str, list[str]]) -> None:
    """Write passwords and second factors to a file in the instance folder, for its owner only."""
    by_email = {
        _email(handle): (
            password,
            ", ".join(_LABELS[name] for name in CAST[handle]) or "reads and writes",
            *factors.get(handle, ()),
        )
        for handle, password in passwords.items()
    }
    path = _path()
    path.touch(mode=0o600)
    path.write_text(json.dumps(by_email, indent=1))


def print_accounts() -> None:
    """Print the sample accounts of this machine, if the sample board was loaded here."""
    if not _path().exists():
        return
    click.echo("Sample accounts (email, password, what they can do):")
    by_email = _saved()
    for email, (password, label, *_factor) in by_email.items():
        click.echo(f"  {email:<20} {password}  {label}")
    click.echo("Staff are asked for a code as well. This prints the current one:")
    click.echo("  .venv/bin/flask --app wsgi sample code mo")
    for email, (_password, _label, *factor) in by_email.items():
        if spare := _spare_codes(email, factor[1:]):
            click.echo(f"  or, each valid once, for {email}: {'  '.join(spare[:3])}")
    sample_tips.print_passphrase()


def current_code(handle: str) -> str:
    """The code that the authenticator app of this staff member shows now. Raises FileNotFoundError,
    KeyError or IndexError when the sample board was not loaded here."""
    return pyotp.TOTP(_saved()[_email(handle)][2]).now()


def _spare_codes(email: str, codes: list[str]) -> list[str]:
    """Those of the backup codes that have not been used."""
    user = db.session.scalar(User.with_email(email))
    factor = SecondFactor.for_user(user) if user else None
    keys = secret_keys()
    return [code for code in codes if factor and factor.has_code(code, keys=keys)]


def _sign_up(handle: str, name: str, password_hash: str) -> User:
    return accounts.sign_up(email=_email(handle), name=name, password_hash=password_hash)


def _email(handle: str) -> str:
    return f"{handle}@harbour.example"


def _saved() -> dict[str, Any]:
    saved: dict[str, Any] = json.loads(_path().read_text())
    return saved


def _path() -> Path:
    return Path(current_app.instance_path) / "sample-accounts.json"
