"""A lecture as a page of slides."""
