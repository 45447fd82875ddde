"""Load generator: wrk on the second core, with a Lua script where requests differ."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.servers import LOAD_CORE, Server, on_cores

_UNITS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}
_SIZES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}

# Lua for wrk: every `every`th request is `write`, the others are GETs of `read`.
# No text is sent twice: `run` differs for each script, `id` for each thread of wrk.
_SCRIPT = """
local function request_of(kind, n)
  local text = %(run)s .. "-" .. id .. "-" .. n
  local place = #places > 0 and places[n %% #places + 1] or ""
  local function filled(value)
    return (value:gsub("@text", text):gsub("@place", place))
  end
  local headers = {}
  for name, value in pairs(kind.headers) do headers[name] = filled(value) end
  if #tokens > 0 then headers["Cookie"] = "board_session=" .. tokens[n %% #tokens + 1] end
  return wrk.format(kind.method, filled(kind.path), headers, kind.body and filled(kind.body))
end
local n, thread_id = 0, 0
function setup(thread) thread:set("id", thread_id); thread_id = thread_id + 1 end
function request()
  n = n + 1
  if n %% %(every)d == 0 then return request_of(write, n) end
  return wrk.format("GET", read)
end
"""


@dataclass(frozen=True)
class RequestTemplate:
    """`@text` becomes a unique text, `@place` each of the given places in turn."""

    path: str
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class LoadResult:
    """Result of one run of wrk. Times in milliseconds; `errors` counts responses of 400 and more,
    and broken connections."""

    requests: int
    rate: float
    p50: float
    p99: float
    bytes: float
    errors: int


# Takes seconds; returns the result of wrk, and processor seconds of the server.
Run = Callable[[int], tuple[LoadResult, float]]


def run_wrk(
    url: str,
    seconds: int,
    *,
    connections: int = 32,
    headers: dict[str, str] | None = None,
    script: Path | None = None,
) -> LoadResult:
    command = _command(url, seconds, connections, headers or {}, script)
    completed = subprocess.run(command, capture_output=True, text=True)
    if completed.returncode or completed.stderr:  # wrk goes on without a script it cannot read
        raise SystemExit(f"wrk: {completed.stderr or completed.stdout}")
    return parse(completed.stdout)


def against(server: Server, path: str, **options: Any) -> Run:
    """Measurement by wrk, which notes the processor time of the server meanwhile."""

    def run(seconds: int) -> tuple[LoadResult, float]:
        script = options["script"]() if "script" in options else None
        server.wait_until_idle()
        before = server.processor_time()
        result = run_wrk(server.url(path), seconds, **{**options, "script": script})
        return result, server.processor_time() - before

    return run


def start(
    url: str, seconds: int, *, connections: int, script: Path | None = None
) -> "subprocess.Popen[bytes]":
    """Start load in the background; its results are not read."""
    command = _command(url, seconds, connections, {}, script)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _command(
    url: str, seconds: int, connections: int, headers: dict[str, str], script: Path | None
) -> list[str]:
    if not shutil.which("wrk"):
        raise SystemExit("The benchmark needs wrk (apt-get install wrk).")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", str(script)]
    return on_cores(LOAD_CORE, [*command, url])


def write_script(
    path: Path,
    send: RequestTemplate,
    *,
    run: str,
    every: int = 1,
    read: str = "/",
    tokens: Sequence[str] = (),
    places: Sequence[int] = (),
) -> Path:
    """Lua script in which every `every`th request is `send` and the others are GETs of `read`."""
    kind: dict[str, Any] = {"path": send.path, "method": send.method, "headers": dict(send.headers)}
    if send.body is not None:
        kind["body"] = send.body
    values = ", ".join(lua(each) for each in (kind, read, list(tokens), list(places)))
    head = f"local write, read, tokens, places = {values}\n"
    path.write_text(head + _SCRIPT % {"run": lua(run), "every": every})
    return path


def lua(value: Any) -> str:
    """Lua literal of a text, list or dict."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'[{lua(key)}] = {lua(value[key])}' for key in value)}}}"
    if isinstance(value, list):
        return f"{{{', '.join(lua(each) for each in value)}}}"
    return json.dumps(value, ensure_ascii=False)


def parse(output: str) -> LoadResult:
    """Parse the output of wrk. Raises ValueError."""
    requests = int(_match(r"(\d+) requests in", output)[0])
    read, size = _match(r"requests in [\d.]+\w+, ([\d.]+)([KMG]?B) read", output)
    return LoadResult(
        requests=requests,
        rate=float(_match(r"Requests/sec:\s+([\d.]+)", output)[0]),
        p50=_milliseconds(output, 50),
        p99=_milliseconds(output, 99),
        bytes=float(read) * _SIZES[size] / max(1, requests),
        errors=_errors(output),
    )


def _milliseconds(output: str, percent: int) -> float:
    value, unit = _match(rf"{percent}%\s+([\d.]+)(us|ms|s|m)", output)
    return float(value) * _UNITS[unit]


def _errors(output: str) -> int:
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output
    )
    return sum(int(each) for match in (refused, broken) if match for each in match.groups())


def _match(pattern: str, output: str) -> tuple[str, ...]:
    if match := re.search(pattern, output):
        return match.groups()
    raise ValueError(f"wrk did not say {pattern!r}:\n{output}")
