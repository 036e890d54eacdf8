"""Products, determinants and norms of matrices."""
