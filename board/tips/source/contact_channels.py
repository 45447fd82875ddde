"""Other ways to contact the newsroom, the safest first.

Data: contact_channels.toml, and an installation's own instance/tip-ways.toml, which has its
addresses.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale

from board.config import BadSetting

RISKS = (1, 2, 3)
_DEFAULTS = Path(__file__).parent / "contact_channels.toml"
_CUSTOM = "tip-ways.toml"


@dataclass(frozen=True, slots=True)
class ContactChannel:
    """`name` and `description` by language; `address` as the administrator wrote it; `risk` one of
    RISKS.
    """

    name: Mapping[str, str]
    description: Mapping[str, str]
    address: str
    risk: int
    is_form: bool

    def localized(self) -> dict[str, Any]:
        """The fields a page shows, in the reader's language."""
        language = str(get_locale())
        return {
            "name": self.name[language], "description": self.description[language],
            "address": self.address,
            "risk": self.risk, "is_form": self.is_form,
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Raises BadSetting if the installation's own file cannot be read."""
    rows, custom = tomllib.loads(_DEFAULTS.read_text()), Path(app.instance_path) / _CUSTOM
    try:
        if custom.exists():
            rows |= tomllib.loads(custom.read_text())
        channels = [_parse_channel(row) for row in rows.values() if not row.get("off")]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadSetting(f"{custom} cannot be read as a list of ways: {error}") from error
    app.extensions["tip_contact_channels"] = sorted(channels, key=lambda channel: channel.risk)


def contact_channels() -> list[dict[str, Any]]:
    """Contact channels, lowest risk first; those of equal risk in the order of the file."""
    channels: list[ContactChannel] = current_app.extensions["tip_contact_channels"]
    return [channel.localized() for channel in channels]


def have_addresses(app: Flask) -> bool:
    """Whether sources see any address of the newsroom beside the form."""
    return any(channel.address for channel in app.extensions["tip_contact_channels"])


def _parse_channel(row: Mapping[str, Any]) -> ContactChannel:
    if row["risk"] not in RISKS:
        raise ValueError(f"risk must be one of {RISKS}, not {row['risk']!r}")
    name = {language: str(row[language]) for language in ("ko", "en")}
    description = {language: str(row["says"][language]) for language in ("ko", "en")}
    return ContactChannel(
        name, description, str(row.get("where", "")), row["risk"], bool(row.get("form"))
    )
