"""Sealed tips: what the app is made of here."""

from board.tips import (
    box_views,
    care_views,
    discreet,
    export_views,
    inbox_views,
    log_views,
    mail_views,
    paper_views,
    roster_views,
    tip_views,
    unlock_views,
    uploads,
    views,
    ways,
    write_views,
)

PARTS = (
    uploads,
    ways,
    discreet,
    views,
    write_views,
    box_views,
    inbox_views,
    tip_views,
    care_views,
    unlock_views,
    paper_views,
    roster_views,
    mail_views,
    export_views,
    log_views,
)
