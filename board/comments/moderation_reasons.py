"""Moderation reasons: why a comment may be hidden.

They are data, since law and house rules change: moderation_reasons.toml here, and the
installation's own instance/reasons.toml.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from board.comments.reason_codes import CODE_MAX, OWN_WORDS, automatic_reasons
from board.config import BadSetting

_DEFAULTS = Path(__file__).parent / "moderation_reasons.toml"
_INSTANCE_FILE = "reasons.toml"
# Codes stored as reasons that a moderator cannot choose.
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
_KOREAN_VERBS = {
    "warn": "경고했습니다",
    "hold": "이용을 제한했습니다",
    "suspend": "이용을 제한했습니다",
    "ban": "이용을 제한했습니다",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`label` is for the list moderators choose from, `sentence` for readers; each by language."""

    code: str
    label: Mapping[str, str]
    sentence: Mapping[str, str]
    law: str
    hides: bool
    reports: bool


def init_app(app: Flask) -> None:
    """Load the reasons. Raises BadSetting if instance/reasons.toml is invalid."""
    definitions = tomllib.loads(_DEFAULTS.read_text())
    own = Path(app.instance_path) / _INSTANCE_FILE
    try:
        if own.exists():
            definitions |= tomllib.loads(own.read_text())
        app.extensions["reasons"] = {
            code: _parse_reason(code, row)
            for code, row in definitions.items()
            if not row.get("off")
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadSetting(f"{own} cannot be read as a list of reasons: {error}") from error
    app.add_template_global(reason_label)
    app.add_template_global(reason_sentence)
    app.add_template_global(pending_reason)
    app.add_template_global(reasons)
    app.add_template_global(report_reasons)


def _parse_reason(code: str, row: Mapping[str, Any]) -> Reason:
    if not 0 < len(code) <= CODE_MAX or code in (OWN_WORDS, *_OTHER_LABELS):
        raise ValueError(f"{code!r} cannot be the code of a reason")
    label = {language: str(row[language]) for language in ("ko", "en")}
    sentence = {language: str(row["says"][language]) for language in ("ko", "en")}
    law, hides, reports = row.get("law", ""), row.get("hide", True), row.get("report", False)
    return Reason(code, label, sentence, str(law), bool(hides), bool(reports))


def all_reasons() -> dict[str, Reason]:
    """By code, in the order moderators choose from."""
    by_code: dict[str, Reason] = current_app.extensions["reasons"]
    return by_code


def is_reason(code: str) -> bool:
    return code in all_reasons() and all_reasons()[code].hides


def reasons() -> list[tuple[str, str]]:
    """Code and label of each reason to hide a comment, in the reader's language."""
    return _choices(reason for reason in all_reasons().values() if reason.hides)


def report_reasons() -> list[tuple[str, str]]:
    """Code and label of each reason to report a comment, in the reader's language."""
    return _choices(reason for reason in all_reasons().values() if reason.reports)


def _choices(reasons: Iterable[Reason]) -> list[tuple[str, str]]:
    return [(reason.code, reason.label[str(get_locale())]) for reason in reasons]


def reason_label(code: str | None, note: str = "") -> str:
    """The reason in the reader's language; a moderator's own words as written."""
    if code == OWN_WORDS:
        return note
    reason = all_reasons().get(code or "")
    if reason:
        return reason.label[str(get_locale())]
    return str((_OTHER_LABELS | automatic_reasons).get(code or "", code))


def reason_sentence(code: str | None, note: str = "", verdict: str = "hide") -> str:
    """The reason as a sentence, for the person concerned.

    The Korean sentences are about comments and end with 숨겼습니다, which does not fit a user.
    """
    reason = all_reasons().get(code or "")
    if reason is None:
        return reason_label(code, note)  # a moderator's own words stay as written
    sentence = reason.sentence[str(get_locale())]
    return sentence.replace("숨겼습니다", _KOREAN_VERBS.get(verdict, "숨겼습니다"))


def pending_reason(code: str) -> str:
    """For the author: why nobody else can read the comment yet."""
    if code in automatic_reasons:
        return gettext(
            "Held automatically. Only you and moderators can see it until a moderator checks it."
        )
    return gettext("Pending approval. Until then only you and moderators can read it.")
