"""Pace of sending: domains that answered “not now” are left alone for a while."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from board.db import Base, db, now


class DomainPause(Base):
    """A domain whose mail server said that it takes nothing now, and until when it is not asked."""

    __tablename__ = "email_domain_pause"
    LENGTH = timedelta(minutes=15)

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    until: Mapped[datetime]


def pause_domain(address: str) -> None:
    """Send nothing to the domain of this address for a while. Forgets pauses that are over."""
    db.session.execute(delete(DomainPause).where(~_is_on()))
    domain, until = address.rpartition("@")[2], now() + DomainPause.LENGTH
    pause = insert(DomainPause).values(domain=domain, until=until)
    same = pause.on_conflict_do_update(index_elements=["domain"], set_={"until": until})
    db.session.execute(same)


def is_paused(address: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Condition on a column with addresses."""
    domain = func.substr(address, func.instr(address, "@") + 1)
    return select(DomainPause.domain).where(DomainPause.domain == domain, _is_on()).exists()


def _is_on() -> ColumnElement[bool]:
    """Not one begun by a clock that was wrong."""
    moment = now()
    return (DomainPause.until > moment) & (DomainPause.until <= moment + DomainPause.LENGTH)
