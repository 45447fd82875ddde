"""What is wrong with tips beside and inside the database, for `tips verify` and `doctor`."""

from collections.abc import Iterator

from sqlalchemy import func, select

from board.db import db
from board.tips.crypto import key_files, pepper
from board.tips.integrity import checkpoints
from board.tips.models import roster
from board.tips.models.tip import Tip, TipItem

PARTS = {
    "file": "tips/checkpoints in the instance folder is missing or damaged",
    "log": "entries at the end of the tips log are missing or others than before",
    "readers": "the key of a reader is missing or another than before",
    "roster": "the roster is older than before, or another one",
    "tips": "tips, or messages in them, are missing",
}


def findings() -> Iterator[tuple[bool, str]]:
    """Whether each thing is as it should be, and a sentence that says so or what to do."""
    yield from check_secrets()
    yield _check_keys()
    yield _check_items()
    yield _check_checkpoints()


def check_secrets() -> Iterator[tuple[bool, str]]:
    """The same for what a copy of the board must have in any case: pepper and signed roster."""
    yield _check_pepper()
    yield _check_roster()


def _check_pepper() -> tuple[bool, str]:
    try:
        pepper.check()
    except pepper.PepperLost:
        return False, (
            "the pepper of tips is missing or another one, so no code and no passphrase is right: "
            "put tips/pepper back from the backup of this instance folder"
        )
    return True, "the pepper of tips is the one it was"


def _check_roster() -> tuple[bool, str]:
    try:
        roster.members()
    except roster.ForgedRoster:
        return False, "the roster of tips was not signed by its readers: somebody changed it"
    return True, "the roster of tips is signed"


def _check_keys() -> tuple[bool, str]:
    present = {path.name for path in key_files.folder("keys").iterdir()}
    numbers = [id for id, ref in db.session.execute(select(Tip.id, Tip.ref)) if ref not in present]
    if numbers:
        return False, (
            f"{len(numbers)} tips have no erase key (the first is {min(numbers)}): put the newest "
            "copy of tips/keys back, unless they were erased after the database was copied"
        )
    return True, "every tip has its erase key"


def _check_items() -> tuple[bool, str]:
    """Items are numbered, and none is ever deleted alone."""
    count = func.count(TipItem.id)
    joined = select(Tip.id).outerjoin(TipItem, TipItem.tip_id == Tip.id).group_by(Tip.id)
    numbers = db.session.scalars(joined.having(count != Tip.last_number).order_by(Tip.id)).all()
    if numbers:
        return False, (
            f"in {len(numbers)} tips messages or files are missing, or there are too many (the "
            f"first is {numbers[0]}): somebody changed the database"
        )
    return True, "every tip has as many messages and files as were written"


def _check_checkpoints() -> tuple[bool, str]:
    if parts := checkpoints.check():
        told = "; ".join(PARTS[part] for part in parts)
        return False, (
            f"the database of tips went back: {told}. The tip form is closed until a tip reader "
            "has looked at the desk"
        )
    return True, "the database of tips goes on from where it was"
