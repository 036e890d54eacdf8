"""Small matrix products keep to one thread while training."""

import numpy as np

import nn
from autograd._support.process.threads import few_threads, numpys_libraries


def blas_threads():
    return [library.get_num_threads() for library in numpys_libraries()]


def test_small_products_get_one_thread_and_large_ones_all():
    before = blas_threads()
    with few_threads(100 * 784 * 16):
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
    with few_threads(1000 * 784 * 500):
        assert blas_threads() == before


def test_accuracy_of_the_lectures_net_keeps_to_one_thread_whatever_the_number_of_images():
    seen = set()

    class Watched(nn.MLP):
        def __call__(self, x):
            seen.update(blas_threads())
            return super().__call__(x)

    nn.accuracy(Watched([784, 16, 16, 10], rng=0), np.zeros((1200, 784)), np.zeros(1200, int))
    assert seen == {1}


def test_fits_in_two_threads_leave_the_limit_as_it_was():
    before = blas_threads()
    first, second = few_threads(1_000_000), few_threads(1_000_000)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(blas_threads()) == {1}
    second.__exit__(None, None, None)
    assert blas_threads() == before
