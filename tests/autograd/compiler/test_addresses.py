"""Arrays as C sees them."""

import ctypes

import numpy as np
import pytest

from autograd._compiler.loops.native import addresses
from autograd._compiler.loops.native.addresses import address, aligned, pointer


@pytest.mark.parametrize("address_of", [address, addresses._attribute])
def test_an_address_is_that_of_the_first_number(address_of):
    array = np.arange(6.0)[2:]
    assert ctypes.c_double.from_address(address_of(array)).value == 2.0


@pytest.mark.parametrize("pointer_to", [pointer, addresses._pointer])
def test_a_pointer_leads_to_the_first_number(pointer_to):
    array, into = np.arange(6.0)[2:], np.zeros(1, np.uintp)
    ctypes.memmove(address(into), pointer_to(array), into.nbytes)
    assert into[0] == array.ctypes.data


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("first", range(5))
def test_an_aligned_copy_begins_with_a_line(dtype, first):
    array = np.arange(40, dtype=dtype)[first:]
    copy = aligned(array)
    assert copy.ctypes.data % addresses.LINE == 0
    np.testing.assert_array_equal(copy, array)
