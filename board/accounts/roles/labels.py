"""Texts of capabilities, of badges, of the staff log’s acts, and of refused changes."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts.roles.rules import SECOND_FACTOR

CAPABILITIES = {
    "can_moderate": _("Moderating"),
    "can_supervise": _("Senior moderating"),
    "can_handle_legal": _("Legal matters"),
    "can_edit": _("Editing"),
    "can_read_tips": _("Reading tips"),
    "can_appoint": _("Appointing staff"),
    SECOND_FACTOR: _("Reset of two-step verification"),
}
# Labels of users, which readers see as badges.
BADGES = {
    "reporter": _("Journalist"),
    "newsroom": _("Newsroom"),
    "operations": _("Operations"),
}
_ACTS = {
    "propose": _("Proposed"),
    "second": _("Seconded"),
    "accept": _("Accepted"),
    "decline": _("Declined"),
    "withdraw": _("Proposal withdrawn"),
    "grant": _("Given by an administrator"),
    "revoke": _("Taken away"),
    "reset": _("Carried out"),
    "freeze": _("Access freeze for 24 hours"),
    "unfreeze": _("Access freeze ended"),
    "read_address": _("Email address read"),
    "label_reporter": _("Badge given: Journalist"),
    "label_newsroom": _("Badge given: Newsroom"),
    "label_operations": _("Badge given: Operations"),
    "label_none": _("Badge taken away"),
}
_REFUSALS = {
    "has_it": _("This person has this role already."),
    "excluded": _("Nobody both appoints staff and reads tips."),
    "last": _("Nobody else could do this. Give it to somebody else first."),
    "open": _("This has been proposed already."),
    "no_factor": _("This person has not set up two-step verification."),
    "too_many": _("You have proposed a lot today. Please go on tomorrow."),
}


def init_app(app: Flask) -> None:
    app.add_template_global(capability_label)
    app.add_template_global(act_label, "staff_act_label")


def capability_label(capability: str) -> str:
    return str(CAPABILITIES[capability])


def act_label(act: str) -> str:
    return str(_ACTS[act])


def refusal_text(code: str) -> str:
    """Why a change is impossible, by the code of `changes.Impossible`."""
    return str(_REFUSALS[code])
