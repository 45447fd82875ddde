"""Second factors after a rotation of the secret key: encrypted anew, and codes of before found."""

from datetime import datetime

from sqlalchemy import func, select

from board.accounts.two_factor.models import SecondFactor, TwoFactorAction, TwoFactorEvent
from board.db import db
from board.runtime.app import secret_keys, setting

_GAVE_CODES = (TwoFactorAction.ENROL, TwoFactorAction.RENEW)


def is_due() -> bool:
    """Whether a second factor is encrypted with a key that was replaced."""
    return bool(setting("SECRET_KEY_FALLBACKS")) and bool(_with_old_keys())


def reencrypt() -> None:
    """Encrypt such secrets with the newest key. Ones that no key opens stay: doctor names them."""
    for factor in _with_old_keys():
        factor.reencrypt(keys=secret_keys())


def count_old_codes(replaced_at: datetime) -> int:
    """How many people have recovery codes of before then, which only the old key recognises."""
    newest = select(TwoFactorEvent.user_id, func.max(TwoFactorEvent.made_at).label("at"))
    newest = newest.where(TwoFactorEvent.act.in_(_GAVE_CODES)).group_by(TwoFactorEvent.user_id)
    dates = newest.subquery()
    with_codes = select(func.count(SecondFactor.user_id.distinct())).join(SecondFactor.codes)
    with_codes = with_codes.join(dates, dates.c.user_id == SecondFactor.user_id)
    return db.session.scalar(with_codes.where(dates.c.at < replaced_at)) or 0


def _with_old_keys() -> list[SecondFactor]:
    newest, *old = secret_keys()
    return [
        factor
        for factor in db.session.scalars(select(SecondFactor))
        if not factor.can_decrypt(keys=[newest]) and factor.can_decrypt(keys=old)
    ]
