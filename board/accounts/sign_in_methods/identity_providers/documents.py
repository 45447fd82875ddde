"""Documents of providers, kept for a day for all processes: what they offer, and their keys."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.sign_in_methods.identity_providers.locations import located
from board.db import Base, db, now, writing
from board.runtime import http_client

URL_MAX = 500


class ProviderDocument(Base):
    """The last copy that could be fetched, and when it was tried last."""

    __tablename__ = "provider_document"
    LIFE = timedelta(days=1)
    RENEWED_AFTER = LIFE / 2
    RETRY = timedelta(minutes=5)

    url: Mapped[str] = mapped_column(String(URL_MAX), primary_key=True)
    body: Mapped[str] = mapped_column(Text, default="{}")
    fetched_at: Mapped[datetime | None]
    tried_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object at a provider. `named`: the operator named its host."""

    url: str
    named: bool = False

    def read(self) -> dict[str, Any] | None:
        """The copy, unless it is too old."""
        row = self._row()
        if row is None or not _is_within(row.fetched_at, ProviderDocument.LIFE):
            return None
        copy: dict[str, Any] = json.loads(row.body)
        return copy

    def is_due(self) -> bool:
        """Whether it is time for another copy, and to try."""
        row = self._row()
        is_fresh = row is not None and _is_within(row.fetched_at, ProviderDocument.RENEWED_AFTER)
        return not is_fresh and self.may_try()

    def may_try(self) -> bool:
        row = self._row()
        return row is None or not _is_within(row.tried_at, ProviderDocument.RETRY)

    def fetch(self) -> dict[str, Any]:
        """A new copy, which is kept. Not inside a write. Raises RequestFailed."""
        with writing():
            self._keep(tried_at=now())
        found = self.ask()
        with writing():
            self._keep(tried_at=now(), fetched_at=now(), body=json.dumps(found))
        return found

    def ask(self) -> dict[str, Any]:
        """What is there now. Raises RequestFailed."""
        db.session.rollback()  # no transaction stays open meanwhile
        return http_client.get(located(self.url), named=self.named).json_object()

    def _row(self) -> ProviderDocument | None:
        """Read again each time: another process may have fetched it."""
        return db.session.get(ProviderDocument, self.url, populate_existing=True)

    def _keep(self, **values: Any) -> None:
        row = insert(ProviderDocument).values(url=self.url, **{"body": "{}", **values})
        db.session.execute(row.on_conflict_do_update(index_elements=["url"], set_=values))


def _is_within(moment: datetime | None, period: timedelta) -> bool:
    """A moment in the future was written by a wrong clock."""
    return moment is not None and timedelta() <= now() - moment < period
