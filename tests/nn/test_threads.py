"""Small matrix products keep to one thread while training."""

import threadpoolctl

from nn import threads


def blas_threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


def test_small_products_get_one_thread_and_large_ones_all():
    before = blas_threads()
    with threads.fitting_threads(100 * 784 * 16):
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
    with threads.fitting_threads(1000 * 784 * 500):
        assert blas_threads() == before
