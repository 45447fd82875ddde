"""An operator sets settings; a bad value is refused in a sentence."""

import re
from pathlib import Path

import pytest

from board import create_app
from board.config import SETTINGS, BadSetting
from board.db import close_connections

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in SETTINGS:
        monkeypatch.delenv(f"BOARD_{setting.name}", raising=False)


def config_of(folder: Path) -> dict[str, object]:
    app = create_app({"INSTANCE": str(folder)})
    with app.app_context():
        close_connections()
    return dict(app.config)


def test_the_page_for_operators_lists_exactly_the_settings() -> None:
    documented = re.findall(r"^\| `BOARD_([A-Z_]+)` \|", DOCS.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(["INSTANCE", *(setting.name for setting in SETTINGS)])


def test_every_default_is_a_valid_value() -> None:
    for setting in SETTINGS:
        assert setting.parse(setting.default) in (setting.default, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql://x@127.0.0.1/y"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///relative.db"),
        ("DATABASE_URL", "sqlite:////no/such/folder/board.db"),
        ("ORIGIN", "news.example"),
        ("ORIGIN", "ftp://news.example"),
        ("ORIGIN", "https://news.example/board"),
        ("ORIGIN", "https://user@news.example"),
        ("ORIGIN", "https://news.example?x"),
        ("ORIGIN", "https://new s.example"),
        ("ORIGIN", "https://뉴스.example"),
        ("ORIGIN", "https://[::1"),
        ("FEEDS", "news.example/rss"),
        ("FEEDS", "https://news.example/rss feed.xml"),
        ("FEEDS", "ftp://news.example/rss"),
        ("FEEDS", "https:///rss"),
        ("FEED_MINUTES", "0"),
        ("IMAGE_ORIGINS", "https://a.example;script-src"),
        ("TIMEZONE", "Mars/Base"),
        ("TIMEZONE", ""),
        ("TIMEZONE", "../etc/passwd"),
        ("PROXIES", "-1"),
        ("PROXIES", "many"),
        ("PROXIES", "1.5"),
        ("COMMENTS_PER_DAY", ""),
        ("COMMENTS_PER_DAY", "1_0"),
        ("SAME_TEXT_HOURS", "99999999999"),
        ("COMMENT_MAX_LENGTH", "0"),
        ("REGISTRATION_DATE", "last year"),
        ("FIRST_PUBLISHED", "2026-02-30"),
        ("ACCESS_LOG_DAYS", "some"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"BOARD_{name}", value)
    with pytest.raises(BadSetting) as refusal:
        create_app({"INSTANCE": str(tmp_path)})
    message = refusal.value.format_message()
    assert message.startswith(f"BOARD_{name} ") and message.endswith(f"it is {value!r}.")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("toml", "error"),
    [
        ("colour = 'red'", "COLOUR"),
        ("site_name = ", "not valid TOML"),
        ("comments_per_day = true", "BOARD_COMMENTS_PER_DAY"),
        ("comments_per_day = 1.0", "BOARD_COMMENTS_PER_DAY"),
        ("comments_per_day = inf", "BOARD_COMMENTS_PER_DAY"),
        ("site_name = 7", "BOARD_SITE_NAME"),
        ("registration_date = 2026-01-31T09:00:00", "BOARD_REGISTRATION_DATE"),
        ("site_name = '\udcff'", "not valid TOML"),
    ],
)
def test_a_board_toml_that_cannot_be_used_is_refused(tmp_path: Path, toml: str, error: str) -> None:
    (tmp_path / "board.toml").write_text(toml, errors="surrogateescape")
    with pytest.raises(BadSetting, match=error):
        create_app({"INSTANCE": str(tmp_path)})


def test_the_environment_overrides_board_toml_and_that_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "board.toml").write_text("proxies = 1\ncomments_per_day = 5\n")
    monkeypatch.setenv("BOARD_PROXIES", "2")
    config = config_of(tmp_path)
    names = ("PROXIES", "COMMENTS_PER_DAY", "COMMENT_MAX_LENGTH")
    assert [config[name] for name in names] == [2, 5, 300]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("HTTPS://News.Example/", "https://news.example"),
        ("https://news.example:443", "https://news.example"),
        ("http://news.example:80", "http://news.example"),
        ("http://127.0.0.1:8443", "http://127.0.0.1:8443"),
        ("", ""),
    ],
)
def test_an_origin_is_stored_as_browsers_send_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, stored: str
) -> None:
    monkeypatch.setenv("BOARD_ORIGIN", given)
    assert config_of(tmp_path)["ORIGIN"] == stored


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "instance"
    first, second = config_of(folder)["SECRET_KEY"], config_of(folder)["SECRET_KEY"]
    key = folder / "secret_key"
    assert first == second == key.read_text() and len(key.read_text()) == 64
    assert (key.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (folder / "board.db").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in folder.iterdir()} == {"secret_key", "board.db"}


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_broken_secret_key_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(BadSetting, match="holds no usable key"):
        create_app({"INSTANCE": str(tmp_path)})


@pytest.mark.parametrize("below", ["", "/instance"])
def test_an_instance_folder_that_cannot_be_made_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match=r"^The instance folder .* cannot be made: .*\.$"):
        create_app({"INSTANCE": f"{tmp_path}/file{below}"})
