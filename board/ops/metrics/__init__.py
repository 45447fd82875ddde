"""Metrics page: what Prometheus reads at /metrics."""
