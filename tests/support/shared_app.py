"""Shared app: one for all tests of a worker with the same settings.

An app costs 50 ms, nearly all of it Werkzeug's while it compiles our routes, and its first pages
compile statements and load templates. So it is built once and reset for each test: a folder and a
database of the test's own, the initial settings, and empty caches.
"""

import copy
import inspect
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import event
from werkzeug.datastructures import ImmutableMultiDict

from board import create_app
from board.db import close_connections, db, read_connections
from board.db.write_lock import WriteLock
from board.web.page_cache.change_watch import ChangeWatcher
from board.web.page_cache.store import SegmentedLru
from board.web.request import query_filter


def settings_key(settings: Mapping[str, Any]) -> str:
    """Everything in which two apps can differ: settings and environment variables."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("BOARD_")}
    return repr((sorted(settings.items()), sorted(environment.items())))


def close_app(app: Flask) -> None:
    """Close connections and lock files: there are a thousand tests in one process."""
    with app.app_context():
        app.extensions["page_cache"].close()
        read_connections.close()
        db.session.remove()
        close_connections()
    for lock in (app.extensions["write_lock"], *app.extensions["limiter_slots"].values()):
        lock.close()


class RecordedArgs(ImmutableMultiDict[str, str]):
    """A query string that notes which of its arguments are read."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(mapping)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(key)
        return super().getlist(key, *args, **kwargs)


def record_query_arguments(app: Flask) -> None:
    """Fail every request whose view reads a query argument it does not declare with @open_to."""

    class RecordingRequest(app.request_class):  # type: ignore[name-defined, misc]
        @cached_property
        def args(self) -> RecordedArgs:
            return RecordedArgs(super().args)

    def check(response: Response) -> Response:
        view = app.view_functions.get(request.endpoint or "")
        undeclared = request.args.read - set(getattr(view, "query", ())) - query_filter.EVERYWHERE
        assert undeclared == set(), f"{request.endpoint} reads {undeclared}"
        return response

    app.request_class = RecordingRequest
    app.after_request(check)


class SharedApp:
    """An app that can be reset to how it was when it was built."""

    def __init__(self, empty: Path, settings: Mapping[str, Any]) -> None:
        """`empty` is an instance folder with an empty database."""
        self._empty = empty
        self.app = create_app({"INSTANCE": str(empty), "TESTING": True, **settings})
        record_query_arguments(self.app)
        self._initial = {name: _copy(value) for name, value in vars(self.app).items()}
        self._route_count = len(list(self.app.url_map.iter_rules()))
        self._caches = list(_caches_by_app())
        with self.app.app_context():
            for engine in db.engines.values():
                event.listen(engine, "do_connect", self._connect)
                event.listen(engine, "connect", _set_synchronous_off)

    @contextmanager
    def started_in(self, folder: Path) -> Iterator[Flask]:
        """The app in its context, as if it had just been started in `folder`."""
        for name in ("board.db", "secret_key"):
            shutil.copy(self._empty / name, folder)
        self._reset()
        app, path = self.app, folder / "board.db"
        url = app.config["SQLALCHEMY_DATABASE_URI"].set(database=str(path))
        app.instance_path = str(folder)
        app.config.update(INSTANCE=str(folder), SQLALCHEMY_DATABASE_URI=url)
        app.extensions["write_lock"] = WriteLock(Path(f"{path}.lock"))
        with app.app_context():
            for engine in db.engines.values():
                engine.url = url
            page_cache = app.extensions["page_cache"]
            page_cache._watcher, page_cache._pages = ChangeWatcher(app), SegmentedLru()
            yield app
        close_app(app)

    @property
    def has_new_routes(self) -> bool:
        """Whether the last test added routes, which cannot be removed."""
        return len(list(self.app.url_map.iter_rules())) > self._route_count

    def _reset(self) -> None:
        for name, value in self._initial.items():
            current = getattr(self.app, name)
            if isinstance(current, dict):
                current.clear()
                current.update(_copy(value))
            else:
                setattr(self.app, name, _copy(value))
        for cache in self._caches:
            cache.cache_clear()

    def _connect(self, dialect: Any, _record: Any, _args: Any, kwargs: dict[str, Any]) -> Any:
        return dialect.connect(f"{self.app.instance_path}/board.db", **kwargs)


def _set_synchronous_off(connection: Any, _record: Any) -> None:
    """Test databases need not survive a power cut; tests about that use no SharedApp."""
    connection.execute("PRAGMA synchronous = OFF")


def _copy(value: Any) -> Any:
    """Copy dicts and lists, such as registries and settings; all other objects stay the same."""
    if isinstance(value, dict):
        copied = copy.copy(value)
        copied.update((name, _copy(inner)) for name, inner in value.items())
        return copied
    return list(value) if type(value) is list else value


def _caches_by_app() -> Iterator[Any]:
    """The lru_caches of our modules that have the app object as a key."""
    modules = [module for name, module in sys.modules.items() if name.startswith("board.")]
    for value in [value for module in modules for value in vars(module).values()]:
        if isinstance(value, _lru_cache_wrapper) and _takes_an_app(value.__wrapped__):
            yield value


def _takes_an_app(function: Any) -> bool:
    return Flask in inspect.get_annotations(function).values()
