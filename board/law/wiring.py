"""What the law asks of the desk: what the app is made of here."""

from board.law import transparency_views
from board.law.authorities import views as authoritie_views
from board.law.banned_texts import views as banned_text_views
from board.law.case_files import views as case_file_views
from board.law.claims import desk_views
from board.law.claims import emails as claim_emails
from board.law.claims import views as claim_views
from board.law.terms import views as term_views

PARTS = (
    transparency_views,
    claim_views,
    claim_emails,  # listens to how claims go
    desk_views,
    authoritie_views,
    banned_text_views,
    case_file_views,
    term_views,
)
