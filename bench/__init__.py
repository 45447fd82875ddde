"""Benchmark of the board: throughput, latency, memory and page weight, beside their ceilings.

`make bench` starts each server on one core and the load generator on another. It measures the
servers in turn, so that a noisy machine is noisy for all, and prints medians. Each figure has the
processor time the server used for one request: other load on the machine hardly changes that. The
benchmark needs `wrk`, uses `nginx` and Chromium where they are installed, and stays on the loopback
interface.

    __main__  command line, rounds                work      measurements of the board
    servers   server processes under test         peers     measurements of Isso
    load      wrk: scripts and parsing            browser   measurements in Chromium
    seed      articles, threads, readers          soak      memory under load, for minutes
    tips      measurements of sealed tips         desk      measurements of the desk
    figures   medians, ratios, results file       report    Markdown tables     plot  bar chart
"""
