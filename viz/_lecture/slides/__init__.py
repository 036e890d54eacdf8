"""The slides of a lecture: parts in groups, and the rooms of their pictures."""
