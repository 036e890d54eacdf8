"""What nets are made of, from numbers and weights to whole nets and their files."""
