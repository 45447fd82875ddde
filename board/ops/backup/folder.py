"""Folder of backups: what counts in it, and what is deleted.

boards/000042-2026-12-01T0215Z/   a proven backup: an archive and manifest.json
erase-keys/000042-….tar           erase keys of tips: the newest two, for 14 days at most
*.partial                         one that is being made or deleted; it never counts
"""

import json
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from board.config import durable_files
from board.db.clock import local
from board.ops.backup.retention import Periods, kept

KEYS_COUNT = 2
KEYS_AGE = timedelta(days=14)
PARTIAL = ".partial"
_NAME = re.compile(r"([0-9]{6,})-([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{4})Z")
_TIME = "%Y-%m-%dT%H%M"


@dataclass(frozen=True)
class Manifest:
    """What is said of a backup beside its archive: numbers in bytes, times in ISO 8601, UTC."""

    made_at: str
    proven_at: str
    tables: str  # newest migration
    archive: str
    size: int
    sha256: str
    is_encrypted: bool


@dataclass(frozen=True)
class Backup:
    """A proven backup. They are in the order of their numbers: clocks go wrong."""

    path: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        return number_of(self.path)

    @property
    def archive(self) -> Path:
        return self.path / self.manifest.archive

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.made_at)

    def is_complete(self) -> bool:
        """Whether the archive is there with its size; `restore` checks its hash."""
        try:
            return self.archive.stat().st_size == self.manifest.size
        except OSError:
            return False


class BackupFolder:
    def __init__(self, path: Path) -> None:
        self.boards, self.keys = path / "boards", path / "erase-keys"

    def make(self) -> None:
        """Make the folders inside. The folder itself must exist: where a disk was not mounted, a
        new one would be on the disk whose loss backups are for. Raises FileNotFoundError."""
        for folder in (self.boards, self.keys):
            folder.mkdir(mode=0o700, exist_ok=True)
        durable_files.sync_folder(self.boards.parent)

    def backups(self) -> list[Backup]:
        """Those that count, oldest first."""
        found = (load(path) for path in _named(self.boards))
        return sorted((each for each in found if each), key=lambda each: each.number)

    def key_copies(self) -> list[Path]:
        """Archives of erase keys, oldest first."""
        return sorted(_named(self.keys), key=number_of)

    def next_name(self, moment: datetime) -> str:
        paths = (*_named(self.boards), *_named(self.keys))
        number = max(map(number_of, paths), default=0) + 1
        return f"{number:06}-{moment.astimezone(UTC):{_TIME}}Z"

    def expired_keys(self, moment: datetime) -> list[Path]:
        copies = self.key_copies()
        old = [path for path in copies if abs(moment - time_of(path)) > KEYS_AGE]
        return [path for path in copies if path in old or path not in copies[-KEYS_COUNT:]]

    def delete_interrupted(self) -> None:
        for path in (*self.boards.glob(f"*{PARTIAL}"), *self.keys.glob(f"*{PARTIAL}")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def delete_expired_keys(self, moment: datetime) -> None:
        """Delete erase keys whose time is up."""
        for path in self.expired_keys(moment):
            path.unlink()

    def thin_out(self, periods: Periods) -> None:
        """Delete backups that no day, week or month keeps."""
        backups = self.backups()
        keep = kept([(each.number, local(each.made_at)) for each in backups], periods)
        for each in backups:
            if each.number not in keep:
                doomed = each.path.with_name(each.path.name + PARTIAL)
                each.path.rename(doomed)
                shutil.rmtree(doomed)


def load(path: Path) -> Backup | None:
    """The backup in this folder; None if it has no manifest, so does not count."""
    try:
        return Backup(path, Manifest(**json.loads((path / "manifest.json").read_bytes())))
    except (OSError, ValueError, TypeError):
        return None


def store_manifest(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=2) + "\n"
    durable_files.write_new(folder / "manifest.json", text.encode())


def publish(partial: Path) -> None:
    """Take `.partial` off the name; what is in the folder is on the disk before, its name after."""
    durable_files.sync_folder(partial if partial.is_dir() else partial.parent)
    durable_files.move(partial, partial.with_name(partial.name.removesuffix(PARTIAL)))


def number_of(path: Path) -> int:
    return int(path.name.partition("-")[0])


def time_of(path: Path) -> datetime:
    """When it was made, to the minute, from its name."""
    stamp = path.name.partition("-")[2].partition("Z")[0]
    return datetime.strptime(stamp, _TIME).replace(tzinfo=UTC)


def _named(folder: Path) -> list[Path]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return [p for p in paths if _NAME.match(p.name) and not p.name.endswith(PARTIAL)]
