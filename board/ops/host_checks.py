"""Host checks of `doctor`: whether the machine’s clock and disk can be relied on."""

from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from board.runtime import clock_check, disk
from board.runtime.disk import Trouble

Finding = tuple[bool, str]


def findings_of(check: Callable[[], list[Finding]]) -> list[Finding]:
    """What this check finds; that it could not look, if the disk is full or read-only."""
    try:
        return check()
    except (OSError, OperationalError) as error:
        if not disk.is_trouble(error):
            raise
        return [(False, f"not everything can be checked: {error}")]


def findings() -> list[Finding]:
    return [_check_clock(), _check_disk()]


def _check_clock() -> Finding:
    if believable_at := clock_check.believable_at():
        return False, (
            "the clock is not where it was: nothing is erased and no takedown ends until it has "
            f"gone evenly to {believable_at:%Y-%m-%dT%H:%MZ}; look whether it is right"
        )
    return True, "the clock goes on from where it was"


def _check_disk() -> Finding:
    trouble, megabytes = disk.trouble(), disk.free() // 1024**2
    if trouble is Trouble.READ_ONLY:
        return False, "nothing can be written to the disk: mount it for writing, or see its rights"
    if trouble:
        return False, f"the disk has {megabytes} MB left, so nobody can post: make room"
    return True, f"the disk has {megabytes} MB left"
