"""Runtime services beside requests: periodic jobs, SMTP, the limiter, hooks between slices."""
