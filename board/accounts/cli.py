"""Command line: `flask --app wsgi accounts …`. The way to the first staff; what it does is in the
staff log, as by an administrator."""

from contextlib import suppress
from datetime import timedelta

import click

from board.accounts import models
from board.accounts.auth.devices import Device
from board.accounts.auth.passwords import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    hash_password,
    is_guessable,
    normalize_password,
)
from board.accounts.display_names import NAME_MAX, NAME_MIN, is_valid_name, normalize_name
from board.accounts.forms import is_email, normalize_email
from board.accounts.models import User
from board.accounts.roles.badges import give_label
from board.accounts.roles.changes import NotOpen
from board.accounts.roles.cli import (
    CAPABILITIES,
    capability_choice,
    find_account,
    grant_capability,
    roles_cli,
)
from board.accounts.roles.log import StaffAction, append_entry
from board.accounts.roles.rules import SECOND_FACTOR
from board.accounts.two_factor import models as two_factor
from board.accounts.verification.emails import announce_password
from board.db import db, now, writing
from board.db.clock import today
from board.db.commands import CommandGroup
from board.web.request.observability.security_events import record_command

accounts_cli = CommandGroup(
    "accounts", help="Create accounts, grant and revoke permissions, suspend."
)


@accounts_cli.result_callback()
@click.pass_context
def _record(context: click.Context, _result: object) -> None:
    record_command(f"accounts.{context.invoked_subcommand}")


FOREVER = timedelta(days=365 * 100)

for _command in roles_cli.commands.values():
    accounts_cli.add_command(_command)


@accounts_cli.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--can", "capabilities", multiple=True, type=capability_choice)
@click.option("--password", help="Asked for when not given.")
def add(email: str, name: str, capabilities: tuple[str, ...], password: str | None) -> None:
    """Make an account. Staff may have names readers may not choose."""
    email, name = _valid_email(email), _valid_name(name)
    if password is None:  # after the checks above, so nobody types one in vain
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    password_hash = hash_password(_valid_password(password, about=[name, email.partition("@")[0]]))
    with writing():
        if db.session.scalar(User.with_email(email)) or db.session.scalar(User.named(name)):
            raise click.ClickException("An account with this email or name already exists.")
        user = models.sign_up(email=email, name=name, password_hash=password_hash)
        db.session.flush()
        for capability in capabilities:
            grant_capability(user, capability)
    click.echo(f"{name} <{email}> can sign in.")


@accounts_cli.command("list")
def list_staff() -> None:
    """Print the staff: what each may do, who is suspended, and who has no two-step verification."""
    for user in db.session.scalars(User.staff()):
        can = [name for name, attribute in CAPABILITIES.items() if getattr(user, attribute)]
        notes = [
            *([f"label {user.label}"] if user.label else []),
            *(["suspended"] if user.is_suspended else []),
            *(["frozen"] if user.is_frozen else []),
            *([] if two_factor.has_any(user) else ["no two-step verification"]),
        ]
        note = f" ({', '.join(notes)})" if notes else ""
        click.echo(f"{user.name} <{user.email}> can {', '.join(can)}{note}")


@accounts_cli.command("label")
@click.argument("email")
@click.argument("label", type=click.Choice((*User.LABELS, "none")))
def label(email: str, label: str) -> None:
    """Set the badge beside somebody's name; it lets them do nothing more."""
    with writing(), suppress(NotOpen):
        give_label(find_account(email), "" if label == "none" else label, by=None)
    click.echo(f"{email} has the label {label}." if label != "none" else f"{email} has no label.")


@accounts_cli.command("suspend")
@click.argument("email")
@click.option("--days", type=click.IntRange(1, 36500), help="Without it, until unsuspended.")
@click.option("--reason", required=True, help="The person sees it when signing in.")
def suspend(email: str, days: int | None, reason: str) -> None:
    """Sign somebody out everywhere and keep them out."""
    until = now() + (timedelta(days=days) if days else FOREVER)
    with writing():
        find_account(email).suspend(until=until, reason=reason)
    click.echo(f"{email} is suspended until {until:%Y-%m-%d}.")


@accounts_cli.command("leave")
@click.argument("email")
@click.confirmation_option(prompt="Nobody can bring the account back. Go on?")
def leave(email: str) -> None:
    """Give an account up for somebody who asks and cannot sign in; their comments stay, without
    the name."""
    with writing():
        user = find_account(email)
        if user.is_staff:
            raise click.ClickException(f"{email} is staff. Revoke their permissions first.")
        user.delete_account(on=today())
    click.echo(f"{email} has left.")


@accounts_cli.command("unsuspend")
@click.argument("email")
def unsuspend(email: str) -> None:
    """Let somebody back in."""
    with writing():
        find_account(email).unsuspend()
    click.echo(f"{email} can sign in again.")


@accounts_cli.command("reset-password")
@click.argument("email")
@click.option("--password", help="Asked for when not given.")
def reset_password(email: str, password: str | None) -> None:
    """Set a new password for somebody who forgot it and gets no email from the board.

    They are signed out everywhere; a second factor stays. Be sure whom you do this for, and ask
    them to choose another password at their next sign-in.
    """
    name = find_account(email).name
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    about = [name, email.partition("@")[0]]
    password_hash = hash_password(_valid_password(password, about=about))
    with writing():
        user = find_account(email)
        user.change_password(password_hash)
        Device.delete_for_user(user)
        announce_password(user)
    click.echo(f"{email} can sign in with the new password, and is signed out everywhere.")


@accounts_cli.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Let somebody who lost telephone and paper, or passkeys, begin anew; it is logged, and opens
    no tip.

    They are signed out. At the next sign-in the password alone sets up a new telephone, so be
    sure who asks.
    """
    with writing():
        user = find_account(email)
        if two_factor.reset(user):
            append_entry(StaffAction.RESET, by=None, about=user, capability=SECOND_FACTOR)
        else:
            raise click.ClickException(f"{email} has not set up two-step verification.")
    click.echo(f"{email} sets up two-step verification at the next sign-in.")


def _valid_email(email: str) -> str:
    email = normalize_email(email.strip())
    if not is_email(email):
        raise click.ClickException(f"{email!r} is not an email address.")
    return email


def _valid_name(name: str) -> str:
    name = normalize_name(name)
    if not is_valid_name(name):
        raise click.ClickException(
            f"{name!r} cannot be a display name: use {NAME_MIN} to {NAME_MAX} visible characters "
            "of Korean, Latin or one other script."
        )
    return name


def _valid_password(password: str, *, about: list[str]) -> str:
    password = normalize_password(password)
    has_valid_length = PASSWORD_MIN <= len(password) <= PASSWORD_MAX
    if not has_valid_length or is_guessable(password, about=about):
        raise click.ClickException(
            f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters and is not easy to guess."
        )
    return password
