"""What a worker starts with: little memory, and nothing of its parent that it must not use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# Migrations, feeds, files of tips, the server itself, and what another database would need.
FOR_FEW = {
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
stop = jobs.keep_running(app)
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

ENDS_EARLY = """
import os, signal
from board.serve import heed_signals
signal.signal(signal.SIGTERM, lambda *_: None)
os.register_at_fork(after_in_child=heed_signals)
reads, writes = os.pipe()
if not (worker := os.fork()):
    os.write(writes, b"1")
    signal.pause()
os.read(reads, 1)
os.kill(worker, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
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


def test_a_worker_that_serves_threads_has_not_loaded_what_few_pages_need(harbour, tmp_path):
    told = json.loads(run(SERVES_A_PAGE, tmp_path))

    assert told["status"] == 200
    assert FOR_FEW & set(told["modules"]) == set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_a_worker_inherits_no_connection(app, tmp_path):
    """SQLite's locks belong to a process; a connection carried into another would be without."""
    assert run(FORKS, tmp_path).split() == ["1", "0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_a_worker_that_is_told_to_end_before_it_has_begun_ends(tmp_path):
    assert run(ENDS_EARLY, tmp_path).split() == ["-15"]
