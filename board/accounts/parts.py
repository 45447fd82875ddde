"""Who is who: what the app is made of here."""

from board.accounts import account_views, letter_views, second_factor_views, views

PARTS = (
    views,
    account_views,
    second_factor_views,
    letter_views,
)
