"""Pictures of nets, data and descents, drawn with matplotlib.

Each function draws in the axes it is given, or in those of a new figure, and returns them; none
shows anything. Colours follow matplotlib's style, light or dark: blue is positive, orange negative.

>>> import nn
>>> import viz
>>> ax = viz.draw_network(nn.MLP([3, 3, 3], rng=0), [0.9, 0.1, 0.8])    # ax.figure.savefig("net.png")
"""

from viz._plots.confidences import confidences
from viz._plots.contours import surface
from viz._plots.curves import activation, history
from viz._plots.descents import descent
from viz._plots.fields import boundary
from viz._plots.networks.errors import errors
from viz._plots.networks.network import draw_network
from viz._plots.nudging import nudge_table, nudges
from viz._plots.pictures import images, sum_of_parts, weights
from viz._plots.tables import truth_table

__all__ = [  # noqa: RUF022 - in reading order
    "draw_network", "errors", "weights", "images", "confidences", "sum_of_parts", "activation",
    "boundary", "truth_table", "surface", "descent", "history", "nudges", "nudge_table",
]  # fmt: skip
