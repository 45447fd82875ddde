"""Metrics: counters and histograms in memory that the processes of `serve` share."""
