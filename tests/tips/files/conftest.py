"""A worker that was taken over: it isolates itself, then runs the code of somebody else."""

from collections.abc import Callable

import pytest

from board.tips.files import sandbox

# What enters each layer, replaced where a machine is played that lacks it.
LAYERS = {
    "Landlock": "isolation.landlock.forbid_files",
    "no privileges": "isolation.privileges.drop",
    "own network": "isolation.privileges.leave_network",
    "seccomp": "isolation.seccomp.install",
}
ISOLATE = "isolation.isolate(WorkerLimits(seconds=1))"


@pytest.fixture
def worker_that(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From here on the worker runs this code once it is isolated, without the layers named.

    `before` runs earlier; `isolate` is how it isolates itself.
    """

    def runs(code: str, *, without: str = "", before: str = "", isolate: str = ISOLATE) -> None:
        missing = [LAYERS[name] for name in LAYERS if name in without]
        lines = (
            sandbox._FIND,
            "from files import isolation, worker\nfrom files.isolation import preload",
            "from files.results import WorkerLimits",
            *(f"{layer} = lambda: False" for layer in missing),
            "preload.load(is_picture=False)",
            before,
            isolate,
            code,
        )
        monkeypatch.setattr(sandbox, "_START", "\n".join(lines))

    return runs
