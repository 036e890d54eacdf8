"""Generated C, built by the C compiler of the machine, loaded and called."""
