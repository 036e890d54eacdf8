"""Pictures that change: motions, and the GIF that they become."""
