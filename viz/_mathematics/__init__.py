"""Mathematics as a tree of signs, and how it is written: LaTeX, MathML, text, outlines of letters."""
