"""A page of a newsroom’s own asks for the article it shows, by id or by address."""

import pytest

from board.accounts.sites.models import Site
from board.articles.addresses import InvalidAddress
from board.articles.models import Article
from board.articles.site_articles import find_article, identify
from board.db import writing

pytestmark = pytest.mark.usefixtures("app")
AT = "https://news.example/a/1"


def add_site(
    key: str = "press",
    *,
    origins: tuple[str, ...] = ("https://news.example",),
    hosts: tuple[str, ...] = (),
    parameters: tuple[str, ...] = (),
) -> Site:
    with writing():
        site = Site.add(key, key)
        site.set_origins(origins)
        site.set_addresses(hosts=hosts, parameters=parameters)
    return site


def publish(url: str, *, site: Site | None = None, id: str | None = None) -> Article:
    with writing():
        article = Article.publish(title="The harbour", canonical_url=url)
        if site:
            identify(article, site, id)
    return article


def test_an_article_is_found_by_the_id_of_its_site() -> None:
    site, other = add_site(), add_site("other")
    article = publish(AT, site=site, id="7")

    assert find_article(site, id="7") == article
    assert find_article(other, id="7") is None
    assert find_article(site, id="8") is None


def test_the_id_wins_over_the_address() -> None:
    site = add_site()
    first, second = publish(AT, site=site, id="7"), publish(f"{AT}2")

    assert find_article(site, id="7", url=f"{AT}2") == first
    assert find_article(site, id="8", url=f"{AT}2") == second


@pytest.mark.parametrize(
    "url",
    [
        AT,
        "http://www.news.example:80/a/1/#comments",
        "https://m.news.example/a/1?utm_source=x&fbclid=y",
        "https://old.example/a/1",
        "https://NEWS.example/a/1/index.html",
    ],
)
def test_addresses_of_one_article_lead_to_it(url: str) -> None:
    site = add_site(hosts=("old.example",))
    article = publish(AT)

    assert find_article(site, url=url) == article


@pytest.mark.parametrize(
    "url", ["https://news.example/A/1", "https://news.example/a/1?page=2", "https://b.example/a/1"]
)
def test_other_addresses_lead_nowhere(url: str) -> None:
    site = add_site()
    publish(AT)

    assert find_article(site, url=url) is None


@pytest.mark.parametrize(
    "query", ["idxno=1", "page=2&idxno=1", "idxno=1&section=S1N1", "utm_source=x&idxno=1"]
)
def test_only_the_parameters_of_the_site_name_an_article(query: str) -> None:
    site = add_site(parameters=("idxno",))
    page = "https://news.example/news/articleView.html"
    article = publish(f"{page}?idxno=1")

    assert find_article(site, url=f"{page}?{query}") == article
    assert find_article(site, url=f"{page}?idxno=2") is None


def test_the_order_of_parameters_does_not_matter() -> None:
    site = add_site(parameters=("bo_table", "wr_id"))
    article = publish("https://news.example/b.php?bo_table=free&wr_id=3")

    assert find_article(site, url="https://news.example/b.php?wr_id=3&bo_table=free") == article


def test_no_article_of_another_site_is_found_by_its_address() -> None:
    site, other = add_site(), add_site("other")
    publish(AT, site=other)

    assert find_article(site, url=AT) is None
    assert find_article(other, url=AT) is not None


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//news.example", "https://", "https://a@news.example/",
     "data:text/html,x", "https://news.example:99999999/", f"https://news.example/{'a' * 2000}"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(url: str) -> None:
    with pytest.raises(InvalidAddress):
        find_article(add_site(), id="7", url=url)


def test_a_new_id_is_a_change_of_article_and_site() -> None:
    site, article = add_site(), publish(AT)
    before = article.revision, site.revision

    with writing():
        identify(article, site, "7")
        identify(article, site, "7")

    assert (article.revision, site.revision) == (before[0] + 1, before[1] + 1)
