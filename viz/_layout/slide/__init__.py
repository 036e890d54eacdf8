"""Drawings composed for a slide of a certain size: the arrangement in which the type is largest."""
