"""A freshly forked worker has few modules loaded, and no connection of its parent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# Modules for migrations, feeds, tip files, the server itself, and other databases.
RARELY_NEEDED = {
    "alembic", "lxml", "ijson", "pikepdf", "PIL", "pi_heif", "olefile", "granian",
    "sqlalchemy.dialects.postgresql", "board.ops.cli", "board.ops.serve",
    "board.articles.importing.run", "board.ops.sample", "unittest",
}  # fmt: skip

SERVES_A_PAGE = """
import json, sys
from wsgi import app
page = app.test_client().get("/articles/harbour/comments")
print(json.dumps({"status": page.status_code, "modules": sorted(sys.modules)}))
"""

FORKS = """
import os, sys
from board import create_app
from board.db import db
from board.runtime import jobs
app = create_app()
stop = jobs.start_scheduler(app)
with app.app_context():
    db.session.execute(db.text("SELECT 1"))
    db.session.remove()
    print(db.engine.pool.checkedin(), flush=True)
    if os.fork() == 0:
        print(db.engine.pool.checkedin(), flush=True)
        os._exit(0)
    os.wait()
stop.set()
"""

# A signal that comes at once: before any other step of the new process.
ENDS_EARLY = """
import os, signal
from board.ops.server.supervisor import keep_signals_at_fork
def note(number, _):
    print("noted", number, flush=True)
signal.signal(signal.SIGTERM, note)
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
keep_signals_at_fork()
if not (worker := os.fork()):
    signal.alarm(20)
    signal.pause()
print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
os.kill(os.getpid(), signal.SIGTERM)
"""


def run(code: str, folder: Path) -> str:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("BOARD_", "FLASK_"))}
    environment = {**inherited, "BOARD_INSTANCE": str(folder)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_worker_that_serves_threads_does_not_load_modules_few_pages_need(harbour, tmp_path):
    worker = json.loads(run(SERVES_A_PAGE, tmp_path))

    assert worker["status"] == 200
    assert RARELY_NEEDED & set(worker["modules"]) == set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_a_worker_inherits_no_connection(app, tmp_path):
    """SQLite's locks belong to a process: an inherited connection would have none."""
    assert run(FORKS, tmp_path).split() == ["1", "0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_a_signal_that_comes_during_a_fork_ends_the_worker_and_reaches_the_server(
    tmp_path,
):
    assert run(ENDS_EARLY, tmp_path).splitlines() == ["-15", "noted 15"]
