"""A changed source in a module that runs."""
