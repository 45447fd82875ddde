"""A real server with the sample board, behind a proxy that names its clients."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.real_server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    load = [sys.executable, "-m", "flask", "--app", "wsgi", "sample", "load"]
    environment = {**os.environ, "BOARD_INSTANCE": str(folder)}
    subprocess.run(load, env=environment, check=True, capture_output=True)
    with Server(folder, settings={"PROXIES": "1"}) as server:
        yield server
