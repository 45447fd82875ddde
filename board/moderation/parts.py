"""The desk of moderators: what the app is made of here."""

from board.moderation import (
    acts,
    appeal_views,
    desk_views,
    letters,
    log_views,
    notice_views,
    people_views,
    report_views,
    rule_views,
    rule_words,
    thread_views,
    trial_views,
    views,
)

PARTS = (
    views,
    acts,
    people_views,
    notice_views,
    letters,  # listens to what is decided
    rule_words,
    rule_views,
    trial_views,
    desk_views,
    report_views,
    appeal_views,
    log_views,
    thread_views,
)
