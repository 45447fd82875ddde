"""Articles of a site, found by the id or the address that its pages give."""

from urllib.parse import urlsplit

from sqlalchemy import Select, or_, select

from board.accounts.sites.models import Site
from board.articles.addresses import address_key, canonical_url
from board.articles.models import Article
from board.db import db


def find_article(site: Site, *, id: str = "", url: str = "") -> Article | None:
    """The article with this id, else that at this address. Raises InvalidAddress."""
    keys = _keys(site, canonical_url(url)) if url else []
    article: Article | None = db.session.scalar(_by_id(site, id)) if id else None
    if article is None and keys:
        article = db.session.scalar(_by_keys(site, keys))
    return article


def identify(article: Article, site: Site, id: str | None) -> None:
    """Record the site of an article, and the article's id there."""
    if (article.site_id, article.external_id) != (site.id, id):
        article.site_id, article.external_id = site.id, id
        article.revision += 1
        site.revision += 1


def _by_id(site: Site, id: str) -> Select[Article]:
    return select(Article).where(Article.site_id == site.id, Article.external_id == id)


def _by_keys(site: Site, keys: list[str]) -> Select[Article]:
    """The oldest article with one of these keys, but none of another site."""
    is_ours = or_(Article.site_id.is_(None), Article.site_id == site.id)
    return Article.by_keys(keys).where(is_ours)


def _keys(site: Site, url: str) -> list[str]:
    """Keys that the article at this address may have: the address at each host that means the same,
    with the parameters that name an article."""
    parts = urlsplit(url)
    hosts = site.hosts if parts.netloc in site.hosts else [parts.netloc]
    pairs = [pair for pair in parts.query.split("&") if pair]
    if site.parameters:
        pairs = [pair for pair in pairs if pair.partition("=")[0] in site.parameters]
    queries = dict.fromkeys(("&".join(pairs), "&".join(sorted(pairs))))
    paths = dict.fromkeys((parts.path, _without_index(parts.path)))
    return list(
        dict.fromkeys(
            address_key(f"https://{host}{path}" + (f"?{query}" if query else ""))
            for host in hosts
            for path in paths
            for query in queries
        )
    )


def _without_index(path: str) -> str:
    folder, _, page = path.rpartition("/")
    return folder if page in ("index.html", "index.htm", "index.php") else path
