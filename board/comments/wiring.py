"""The thread: what the app is made of here."""

from board.comments import moderation_reasons
from board.comments.views import blocks, delete_account, reactions, thread
from board.comments.views import editing as view_editing

PARTS = (
    moderation_reasons,
    thread,
    view_editing,
    reactions,
    blocks,
    delete_account,
)
