"""Settings of the whole process, and locks that a forked child finds free."""
