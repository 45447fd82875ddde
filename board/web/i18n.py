"""Internationalisation: the language of a request, the catalogue, formats of numbers and dates."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel import support
from babel.messages import mofile, pofile
from flask import Flask, g, request
from flask_babel import Babel, Domain, format_date, get_locale
from markupsafe import Markup, escape

from board.db.clock import local, today
from board.text import join_closing_quotes
from board.text.language import language_of
from board.web.templating import LocalizedEnvironment

LANGUAGES = ("ko", "en")
COOKIE = "lang"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
CATALOGUES = Path(__file__).parents[1] / "frontend/translations"


class Catalogue(Domain):
    """Translations read straight from the .po file: no .mo file to compile, none to go stale."""

    def get_translations(self) -> support.NullTranslations:
        language = str(get_locale())
        if language not in self.cache:
            self.cache[language] = _read(CATALOGUES / language / "LC_MESSAGES" / "messages.po")
        return self.cache[language]


class Translations(Babel):
    domain_instance = Catalogue()


def init_app(app: Flask) -> None:
    app.jinja_environment = LocalizedEnvironment
    Translations().init_app(
        app,
        default_locale="ko",
        default_timezone=app.config["TIMEZONE"],
        locale_selector=language,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: join_closing_quotes(_catalogue().ugettext(text)),
        lambda one, many, number: join_closing_quotes(_catalogue().ungettext(one, many, number)),
        newstyle=True,
    )
    app.add_template_filter(format_datetime)
    app.add_template_filter(isoformat)
    app.add_template_filter(format_number)
    app.add_template_filter(format_day)
    app.add_template_filter(format_full_date)
    app.add_template_filter(format_month)
    app.add_template_filter(_join_closing_quotes, "join_closing_quotes")
    app.add_template_filter(_lang_attribute, "lang_attribute")


def _join_closing_quotes(text: Any) -> Markup:
    return Markup(join_closing_quotes(str(escape(text))))  # noqa: S704 - escaped before


def _lang_attribute(text: str, inside: str = "") -> Markup:
    """A `lang` attribute for a part that is not in the language of the page, or of the text
    `inside` which it stands. `text` may be HTML."""
    around = language_of(inside) or str(get_locale())
    language = language_of(text)
    return Markup(f' lang="{language}"' if language not in (None, around) else "")  # noqa: S704 - one of LANGUAGES


def _catalogue() -> support.NullTranslations:
    """The catalogue of this request, cached: a page looks up some fifty texts."""
    if "catalogue" not in g:
        g.catalogue = Translations.domain_instance.get_translations()
    catalogue: support.NullTranslations = g.catalogue
    return catalogue


def language() -> str:
    """The language in the address, else the one in the cookie, else Korean.

    Accept-Language is ignored: the same address must give everyone the same page.
    """
    for requested in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if requested in LANGUAGES:
            return requested
    return "ko"


def format_number(value: float) -> str:
    """1,234 or 0.5, in both languages."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def format_datetime(moment: datetime) -> str:
    """2026.11.22. 14:05, or 22 November 2026, 14:05, in the newsroom's time zone."""
    newsroom_time = local(moment)
    separator = " " if _is_korean() else ", "
    return f"{format_full_date(newsroom_time)}{separator}{newsroom_time:%H:%M}"


def format_full_date(day: date) -> str:
    """2026.11.22., or 22 November 2026."""
    if _is_korean():
        return f"{day:%Y.%m.%d.}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_month(day: date) -> str:
    """2026.11., or November 2026."""
    return f"{day:%Y.%m.}" if _is_korean() else f"{_MONTHS[day.month - 1]} {day.year}"


def format_day(day: date | str) -> str:
    """11월 22일, or with the year if it is not this year."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    this_year = day.year == today().year
    korean = "M월 d일" if this_year else "y년 M월 d일"
    english = "d MMMM" if this_year else "d MMMM y"
    return str(format_date(day, korean if _is_korean() else english))


def _is_korean() -> bool:
    return str(get_locale()) == "ko"


def isoformat(moment: datetime) -> str:
    """2026-11-22T14:05:00+09:00, for programs."""
    return local(moment).isoformat(timespec="seconds")


def _read(path: Path) -> support.NullTranslations:
    if not path.exists():  # English: the source strings themselves
        return support.NullTranslations()
    with path.open("rb") as file:
        catalogue: Any = pofile.read_po(file, locale=path.parts[-3])
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return support.Translations(compiled)
