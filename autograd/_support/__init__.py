"""Files, locks, threads, checks of arguments: below every other floor."""
