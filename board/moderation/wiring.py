"""The desk of moderators: what the app is made of here."""

from board.moderation.appeals import views as appeal_views
from board.moderation.desk import views as desk_views
from board.moderation.filters import dry_run_views
from board.moderation.filters import labels as filter_labels
from board.moderation.filters import views as filter_views
from board.moderation.notifications import emails as decision_emails
from board.moderation.notifications import views as notification_views
from board.moderation.reports import views as report_views
from board.moderation.rulings import labels as ruling_labels
from board.moderation.rulings import log_views
from board.moderation.rulings import views as ruling_views
from board.moderation.threads import views as thread_views
from board.moderation.users import views as user_views

PARTS = (
    ruling_views,
    ruling_labels,
    user_views,
    notification_views,
    decision_emails,  # listens to what is decided
    filter_labels,
    filter_views,
    dry_run_views,
    desk_views,
    report_views,
    appeal_views,
    log_views,
    thread_views,
)
