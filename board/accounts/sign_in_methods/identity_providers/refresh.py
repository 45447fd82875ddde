"""Renewal of the documents of providers, by the background worker: so no page waits for them."""

from collections.abc import Callable

from flask import current_app

from board.accounts.sign_in_methods.identity_providers import providers
from board.runtime.http_client import RequestFailed


def is_due() -> bool:
    found = providers.documents_of(providers.configured())
    return any(document.is_due() for document in found)


def renew(goes_on: Callable[[], bool] = lambda: True) -> None:
    """One that cannot be fetched is tried again in some minutes, and its provider is not offered
    once the last copy is a day old."""
    for provider in providers.configured():
        for document in providers.documents_of([provider]):  # what it offers first, then its keys
            if not goes_on() or not document.is_due():
                continue
            try:
                document.fetch()
            except RequestFailed as error:
                current_app.logger.warning("%s, %s: %s", provider.name, document.url, error)
