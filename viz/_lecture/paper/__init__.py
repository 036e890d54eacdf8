"""A lecture on paper: a PDF of 16 : 9."""
