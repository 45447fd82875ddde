"""Host checks of `doctor`: whether the machine’s clock and disk can be relied on."""

from board.runtime import clock_check

Finding = tuple[bool, str]


def findings() -> list[Finding]:
    return [_check_clock()]


def _check_clock() -> Finding:
    if believable_at := clock_check.believable_at():
        return False, (
            "the clock is not where it was: nothing is erased and no takedown ends until it has "
            f"gone evenly to {believable_at:%Y-%m-%dT%H:%MZ}; look whether it is right"
        )
    return True, "the clock goes on from where it was"
