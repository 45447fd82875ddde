"""Passwords: strength, Argon2id hashes, and the limiter of hashing."""

import threading
import unicodedata

import pytest
from flask import Flask

from board.accounts.auth import passwords
from board.accounts.auth.passwords import (
    hash_password,
    is_guessable,
    normalize_password,
    verify_password,
)
from board.runtime.limiter import Limiter, QueueFull
from support.wait import until

EASY = [
    "password12345678", "1234567890123456", "iloveyouiloveyou", "qwertyuiopasdfgh", "a" * 15,
    " " * 15, "비밀번호비밀번호비밀번호비밀번호", "PASSWORD12345678", "abcdefghijklmnop",
]  # fmt: skip
GOOD = ["lighthouse keeper at dusk", "등대지기는 저녁에 불을 켠다", "🌊 파도 🐟 생선 🚢 배를 탄다"]


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Overrides the fixture of conftest, so that hashing costs what it does in production."""


@pytest.mark.parametrize("password", EASY)
def test_a_common_password_is_guessable(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize("password", GOOD)
def test_a_sentence_is_not_guessable(password: str) -> None:
    assert not is_guessable(password, about=["푸른항구신문", "sora"])


@pytest.mark.parametrize("word", ["푸른항구신문", "SORAKIM"])
def test_words_about_the_user_are_guessable(word: str) -> None:
    assert is_guessable(word.lower() * 3, about=[word])


def test_of_a_long_password_only_the_beginning_is_estimated() -> None:
    assert not is_guessable(GOOD[0] + "a" * 100)
    assert is_guessable("a" * 40 + GOOD[0])
    assert is_guessable("a" * 20 + "4@8({[<63!")  # signs that can be read as letters in many ways


def test_an_estimate_waits_for_its_turn_like_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0.01)
    with passwords.limiter, pytest.raises(QueueFull):
        is_guessable(GOOD[0])


def test_a_password_matches_in_any_unicode_normalisation() -> None:
    password = "바닷가 등대지기 할아버지의 이야기"
    stored = hash_password(unicodedata.normalize("NFD", password))
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(password, stored)
    assert not verify_password(password + " ", stored)


def test_each_hash_of_a_password_is_different() -> None:
    assert hash_password("x") != hash_password("x")


def test_no_password_matches_a_missing_account() -> None:
    assert not verify_password("", None)


def test_normalising_composes_and_changes_nothing_else() -> None:
    assert normalize_password(" 가\u1100\u1161  é ") == " 가가  é "


def test_a_busy_limiter_raises_queue_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0.01)
    with passwords.limiter, pytest.raises(QueueFull):
        verify_password("x", None)
    assert not verify_password("x", None)


def test_the_limiter_holds_across_processes(app: Flask) -> None:
    """A second process of the same instance starts without open locks."""
    one, other = (Limiter("hashing", queue=1, wait=0.01) for _ in range(2))
    with one:
        ours, app.extensions["limiter_slots"] = app.extensions["limiter_slots"], {}
        with pytest.raises(QueueFull), other:
            pass
        theirs, app.extensions["limiter_slots"] = app.extensions["limiter_slots"], ours
    app.extensions["limiter_slots"] = theirs
    with other:
        pass


def test_short_work_of_two_kinds_shares_a_slot_and_long_work_has_another(app: Flask) -> None:
    hashing = Limiter("hashing", queue=1, wait=0.01)
    search = Limiter("search", queue=1, wait=0.01)
    export = Limiter("export", queue=1, wait=0.01, slot="long")
    with hashing:
        with pytest.raises(QueueFull), search:
            pass
        with export:
            pass
    with search:
        pass


@pytest.mark.slow
def test_a_full_queue_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 60)
    results: list[str] = []

    def check() -> None:
        try:
            results.append("no" if not verify_password("x", None) else "yes")
        except QueueFull:
            results.append("busy")

    threads = [threading.Thread(target=check) for _ in range(passwords.limiter.queue + 5)]
    with passwords.limiter:
        for thread in threads:
            thread.start()
        until(lambda: len(results) >= 5, "five find the queue full")
    for thread in threads:
        thread.join()
    assert sorted(results) == ["busy"] * 5 + ["no"] * passwords.limiter.queue


def test_a_slot_that_failed_to_open_is_free_for_the_next(app: Flask) -> None:
    limiter, folder = Limiter("test", queue=1, wait=0.01), app.instance_path
    app.instance_path = f"{folder}/gone"
    with pytest.raises(FileNotFoundError), limiter:
        pass
    app.instance_path = folder

    with limiter:
        pass


def test_a_hash_of_other_parameters_is_to_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_password(GOOD[0])
    assert not passwords.needs_rehash(before)
    monkeypatch.setattr(passwords, "_PASSES", 3)
    assert passwords.needs_rehash(before)
    assert not passwords.needs_rehash(hash_password(GOOD[0]))
