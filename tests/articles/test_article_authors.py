"""An editor says which accounts wrote an article; their comments there have the badge “Author”."""

from sqlalchemy import select

from accounts.test_labels import badges
from board.accounts.data_export import export_for
from board.articles.editing.authors import ArticleAuthor
from board.articles.models import Article
from board.db import db, writing
from conftest import count_queries, keep, said, say, without_notice

PAGE = "/desk/articles/harbour/authors"


def authors():
    rows = select(ArticleAuthor.article_id, ArticleAuthor.user_id)
    return sorted(tuple(row) for row in db.session.execute(rows))


def test_an_editor_names_the_accounts_that_wrote_an_article(as_, guest, ada, bora, tess, harbour):
    say(harbour, ada, "I wrote this")
    say(harbour, bora, "I read it")
    assert badges(guest.get("/articles/harbour").text) == []

    response = as_(tess).post(PAGE, data={"names": " ada \n\n"})

    assert without_notice(response) == "/desk/articles/harbour"
    assert said(response) == "“The harbour reopens” 기사의 작성자를 저장했습니다."
    assert badges(guest.get("/articles/harbour").text) == ["작성자"]
    assert ">ada</textarea>" in as_(tess).get(PAGE).text.replace("\r\n", "")
    assert f'href="{PAGE}"' in as_(tess).get("/desk/articles/harbour").text


def test_the_badge_is_on_their_own_article_only(guest, ada, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))
    say(harbour, ada, "Here")
    say(other, ada, "There")

    assert badges(guest.get("/articles/harbour").text) == ["작성자"]
    assert badges(guest.get("/articles/other").text) == []


def test_the_byline_names_nobody(guest, ada, harbour):
    with writing():
        harbour.revise(byline="ada")
    say(harbour, ada, "Here")

    assert badges(guest.get("/articles/harbour").text) == []


def test_author_comes_before_the_label_and_there_are_two_at_most(guest, ada, harbour):
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))
    with writing():
        ada.set_label("reporter")
    say(harbour, ada, "Here")

    assert badges(guest.get("/articles/harbour").text) == ["작성자", "기자"]


def test_an_unknown_name_is_refused_and_nothing_changes(as_, ada, tess, harbour):
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))
    before = harbour.revision

    response = as_(tess).post(PAGE, data={"names": "tess\nnobody <i>\nno one"})

    assert response.status_code == 422
    assert "이 닉네임을 쓰는 회원이 없습니다: nobody &lt;i&gt;, no one" in response.text
    assert "tess\nnobody &lt;i&gt;\nno one</textarea>" in response.text.replace("\r\n", "\n")
    assert (authors(), harbour.revision) == ([(harbour.id, ada.id)], before)


def test_a_name_twice_is_one_author_and_none_is_nobody(as_, ada, tess, harbour):
    client = as_(tess)
    client.post(PAGE, data={"names": "ada\nADA\na d a"})
    assert authors() == [(harbour.id, ada.id)]

    client.post(PAGE, data={"names": ""})

    assert authors() == []


def test_ten_accounts_at_most(as_, ada, tess, harbour):
    response = as_(tess).post(PAGE, data={"names": "ada\n" * 11})

    assert response.status_code == 422
    assert "계정은 10개까지 적을 수 있습니다." in response.text
    assert authors() == []


def test_only_editors_name_authors(as_, guest, ada, mo, harbour):
    statuses = [
        client.post(PAGE, data={"names": "ada"}).status_code
        for client in (guest, as_(ada), as_(mo))
    ]

    assert (statuses, authors()) == ([401, 403, 403], [])
    assert as_(mo).get(PAGE).status_code == 403


def test_who_leaves_is_no_author_any_more(guest, ada, harbour):
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))
    say(harbour, ada, "Here")
    guest.get("/articles/harbour")

    with writing():
        ada.delete_account(on=harbour.published_at.date())

    assert (authors(), badges(guest.get("/articles/harbour").text)) == ([], [])


def test_the_export_names_the_articles_an_account_wrote(ada, harbour):
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))

    assert export_for(ada)["articles"] == [{"slug": "harbour", "title": "The harbour reopens"}]


def test_badges_cost_no_statement(app, ada, bora, harbour):
    def statements():
        with count_queries() as queries:
            assert app.test_client().get("/articles/harbour").status_code == 200
        return len(queries)

    say(harbour, ada, "Here")
    say(harbour, bora, "There")
    before = statements()
    keep(ArticleAuthor(article_id=harbour.id, user_id=ada.id))
    with writing():
        ada.set_label("reporter")
        bora.set_label("newsroom")

    assert statements() == before
