"""What runs beside requests: jobs, mail transport, limiter."""
