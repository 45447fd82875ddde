"""What a text or a file reveals, in words for the person about to send it."""

from collections.abc import Iterable

from flask_babel import gettext as _

from board.tips.attachments.finding_details import detail_text
from board.tips.crypto import passphrases
from board.tips.files.text.pii import find_pii
from board.web.request.network import turn_of_network

KIND_LABELS = {
    "place": lambda: _("Where it was made"),
    "device": lambda: _("The device it was made with"),
    "author": lambda: _("A person’s name"),
    "organisation": lambda: _("An organisation"),
    "software": lambda: _("The program it was made with"),
    "time": lambda: _("When it was made or changed"),
    "preview": lambda: _("A preview image, which may show an earlier version"),
    "hidden": lambda: _("Hidden content"),
    "revisions": lambda: _("Earlier versions"),
    "comments": lambda: _("Comments or tracked changes"),
    "macros": lambda: _("Macros"),
    "voice": lambda: _("Sound"),
    "attachment": lambda: _("A file inside the file"),
    "link": lambda: _("A file path or a link, which may include a user name"),
    "script": lambda: _("A script"),
    "identifier": lambda: _("A number that links copies of this file"),
    "title": lambda: _("A hidden title, keywords or description"),
    "printer": lambda: _("A printer; printed and scanned pages can carry its mark"),
    "business": lambda: _("A business registration number"),
    "card": lambda: _("A card number"),
    "email": lambda: _("An email address"),
    "staff": lambda: _("An employee’s number"),
    "plate": lambda: _("A vehicle’s number plate"),
    "mismatch": lambda: _("A format that does not match its name"),
    "phone": lambda: _("A phone number"),
    "resident": lambda: _("A resident registration number"),
    "department": lambda: _("A department"),
    "rank": lambda: _("A job title"),
    "filename": lambda: _("The name of the file"),
    "code": lambda: _("Words that look like your code. Please remove them"),
    "invisible": lambda: _("Invisible characters, which may mark your copy"),
}


REASON_LABELS = {
    "unknown": lambda: _(
        "We do not know this format and cannot look inside. It may contain your name, your device"
        " or a place."
    ),
    "format": lambda: _(
        "We cannot see everything in this format. There may be more in it than is listed here."
    ),
    "tracks": lambda: _("Its sound or its pictures are stored in a way that we cannot clean."),
    "leftover": lambda: _("The cleaned copy would still have revealed something."),
    "archive": lambda: _("It contains other files. Send them one by one."),
    "damaged": lambda: _("It is damaged."),
    "fonts": lambda: _("It has letters whose fonts are not in the file."),
    "locked": lambda: _("It is locked with a password."),
    "too much": lambda: _("It is too large to check."),
    "changes": lambda: _("It has tracked changes. Accept them first."),
    "busy": lambda: _("Many files are being checked right now. Press “Check again first” soon."),
    "not isolated": lambda: _(
        "This server cannot open files safely. Remove names, dates and places from it yourself, or"
        " type what matters into your text."
    ),
}


def finding_text(kind: str, detail: str, stays: bool = False) -> tuple[str, str]:
    """The label and the detail of a finding."""
    label = _("Something else that may identify you")
    if kind in KIND_LABELS:
        label = KIND_LABELS[kind]()
    label = _("%(what)s (stays in a cleaned copy)", what=label) if stays else label
    return label, detail_text(kind, detail)


def by_label(findings: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The different details of each label, in the order in which the labels were found."""
    details: dict[str, list[str]] = {}
    for label, detail in findings:
        of_label = details.setdefault(label, [])
        if detail and detail not in of_label:
            of_label.append(detail)
    return [*details.items()]


def refusal_text(reason: str) -> str:
    """Why a file cannot be inspected or cleaned; empty if it can."""
    return REASON_LABELS[reason]() if reason else ""


def findings_in(text: str) -> list[tuple[str, str]]:
    """What a text reveals. Raises QueueFull."""
    with turn_of_network(passphrases.text_checks):
        findings = [finding_text(finding.kind, finding.detail) for finding in find_pii(text)]
        if passphrases.looks_like_code(text):
            findings.append(finding_text("code", ""))
    return findings
