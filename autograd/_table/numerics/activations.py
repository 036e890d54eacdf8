"""Careful floating-point forms of activations and their derivatives, as those in `numerics.elementary`.

The slopes of silu and gelu change their sign where their textbook forms cancel: such a form is right to the
last places of its terms, not of its result. Here each is a product with the distance from that zero, which is
known to twice the digits of a float.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any

# silu' is 0 at -1.278…, where 1 + x + exp(x) is; silu'' at ±2.399…, where x tanh(x/2) is 2; gelu' at -0.751…;
# gelu'' at ±√2. Each in two parts: the second is the rounding error of the first.
SILU_LOW, SILU_LOW_REST, SILU_LOW_EXP = -1.2784645427610737, -1.0946994183093437e-16, 0.2784645427610738
SILU_BEND, SILU_BEND_REST, SILU_BEND_TANH = 2.3993572805154675, 1.8464872855353363e-16, 0.8335565596009648
GELU_LOW, GELU_LOW_REST = 0.7517915246935645, -1.4956759177009883e-17
ROOT_TWO, ROOT_TWO_REST = 1.4142135623730951, -9.667293313452913e-17
DENSITY = 0.3989422804014327  # 1/√(2π)
FAR = 1500.0  # there exp(-x) and the square of its root are 0
TAIL = 40.0  # there exp(-x²/2) is 0


def leaky_relu(x: float, slope: float) -> float:
    return x if x > 0 else slope * x


def leaky_relu_array(x: Array, slope: Array) -> Array:
    return np.where(x > 0, x, slope * x)


def dleaky_relu(x: float, slope: float) -> float:
    return 1.0 if x > 0 else slope


def dleaky_relu_array(x: Array, slope: Array) -> Array:
    return np.where(x > 0, np.ones((), np.result_type(x, slope)), slope)


def elu(x: float, alpha: float) -> float:
    return x if x > 0 else alpha * math.expm1(x)


def elu_array(x: Array, alpha: Array) -> Array:
    # Of a number it is a Python float, since NumPy's would widen an alpha of float32.
    below = math.expm1(min(x, 0.0)) if isinstance(x, float) else np.expm1(np.minimum(x, 0))
    return np.where(x > 0, x, alpha * below)


def delu(x: float, alpha: float) -> float:
    return 1.0 if x > 0 else alpha * math.exp(x)


def delu_array(x: Array, alpha: Array) -> Array:
    below = math.exp(min(x, 0.0)) if isinstance(x, float) else np.exp(np.minimum(x, 0))
    return np.where(x > 0, 1, alpha * below)


def log_sigmoid(x: float) -> float:
    return min(x, 0.0) - math.log1p(math.exp(-abs(x))) if x == x else x


def log_sigmoid_array(x: Array) -> Array:
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


# silu: with the exponential in halves, the last product alone can be subnormal.


def silu(x: float) -> float:
    if x >= 0:
        return x / (1 + math.exp(-x))
    x = max(x, -FAR)
    half = math.exp(x / 2)
    return x * half / (1 + half * half) * half


def silu_array(x: Array) -> Array:
    z = np.maximum(x, -FAR)
    half = np.exp(-0.5 * np.abs(z))
    e = half * half
    return np.where(x > 0, x / (1 + e), z * half / (1 + e) * half)


def dsilu(x: float) -> float:
    """σ(x) (1 + x σ(-x)): below 0 it is e (1 + x + e) / (1 + e)² with e = exp(x), and 1 - silu'(-x) above."""
    z = -min(abs(x), FAR) if x == x else x
    off = (z - SILU_LOW) - SILU_LOW_REST
    half = math.exp(z / 2)
    e = 1 + half * half
    slope = half * ((off + SILU_LOW_EXP * math.expm1(off)) / (e * e)) * half
    return slope if x < 0 else 1 - slope


def dsilu_array(x: Array) -> Array:
    z = -np.minimum(np.abs(x), FAR)
    off = (z - SILU_LOW) - SILU_LOW_REST
    half = np.exp(0.5 * z)
    e = 1 + half * half
    slope = half * ((off + SILU_LOW_EXP * np.expm1(off)) / (e * e)) * half
    return np.where(x < 0, slope, 1 - slope)


def d2silu(x: float) -> float:
    """σ'(x) (2 - x tanh(x/2)); the second factor by the distance from where x tanh(x/2) is 2."""
    z = min(abs(x), FAR) if x == x else x
    off = (z - SILU_BEND) - SILU_BEND_REST
    t = math.tanh(z / 2)
    bend = off * t + SILU_BEND * math.tanh(off / 2) * (1 - t * SILU_BEND_TANH)
    half = math.exp(-z / 2)
    e = 1 + half * half
    return -(half * (bend / (e * e)) * half)


def d2silu_array(x: Array) -> Array:
    z = np.minimum(np.abs(x), FAR)
    off = (z - SILU_BEND) - SILU_BEND_REST
    t = np.tanh(0.5 * z)
    bend = off * t + SILU_BEND * np.tanh(0.5 * off) * (1 - t * SILU_BEND_TANH)
    half = np.exp(-0.5 * z)
    e = 1 + half * half
    return -(half * (bend / (e * e)) * half)


# gelu, x Φ(x) with the distribution function Φ of the normal distribution. Below 0, Φ is exp(-x²/2) times a
# function that changes slowly, a polynomial in s, which runs from -1 at 0 to 1 at infinity. exp(-x²/2) is
# taken with x cut as in `numerics.gauss`.


def tail_ratio(x: Any) -> Any:
    """Φ(-x) exp(x²/2) for x from 0 to 40; a float or an array."""
    s = (x - 5) / (x + 5)
    p = 2.508699801698507e-11
    p = (p * s - 3.815816262632953e-10) * s - 4.327297110082091e-10
    p = (p * s + 4.4011596227599254e-09) * s + 4.022493382168716e-09
    p = (p * s - 3.095201755804207e-08) * s - 2.688202129280215e-08
    p = (p * s + 1.9627809920091187e-07) * s + 1.284479710649634e-07
    p = (p * s - 1.3074486019237587e-06) * s - 7.070628846317715e-08
    p = (p * s + 9.05982468125664e-06) * s - 9.895946159334735e-06
    p = (p * s - 5.36075811148722e-05) * s + 0.00018233410307611755
    p = (p * s + 7.791597409338999e-06) * s - 0.0016760723371645697
    p = (p * s + 0.006522000667783896) * s - 0.015170415403281224
    p = (p * s + 0.024536963243678652) * s - 0.026401042966267253
    p = (p * s + 0.010002352385229382) * s + 0.031030368425962847
    p = (p * s - 0.09155228183400904) * s + 0.46151582985003775
    return p / (x + 1)


def slope_ratio(x: Any) -> Any:
    """gelu'(-x) exp(x²/2) / (r - x) for x from 0 to 40, with r where gelu' is 0; a float or an array."""
    s = (x - 5) / (x + 5)
    p = -3.4384316080409573e-11
    p = (p * s - 2.4436540582710007e-11) * s + 4.094034861550542e-10
    p = (p * s + 3.282561367574257e-10) * s - 3.0984279075682747e-09
    p = (p * s - 2.5280814504278284e-09) * s + 2.2039705168851402e-08
    p = (p * s + 1.2532425073179576e-08) * s - 1.6890917878218504e-07
    p = (p * s + 2.1372559589777868e-08) * s + 1.3602133465447657e-06
    p = (p * s - 1.992726708001925e-06) * s - 9.201179875076231e-06
    p = (p * s + 4.0646971002816804e-05) * s - 1.5195771611397524e-05
    p = (p * s - 0.00044053062181046695) * s + 0.002302183723280551
    p = (p * s - 0.007334310929257947) * s + 0.017807831556899162
    p = (p * s - 0.03553512146914617) * s + 0.060487813553870624
    p = (p * s - 0.08979658026980383) * s + 0.45143549526340543
    return p


def gelu(x: float) -> float:
    z = min(abs(x), TAIL) if x == x else x
    h = math.trunc(z * 256) / 256 if x == x else x
    tail = float(tail_ratio(z))
    tail = tail + tail * math.expm1(-(z - h) * (z + h) / 2)
    bell = math.exp(-h * h / 2)
    return -z * tail * bell if x < 0 else x * (1 - tail * bell)


def gelu_array(x: Array) -> Array:
    z = np.minimum(np.abs(x), TAIL)
    h = np.trunc(z * 256) / 256
    tail = tail_ratio(z)
    tail = tail + tail * np.expm1(-0.5 * (z - h) * (z + h))
    bell = np.exp(-0.5 * h * h)
    return np.where(x < 0, -z * tail * bell, x * (1 - tail * bell))


def dgelu(x: float) -> float:
    """Φ(x) + x Φ'(x); above 0 it is 1 - gelu'(-x)."""
    z = min(abs(x), TAIL) if x == x else x
    h = math.trunc(z * 256) / 256 if x == x else x
    half = math.exp(-h * h / 4)
    ratio = ((GELU_LOW - z) + GELU_LOW_REST) * float(slope_ratio(z))
    slope = half * (ratio * math.exp(-(z - h) * (z + h) / 2)) * half
    return slope if x < 0 else 1 - slope


def dgelu_array(x: Array) -> Array:
    z = np.minimum(np.abs(x), TAIL)
    h = np.trunc(z * 256) / 256
    half = np.exp(-0.25 * h * h)
    ratio = ((GELU_LOW - z) + GELU_LOW_REST) * slope_ratio(z)
    slope = half * (ratio * np.exp(-0.5 * (z - h) * (z + h))) * half
    return np.where(x < 0, slope, 1 - slope)


def d2gelu(x: float) -> float:
    """(2 - x²) Φ'(x)."""
    z = min(abs(x), TAIL) if x == x else x
    h = math.trunc(z * 256) / 256 if x == x else x
    half = math.exp(-h * h / 4)
    bend = ((ROOT_TWO - z) + ROOT_TWO_REST) * (ROOT_TWO + z) * DENSITY
    return half * (bend * math.exp(-(z - h) * (z + h) / 2)) * half


def d2gelu_array(x: Array) -> Array:
    z = np.minimum(np.abs(x), TAIL)
    h = np.trunc(z * 256) / 256
    half = np.exp(-0.25 * h * h)
    bend = ((ROOT_TWO - z) + ROOT_TWO_REST) * (ROOT_TWO + z) * DENSITY
    return half * (bend * np.exp(-0.5 * (z - h) * (z + h))) * half
