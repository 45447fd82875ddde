"""By mail: that something was decided about somebody, or about what they wrote."""

from flask import url_for
from flask_babel import gettext as _

from board.accounts import letters
from board.accounts.letters import Kind, Letter, Wish, Words, kinds, stop_link
from board.accounts.models import User
from board.db import db
from board.moderation import models, notices
from board.moderation.models import Ruling, Verdict

# That a comment may be read after all is good news, and can wait until they come back.
_MAILED = frozenset(notices.TOLD) - {Verdict.KEEP}


def _write(ruling: Ruling) -> None:
    if ruling.verdict in _MAILED and ruling.about and ruling.reason != "appeal":
        letters.write("legal" if ruling.is_legal else "news", ruling.id, to=ruling.about)


def _decision(letter: Letter) -> Words:
    return Words(
        _("You have a notification"),
        _(
            "A decision has been made about your comments or your account. Read what was "
            "decided, why, and how to appeal:"
        )
        + _where(letter),
    )


def _legal(letter: Letter) -> Words:
    return Words(
        _("A legal notice about what you wrote"),
        _(
            "A comment of yours, or your account data, was the subject of a rights complaint or "
            "a legal order. Read what was done and why; where you can object, the notification "
            "says how and by when:"
        )
        + _where(letter),
    )


def _where(letter: Letter) -> str:
    page, stop = url_for("people.notices", _external=True), stop_link(_reader(letter))
    not_mine = _("If you have no account with us, or do not want any email:")
    return f"\n\n{page}\n\n{not_mine}\n{stop}\n"


def _is_news(letter: Letter) -> bool:
    """Not read on the board by now, and not taken back."""
    user = _reader(letter)
    return user.mail == Wish.ALL and letter.about > user.notices_seen and _stands(letter)


def _stands(letter: Letter) -> bool:
    told = notices.told(_reader(letter)).where(Ruling.id == letter.about)
    return db.session.scalar(told) is not None


def _reader(letter: Letter) -> User:
    return db.session.get_one(User, letter.user_id)


models.on_record.append(_write)
kinds["news"] = Kind(
    _decision, _is_news, sent=lambda letter: letters.throw_away("news", to=letter.address)
)
kinds["legal"] = Kind(_legal, _stands)
