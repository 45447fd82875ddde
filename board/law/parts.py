"""What the law asks of the desk: what the app is made of here."""

from board.law import (
    barred_views,
    claim_desk_views,
    dossier_views,
    letters,
    order_views,
    terms_views,
    transparency_views,
    views,
)

PARTS = (
    transparency_views,
    views,
    letters,  # listens to how claims go
    claim_desk_views,
    order_views,
    barred_views,
    dossier_views,
    terms_views,
)
