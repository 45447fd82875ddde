"""Typing errors in well-known email domains."""

from itertools import pairwise

# The providers most Korean readers use, and neighbours of theirs that are no typing errors.
_WELL_KNOWN = (
    "naver.com", "gmail.com", "daum.net", "hanmail.net", "kakao.com", "nate.com", "outlook.com",
    "hotmail.com", "icloud.com", "yahoo.com",
)  # fmt: skip
_OTHERS = frozenset({"mail.com", "ymail.com", "email.com", "yahoo.co", "nate.co"})
# Providers that have one domain only, so another ending is a typing error.
_ONE_ENDING = {name.partition(".")[0]: name for name in _WELL_KNOWN[:6]}


def suggested_address(address: str) -> str | None:
    """The address that was probably meant, if its domain is one edit away from a well-known one."""
    local, _, domain = address.rpartition("@")
    if domain in _WELL_KNOWN or domain in _OTHERS:
        return None
    by_name = _ONE_ENDING.get(domain.partition(".")[0])
    meant = by_name or next((each for each in _WELL_KNOWN if _is_one_edit(domain, each)), None)
    return f"{local}@{meant}" if meant else None


def _is_one_edit(typed: str, meant: str) -> bool:
    """One letter too many, missing, wrong, or two swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return typed == meant
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    if len(longer) > len(shorter):
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    wrong = [at for at in range(len(typed)) if typed[at] != meant[at]]
    is_swap = [(at, after) for at, after in pairwise(wrong) if after == at + 1]
    return len(wrong) == 1 or bool(
        len(wrong) == 2
        and is_swap
        and typed[wrong[0]] + typed[wrong[1]] == meant[wrong[1]] + meant[wrong[0]]
    )
