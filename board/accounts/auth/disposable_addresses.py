"""Disposable addresses: of services that give anybody an address for some minutes."""

from functools import cache

from flask_babel import gettext
from wtforms.validators import ValidationError

from board.runtime.app import setting


def is_disposable(address: str) -> bool:
    """Whether its domain, or one it is below, is of such a service."""
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[at:]) in _domains() for at in range(len(labels) - 1))


def refuse_disposable(address: str) -> None:
    """Raises ValidationError if a new address may not be disposable."""
    if setting("DISPOSABLE") == "refuse" and is_disposable(address):
        raise ValidationError(
            gettext("Addresses of this service expire soon. Please use a lasting email address.")
        )


@cache
def _domains() -> frozenset[str]:
    """Ten thousand, loaded when the first address is looked up."""
    from disposable_email_domains import blocklist  # noqa: PLC0415

    return frozenset(blocklist)
