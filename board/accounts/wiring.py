"""Who is who: what the app is made of here."""

from board.accounts import settings_views, views
from board.accounts.email import views as email_views
from board.accounts.two_factor import views as two_factor_views

PARTS = (
    views,
    settings_views,
    two_factor_views,
    email_views,
)
