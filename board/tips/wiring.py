"""Sealed tips: what the app is made of here."""

from board.tips.attachments import uploads
from board.tips.desk import audit_log_views, export_views, inbox_views, manage_views, tip_views
from board.tips.notifications import views as notification_views
from board.tips.readers import key_setup_views, roster_views, unlock_views
from board.tips.source import contact_channels, mailbox_views, submit_views
from board.tips.source import views as source_views
from board.tips.web import log_filter

PARTS = (
    uploads,
    contact_channels,
    log_filter,
    source_views,
    submit_views,
    mailbox_views,
    inbox_views,
    tip_views,
    manage_views,
    unlock_views,
    key_setup_views,
    roster_views,
    notification_views,
    export_views,
    audit_log_views,
)
