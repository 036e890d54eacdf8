"""What every floor uses and nothing here knows of: files, locks, threads, checks of what users give."""
