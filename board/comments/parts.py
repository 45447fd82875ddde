"""The thread: what the app is made of here."""

from board.comments import edit_views, leave_views, mute_views, reaction_views, reasons, views

PARTS = (
    reasons,
    views,
    edit_views,
    reaction_views,
    mute_views,
    leave_views,
)
