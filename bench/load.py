"""The load: wrk on the second core, plain or told by a small script what to send."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import on_core

# Each connection posts numbered comments, or reads and now and then posts.
SCRIPT = """
local tokens, n, thread_id = {%(tokens)s}, 0, 0
function setup(thread) thread:set("id", thread_id); thread_id = thread_id + 1 end
function request()
  n = n + 1
  if n %% %(every)d ~= 0 then return wrk.format("GET", "%(path)s") end
  local text = "%(run)s-" .. id .. "-" .. n
  local headers = {
    ["Cookie"] = "board_session=" .. tokens[n %% #tokens + 1],
    ["Origin"] = "%(origin)s",
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  return wrk.format("POST", "%(post)s", headers, "body=" .. text .. "&key=" .. text)
end
local wrong = 0
function response(status) if status >= 400 then wrong = wrong + 1 end end
"""


@dataclass(frozen=True)
class Answer:
    """`rate` in requests a second; `p99` in milliseconds; `errors` are answers of 400 and more."""

    rate: float
    p99: float
    errors: int


def wrk(
    url: str,
    *,
    connections: int = 32,
    seconds: int = 2,
    headers: dict[str, str] | None = None,
    script: Path | None = None,
) -> Answer:
    if not shutil.which("wrk"):
        raise SystemExit("The benchmark needs wrk (apt-get install wrk).")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", str(script)]
    core = min(1, (os.cpu_count() or 1) - 1)
    told = subprocess.run(
        on_core(core, [*command, url]), capture_output=True, text=True, check=True
    ).stdout
    return Answer(_rate(told), _milliseconds(told), _errors(told))


def _rate(told: str) -> float:
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]


def _milliseconds(told: str) -> float:
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def _errors(told: str) -> int:
    found = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return int(found[1]) if found else 0
