"""Files and text from pictures: DOT, SVG, PDF, PNG, GIF, Mermaid, trees."""
