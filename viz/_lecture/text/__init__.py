"""Text of a lecture: Markdown, its mathematics, and Python."""
