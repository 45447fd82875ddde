"""A newsroom whose own pages show threads."""

import pytest

from board.accounts.sites.models import Site
from board.articles.models import Article
from board.articles.site_articles import identify
from board.db import db, writing

ARTICLE = "https://news.example/a/7"


@pytest.fixture
def press(harbour: Article) -> Site:
    """The site of harbour, which calls it 7."""
    with writing():
        site = Site.add("press", "Press")
        site.set_origins(["https://news.example"])
        db.session.flush()
        article = db.session.get_one(Article, harbour.id)
        identify(article, site, "7")
        article.move_to(ARTICLE)
    return site
