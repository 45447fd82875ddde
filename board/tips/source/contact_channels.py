"""Other ways to the newsroom, the safest first. Data: ways.toml here, and what an installation says
in instance/tip-ways.toml, since only it knows its address."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale

from board.config import BadSetting

RISKS = (1, 2, 3)
_SHIPPED = Path(__file__).parent / "contact_channels.toml"
_OWN = "tip-ways.toml"


@dataclass(frozen=True, slots=True)
class ContactChannel:
    """`name` and `says` by language; `where` as the operator wrote it; `risk` one of RISKS."""

    name: Mapping[str, str]
    says: Mapping[str, str]
    where: str
    risk: int
    is_form: bool

    def localized(self) -> dict[str, Any]:
        """As a page shows it, in the language of whoever asks."""
        language = str(get_locale())
        return {
            "name": self.name[language], "says": self.says[language], "where": self.where,
            "risk": self.risk, "is_form": self.is_form,
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Raises BadSetting when the installation's own list cannot be read."""
    told, own = tomllib.loads(_SHIPPED.read_text()), Path(app.instance_path) / _OWN
    try:
        if own.exists():
            told |= tomllib.loads(own.read_text())
        ways = [_way(row) for row in told.values() if not row.get("off")]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadSetting(f"{own} cannot be read as a list of ways: {error}") from error
    app.extensions["tip_ways"] = sorted(ways, key=lambda way: way.risk)


def contact_channels() -> list[dict[str, Any]]:
    """The safest first; of one risk in the order they are written."""
    ways: list[ContactChannel] = current_app.extensions["tip_ways"]
    return [way.localized() for way in ways]


def _way(row: Mapping[str, Any]) -> ContactChannel:
    if row["risk"] not in RISKS:
        raise ValueError(f"risk must be one of {RISKS}, not {row['risk']!r}")
    name = {language: str(row[language]) for language in ("ko", "en")}
    says = {language: str(row["says"][language]) for language in ("ko", "en")}
    return ContactChannel(name, says, str(row.get("where", "")), row["risk"], bool(row.get("form")))
