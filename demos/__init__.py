"""The lectures as one file, and programs that print: ``chainrule demos``. Installed as `chainrule.demos`."""
