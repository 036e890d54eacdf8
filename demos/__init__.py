"""The lectures, run: one file a lecture, in lecture order; ``python -m demos`` runs them all."""
