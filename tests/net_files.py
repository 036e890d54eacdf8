"""The formats in which nets are saved, and whether two nets are one and the same."""

import pytest

__all__ = ["FORMATS", "both_formats", "same"]

FORMATS = (".npz", ".json", ".safetensors")
both_formats = pytest.mark.parametrize("suffix", FORMATS)


def same(a, b):
    """Whether two nets are one and the same, nan and -0.0 included."""
    numbers = [{name: array.tobytes() for name, array in net.state_dict().items()} for net in (a, b)]
    each = [[layer.activation for layer in net.layers] for net in (a, b)]
    return repr(a) == repr(b) and numbers[0] == numbers[1] and each[0] == each[1]
