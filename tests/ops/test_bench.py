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
from bench.storm import run as storm
from bench.storm.attacks import ATTACKS
from bench.storm.reader import Timing
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


def load_result(rate: float = 100, *, requests: int = 200, errors: int = 0) -> LoadResult:
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


def test_output_of_wrk_is_parsed():
    parsed = load.parse(WRK)

    assert (parsed.requests, parsed.rate) == (51200, 25472.41)
    assert (parsed.p50, parsed.p99) == (pytest.approx(0.35), 1200)
    assert (parsed.bytes, parsed.errors) == (2048, 0)


@pytest.mark.parametrize(
    ("read", "bytes"), [("51200B", 1), ("50.00KB", 1), ("25.00MB", 512), ("1.00GB", 20971.52)]
)
def test_sizes_are_read_in_every_unit(read: str, bytes: float):
    assert load.parse(WRK.replace("100.00MB", read)).bytes == bytes


def test_refused_requests_and_broken_connections_are_errors():
    output = (
        WRK + "Non-2xx or 3xx responses: 7\n  Socket errors: connect 1, read 2, write 0, timeout 3"
    )

    assert load.parse(output).errors == 13


def test_unexpected_output_of_wrk_is_reported():
    with pytest.raises(ValueError, match="unable to connect"):
        load.parse("unable to connect to 127.0.0.1")


def test_texts_lists_and_dicts_become_lua_literals():
    assert load.lua({"a": 'say "hi"', "b": ["가", "나"]}) == (
        '{["a"] = "say \\"hi\\"", ["b"] = {"가", "나"}}'
    )


def test_a_script_contains_the_name_of_its_run(tmp_path: Path):
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


def test_the_name_of_a_process_may_contain_brackets():
    stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 0 0 0"

    assert servers.seconds_of(stat) == 200 / os.sysconf("SC_CLK_TCK")


def test_memory_is_the_proportional_set_size():
    assert servers.proportional_size("Rss: 9 kB\nPss: 2048 kB\nPss_Anon: 7 kB\n") == 2


def test_figures_are_medians_and_errors_add_up():
    first, second, third = load_result(90), load_result(100, errors=2), load_result(500, errors=1)
    rounds = [(first, 0.01), (second, 0.03), (third, 0.02)]

    medians = Figure.from_rounds("reading", "page", "hello", rounds)

    assert (medians.rate, medians.errors) == (100, 3)
    assert medians.cpu == 100  # 0.02 s for 200 requests
    assert medians.cpu_of_a_kib == 50
    assert figures.cpu_of(load_result(requests=0), 1.5) == 0


def test_ratios_are_of_rates_and_of_processor_times(results: Results):
    newest = results.named(NEWEST)

    assert results.ratios_of(newest) == (4, 5)


def test_there_is_no_ratio_to_a_figure_that_was_not_measured(results: Results):
    alone = figure("alone", rate=1, cpu=1, than="nothing like it")

    assert results.ratios_of(alone) is None
    assert results.ratios_of(figure("storm", rate=500, cpu=0, than=HELLO)) == (0.1, 0)


def test_a_server_that_answered_nothing_is_shown_as_a_dash(results: Results):
    results.figures.append(figure("Isso", rate=0, cpu=0, than=COLD, group="peers"))

    assert f"| {COLD} | 500 (1,000) | – (–) | – | – |" in report.markdown(results)
    assert "Isso: –" in plot.svg(results)


def test_results_are_saved_and_loaded(results: Results, tmp_path: Path):
    results.save(tmp_path / "bench.json")

    assert Results.load(tmp_path / "bench.json") == results


def test_growth_of_memory_is_the_slope_of_its_samples():
    samples = [(0.0, 60.0), (60.0, 61.0), (120.0, 62.0)]

    assert figures.slope(samples) == pytest.approx(1 / 60)
    assert list(soak.memory_facts(samples).values()) == [60, 62, 10]


def test_a_group_includes_the_cells_it_is_compared_with():
    def cell(group: str, name: str, than: str) -> Cell:
        return Cell(group, name, than, lambda seconds: (load_result(), 0))

    cells = [cell("a", "1", ""), cell("a", "2", "1"), cell("b", "3", "1"), cell("c", "4", "3")]

    assert [cell.name for cell in wanted(cells, {"b"})] == ["1", "3"]


def test_the_tables_show_each_ratio(results: Results):
    tables = report.markdown(results)

    assert (
        f"| {NEWEST} | 20,000 | 20.0 | 2.00 | 2.00 | 10.0 | 4.00 × {HELLO} (5.00 by CPU) |"
        in tables
    )
    assert f"| {NEWEST} | 20,000 (20.0) | 50.0 (20,000) | 400 | 1,000 |" in tables
    assert f"| {COLD} | 500 (1,000) | 50.0 (20,000) | 10.0 | 20.0 |" in tables
    assert "| article | 30.0 | 6 | 450 | 0.001 |" in tables
    assert "errors" not in tables


def test_released_memory_is_shown_as_negative_growth(results: Results):
    results.facts["memory gained in 10 minutes of it, MB"] = -2.5

    assert "| memory gained in 10 minutes of it, MB | -2.50 |" in report.markdown(results)


def test_errors_are_in_the_report(results: Results):
    results.figures.append(Figure.from_rounds("reading", "page", "", [(load_result(errors=4), 1)]))

    assert "**page: 4 errors**" in report.markdown(results)


def test_the_report_changes_only_the_text_between_the_marks(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")

    report.write_into(document, "new\n")
    report.write_into(document, "newer\n")

    assert document.read_text() == f"before\n{report.BEGIN}\nnewer\n{report.END}\nafter\n"


def test_a_document_without_marks_is_left_alone(tmp_path: Path):
    document = tmp_path / "performance.md"
    document.write_text("nothing measured here\n")

    with pytest.raises(SystemExit, match="no place for results"):
        report.write_into(document, "new\n")
    assert document.read_text() == "nothing measured here\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk makes the load")
def test_an_operator_measures_how_fast_the_board_writes(tmp_path: Path):
    saved = tmp_path / "bench.json"
    options = ["--comments", "30", "--seconds", "1", "--rounds", "1", "--save", str(saved)]

    subprocess.run(
        [sys.executable, "-m", "bench", "writing", *options], cwd=servers.ROOT, check=True
    )

    results = Results.load(saved)
    assert [each.name for each in results.figures] == [NEWEST, COMMITS, POST_1, POST_8, MIXED]
    assert all(each.errors <= each.rate / 2 for each in results.figures)  # a slow one counts


def test_the_chart_has_a_bar_for_each_figure_longer_for_the_faster(results: Results):
    chart = ElementTree.fromstring(plot.svg(results))

    namespace = "{http://www.w3.org/2000/svg}"
    labels = [text.text for text in chart.iter(f"{namespace}text")]
    widths = [float(bar.attrib["width"]) for bar in chart.iter(f"{namespace}rect")]
    assert [label for label in labels if label in {HELLO, NEWEST, COLD, "Isso <page>"}] == [
        NEWEST,
        HELLO,
        COLD,
        "Isso <page>",
    ]
    assert len(widths) == 4
    assert widths == sorted(widths, reverse=True)
    assert "Isso <page>: 50.0" in chart.attrib["aria-label"]


def test_figures_outside_the_scale_stay_in_the_chart(results: Results):
    results.figures += [figure("slow", rate=0.5, cpu=9), figure("fast", rate=9e6, cpu=1)]

    chart = ElementTree.fromstring(plot.svg(results))

    bars = list(chart.iter("{http://www.w3.org/2000/svg}rect"))
    assert max(float(bar.attrib["width"]) for bar in bars) <= plot.WIDTH - 2 * plot.LEFT
    assert min(float(bar.attrib["width"]) for bar in bars) >= 0


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk makes the load")
def test_a_script_that_cannot_be_read_ends_the_run(tmp_path: Path):
    (tmp_path / "broken.lua").write_text("function request(")

    with pytest.raises(SystemExit, match=r"broken\.lua"):
        load.run_wrk("http://127.0.0.1:9/", 1, connections=1, script=tmp_path / "broken.lua")


def test_pages_of_the_desk_have_a_table_of_their_own(results):
    results.desk = [DeskPage("held", cpu=52.4, wall=60.12, statements=17, status=200)]

    assert "| held | 52.4 | 60.1 | 17 |" in report.markdown(results)


def test_results_without_pages_of_the_desk_are_still_loaded(results, tmp_path):
    results.desk = [DeskPage("held", cpu=52.4, wall=60.12, statements=17, status=200)]
    results.save(tmp_path / "new.json")
    assert Results.load(tmp_path / "new.json").desk == results.desk
    fields = json.loads((tmp_path / "new.json").read_text())
    del fields["desk"]
    (tmp_path / "old.json").write_text(json.dumps(fields))

    assert Results.load(tmp_path / "old.json").desk == []


def test_a_storm_is_a_row_with_the_times_of_the_reader():
    timing = Timing(times=[float(each) for each in range(1, 101)], errors=2)

    assert storm.table([("slow bodies", timing)]).splitlines()[-1] == (
        "| slow bodies | 50.5 | 100.0 | 100 | 2 of 100 |"
    )


def test_an_attack_says_whose_request_it_is():
    attack = next(each for each in ATTACKS if each.networks == 200)
    networks = {attack.request(number, 8000).split(b"Forwarded-For: ")[1] for number in range(400)}

    assert len(networks) == 200
    assert len({each.name for each in ATTACKS}) == len(ATTACKS)
    assert all(b"@" not in each.request(0, 8000).partition(b"\r\n\r\n")[0] for each in ATTACKS)


def test_nginx_is_attacked_with_the_lines_that_are_documented(tmp_path: Path):
    server = storm.documented_nginx(tmp_path, 8000)
    config = Path(server.command[2]).read_text()

    assert f"listen 127.0.0.1:{server.port};" in config
    assert "proxy_request_buffering off;" in config
    assert "proxy_pass http://127.0.0.1:8000;" in config
