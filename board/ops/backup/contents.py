"""What a backup contains: the files of the instance folder, in two archives.

Erase keys are apart: any backup of the board goes with the newest copy of them, or a tip that was
erased would come back with an older one.
"""

from collections.abc import Iterable
from pathlib import Path

DATABASE = "board.db"
# Everything else in the folder ends by itself (unsent forms, locks) or is made anew.
BOARD_FILES = (
    "secret_key",
    "old_secret_keys",
    "board.toml",
    "reasons.toml",
    "tip-ways.toml",
    "terms",
    "apple",
    "evidence",
    "tips/pepper",
    "tips/files",
)
CHECKPOINTS = "tips/checkpoints"
KEYS = "tips/keys"

Files = Iterable[tuple[str, Path]]


def files_of(root: Path, *names: str) -> Files:
    """Name and path of each file under these names in `root`; a name may be absent."""
    for name in names:
        path = root / name
        paths = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (
            (str(each.relative_to(root)), each)
            for each in paths
            if each.is_file() and not each.is_symlink()
        )
