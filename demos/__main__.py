"""``python -m demos`` in a checkout, and ``python -m chainrule.demos``: the same as ``chainrule demos``."""

import sys

from chainrule.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["demos", *sys.argv[1:]]))
