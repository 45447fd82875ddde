"""Share links, JSON-LD and absolute URLs of articles."""

from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from board.articles.models import Article
from board.web.i18n import isoformat

HEADLINE_MAX = 110  # characters; Google's limit for NewsArticle


def absolute(path: str) -> str:
    """Absolute URL of a path on this site. An absolute URL is returned unchanged."""
    if path.startswith(("https://", "http://")):
        return path
    origin: str = current_app.config["ORIGIN"] or f"{request.scheme}://{request.host}"
    return origin + path


def share_links(title: str, url: str) -> dict[str, str]:
    """Links to the sharing page of each service. Nothing is loaded from the services."""
    return {
        "facebook": "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": url}),
        "x": "https://x.com/intent/post?" + urlencode({"text": title, "url": url}),
        "kakaostory": "https://story.kakao.com/s/share?" + urlencode({"url": url, "text": title}),
        "band": "https://band.us/plugin/share?"
        + urlencode({"body": f"{title}\n{url}", "route": url}),
    }


def json_ld(article: Article, url: str, *, comment_count: int) -> dict[str, Any]:
    """A NewsArticle of schema.org."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title[:HEADLINE_MAX],
        "description": article.summary,
        "datePublished": isoformat(article.published_at),
        "dateModified": isoformat(article.edited_at or article.published_at),
        "mainEntityOfPage": url,
        "commentCount": comment_count,
        "isAccessibleForFree": True,
        "inLanguage": article.language,
        "publisher": {"@type": "NewsMediaOrganization", "name": current_app.config["SITE_NAME"]},
    }
    if article.byline:
        data["author"] = {"@type": "Person", "name": article.byline}
    if article.section:
        data["articleSection"] = article.section
    if article.image:
        data["image"] = [absolute(article.image)]
    return data
