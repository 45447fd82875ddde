"""Command line: `flask --app wsgi secret-key …`, rotation of the secret key."""

from pathlib import Path

import click
from flask import current_app

from board.accounts.two_factor import key_rotation
from board.api.webhooks import secrets as webhook_secrets
from board.config import instance_folder
from board.db import writing
from board.db.commands import CommandGroup

secret_key_cli = CommandGroup("secret-key", help="Replace the key that signs and encrypts.")


@secret_key_cli.command("rotate")
def rotate() -> None:
    """Make a new secret key. The old one goes on verifying what it signed, until `forget`."""
    instance_folder.rotate_secret_key(_instance())
    click.echo("There is a new secret key. Restart the server now: it still uses the old one.")


@secret_key_cli.command("forget")
@click.confirmation_option(prompt="What the old keys signed is worthless then. Go on?")
def forget() -> None:
    """Delete the old secret keys. Links to stop mail, open forms and backup codes of before end."""
    old = instance_folder.old_secret_keys(_instance())
    if not old:
        raise click.ClickException("There is no old secret key.")
    with writing():
        key_rotation.reencrypt()
        webhook_secrets.reencrypt()
    lost = key_rotation.count_old_codes(old[0][0])
    (_instance() / instance_folder.OLD_KEYS).unlink()
    click.echo(f"{len(old)} old keys are deleted. Restart the server now: it still accepts them.")
    if lost:
        click.echo(f"{lost} of the staff have backup codes that no longer work. Ask them for new.")


def _instance() -> Path:
    return Path(current_app.instance_path)
