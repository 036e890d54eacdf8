"""One number from several along an axis: sums, means, differences."""
