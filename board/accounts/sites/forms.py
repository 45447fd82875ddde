"""Forms of the sites that show threads."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.sites.models import (
    InvalidSite,
    Site,
    is_key,
    parse_hosts,
    parse_parameters,
    parse_site_origins,
)
from board.db import db
from board.web.forms import Form


def _words(field: Any) -> list[str]:
    return (field.data or "").split()


class SiteForm(Form):
    name = StringField(
        _("Name"), [DataRequired(_("Please fill this in.")), Length(max=Site.NAME_MAX)]
    )
    origins = TextAreaField(
        _("Addresses of the site"),
        [DataRequired(_("Please fill this in.")), Length(max=5000)],
        description=_("One on each line, such as https://www.news.example, without a path."),
    )
    hosts = StringField(
        _("Other host names of the same articles"),
        [Length(max=Site.WORDS_MAX)],
        description=_("With spaces between, such as m.news.example."),
    )
    parameters = StringField(
        _("Parts of an address that name an article"),
        [Length(max=Site.WORDS_MAX)],
        description=_("With spaces between, such as idxno where addresses end in ?idxno=123."),
    )
    language = RadioField(
        _("Language"), choices=[SelectChoice("ko", "한국어"), SelectChoice("en", "English")]
    )

    def validate_origins(self, field: Any) -> None:
        try:
            parse_site_origins(_words(field))
        except InvalidSite:
            raise ValidationError(
                gettext("An address looks like https://www.news.example, without a path.")
            ) from None

    def validate_hosts(self, field: Any) -> None:
        try:
            parse_hosts(_words(field))
        except InvalidSite:
            raise ValidationError(gettext("A host name looks like m.news.example.")) from None

    def validate_parameters(self, field: Any) -> None:
        try:
            parse_parameters(_words(field))
        except InvalidSite:
            raise ValidationError(gettext("A part of an address looks like idxno.")) from None

    def save(self, site: Site) -> None:
        """Set what the form says; it is valid."""
        site.rename(self.name.data, language=self.language.data)
        site.set_origins(_words(self.origins))
        site.set_addresses(hosts=_words(self.hosts), parameters=_words(self.parameters))


class NewSiteForm(SiteForm):
    key = StringField(
        _("Site key"),
        [DataRequired(_("Please fill this in.")), Length(max=Site.KEY_MAX)],
        description=_("What pages of the site call it: small letters, digits and hyphens."),
    )

    def validate_key(self, field: Any) -> None:
        if not is_key(field.data):
            raise ValidationError(gettext("Only small letters, digits and hyphens."))
        if db.session.scalar(Site.with_key(field.data)):
            raise ValidationError(gettext("There is a site with this key already."))
