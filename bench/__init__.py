"""How fast the board is, measured side by side with ceilings, in one run on one machine.

`make bench` starts each server on one core and the load generator on another, takes turns between
them so that a noisy machine is noisy for all, and prints medians and ratios. It needs `wrk`, and
uses `nginx` when there is one; everything stays on the loopback interface.
"""
