"""Exposition: all families and gauges as text that Prometheus reads (format 0.0.4)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from board.runtime.metrics.cells import cells
from board.runtime.metrics.families import Sample, families

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Gauge(NamedTuple):
    """What is measured when somebody asks."""

    name: str
    text: str
    samples: Iterable[Sample]


def exposition(gauges: Iterable[Gauge]) -> str:
    totals = cells.totals()
    lines: list[str] = []
    for family in families.values():
        lines += _lines(family.name, family.kind, family.text, family.samples(totals))
    for name, text, samples in gauges:
        lines += _lines(name, "gauge", text, samples)
    return "\n".join([*lines, ""])


def _lines(name: str, kind: str, text: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for value, labels, suffix in samples:
        yield f"{name}{suffix}{_in_braces(labels)} {value:.17g}"


def _in_braces(labels: Mapping[str, str]) -> str:
    """Their values are names of ours, in which nothing needs to be escaped."""
    pairs = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""
