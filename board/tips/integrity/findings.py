"""Findings about tips, beside and inside the database, for `tips verify` and `doctor`."""

from collections.abc import Callable, Iterator

from sqlalchemy import and_, func, or_, select

from board.db import db
from board.tips.crypto import key_files, pepper
from board.tips.integrity import checkpoints
from board.tips.models import roster
from board.tips.models.damage import damaged_tables
from board.tips.models.key_grants import TipKey
from board.tips.models.tip import REPLACED, Purpose, Tip, TipItem

_PURPOSES = [purpose.value for purpose in Purpose]
PARTS = {
    "file": "tips/checkpoints in the instance folder is missing or damaged",
    "log": "entries at the end of the tips log are missing or others than before",
    "readers": "the key of a reader is missing or another than before",
    "roster": "the roster is older than before, or another one",
    "tips": "tips, or messages in them, are missing",
}
UNREADABLE = "a row of tips has a value that no program wrote: somebody changed the database"
Finding = tuple[bool, str]


def findings() -> Iterator[Finding]:
    """Whether each thing is as it should be, and a sentence that says so or what to do."""
    yield from check_secrets()
    yield from map(_finding_of, (_check_values, _check_keys, _check_items, _check_checkpoints))


def check_secrets() -> Iterator[Finding]:
    """The same for what a copy of the board must have in any case: pepper and signed roster."""
    yield from map(_finding_of, (_check_pepper, _check_roster))


def _finding_of(check: Callable[[], Finding]) -> Finding:
    """Finding of this check; a bad one if it meets values of another type, which SQLite stores in
    any column.
    """
    try:
        return check()
    except (AttributeError, TypeError, ValueError):
        return False, UNREADABLE


def _check_pepper() -> Finding:
    try:
        pepper.check()
    except pepper.PepperLost:
        return False, (
            "the pepper of tips is missing or another one, so no code and no passphrase is right: "
            "put tips/pepper back from the backup of this instance folder"
        )
    return True, "the pepper of tips is the one it was"


def _check_roster() -> Finding:
    try:
        roster.members()
    except roster.ForgedRoster:
        return False, "the roster of tips was not signed by its readers: somebody changed it"
    return True, "the roster of tips is signed"


def _check_values() -> Finding:
    if damaged := damaged_tables():
        rows = ", ".join(f"{name}: {count}" for name, count in sorted(damaged.items()))
        return False, f"{UNREADABLE}, and tips in such rows are not shown (rows by table: {rows})"
    return True, "every row of tips has values of its own kind"


def _check_keys() -> Finding:
    present = {path.name for path in key_files.folder("keys").iterdir()}
    numbers = [id for id, ref in db.session.execute(select(Tip.id, Tip.ref)) if ref not in present]
    if numbers:
        return False, (
            f"{len(numbers)} tips have no erase key (the first is {min(numbers)}): put the newest "
            "copy of tips/keys back, unless they were erased after the database was copied"
        )
    return True, "every tip has its erase key"


def _check_items() -> Finding:
    """Items are numbered, and none is deleted alone but those that a newer one replaces. Each epoch
    has a key for each purpose.
    """
    items = select(TipItem).where(TipItem.tip_id == Tip.id)
    count = items.with_only_columns(func.count(TipItem.id)).scalar_subquery()
    of_tip = (TipKey.tip_id == Tip.id, TipKey.purpose.in_(_PURPOSES))
    keys = select(func.count(TipKey.id)).where(*of_tip).scalar_subquery()
    has_gaps = items.where(TipItem.kind.in_(REPLACED)).exists()
    is_wrong = or_(
        count > Tip.last_number,
        and_(count < Tip.last_number, ~has_gaps),
        keys != Tip.epoch * len(_PURPOSES),
        items.where(TipItem.purpose.not_in(_PURPOSES)).exists(),
    )
    numbers = db.session.scalars(select(Tip.id).where(is_wrong).order_by(Tip.id)).all()
    if numbers:
        return False, (
            f"in {len(numbers)} tips messages, files or keys are missing, or there are too many "
            f"(the first is {numbers[0]}): somebody changed the database"
        )
    return True, "every tip has as many messages, files and keys as were written"


def _check_checkpoints() -> Finding:
    if parts := checkpoints.check():
        told = "; ".join(PARTS[part] for part in parts)
        return False, (
            f"the database of tips went back: {told}. The tip form is closed until a tip reader "
            "has looked at the desk"
        )
    return True, "the database of tips goes on from where it was"
