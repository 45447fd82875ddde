"""Benchmark: parsing of wrk and /proc, medians, tables and the chart."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import figures, load, plot, report, servers, soak
from bench.__main__ import wanted
from bench.figures import DeskPage, Figure, Page, Results
from bench.load import LoadResult, RequestTemplate
from bench.work import COLD, COMMITS, HELLO, MIXED, NEWEST, POST_1, POST_8, Cell

WRK = """Running 2s test @ http://127.0.0.1:8000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.33ms    2.35ms  27.92ms   91.53%
    Req/Sec    25.61k     4.41k   29.92k    80.00%
  Latency Distribution
     50%  350.00us
     75%    1.03ms
     90%    2.21ms
     99%    1.20s
  51200 requests in 2.01s, 100.00MB read
Requests/sec:  25472.41
Transfer/sec:     49.75MB
"""


def answer(rate: float = 100, *, requests: int = 200, errors: int = 0) -> LoadResult:
    return LoadResult(requests, rate, p50=1, p99=2, bytes=2048, errors=errors)


def figure(name: str, *, rate: float, cpu: float, than: str = "", group: str = "reading") -> Figure:
    return Figure(group, name, than, rate, cpu, p50=1, p99=2, bytes=2048, errors=0)


@pytest.fixture
def results() -> Results:
    return Results(
        day="2026-11-24",
        machine="a machine",
        comments=1000,
        rounds=3,
        figures=[
            figure(HELLO, rate=5000, cpu=100, than=HELLO),
            figure(NEWEST, rate=20000, cpu=20, than=HELLO),
            figure(COLD, rate=500, cpu=1000, than=HELLO),
            figure("Isso <page>", rate=50, cpu=20000, than=NEWEST, group="peers"),
        ],
        facts={"memory when idle, MB": 60.5},
        pages=[Page("article", bytes=30720, requests=6, lcp=450, cls=0.001)],
    )


def test_what_wrk_prints_is_read():
    seen = load.parse(WRK)

    assert (seen.requests, seen.rate) == (51200, 25472.41)
    assert (seen.p50, seen.p99) == (pytest.approx(0.35), 1200)
    assert (seen.bytes, seen.errors) == (2048, 0)


@pytest.mark.parametrize(
    ("read", "bytes"), [("51200B", 1), ("50.00KB", 1), ("25.00MB", 512), ("1.00GB", 20971.52)]
)
def test_sizes_are_read_in_every_unit(read: str, bytes: float):
    assert load.parse(WRK.replace("100.00MB", read)).bytes == bytes


def test_refused_requests_and_broken_connections_are_errors():
    told = (
        WRK + "Non-2xx or 3xx responses: 7\n  Socket errors: connect 1, read 2, write 0, timeout 3"
    )

    assert load.parse(told).errors == 13


def test_words_nobody_expected_are_shown():
    with pytest.raises(ValueError, match="unable to connect"):
        load.parse("unable to connect to 127.0.0.1")


def test_lua_is_told_texts_and_tables():
    assert load.lua({"a": 'say "hi"', "b": ["가", "나"]}) == (
        '{["a"] = "say \\"hi\\"", ["b"] = {"가", "나"}}'
    )


def test_a_script_names_its_run(tmp_path: Path):
    script = load.write_script(
        tmp_path / "post.lua", RequestTemplate("/new", "body=@text"), run="r1", every=20
    )

    assert '"POST"' in script.read_text()
    assert 'local text = "r1" .. ' in script.read_text()
    assert "n % 20 == 0" in script.read_text()


def test_processor_time_is_that_of_the_process():
    begin = time.process_time()
    while time.process_time() < begin + 0.1:
        pass

    seconds = servers.seconds_of(Path(f"/proc/{os.getpid()}/stat").read_text())

    assert seconds == pytest.approx(time.process_time(), abs=0.1)


def test_the_name_of_a_process_may_hold_brackets():
    stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 0 0 0"

    assert servers.seconds_of(stat) == 200 / os.sysconf("SC_CLK_TCK")


def test_memory_is_the_proportional_size():
    assert servers.proportional_size("Rss: 9 kB\nPss: 2048 kB\nPss_Anon: 7 kB\n") == 2


def test_figures_are_medians_and_errors_add_up():
    rounds = [(answer(90), 0.01), (answer(100, errors=2), 0.03), (answer(500, errors=1), 0.02)]

    found = Figure.from_rounds("reading", "page", "hello", rounds)

    assert (found.rate, found.errors) == (100, 3)
    assert found.cpu == 100  # 0.02 s for 200 requests
    assert found.cpu_of_a_kib == 50
    assert figures.cpu_of(answer(requests=0), 1.5) == 0


def test_a_ratio_is_told_by_rate_and_by_processor_time(results: Results):
    newest = results.named(NEWEST)

    assert results.ratios_of(newest) == (4, 5)


def test_nothing_is_compared_with_what_was_not_measured(results: Results):
    alone = figure("alone", rate=1, cpu=1, than="nothing like it")

    assert results.ratios_of(alone) is None
    assert results.ratios_of(figure("storm", rate=500, cpu=0, than=HELLO)) == (0.1, 0)


def test_a_server_that_answered_nothing_is_a_dash(results: Results):
    results.figures.append(figure("Isso", rate=0, cpu=0, than=COLD, group="peers"))

    assert f"| {COLD} | 500 (1,000) | – (–) | – | – |" in report.markdown(results)
    assert "Isso: –" in plot.svg(results)


def test_results_are_kept_and_read_again(results: Results, tmp_path: Path):
    results.save(tmp_path / "bench.json")

    assert Results.load(tmp_path / "bench.json") == results


def test_memory_that_grows_evenly_has_that_slope():
    samples = [(0.0, 60.0), (60.0, 61.0), (120.0, 62.0)]

    assert figures.slope(samples) == pytest.approx(1 / 60)
    assert list(soak.memory_facts(samples).values()) == [60, 62, 10]


def test_a_group_brings_what_it_is_compared_with():
    def cell(group: str, name: str, than: str) -> Cell:
        return Cell(group, name, than, lambda seconds: (answer(), 0))

    cells = [cell("a", "1", ""), cell("a", "2", "1"), cell("b", "3", "1"), cell("c", "4", "3")]

    assert [cell.name for cell in wanted(cells, {"b"})] == ["1", "3"]


def test_the_table_says_each_ratio(results: Results):
    told = report.markdown(results)

    assert (
        f"| {NEWEST} | 20,000 | 20.0 | 2.00 | 2.00 | 10.0 | 4.00 × {HELLO} (5.00 by CPU) |" in told
    )
    assert f"| {NEWEST} | 20,000 (20.0) | 50.0 (20,000) | 400 | 1,000 |" in told
    assert f"| {COLD} | 500 (1,000) | 50.0 (20,000) | 10.0 | 20.0 |" in told
    assert "| article | 30.0 | 6 | 450 | 0.001 |" in told
    assert "errors" not in told


def test_memory_may_also_be_given_back(results: Results):
    results.facts["memory gained in 10 minutes of it, MB"] = -2.5

    assert "| memory gained in 10 minutes of it, MB | -2.50 |" in report.markdown(results)


def test_errors_are_not_passed_over(results: Results):
    results.figures.append(Figure.from_rounds("reading", "page", "", [(answer(errors=4), 1)]))

    assert "**page: 4 errors**" in report.markdown(results)


def test_the_report_changes_between_the_marks_only(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")

    report.write_into(document, "new\n")
    report.write_into(document, "newer\n")

    assert document.read_text() == f"before\n{report.BEGIN}\nnewer\n{report.END}\nafter\n"


def test_a_document_without_marks_stays_as_it_is(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text("nothing measured here\n")

    with pytest.raises(SystemExit, match="no place for results"):
        report.write_into(document, "new\n")
    assert document.read_text() == "nothing measured here\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk makes the load")
def test_an_operator_measures_how_fast_the_board_writes(tmp_path: Path):
    kept = tmp_path / "bench.json"
    asked = ["writing", "--comments", "30", "--seconds", "1", "--rounds", "1", "--save", str(kept)]

    subprocess.run([sys.executable, "-m", "bench", *asked], cwd=servers.ROOT, check=True)

    found = Results.load(kept)
    assert [each.name for each in found.figures] == [NEWEST, COMMITS, POST_1, POST_8, MIXED]
    assert all(each.errors <= each.rate / 2 for each in found.figures)  # a slow answer is one


def test_the_picture_has_a_bar_for_each_longer_for_the_faster(results: Results):
    picture = ElementTree.fromstring(plot.svg(results))

    space = "{http://www.w3.org/2000/svg}"
    words = [text.text for text in picture.iter(f"{space}text")]
    widths = [float(bar.attrib["width"]) for bar in picture.iter(f"{space}rect")]
    assert [word for word in words if word in {HELLO, NEWEST, COLD, "Isso <page>"}] == [
        NEWEST,
        HELLO,
        COLD,
        "Isso <page>",
    ]
    assert len(widths) == 4
    assert widths == sorted(widths, reverse=True)
    assert "Isso <page>: 50.0" in picture.attrib["aria-label"]


def test_figures_below_and_above_the_scale_stay_in_the_picture(results: Results):
    results.figures += [figure("slow", rate=0.5, cpu=9), figure("fast", rate=9e6, cpu=1)]

    picture = ElementTree.fromstring(plot.svg(results))

    bars = list(picture.iter("{http://www.w3.org/2000/svg}rect"))
    assert max(float(bar.attrib["width"]) for bar in bars) <= plot.WIDTH - 2 * plot.LEFT
    assert min(float(bar.attrib["width"]) for bar in bars) >= 0


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk makes the load")
def test_a_script_that_cannot_be_read_ends_the_run(tmp_path: Path):
    (tmp_path / "broken.lua").write_text("function request(")

    with pytest.raises(SystemExit, match=r"broken\.lua"):
        load.run_wrk("http://127.0.0.1:9/", 1, connections=1, script=tmp_path / "broken.lua")


def test_pages_of_the_desk_are_a_table_of_their_own(results):
    results.desk = [DeskPage("held", cpu=52.4, wall=60.12, statements=17, status=200)]

    assert "| held | 52.4 | 60.1 | 17 |" in report.markdown(results)


def test_results_from_before_the_desk_was_measured_are_still_read(results, tmp_path):
    results.desk = [DeskPage("held", cpu=52.4, wall=60.12, statements=17, status=200)]
    results.save(tmp_path / "new.json")
    assert Results.load(tmp_path / "new.json").desk == results.desk
    told = json.loads((tmp_path / "new.json").read_text())
    del told["desk"]
    (tmp_path / "old.json").write_text(json.dumps(told))

    assert Results.load(tmp_path / "old.json").desk == []
