"""The lecture page: one offline HTML file that walks a class through a graph, forward and backward.

The rooms, each above those it imports:

- `standins`, `dialect`, `javascript`: the table's number functions as JavaScript
- `live`, `mathml`, `metrics`: formulas with numbers that change, and how much room they take
- `trace`, `recording`: the graph and its derivatives as one flat program
- `layout`, `steps`, `document`: where things stand, what is said when, and the HTML
"""

from viz._page.lecture import lecture_page

__all__ = ["lecture_page"]
