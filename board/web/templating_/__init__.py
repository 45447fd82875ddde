"""Templates: their environment, and what every template may print."""
