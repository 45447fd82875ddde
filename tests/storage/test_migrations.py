"""Migrations: the tables they make are those of the models."""

import ast
import errno
import shutil
import stat
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click import ClickException
from sqlalchemy import NullPool, create_engine, func, inspect, select, text

from board.accounts.models import User
from board.articles.addresses import address_key, canonical_url
from board.articles.article_keys import ArticleKey
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.viewer.reactions import ReactionLimits, like
from board.config import durable_files
from board.db import Base, database_copy, db, hash_chain, now, schema, sqlite, writing
from board.db.schema import State
from board.ops.backup import schedule
from board.runtime import jobs
from board.runtime.app import instance_folder
from board.tips.models.audit_log import AuditEntry
from conftest import say

pytestmark = pytest.mark.slow

VERSIONS = schema.MIGRATIONS / "versions"
COLUMN_TYPES = {"board.db.types.BigId", "board.db.types.UtcDateTime"}
DAY = "'2026-11-20'"


def test_migrations_make_exactly_the_tables_of_the_models(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": schema.is_mapped}
        )

        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_imports_no_live_code(path):
    """Live code changes, but a migration must always do the same as when it was written."""
    modules = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert {name for name in modules if name.split(".")[0] in ("board", "")} <= COLUMN_TYPES


def test_comments_older_than_the_search_index_are_found(guest, ada, harbour):
    say(harbour, ada, "부산 앞바다에서 KTX를 봤다 100%")
    command.downgrade(schema.alembic_config(), "0002")

    schema.upgrade()

    hits = {"바다": 1, "ㅂㄷ": 1, "ktx": 1, "100%": 1, "바닥": 0}
    pages = {
        query: guest.get("/articles/harbour/comments/search", query_string={"q": query})
        for query in hits
    }
    assert {
        query: page.get_data(as_text=True).count("<article") for query, page in pages.items()
    } == hits


def test_comments_indexed_before_widths_and_joined_letters_are_found(
    as_, guest, ada, mo, bora, harbour
):
    texts = ("ＣＣＴＶ를 달자", "ㄳ합니다", "버스 노선", "ㅄ 같은 소리")
    comments = [say(harbour, ada, each) for each in texts]
    as_(mo).post(f"/comments/{comments[3].id}/hide", data={"reason": "abuse"})
    after = index_terms()
    command.downgrade(schema.alembic_config(), "0031")
    before = index_terms()

    schema.upgrade()

    assert before - after == {"ｃｃ", "ｃｔ", "ｔｖ", "ｖ를", "ㄳ합", "ㄳㅎ"}
    assert after - before >= {"cc", "ct", "tv", "v를", "ㄱㅅ", "ㅅ합"}
    assert index_terms() == after
    search = "/articles/harbour/comments/search"
    pages = {q: guest.get(search, query_string={"q": q}).text for q in ("CCTV", "ㄳ", "ㅄ")}
    assert {q: page.count("<article") for q, page in pages.items()} == {"CCTV": 1, "ㄳ": 1, "ㅄ": 1}


def index_terms():
    """All words of the search index."""
    with writing():
        db.session.execute(
            text("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, comment_words, row)")
        )
        terms = set(db.session.scalars(text("SELECT term FROM temp.v")))
        db.session.execute(text("DROP TABLE temp.v"))
    return terms


def test_the_newest_migration_is_the_version_of_a_new_database(app):
    assert schema.state(db.engine) is State.CURRENT
    with db.engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert version == schema.revisions()[-1]


def test_downgrade_and_upgrade_work_on_a_database_with_rows(app, ada, bora, harbour):
    """Up from every earlier version, with rows in its tables."""
    say(harbour, bora, "Reply", to=say(harbour, ada, "Root"))
    before = counts()
    for revision in reversed(schema.revisions()[:-1]):
        command.downgrade(schema.alembic_config(), revision)

    schema.upgrade()

    assert counts() == before == {"user": 2, "article": 1, "comment": 2}


def test_comments_older_than_reactions_have_none(app, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    say(harbour, bora, "Reply", to=root)
    command.downgrade(schema.alembic_config(), "0001")
    with db.engine.connect() as connection:
        then = {column["name"] for column in inspect(connection).get_columns("comment")}

    schema.upgrade()

    assert "rank" not in then
    db.session.expire_all()
    comments = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    assert [(c.like_count, c.dislike_count, c.rank) for c in comments] == [(0, 0, 0.0)] * 2
    with writing():
        like(db.session.get(Comment, root.id), by=bora, limits=ReactionLimits.none())
    assert root.like_count == 1


def test_openings_of_tips_older_than_the_log_are_in_it(app, ada, bora):
    readers = (ada.id, "open"), (bora.id, "open"), (ada.id, "file")
    command.downgrade(schema.alembic_config(), "0020")
    with writing():
        tip = "INSERT INTO tip (id, ref, state, epoch, last_number, received_on, active_on,"
        db.session.execute(
            text(f"{tip} awaits_reader) VALUES (7, 'r', 'open', 1, 1, {DAY}, {DAY}, 1)")
        )
        opening = "INSERT INTO tip_opening (tip_id, user_id, act, made_on) VALUES"
        for user, act in readers:
            db.session.execute(text(f"{opening} (7, {user}, '{act}', {DAY})"))

    schema.upgrade()

    log = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    entries = [(entry.tip_id, entry.user_id, entry.act, entry.made_on.isoformat()) for entry in log]
    assert entries == [
        (7, ada.id, "open", "2026-11-20"),
        (7, bora.id, "open", "2026-11-20"),
        (7, ada.id, "file", "2026-11-20"),
    ]
    assert hash_chain.find_tampered(log) is None
    db.session.rollback()
    command.downgrade(schema.alembic_config(), "0020")
    assert db.session.scalar(text("SELECT count(*) FROM tip_opening")) == 3


def test_articles_older_than_their_keys_are_known_by_their_addresses(app):
    urls = {
        "one": "https://www.harbour.example/news/1/",
        "two": "http://harbour.example/news/1",
        "three": "https://m.harbour.example/뉴스?id=3",
    }
    with writing():
        for slug, url in urls.items():
            Article.publish(slug=slug, canonical_url=canonical_url(url), title=slug)
    keys = select(ArticleKey.hash, ArticleKey.article_id).order_by(ArticleKey.hash)
    before = db.session.execute(keys).all()
    db.session.rollback()
    command.downgrade(schema.alembic_config(), "0028")

    schema.upgrade()

    assert db.session.execute(keys).all() == before
    known = db.session.scalar(Article.by_keys([address_key("https://harbour.example/news/1")]))
    assert known.slug == "one"


def counts():
    tables = (User, Article, Comment)
    rows = {t.__tablename__: db.session.scalar(select(func.count()).select_from(t)) for t in tables}
    db.session.rollback()
    return rows


def test_states_of_a_database_are_distinguished(tmp_path, migrated):
    def engine_of(path):
        return create_engine(f"sqlite:///{path}", module=sqlite, poolclass=NullPool)

    def state_of(path):
        return schema.state(engine_of(path))

    newer, not_ours, junk = tmp_path / "newer.db", tmp_path / "not_ours.db", tmp_path / "junk.db"
    shutil.copy(migrated, newer)
    with engine_of(newer).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with engine_of(not_ours).begin() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
    junk.write_text("This is no database." * 100)

    states = [state_of(path) for path in (tmp_path / "none.db", newer, not_ours, junk, migrated)]

    assert states == [State.EMPTY, State.NEWER, State.NOT_OURS, State.UNREADABLE, State.CURRENT]


def test_a_board_without_tables_is_not_ready(another, tmp_path):
    client = another(tmp_path).test_client()

    assert client.get("/healthz").status_code == 200
    assert (client.get("/readyz").status_code, client.get("/readyz").json["schema"]) == (
        503,
        "empty",
    )


def test_the_migration_command_writes_the_next_migration(app, tmp_path, monkeypatch):
    shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "migrations")
    newest = schema.revisions()[-1]

    done = app.test_cli_runner().invoke(schema.migration, ["nothing new"])

    assert done.exit_code == 0, done.output
    number = f"{int(newest) + 1:04}"
    assert schema.revisions()[-1] == number
    written = (tmp_path / "migrations/versions" / f"{number}_nothing_new.py").read_text()
    assert f'down_revision = "{newest}"' in written.replace("'", '"')
    assert written.count("    pass") == 2


class TestTheCopyBefore:
    """Of the database, as it was before migrations ran."""

    def copies(self):
        folder = instance_folder() / database_copy.COPIES
        return sorted(folder.iterdir()) if folder.exists() else []

    def test_it_has_the_rows_and_the_tables_of_then(self, app, ada):
        command.downgrade(schema.alembic_config(), "0031")

        schema.upgrade()

        (path,) = self.copies()
        assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("0031.db", 0o600)
        with closing(sqlite.connect(path)) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0031",)]
            assert copy.execute("SELECT name FROM user").fetchall() == [("ada",)]

    def test_only_the_last_is_kept_and_for_two_weeks(self, app):
        for revision in ("0030", "0031"):
            command.downgrade(schema.alembic_config(), revision)
            schema.upgrade()
        assert [path.name for path in self.copies()] == ["0031.db"]
        assert not schedule.has_old_copies()

        with time_machine.travel(now() + timedelta(days=15)):
            assert "copies before migrations" in jobs.run_pending()
        assert self.copies() == []

    def test_a_current_or_empty_database_is_not_copied(self, app):
        schema.upgrade()

        assert self.copies() == []

    def test_without_room_for_it_nothing_is_migrated(self, app, monkeypatch):
        command.downgrade(schema.alembic_config(), "0031")

        def full(path):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(durable_files, "sync", full)
        with pytest.raises(ClickException, match="No space left"):
            schema.upgrade()
        assert schema.version(db.engine) == "0031"
        assert self.copies() == []
