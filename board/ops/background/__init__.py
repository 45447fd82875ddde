"""The background worker: a process beside the web workers, for what waits or takes long.

worker    what it does, again and again      process   `serve` keeps one alive
commands  scheduled commands, as processes   findings  what `doctor` says of it
cli       `work`, for cron and other servers
"""
