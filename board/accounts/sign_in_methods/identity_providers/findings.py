"""What `doctor` says of identity providers: each is asked for its addresses and its keys."""

from flask import current_app

from board.accounts.sign_in_methods.identity_providers import providers
from board.accounts.sign_in_methods.identity_providers.apple import NoKey
from board.accounts.sign_in_methods.identity_providers.providers import Provider
from board.db import db, schema
from board.runtime.http_client import RequestFailed


def findings() -> list[tuple[bool, str]]:
    """Only asking finds out whether the newsroom’s id and secret are right: try each button."""
    if schema.state(db.engine) is not schema.State.CURRENT:
        return []
    found = []
    for provider in providers.configured():
        problem = _problem(provider)
        found.append((not problem, f"{provider.name}: {problem or 'its keys can be fetched'}"))
    if providers.named("kakao") and not current_app.config["KAKAO_ADMIN_KEY"]:
        advice = "BOARD_KAKAO_ADMIN_KEY is not set, so the board is not told who unlinks at Kakao"
        found.append((True, advice))
    if fakes := current_app.config["FAKE_PROVIDERS"]:
        found.append((True, f"all providers are fakes at {fakes}, to try the board out"))
    return found


def _problem(provider: Provider) -> str:
    """Empty if there is none."""
    try:
        provider.client()
        for document in providers.documents_of([provider]):
            document.ask()
    except (NoKey, RequestFailed) as error:
        return str(error)
    if provider.endpoints() is None:
        return "its addresses have not been discovered yet: `serve` does it, or `work --once`"
    return ""
