"""The likely mistake behind a broken law, read off the numbers of small programs."""
