"""The lecture page: one offline HTML file that walks a class through a graph, forward and backward.

- `javascript`: the table's number functions as JavaScript
- `live`: formulas with numbers that change
- `recording`, `folded`, `bounds`: the graph and its derivatives as a program; the ranges of its numbers
- `rows`, `layout`: sizes and places
- `contents`, `document`: the boxes, the data of the script, and the HTML
"""

from viz._pages.chain.page import lecture_page

__all__ = ["lecture_page"]
