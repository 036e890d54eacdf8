"""Neutral pictures: boxes, links and layers, without places, colours and sizes."""
