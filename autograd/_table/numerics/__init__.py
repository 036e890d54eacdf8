"""Number functions of rows, exact to a few units in the last place where the textbook's forms are not."""
