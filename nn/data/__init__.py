"""Examples to learn from: the MNIST digits from their files, digits drawn here, pictures of one's own
handwriting, and small sets in the plane.

Images are rows of 784 numbers from 0.01 to 1.0, so that no input is zero and kills the learning
of its weights (deck E).
"""

from nn._support.class_labels import class_numbers, class_weights, one_hot
from nn.data._csv_lines import read_csv
from nn.data._digits import Digits, scaled
from nn.data._idx import read_idx
from nn.data._logic import Gate, gates
from nn.data._originals import MNIST, mnist
from nn.data._pen import Part, digit_parts, strokes
from nn.data._pictures import read_image
from nn.data._plane import blobs, circles, moons, spirals

__all__ = [  # noqa: RUF022 - in reading order
    "Digits", "strokes", "digit_parts", "Part", "mnist", "MNIST", "read_idx", "read_csv", "read_image",
    "scaled", "one_hot", "class_numbers", "class_weights",
    "gates", "Gate", "moons", "circles", "spirals", "blobs",
]  # fmt: skip
