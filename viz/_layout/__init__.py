"""Where everything in a picture stands, and the shapes it is drawn with."""
