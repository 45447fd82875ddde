"""Rules that hold for every page, present and future, because the tests walk the URL map."""

import re

import pytest
from flask import render_template_string

from board.accounts.sites.models import Site
from board.articles.models import Article
from board.articles.site_articles import identify
from board.comments.body import Body
from board.config.client_parsers import Client
from board.db import db, now, writing
from board.law.authorities import orders
from board.law.claims import workflow as claim_workflow
from board.moderation.filters import changes as filter_rules
from board.moderation.filters import dry_run
from board.moderation.filters.models import State
from board.web import access
from board.web.request.guard import WITHOUT_ORIGIN
from conftest import keep, say

pytestmark = pytest.mark.slow

# Pages a guest may open; all others redirect to sign-in.
OPEN_TO_GUESTS = {
    "static",
    "api.comment",
    "api.comments",
    "api.counts",
    "api.newest",
    "api.description",
    "problems.page",
    "accounts.sign_in_form",
    "accounts.sign_up_form",
    "letters.stop_form",
    "offers.not_me_form",
    "verification.begin_form",
    "verification.undo_form",
    "articles.front",
    "cards.card",
    "cards.oembed",
    "comments.article",
    "comments.thread",
    "comments.search",
    "feeds.board",
    "feeds.thread",
    "embed.thread",
    "embed.include",
    "comments.comment",
    "profiles.person",
    "reactions.like_form",
    "reactions.dislike_form",
    "reports.report_form",
    "edits.revisions",
    "moderation.rulings",
    "moderation.rulings_csv",
    "moderation.rulings_json",
    "terms.of_use",
    "terms.privacy",
    "terms.house_rules",
    "terms.youth",
    "terms.rights",
    "tips.choose",
    "tips.box",
    "rights.claim_form",
    "rights.status_form",
    "rights.public",
    "transparency.index",
    "transparency.as_csv",
    "transparency.as_json",
    "well_known.security_txt",
    "well_known.healthz",
    "well_known.readyz",
    "well_known.robots",
    "well_known.favicon",
}
# Pages that any site may show in a frame.
FRAMED = {"cards.card"}
# Pages that are the same for members and guests.
SAME_FOR_ALL = {"cards.card", "cards.oembed", "embed.thread", "embed.include"}
# Pages that send everybody to a form at an address of its own.
SENT_TO_THE_FORM = {"tips.write_form", "tips.wait"}
# Pages for programs that have a token.
BY_TOKEN = {"metrics.metrics", "api_me.me", "api_me.comments"}
# Pages in the middle of something, which lead to its beginning.
SENT_TO_THE_BEGINNING = {
    "verification.code_form", "verification.name_form", "verification.password_form",
    "identity_providers.sign_up_form",
}  # fmt: skip
# The way back from a provider, for somebody who was not sent there.
SENT_TO_SIGN_IN = {"identity_providers.back"}
# The way from a page of another site to the article here.
SENT_TO_THE_ARTICLE = {"embed.page"}
# Pages that answer everybody with another address.
SENT_ON = SENT_TO_THE_FORM | SENT_TO_THE_BEGINNING | SENT_TO_SIGN_IN | SENT_TO_THE_ARTICLE
MEMBERS = {
    "accounts.account", "accounts.take_data", "accounts.offer_passkey",
    "sign_in_methods.confirm", "sign_in_methods.index", "comments.mine", "leaving.leave_form",
    "verification.email", "offers.index", "offers.not_me_form", "mutes.muted",
    "notifications.index", "personal_tokens.index", "profiles.form",
    "well_known.change_password",
}  # fmt: skip
STAFF = {
    "second_factor.index", "second_factor.code_form", "second_factor.enrol_form",
    "staff.index", "staff.log",
}  # fmt: skip
# Pages that each role may open besides; all others answer 403.
MATRIX = {
    "ada": MEMBERS | {"edits.edit_form"},
    "mo": MEMBERS
    | STAFF
    | {
        "desk.home",
        "alerts.index",
        "people.index",
        "people.person",
        "people.comments",
        "people.clear_form",
        "articles.desk",
        "queues.index",
        "threads.index",
        "threads.history",
        "threads.steer_form",
        "rules.index",
        "rules.write_form",
        "rules.rule",
        "rules.trial",
        "rules.allowed",
        "rules.export",
        "rules.import_form",
        "appeals.index",
        "claims.index",
        "claim_search.index",
        "registers.orders_page",
        "registers.disclosures_page",
        "barred.index",
        "dossiers.comment_form",
        "dossiers.claim_form",
        "dossiers.order_form",
        "log.index",
    },
    "tess": MEMBERS
    | STAFF
    | {
        "desk.home",
        "log.index",
        "articles.desk",
        "articles.write_form",
        "articles.edit_form",
        "article_authors.form",
        "article_deletion.delete_form",
        "threads.index",
        "threads.history",
        "threads.steer_form",
        "tip_desk.inbox",
        "tip_desk.tip",
        "tip_desk.unread",
        "tip_readers.unlock_form",
        "tip_readers.start_form",
        "tip_readers.recover_form",
        "tip_readers.readers",
        "tip_readers.add_form",
        "tip_readers.remove_form",
        "tip_readers.renew_form",
        "tip_readers.went_back",
        "tip_mail.mail",
        "tip_export.index",
        "tip_log.index",
    },
}


@pytest.fixture
def urls(app, ada, harbour):
    """The URL of every endpoint, filled in with rows that exist."""
    app.config["METRICS_TOKEN"] = "a-token-of-the-tests"
    app.config["KAKAO"] = Client("id", "secret")
    app.config["SECURITY_CONTACT"] = ("mailto:security@harbour.example",)
    comment = say(harbour, ada, "A comment")
    with writing():
        site = Site.add("press", "Press")
        db.session.flush()
        identify(db.session.get_one(Article, harbour.id), site, "7")
        comment.edit(Body.from_text("A comment, edited"))
        filter_rules.add(kind="word", text="lantern", by=None, state=State.ON)
        dry_run.begin(kind="word", text="l", action="hold", category="other", disguised=True,
                     by=ada, days=1, note="")  # fmt: skip
        claim_workflow.receive_claim(comment, name="Kim", contact="kim@pier.example",
                        kind="privacy", sentence="A", text="B", wish="block",
                        requester="person")  # fmt: skip
        orders.register([comment], by=ada, kind="court", body="A court", number="1", items="Hide",
                        received_at=now(), deadline_at=now())  # fmt: skip

    def fill(rule):
        url = rule.rule.replace("<slug>", "harbour").replace("<path:filename>", "css/board.css")
        url = url.replace("<name>", "kakao").replace("<type>", "not-found")
        queries = {
            "api.counts": "?article=harbour",
            "cards.oembed": f"?url=http://localhost/comments/{comment.id}",
            "embed.include": "?site=press&id=7",
            "embed.page": "?id=7",
            "embed.thread": "?site=press&id=7",
        }
        url = url.replace("<id:id>", str(comment.id)).replace("<key>", "press")
        return url + queries.get(rule.endpoint, "")

    return lambda method: {
        rule.endpoint: fill(rule) for rule in app.url_map.iter_rules() if method in rule.methods
    }


def test_guests_open_only_these_pages(guest, urls):
    answers = {page: guest.get(url) for page, url in urls("GET").items()}

    assert {page for page, answer in answers.items() if answer.status_code == 200} == OPEN_TO_GUESTS
    assert all(answers[page].location.startswith("/tips/new?form=") for page in SENT_TO_THE_FORM)
    assert {answers[page].status_code for page in BY_TOKEN} == {401}
    for page in SENT_TO_THE_BEGINNING:
        assert answers[page].location == "/sign-in?notice=code_over"
    for page in SENT_TO_SIGN_IN:
        assert answers[page].location == "/sign-in?notice=provider_failed"
    for page in SENT_TO_THE_ARTICLE:
        assert answers[page].location == "/articles/harbour#thread"
    sent_away = answers.keys() - (OPEN_TO_GUESTS | SENT_ON | BY_TOKEN)
    assert all(answers[page].location.startswith("/sign-in?next=") for page in sent_away)


@pytest.mark.parametrize("name", MATRIX)
def test_each_role_opens_exactly_its_pages(request, as_, urls, name):
    client = as_(request.getfixturevalue(name))

    answers = {page: client.get(url).status_code for page, url in urls("GET").items()}

    opened = {page for page, status in answers.items() if status in (200, 303)}
    assert opened == OPEN_TO_GUESTS | SENT_ON | MATRIX[name]
    assert {answers[page] for page in answers.keys() - opened - BY_TOKEN} <= {403}


def test_guests_can_only_post_sign_up_sign_in_language_complaints_and_tips(guest, urls):
    refused = {act for act, url in urls("POST").items() if guest.post(url).status_code == 401}

    allowed = urls("POST").keys() - refused

    assert {act for act in allowed if not act.startswith("tips.")} == {
        "accounts.sign_up", "accounts.sign_in", "accounts.sign_out", "letters.stop",
        "language_switch.switch", "rights.claim", "rights.status", "verification.begin_sign_in",
        "verification.verify", "verification.send_again", "verification.correct_address",
        "verification.choose_name", "verification.choose_password", "verification.undo",
        "accounts.passkey_options", "accounts.sign_in_with_passkey", "offers.not_me",
        "identity_providers.begin", "identity_providers.sign_up_with",
        "identity_providers.apple_notification",
    }  # fmt: skip
    assert {act for act in urls("POST") if act.startswith("tips.")} <= allowed


CROSS_SITE_HEADERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": None},
    {"Sec-Fetch-Site": None, "Origin": "null"},
    {"Sec-Fetch-Site": None, "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": None, "Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": None, "Origin": "http://localhost:81"},
    {"Sec-Fetch-Site": None, "Origin": "https://localhost"},
]


def test_every_post_from_another_site_is_refused(as_, mo, urls):
    client = as_(mo)

    statuses = {
        act: client.post(url, headers=CROSS_SITE_HEADERS[0]).status_code
        for act, url in urls("POST").items()
    }

    doors = WITHOUT_ORIGIN.keys() & statuses.keys()
    assert {act for act, status in statuses.items() if status != 403} == doors


@pytest.mark.parametrize("headers", CROSS_SITE_HEADERS)
def test_a_comment_from_another_site_is_refused_with_any_of_its_headers(as_, ada, harbour, headers):
    posted = as_(ada).post("/articles/harbour/comments", data={"body": "Hi"}, headers=headers)

    assert (posted.status_code, harbour.comment_count) == (403, 0)


def test_a_program_that_sends_our_own_origin_may_post(guest):
    headers = {"Sec-Fetch-Site": None, "Origin": "http://localhost"}

    assert guest.post("/language", data={"lang": "en"}, headers=headers).status_code == 303


def test_get_and_head_never_change_anything(as_, app, mo, urls, harbour):
    """Views read in transactions that cannot write, so it is enough that they succeed."""
    client = as_(mo)
    revision = harbour.revision

    for method in ("GET", "HEAD"):
        for page, url in urls("GET").items():
            assert client.open(url, method=method).status_code < 500, page
    assert harbour.revision == revision


def test_no_template_can_print_a_secret(app):
    with app.test_request_context("/"):
        assert render_template_string("{{ config }}") == ""


def test_a_view_without_an_audience_stops_the_app(app):
    app.view_functions["oops"] = lambda: "hello"

    with pytest.raises(RuntimeError, match="oops"):
        access.init_app(app)


def test_every_page_has_the_security_headers(as_, guest, tess, urls):
    pages = [*urls("GET").items(), (None, "/nowhere"), (None, "/comments/99999999")]
    for client in (guest, as_(tess)):
        for page, url in pages:
            answer = client.get(url)
            headers = answer.headers
            policy = headers["Content-Security-Policy"]
            assert "unsafe" not in policy, url
            assert "default-src 'none'" in policy, url
            ancestors = "*" if page in FRAMED else "'none'"
            assert f"frame-ancestors {ancestors};" in policy, url
            assert headers["X-Content-Type-Options"] == "nosniff", url
            assert "Server" not in headers, url
            is_page = answer.mimetype == "text/html" and not url.startswith("/embed/")
            assert ("sandbox" in policy) is not is_page, url
            if not is_page:
                continue
            assert "require-trusted-types-for 'script'" in policy, url
            is_about_tips = "/tips" in url or url == "/desk/unread"
            referrer = "no-referrer" if is_about_tips else "strict-origin-when-cross-origin"
            assert headers["Referrer-Policy"] == referrer, url
            assert "camera=()" in headers["Permissions-Policy"], url


def test_no_page_needs_inline_script_or_style_or_another_site(as_, guest, mo, tess, urls):
    for client in (guest, as_(mo), as_(tess)):
        for page, url in urls("GET").items():
            if page in ("static", "well_known.favicon"):
                continue
            text = client.get(url, follow_redirects=True).text
            inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
            assert set(inline) <= {'<script type="application/ld+json">'}, page
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), page
            loaded = re.findall(
                r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=\"(https?://[^\"]+)", text
            )
            assert [url for url in loaded if not url.startswith("http://localhost")] == [], page


def test_guests_get_no_cookie_and_members_pages_are_private(as_, guest, ada, urls):
    for page, url in urls("GET").items():
        assert "Set-Cookie" not in guest.get(url).headers, page
        if page not in (
            "static",
            "well_known.healthz",
            "well_known.readyz",
            "well_known.favicon",
        ) and not page.startswith("api."):
            cache_control = as_(ada).get(url).headers["Cache-Control"]
            expected = "public, no-cache" if page in SAME_FOR_ALL else "private, no-store"
            assert cache_control.removesuffix(", no-transform") == expected, page


def test_a_missing_page_is_404_in_the_readers_language(guest):
    korean, english = guest.get("/nowhere"), guest.get("/nowhere?lang=en")

    assert (korean.status_code, english.status_code) == (404, 404)
    assert "페이지를 찾을 수 없습니다" in korean.text
    assert "Page not found" in english.text


def test_a_crash_shows_a_page_without_a_traceback(app, guest):
    app.testing = False
    app.view_functions["articles.front"] = access.open_to(access.everyone)(lambda: 1 / 0)

    response = guest.get("/")

    assert response.status_code == 500
    assert "ZeroDivisionError" not in response.text
    assert "일시적인 오류가 발생했습니다" in response.text


def test_after_signing_out_the_account_page_is_closed(as_, ada, urls):
    client = as_(ada)
    client.post("/sign-out")

    assert client.get("/account").location == "/sign-in?next=/account"


def test_with_an_origin_the_canonical_link_of_an_article_uses_it(app, guest):
    app.config.update(ORIGIN="https://news.example", TRUSTED_HOSTS=["news.example"], HTTPS=True)
    keep(Article.publish(slug="one", title="One"))

    page = guest.get("/articles/one", base_url="https://news.example")

    assert '<link rel="canonical" href="https://news.example/articles/one">' in page.text
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_an_unknown_host_name_is_refused_everywhere(guest, urls):
    for url in ["/", "/nowhere", *urls("GET").values()]:
        assert guest.get(url, base_url="http://evil.example").status_code == 400, url
