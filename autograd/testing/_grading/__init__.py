"""Grading of engines: students' files, run under limits, and reports in their own words."""
