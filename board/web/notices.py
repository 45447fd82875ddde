"""Notices: flash messages after a redirect (`?notice=…`); the texts are in layout.html."""

NOTICES = (
    "signed_up", "renamed", "password_changed", "session_ended", "deleted", "saved", "opened",
    "closed", "hidden", "held", "restored", "reported", "unreported", "kept", "undone", "decided",
    "muted", "unmuted", "erased",
    "steered", "released", "left", "warned", "premoderated", "suspended", "banned", "lifted",
    "upheld", "rejected", "blocked", "removed", "rebutted", "claim_rejected",
)  # fmt: skip
