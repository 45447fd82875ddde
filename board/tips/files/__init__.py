"""Inspects files for metadata that identifies people, and makes cleaned copies.

`inspect` and `clean` start a worker for each file (`worker.py`): no library that parses files is
ever loaded here. Modules import each other relatively, because the worker loads this folder alone.
"""

from . import sandbox
from .isolation import FILE_LAYERS
from .results import Cleaned, Finding, FindingKind, NotCleanable, Reason, Report, WorkerLimits
from .sandbox import isolation_report

__all__ = [
    "FILE_LAYERS",
    "Cleaned",
    "Finding",
    "FindingKind",
    "NotCleanable",
    "Reason",
    "Report",
    "WorkerLimits",
    "clean",
    "inspect",
    "isolation_report",
]


def inspect(data: bytes, name: str, limits: WorkerLimits = WorkerLimits()) -> Report:  # noqa: B008 - frozen
    """What `data`, sent under `name`, reveals about its author. A hostile file only gets a shorter
    report.

    Whether it can be cleaned is not guessed: cleaning was tried.
    """
    answer = sandbox.run_worker(data, name, limits, wants_copy=False)
    return Report(answer.format, answer.findings, answer.name is not None, answer.why_not)


def clean(data: bytes, name: str, limits: WorkerLimits = WorkerLimits()) -> Cleaned:  # noqa: B008 - frozen
    """A copy that shows the same, inspected again and found to reveal only what `stays`.

    Raises NotCleanable with the reason.
    """
    answer = sandbox.run_worker(data, name, limits, wants_copy=True)
    if answer.name is None:
        raise NotCleanable(answer.why_not or Reason.DAMAGED)
    removed = tuple(finding for finding in answer.findings if not finding.stays)
    return Cleaned(answer.data, answer.name, removed)
