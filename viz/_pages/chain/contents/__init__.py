"""What the page holds: the boxes as HTML, and the data that its script fills them from."""
