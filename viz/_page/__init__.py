"""The lecture page: one offline HTML file that walks a class through a graph, forward and backward.

- `script`: the table's number functions as JavaScript
- `live`: formulas with numbers that change
- `recording`: the graph and its derivatives as one flat program
- `layout`, `document`: sizes and places, and the HTML
"""

from viz._page.lecture import lecture_page

__all__ = ["lecture_page"]
