"""Markdown tables of the results, printed and written into docs/performance.md."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.figures import DeskPage, Figure, Page, Results, ratios
from bench.work import COLD, NEWEST

BEGIN, END = "<!-- measured by `make bench-report` -->", "<!-- /measured -->"
TITLES = {
    "reading": "Reading, 32 connections",
    "writing": "Writing, one durable commit for each post",
    "long": "A thread of a million comments, compared with a thousand",
    "workers": "Two workers on one core",
}

_COLUMNS: dict[str, Callable[[Figure], str]] = {
    "requests/s": lambda figure: number(figure.rate),
    "CPU µs": lambda figure: number(figure.cpu),
    "p99 ms": lambda figure: number(figure.p99),
    "KiB": lambda figure: number(figure.bytes / 1024),
    "CPU µs a KiB": lambda figure: number(figure.cpu_of_a_kib),
}


def markdown(results: Results) -> str:
    parts = [
        f"{results.machine}; a thread of {results.comments:,} comments;\n"
        f"medians of {results.rounds} rounds, {results.day}. *CPU µs* is the processor time the\n"
        "server’s own processes use for one request; *by CPU* compares processor times.",
        *(
            _group(results, group, title)
            for group, title in TITLES.items()
            if any(figure.group == group for figure in results.figures)
        ),
        _peers(results),
        _pages(results.pages),
        _desk(results.desk),
        _facts(results.facts),
        _errors(results.figures),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _desk(pages: Sequence[DeskPage]) -> str:
    """Desk pages with long queues."""
    if not pages:
        return ""
    lines = [
        "**The desk, 100,000 comments in each of two queues, as many rulings in the log**",
        "",
        "| page | CPU ms | ms | statements |",
        "| --- | --: | --: | --: |",
        *(
            f"| {page.name} | {number(page.cpu)} | {number(page.wall)} | {page.statements} |"
            for page in pages
        ),
    ]
    return "\n".join(lines)


def write_into(document: Path, tables: str) -> None:
    """Replace the text between the two marks of the document."""
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{document} has no place for results: {BEGIN} … {END}")
    document.write_text(f"{before}{BEGIN}\n{tables}{END}{after}", "utf-8")


def number(value: float) -> str:
    """Number with about three digits; a dash for zero, which means not measured."""
    if not value:
        return "–"
    digits = next(digits for digits, least in enumerate((100, 10, 0.1, 0)) if abs(value) >= least)
    return f"{value:,.{digits}f}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown table: the first column is text, the others are numbers."""
    head = list(head)
    lines = [head, ["---", *(["--:"] * (len(head) - 1))], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _group(results: Results, group: str, title: str) -> str:
    rows = (
        [
            figure.name,
            *(show(figure) for show in _COLUMNS.values()),
            _compared_with(results, figure),
        ]
        for figure in results.figures
        if figure.group == group
    )
    return f"**{title}**\n\n" + table(["request", *_COLUMNS, "compared with"], rows)


def _compared_with(results: Results, figure: Figure) -> str:
    pair = results.ratios_of(figure)
    if pair is None or figure.than == figure.name:
        return ""
    rate, by_cpu = pair
    return f"{number(rate)} × {figure.than}" + (f" ({number(by_cpu)} by CPU)" if by_cpu else "")


def _peers(results: Results) -> str:
    """Isso has no page cache, so its page is compared with our cached and our uncached one."""
    rows = [
        _pair(ours, theirs)
        for theirs in results.figures
        if theirs.group == "peers"
        for name in (theirs.than, *([COLD] if theirs.than == NEWEST else []))
        if (ours := results.named(name))
    ]
    head = ["request", "board, requests/s (CPU µs)", "Isso", "times", "by CPU"]
    return (
        "**Compared with Isso, four workers as its documentation says, the same comments**\n\n"
        + table(head, rows)
        if rows
        else ""
    )


def _pair(ours: Figure, theirs: Figure) -> list[str]:
    times, by_cpu = ratios(ours, theirs)
    return [ours.name, _rate_and_cpu(ours), _rate_and_cpu(theirs), number(times), number(by_cpu)]


def _rate_and_cpu(figure: Figure) -> str:
    return f"{number(figure.rate)} ({number(figure.cpu)})"


def _pages(pages: list[Page]) -> str:
    rows = [
        [
            page.name,
            number(page.bytes / 1024),
            str(page.requests),
            number(page.lcp),
            f"{page.cls:.3f}",
        ]
        for page in pages
    ]
    title = "**In Chromium, empty cache, Fast 4G (165 ms, 9 Mbit/s), a screen of 360 pixels**"
    head = ["page", "KiB sent", "requests", "largest contentful paint, ms", "layout shift"]
    return f"{title}\n\n{table(head, rows)}" if rows else ""


def _facts(facts: dict[str, float]) -> str:
    rows = [[name, number(value)] for name, value in facts.items()]
    return "**Start and memory**\n\n" + table(["all processes together", ""], rows)


def _errors(figures: Iterable[Figure]) -> str:
    wrong = [f"{figure.name}: {figure.errors} errors" for figure in figures if figure.errors]
    return "**" + "; ".join(wrong) + "**" if wrong else ""
