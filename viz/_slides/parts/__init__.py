"""The parts that slides share: their blocks, and how a block is placed, and written as text and LaTeX."""
