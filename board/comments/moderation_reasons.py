"""The reasons a comment may be hidden for. Data, since law and house rules change: reasons.toml
here, and what an installation says in instance/reasons.toml."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from board.config import BadSetting

CODE_MAX = 40
OWN_WORDS = "other"
_SHIPPED = Path(__file__).parent / "moderation_reasons.toml"
_OWN = "reasons.toml"
# What is stored as a reason, but is none that a moderator chooses.
_OTHER_LABELS = {
    "thread": _("This thread is pre-moderated"),
    "review": _("Reviewed"),
    "steering_over": _("Its set time is over"),
    "undone": _("Decision undone"),
    "appeal": _("Appeal upheld"),
    "takedown": _("Temporary takedown after a rights complaint (Network Act, article 44-2)"),
    "takedown_final": _("Permanent removal after a rights complaint (Network Act, article 44-2)"),
    "disclosure": _("An authority requested information about you and received it"),
    "takedown_over": _("Temporary takedown expired"),
    "": _("Breach of the community guidelines"),
}
_DONE = {
    "warn": "경고했습니다",
    "hold": "이용을 제한했습니다",
    "suspend": "이용을 제한했습니다",
    "ban": "이용을 제한했습니다",
}
# Why something waits that no person has looked at yet: other slices add what their checks say.
automatic_reasons: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` is what one chooses, `says` the sentence readers see; each by language."""

    code: str
    label: Mapping[str, str]
    sentence: Mapping[str, str]
    law: str
    hides: bool
    reports: bool


def init_app(app: Flask) -> None:
    """Raises BadSetting when the installation's own reasons cannot be read."""
    told = tomllib.loads(_SHIPPED.read_text())
    own = Path(app.instance_path) / _OWN
    try:
        if own.exists():
            told |= tomllib.loads(own.read_text())
        app.extensions["reasons"] = {
            code: _reason(code, row) for code, row in told.items() if not row.get("off")
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadSetting(f"{own} cannot be read as a list of reasons: {error}") from error
    app.add_template_global(reason_label)
    app.add_template_global(reason_sentence)
    app.add_template_global(pending_reason)
    app.add_template_global(reasons)
    app.add_template_global(report_reasons)


def _reason(code: str, row: Mapping[str, Any]) -> Reason:
    if not 0 < len(code) <= CODE_MAX or code in (OWN_WORDS, *_OTHER_LABELS):
        raise ValueError(f"{code!r} cannot be the code of a reason")
    label = {language: str(row[language]) for language in ("ko", "en")}
    says = {language: str(row["says"][language]) for language in ("ko", "en")}
    law, hides, reports = row.get("law", ""), row.get("hide", True), row.get("report", False)
    return Reason(code, label, says, str(law), bool(hides), bool(reports))


def all_reasons() -> dict[str, Reason]:
    """By code, in the order moderators choose from."""
    found: dict[str, Reason] = current_app.extensions["reasons"]
    return found


def is_reason(code: str) -> bool:
    return code in all_reasons() and all_reasons()[code].hides


def reasons() -> list[tuple[str, str]]:
    """Code and label of each a comment is hidden for, in the reader's language."""
    return _told(reason for reason in all_reasons().values() if reason.hides)


def report_reasons() -> list[tuple[str, str]]:
    """The same of those a reader reports for."""
    return _told(reason for reason in all_reasons().values() if reason.reports)


def _told(found: Iterable[Reason]) -> list[tuple[str, str]]:
    return [(reason.code, reason.label[str(get_locale())]) for reason in found]


def reason_label(code: str | None, note: str = "") -> str:
    """A reason in the reader's language; one written by the moderator stands as written."""
    if code == OWN_WORDS:
        return note
    reason = all_reasons().get(code or "")
    if reason:
        return reason.label[str(get_locale())]
    return str((_OTHER_LABELS | automatic_reasons).get(code or "", code))


def reason_sentence(code: str | None, note: str = "", verdict: str = "hide") -> str:
    """The same as a sentence, for the person it happened to.

    The Korean ones are written for comments and end with 숨겼습니다: nobody hides a person.
    """
    reason = all_reasons().get(code or "")
    told = reason.sentence[str(get_locale())] if reason else reason_label(code, note)
    return told.replace("숨겼습니다", _DONE.get(verdict, "숨겼습니다"))


def pending_reason(code: str) -> str:
    """To its author: why nobody else can read a comment yet."""
    if code in automatic_reasons:
        return gettext(
            "Held automatically. Only you and moderators can see it until a moderator checks it."
        )
    return gettext("Pending approval. Until then only you and moderators can read it.")
