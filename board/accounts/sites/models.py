"""Sites: whose pages show threads, the origins they are at, and how they name articles."""

import re
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from board.config.parsers import parse_origin
from board.db import Base, db

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST = re.compile(r"[a-z0-9._-]+(?::[0-9]{1,5})?")
_PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class InvalidSite(ValueError):
    """A field of a site is refused; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Site(Base):
    """A site, or a section with a content management system of its own."""

    __tablename__ = "site"
    KEY_MAX = 40
    NAME_MAX = 80
    ORIGIN_MAX = 200
    ORIGINS_MAX = 20
    WORDS_MAX = 1000  # characters, of a list

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    language: Mapped[str] = mapped_column(String(2), default="ko")
    # Words with spaces between: hosts that mean the same as those of the origins, and the query
    # parameters that name an article; without any, all but those known for tracking.
    host_words: Mapped[str] = mapped_column(String(WORDS_MAX), default="")
    parameter_words: Mapped[str] = mapped_column(String(WORDS_MAX), default="")
    # Raised with each change of the site, and of what its addresses and ids lead to: a cache key.
    revision: Mapped[int] = mapped_column(default=0)

    origin_rows: Mapped[list["SiteOrigin"]] = relationship(
        cascade="all, delete-orphan", order_by="SiteOrigin.id"
    )

    @classmethod
    def with_key(cls, key: str) -> Select[Self]:
        return select(cls).where(cls.key == key)

    @classmethod
    def all(cls) -> Select[Self]:
        """By key, with their origins."""
        return select(cls).order_by(cls.key).options(selectinload(cls.origin_rows))

    @classmethod
    def add(cls, key: str, name: str, *, language: str = "ko") -> Self:
        """A new site without origins. Raises InvalidSite."""
        if not is_key(key):
            raise InvalidSite("key")
        site = cls(key=key, revision=0, host_words="", parameter_words="")
        site.rename(name, language=language)
        db.session.add(site)
        return site

    def rename(self, name: str, *, language: str) -> None:
        if not 0 < len(name) <= self.NAME_MAX:
            raise InvalidSite("name")
        self.name, self.language = name, language
        self.revision += 1

    def set_origins(self, origins: Iterable[str]) -> None:
        """Raises InvalidSite unless each is scheme and host, as browsers send it."""
        wanted = parse_site_origins(origins)
        kept = [row for row in self.origin_rows if row.origin in wanted]
        known = {row.origin for row in kept}
        new = [SiteOrigin(origin=origin) for origin in wanted if origin not in known]
        self.origin_rows = kept + new
        self.revision += 1

    def set_addresses(self, *, hosts: Iterable[str] = (), parameters: Iterable[str] = ()) -> None:
        """How addresses name articles. Raises InvalidSite."""
        self.host_words, self.parameter_words = parse_hosts(hosts), parse_parameters(parameters)
        self.revision += 1

    @property
    def origins(self) -> list[str]:
        """Exact: nothing below or beside one of them is meant."""
        return [row.origin for row in self.origin_rows]

    @property
    def hosts(self) -> list[str]:
        """Hosts at which an address means the same article."""
        own = [urlsplit(origin).netloc for origin in self.origins]
        return list(dict.fromkeys([*own, *self.host_words.split()]))

    @property
    def parameters(self) -> list[str]:
        return self.parameter_words.split()


class SiteOrigin(Base):
    __tablename__ = "site_origin"
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    origin: Mapped[str] = mapped_column(String(Site.ORIGIN_MAX), index=True)


def parse_site_origins(origins: Iterable[str]) -> list[str]:
    """Without repetitions. Raises InvalidSite."""
    wanted = list(dict.fromkeys(map(_origin, origins)))
    if len(wanted) > Site.ORIGINS_MAX:
        raise InvalidSite("origins")
    return wanted


def parse_hosts(hosts: Iterable[str]) -> str:
    """Hosts as one line. Raises InvalidSite."""
    return _words("hosts", (host.lower() for host in hosts), _HOST)


def parse_parameters(parameters: Iterable[str]) -> str:
    """Query parameters as one line. Raises InvalidSite."""
    return _words("parameters", parameters, _PARAMETER)


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))


def _origin(text: str) -> str:
    try:
        origin = parse_origin(text)
    except ValueError:
        raise InvalidSite("origins") from None
    if not origin or len(origin) > Site.ORIGIN_MAX:
        raise InvalidSite("origins")
    return origin


def _words(field: str, given: Iterable[str], pattern: re.Pattern[str]) -> str:
    words = list(dict.fromkeys(given))
    text = " ".join(words)
    if not all(map(pattern.fullmatch, words)) or len(text) > Site.WORDS_MAX:
        raise InvalidSite(field)
    return text
