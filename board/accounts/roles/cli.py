"""Command line: `accounts grant | revoke | second | unfreeze`. What an administrator does is in the
staff log."""

from collections.abc import Callable
from typing import NoReturn

import click

from board.accounts.forms import normalize_email
from board.accounts.models import User
from board.accounts.roles import changes, freezing
from board.accounts.roles.models import RoleGrant
from board.db import db, writing
from board.db.commands import CommandGroup

roles_cli = CommandGroup()  # its commands are part of `accounts`
CAPABILITIES = {name.removeprefix("can_").replace("_", "-"): name for name in User.CAPABILITIES}
capability_choice = click.Choice(sorted(CAPABILITIES))


@roles_cli.command("grant")
@click.argument("email")
@click.argument("capability", type=capability_choice)
def grant(email: str, capability: str) -> None:
    """Give a capability, from the next sign-in on: moderate comments; supervise (ban members,
    change rules, restrict more than one article); handle-legal (identity papers, user data, case
    files); edit articles; read-tips; or appoint staff, which nobody may who reads tips."""
    with writing():
        grant_capability(find_account(email), capability)
    click.echo(f"{email} can {capability}.")


@roles_cli.command("revoke")
@click.argument("email")
@click.argument("capability", type=capability_choice)
def revoke(email: str, capability: str) -> None:
    """Take a capability away; it is gone with the next request."""
    with writing():
        user, name = find_account(email), CAPABILITIES[capability]
        if getattr(user, name):
            _refusing(lambda: changes.revoke(name, user, by=None))
    click.echo(f"{email} can no longer {capability}.")


@roles_cli.command("second")
@click.argument("number", type=int)
def second(number: int) -> None:
    """Second the proposal with this number of /desk/staff, where no second person could."""
    with writing():
        grant = db.session.get(RoleGrant, number)
        try:
            changes.second(grant, by=None) if grant else _no_proposal()
        except changes.NotOpen:
            _no_proposal()
    click.echo(f"Proposal {number} is seconded.")


@roles_cli.command("unfreeze")
@click.argument("email")
def unfreeze(email: str) -> None:
    """Open the desk again to somebody whose access was frozen."""
    with writing():
        try:
            freezing.unfreeze(find_account(email), by=None)
        except changes.NotOpen:
            raise click.ClickException(f"{email} is not frozen.") from None
    click.echo(f"{email} is no longer frozen.")


def grant_capability(user: User, capability: str) -> None:
    _refusing(lambda: changes.grant_at_once(CAPABILITIES[capability], user))


def _refusing(change: Callable[[], None]) -> None:
    reasons = {
        "excluded": "Nobody both appoints staff and reads tips.",
        "last": "Somebody has to appoint staff. Grant it to another person first.",
    }
    try:
        change()
    except changes.Impossible as refusal:
        raise click.ClickException(reasons[refusal.code]) from None


def _no_proposal() -> NoReturn:
    raise click.ClickException("There is no such proposal that waits to be seconded.")


def find_account(email: str) -> User:
    user = db.session.scalar(User.with_email(normalize_email(email.strip())))
    if user is None:
        raise click.ClickException(f"There is no account with the email {email}.")
    return user
