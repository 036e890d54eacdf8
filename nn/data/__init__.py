"""Examples to learn from: the MNIST digits from their files, and digits drawn here.

Images are rows of 784 numbers from 0.01 to 1.0, so that no input is zero and kills the learning
of its weights (deck E).
"""

from nn.data.digits import Digits, one_hot
from nn.data.idx import MNIST, mnist
from nn.data.pen import strokes

__all__ = ["mnist", "MNIST", "strokes", "Digits", "one_hot"]  # noqa: RUF022 - in reading order
