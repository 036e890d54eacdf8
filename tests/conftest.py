"""One profile for every property test: no deadline, since a busy machine is not a failure."""

from hypothesis import settings

settings.register_profile("chainrule", deadline=None, max_examples=100, print_blob=True)
settings.load_profile("chainrule")
