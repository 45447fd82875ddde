"""How fast the board is, measured side by side with ceilings, in one run on one machine.

`make bench` starts each server on one core and the load generator on another, takes turns between
them so that a noisy machine is noisy for all, and prints medians. Beside requests a second stands
the processor time the server's own processes took for each, which strangers on the machine hardly
change. It needs `wrk`, and uses `nginx` and Chromium when they are there; everything stays on the
loopback interface.

    __main__  what is asked for, and the rounds      work      what is measured: boards
    servers   what is measured: processes            peers     what is measured: Isso
    load      wrk, and what it says                  browser   what is measured: pages in Chromium
    seed      articles, threads, readers             soak      memory under load, for minutes
    tips      a thousand sealed tips, opened and searched
    desk      what is measured: pages of the desk, with long queues
    figures   medians, ratios, the file of results   report    tables, README      plot  the picture
"""
