"""THE TABLE: one row per primitive, and nothing else.

Read down a column to check the calculus. The partials are text in the inputs ``x``, ``y``, ``z``,
the result ``out`` and the names of the table; `autograd.primitives` says what follows from a row.
A comparison such as ``x > 0`` is 1 or 0. Names with an underscore are forms that other rows need
for accuracy: the textbook's ``1 - tanh(x)**2`` cancels for large x, ``_dtanh`` does not.

Where a partial is not the textbook's, the reason is below the table.
"""

import math
import operator

import numpy as np

from autograd import numerics as nm
from autograd.primitives import Row, define

R, RR = ("(-inf, inf)",), ("(-inf, inf)",) * 2
SUM, PRODUCT, POWER, CALL = 1, 2, 3, 4

# fmt: off
define(
    # name               on floats          on arrays               partials                                 LaTeX                     binds    domain                           kink
    Row("add",           operator.add,      np.add,                 ("1", "1"),                              "{x} + {y}",              SUM,     RR),
    Row("sub",           operator.sub,      np.subtract,            ("1", "-1"),                             "{x} - {y}",              SUM,     RR),
    Row("mul",           operator.mul,      np.multiply,            ("y", "x"),                              "{x} {y}",                PRODUCT, RR),
    Row("truediv",       operator.truediv,  np.true_divide,         ("1 / y", "-out / y"),                   r"\frac{{{x}}}{{{y}}}",   PRODUCT, (*R, "(-inf, 0) | (0, inf)")),
    Row("pow",           math.pow,          np.power,               ("_slope(x, y)", "_logpow(x, y)"),       "{x}^{{{y}}}",            POWER,   ("(0, inf)", *R),
        domain_note="x > 0, or x = 0 with y >= 0, or x < 0 with a whole number y"),
    Row("neg",           operator.neg,      np.negative,            ("-1",),                                 "-{x}",                   SUM,     R),
    Row("abs",           math.fabs,         np.absolute,            ("_sign(x)",),                           r"\left|{x}\right|",      CALL,    R,                               "x"),
    Row("exp",           math.exp,          np.exp,                 ("out",),                                "e^{{{x}}}",              POWER,   R),
    Row("expm1",         math.expm1,        np.expm1,               ("exp(x)",),                             "e^{{{x}}} - 1",          SUM,     R),
    Row("log",           math.log,          np.log,                 ("1 / x",),                              r"\ln\left({x}\right)",   CALL,    ("(0, inf)",)),
    Row("log1p",         math.log1p,        np.log1p,               ("1 / (1 + x)",),                        r"\ln\left(1 + {x}\right)", CALL,  ("(-1, inf)",)),
    Row("sqrt",          math.sqrt,         np.sqrt,                ("0.5 / out",),                          r"\sqrt{{{x}}}",          CALL,    ("[0, inf)",)),
    Row("square",        nm.square,         np.square,              ("2 * x",),                              "{x}^2",                  POWER,   R),
    Row("sin",           math.sin,          np.sin,                 ("cos(x)",),                             r"\sin\left({x}\right)",  CALL,    R),
    Row("cos",           math.cos,          np.cos,                 ("-sin(x)",),                            r"\cos\left({x}\right)",  CALL,    R),
    Row("tan",           math.tan,          np.tan,                 ("1 + square(out)",),                    r"\tan\left({x}\right)",  CALL,    R),
    Row("asin",          math.asin,         np.arcsin,              ("1 / sqrt(_cosquare(x))",),             r"\arcsin\left({x}\right)", CALL,  ("[-1, 1]",)),
    Row("acos",          math.acos,         np.arccos,              ("-1 / sqrt(_cosquare(x))",),            r"\arccos\left({x}\right)", CALL,  ("[-1, 1]",)),
    Row("atan",          math.atan,         np.arctan,              ("_datan(x)",),                          r"\arctan\left({x}\right)", CALL,  R),
    Row("sinh",          math.sinh,         np.sinh,                ("cosh(x)",),                            r"\sinh\left({x}\right)", CALL,    R),
    Row("cosh",          math.cosh,         np.cosh,                ("sinh(x)",),                            r"\cosh\left({x}\right)", CALL,    R),
    Row("tanh",          math.tanh,         np.tanh,                ("_dtanh(x)",),                         r"\tanh\left({x}\right)", CALL,    R),
    Row("sigmoid",       nm.sigmoid,        nm.sigmoid_array,       ("_dsigmoid(x)",),                       r"\sigma\left({x}\right)", CALL,   R),
    Row("softplus",      nm.softplus,       nm.softplus_array,      ("sigmoid(x)",),                         r"\operatorname{{softplus}}\left({x}\right)", CALL, R),
    Row("relu",          nm.relu,           nm.relu_array,          ("x > 0",),                              r"\operatorname{{relu}}\left({x}\right)", CALL, R,         "x"),
    Row("erf",           math.erf,          nm.erf_array,           ("2 / pi**0.5 * _gauss(x)",),            r"\operatorname{{erf}}\left({x}\right)", CALL, R),
    Row("maximum",       nm.maximum,        np.maximum,             ("(x > y) + 0.5 * (x == y)",
                                                                     "(x < y) + 0.5 * (x == y)"),            r"\max\left({x}, {y}\right)", CALL, RR,                             "x - y"),
    Row("minimum",       nm.minimum,        np.minimum,             ("(x < y) + 0.5 * (x == y)",
                                                                     "(x > y) + 0.5 * (x == y)"),            r"\min\left({x}, {y}\right)", CALL, RR,                             "x - y"),
    Row("where",         nm.where,          np.where,               ("0", "x != 0", "x == 0"),               r"\left({y} \text{{ if }} {x} \neq 0 \text{{ else }} {z}\right)", CALL, (*R, *RR)),

    Row("_dpow",         nm.dpow,           nm.dpow_array,          ("_d2pow(x, y)", "_powmix(x, y)"),      "{y} {x}^{{{y} - 1}}",    PRODUCT, ("(0, inf)", *R)),
    Row("_d2pow",        nm.d2pow,          nm.d2pow_array,         ("(y - 2) * out / x",
                                                                     "(2 * y - 1) * x**(y - 2) + out * log(x)"), r"{y} \left({y} - 1\right) {x}^{{{y} - 2}}", PRODUCT, ("(0, inf)", *R)),
    Row("_logpow",       nm.logpow,         nm.logpow_array,        ("_powmix(x, y)", "square(_logpow(x, y / 2))"), r"{x}^{{{y}}} \ln\left({x}\right)", PRODUCT, ("(0, inf)", *R)),
    Row("_powmix",       nm.powmix,         nm.powmix_array,        ("((y - 1) * out + _dpow(x, y)) / x",
                                                                     "log(x) * (out + x**(y - 1))"),         r"{x}^{{{y} - 1}} \left(1 + {y} \ln\left({x}\right)\right)", PRODUCT, ("(0, inf)", *R)),
    Row("_identity",     nm.identity,       nm.identity_array,      ("1",),                                  "{x}",                    CALL,    R),
    Row("_sign",         nm.sign,           np.sign,                ("0",),                                  r"\operatorname{{sgn}}\left({x}\right)", CALL, R,          "x"),
    Row("_dsigmoid",     nm.dsigmoid,       nm.dsigmoid_array,      ("-out * tanh(0.5 * x)",),               r"\sigma'\left({x}\right)", CALL,  R),
    Row("_dtanh",        nm.dtanh,          nm.dtanh_array,         ("-2 * out * tanh(x)",),                 r"\operatorname{{sech}}^2\left({x}\right)", CALL, R),
    Row("_cosquare",     nm.cosquare,       nm.cosquare,            ("-2 * x",),                             "1 - {x}^2",              SUM,     R),
    Row("_datan",        nm.datan,          nm.datan_array,         ("-2 * (x * out) * out",),                r"\frac{{1}}{{1 + {x}^2}}", PRODUCT, R),
    Row("_gauss",        nm.gauss,          nm.gauss_array,         ("-2 * _xgauss(x)",),                    "e^{{-{x}^2}}",           POWER,   R),
    Row("_xgauss",       nm.xgauss,         nm.xgauss_array,        ("(1 - 2 * square(x)) * _gauss(x)",),    "{x} e^{{-{x}^2}}",       PRODUCT, R),
)
# fmt: on

# pow: _slope is y * x**(y - 1), as it stands for a number y and as the row _dpow for a y that varies;
#   with _logpow, x**y ln x, it shares the mixed derivative _powmix, where 1 + y ln x cancels.
# asin, acos: (1 - x)(1 + x) is exact near the ends; as a row of its own it has the derivative
#   -2x, where differentiating the product would cancel near 0.
# sigmoid, tanh, erf, atan, pow: see the careful forms in autograd.numerics.
