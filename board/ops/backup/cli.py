"""`flask --app wsgi backup` and `restore`."""

from pathlib import Path

import click
import pyrage
from flask.cli import with_appcontext
from pyrage.x25519 import Identity

from board.ops.backup import contents, schedule
from board.ops.backup.folder import Backup, BackupFolder, load
from board.ops.backup.make import make
from board.ops.backup.restore import RestoreFailed
from board.ops.backup.restore import restore as restore_backup
from board.ops.backup.retention import Periods
from board.ops.backup.status import BackupFailed
from board.runtime.app import instance_folder, setting

_FOLDER = click.Path(path_type=Path, file_okay=False, resolve_path=True)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("backup")
@click.argument("folder", type=_FOLDER, required=False)
@with_appcontext
def backup(folder: Path | None) -> None:
    """Make a backup in BOARD_BACKUP_FOLDER or FOLDER, also while the board runs, and prove it."""
    place = BackupFolder(folder) if folder else schedule.folder()
    if place is None:
        raise click.ClickException("Set BOARD_BACKUP_FOLDER, or name a folder.")
    periods = Periods(*(setting(f"BACKUP_{name}") for name in ("DAYS", "WEEKS", "MONTHS")))
    try:
        made = make(place, recipient=setting("BACKUP_RECIPIENT"), periods=periods)
    except BackupFailed as error:
        raise click.ClickException(f"No backup was made. {error}") from error
    click.echo(f"{made.path}: made, restored and checked; {made.manifest.size} bytes.")


@click.command("restore")
@click.argument("folder", type=_FOLDER)
@click.option("--identity", type=_FILE, help="File with the age identity of an encrypted backup.")
@click.option("--erase-keys", type=_FILE, help="Newest copy of erase keys, if it is elsewhere.")
@click.option("--replace", is_flag=True, help="Move the board that is there aside.")
@with_appcontext
def restore(folder: Path, identity: Path | None, erase_keys: Path | None, replace: bool) -> None:
    """Restore a backup, or the newest in a folder of them, into the instance folder."""
    found = load(folder) or next(iter(BackupFolder(folder).backups()[::-1]), None)
    if found is None:
        raise click.ClickException(f"There is no proven backup in {folder}.")
    keys = erase_keys or _newest_keys(found)
    identities = _identities(identity) if identity else []
    try:
        missing = restore_backup(found, keys, identities=identities, replace=replace)
    except RestoreFailed as error:
        raise click.ClickException(f"Nothing was restored. {error}") from error
    click.echo(f"{found.path.name} was restored into {instance_folder()}.")
    _tell_missing(missing)


def _newest_keys(backup: Backup) -> Path | None:
    """The newest copy of erase keys beside the backup; None if the instance folder has its own,
    which are newer than any copy."""
    keys = instance_folder() / contents.KEYS
    if keys.is_dir() and any(keys.iterdir()):
        return None
    return next(iter(BackupFolder(backup.path.parents[1]).key_copies()[::-1]), None)


def _identities(path: Path) -> list[Identity]:
    """Those in a file as `age-keygen` writes it. Raises ClickException, without what it says."""
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        return [
            Identity.from_str(line.strip()) for line in lines if line.strip()[:1] not in ("", "#")
        ]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        raise click.ClickException(f"{path} is no file of age identities.") from None


def _tell_missing(missing: list[str]) -> None:
    if keys := [name for name in missing if name.startswith(contents.KEYS)]:
        click.echo(
            f"{len(keys)} tips have no erase key: erased since, or the newest copy is elsewhere."
        )
    if files := len(missing) - len(keys):
        click.echo(f"{files} files that the database names are missing.")
