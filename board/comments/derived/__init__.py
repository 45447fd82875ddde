"""State derived from comments: counters, places in the thread, rank."""
