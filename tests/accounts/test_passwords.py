"""Passwords: long enough, not on anybody's list, and kept as Argon2id only."""

import threading
import unicodedata

import pytest
from flask import Flask

from board.accounts.auth import passwords
from board.accounts.auth.passwords import hash_password, is_easy, is_password, normalize_password
from board.runtime.limiter import Limiter, QueueFull
from support.wait import until

EASY = [
    "password12345678", "1234567890123456", "iloveyouiloveyou", "qwertyuiopasdfgh", "a" * 15,
    " " * 15, "비밀번호비밀번호비밀번호비밀번호", "PASSWORD12345678", "abcdefghijklmnop",
]  # fmt: skip
GOOD = ["lighthouse keeper at dusk", "등대지기는 저녁에 불을 켠다", "🌊 파도 🐟 생선 🚢 배를 탄다"]


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Here they are hashed as in earnest."""


@pytest.mark.parametrize("password", EASY)
def test_a_password_of_the_lists_is_easy(password: str) -> None:
    assert is_easy(password)


@pytest.mark.parametrize("password", GOOD)
def test_a_sentence_is_not_easy(password: str) -> None:
    assert not is_easy(password, about=["푸른항구신문", "sora"])


@pytest.mark.parametrize("word", ["푸른항구신문", "SORAKIM"])
def test_words_about_the_person_are_easy(word: str) -> None:
    assert is_easy(word.lower() * 3, about=[word])


def test_a_password_is_known_again_however_its_letters_are_composed() -> None:
    password = "바닷가 등대지기 할아버지의 이야기"
    kept = hash_password(unicodedata.normalize("NFD", password))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password(password, kept)
    assert not is_password(password + " ", kept)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password("x") != hash_password("x")


def test_nobody_has_the_password_of_a_missing_account() -> None:
    assert not is_password("", None)


def test_tidying_composes_and_changes_nothing_else() -> None:
    assert normalize_password(" 가\u1100\u1161  é ") == " 가가  é "


def test_whoever_finds_all_turns_taken_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0.01)
    with passwords.limiter, pytest.raises(QueueFull):
        is_password("x", None)
    assert not is_password("x", None)


def test_processes_take_turns_too(app: Flask) -> None:
    """A second process of the same instance has opened nothing yet."""
    one, other = (Limiter("hashing", queue=1, wait=0.01) for _ in range(2))
    with one:
        ours, app.extensions["limiter_slots"] = app.extensions["limiter_slots"], {}
        with pytest.raises(QueueFull), other:
            pass
        theirs, app.extensions["limiter_slots"] = app.extensions["limiter_slots"], ours
    app.extensions["limiter_slots"] = theirs
    with other:
        pass


def test_when_the_line_is_full_one_is_told_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 60)
    told: list[str] = []

    def check() -> None:
        try:
            told.append("no" if not is_password("x", None) else "yes")
        except QueueFull:
            told.append("busy")

    storm = [threading.Thread(target=check) for _ in range(passwords.limiter.queue + 5)]
    with passwords.limiter:
        for thread in storm:
            thread.start()
        until(lambda: len(told) >= 5, "five are told that the line is full")
    for thread in storm:
        thread.join()
    assert sorted(told) == ["busy"] * 5 + ["no"] * passwords.limiter.queue


def test_a_turn_that_could_not_be_taken_is_there_for_the_next(app: Flask) -> None:
    turns, folder = Limiter("test", queue=1, wait=0.01), app.instance_path
    app.instance_path = f"{folder}/gone"
    with pytest.raises(FileNotFoundError), turns:
        pass
    app.instance_path = folder

    with turns:
        pass
