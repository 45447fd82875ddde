"""The desk of moderators: what the app is made of here."""

from board.moderation import (
    appeal_views,
    desk_views,
    log_views,
    people_views,
    report_views,
    rule_views,
    thread_views,
    views,
)

PARTS = (
    views,
    people_views,
    rule_views,
    desk_views,
    report_views,
    appeal_views,
    log_views,
    thread_views,
)
