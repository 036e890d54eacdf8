"""THE TABLE: one row per primitive, and nothing else.

Read down a column to check the calculus. The partials are text in the inputs ``x``, ``y``, ``z``,
the result ``out`` and the names of the table; `autograd.primitives` says what follows from a row.
Names with an underscore are forms that other rows need
for accuracy: the textbook's ``1 - tanh(x)**2`` cancels for large x, ``_dtanh`` does not.

Where a partial is not the textbook's, the reason is below the table.
"""

import math
import operator

import numpy as np

from autograd import numerics as nm
from autograd.primitives import CALL, POWER, PRODUCT, SUM, Row, define

ALL = "(-inf, inf)"
R, RR, POWERS = (ALL,), (ALL, ALL), ("(0, inf)", ALL)
WHERE_POWERS_ARE = "x > 0, or x = 0 with y >= 0, or x < 0 with a whole number y"

# fmt: off
define(
    # name            on floats          on arrays           partials, in x, y, z and out           LaTeX                                   binds     domain                          kink
    Row("add",       operator.add,     np.add,            ("1", "1"),                           "{x} + {y}",                           SUM,     RR),
    Row("sub",       operator.sub,     np.subtract,       ("1", "-1"),                          "{x} - {y}",                           SUM,     RR),
    Row("mul",       operator.mul,     np.multiply,       ("y", "x"),                           "{x} {y}",                             PRODUCT, RR),
    Row("truediv",   operator.truediv, np.true_divide,    ("1 / y", "-out / y"),                r"\frac{{{x}}}{{{y}}}",                PRODUCT, (ALL, "(-inf, 0) | (0, inf)"), domain_note="y != 0"),
    Row("pow",       math.pow,         np.power,          ("_slope(x, y)", "_logpow(x, y)"),    "{x}^{{{y}}}",                         POWER,   POWERS,                        domain_note=WHERE_POWERS_ARE),
    Row("neg",       operator.neg,     np.negative,       ("-1",),                              "-{x}",                                SUM,     R),
    Row("abs",       math.fabs,        np.absolute,       ("_sign(x)",),                        r"\left|{x}\right|",                   CALL,    R,                             kink="x"),
    Row("exp",       math.exp,         np.exp,            ("out",),                             "e^{{{x}}}",                           POWER,   R),
    Row("expm1",     math.expm1,       np.expm1,          ("exp(x)",),                          "e^{{{x}}} - 1",                       SUM,     R),
    Row("log",       math.log,         np.log,            ("1 / x",),                           r"\ln({x})",                           CALL,    ("(0, inf)",)),
    Row("log1p",     math.log1p,       np.log1p,          ("1 / (1 + x)",),                     r"\ln(1 + {x})",                       CALL,    ("(-1, inf)",)),
    Row("sqrt",      math.sqrt,        np.sqrt,           ("0.5 / out",),                       r"\sqrt{{{x}}}",                       CALL,    ("[0, inf)",)),
    Row("square",    nm.square,        np.square,         ("2 * x",),                           "{x}^2",                               POWER,   R),
    Row("sin",       math.sin,         np.sin,            ("cos(x)",),                          r"\sin({x})",                          CALL,    R),
    Row("cos",       math.cos,         np.cos,            ("-sin(x)",),                         r"\cos({x})",                          CALL,    R),
    Row("tan",       math.tan,         np.tan,            ("1 + square(out)",),                 r"\tan({x})",                          CALL,    R),
    Row("asin",      math.asin,        np.arcsin,         ("1 / sqrt(_cosquare(x))",),          r"\arcsin({x})",                       CALL,    ("[-1, 1]",)),
    Row("acos",      math.acos,        np.arccos,         ("-1 / sqrt(_cosquare(x))",),         r"\arccos({x})",                       CALL,    ("[-1, 1]",)),
    Row("atan",      math.atan,        np.arctan,         ("_datan(x)",),                       r"\arctan({x})",                       CALL,    R),
    Row("sinh",      math.sinh,        np.sinh,           ("cosh(x)",),                         r"\sinh({x})",                         CALL,    R),
    Row("cosh",      math.cosh,        np.cosh,           ("sinh(x)",),                         r"\cosh({x})",                         CALL,    R),
    Row("tanh",      math.tanh,        np.tanh,           ("_dtanh(x)",),                       r"\tanh({x})",                         CALL,    R),
    Row("sigmoid",   nm.sigmoid,       nm.sigmoid_array,  ("_dsigmoid(x)",),                    r"\sigma({x})",                        CALL,    R,                             quick=nm.sigmoid_quick),
    Row("softplus",  nm.softplus,      nm.softplus_array, ("sigmoid(x)",),                      r"\mathrm{{softplus}}({x})",           CALL,    R),
    Row("relu",      nm.relu,          nm.relu_array,     ("_step(x)",),                        r"\mathrm{{relu}}({x})",               CALL,    R,                             kink="x"),
    Row("erf",       math.erf,         nm.erf_array,      ("2 / pi**0.5 * _gauss(x)",),         r"\mathrm{{erf}}({x})",                CALL,    R),
    Row("maximum",   nm.maximum,       np.maximum,        ("_share(x, y)", "_share(y, x)"),     r"\max({x}, {y})",                     CALL,    RR,                            kink="x - y"),
    Row("minimum",   nm.minimum,       np.minimum,        ("_share(y, x)", "_share(x, y)"),     r"\min({x}, {y})",                     CALL,    RR,                            kink="x - y"),
    Row("where",     nm.where,         nm.where_array,    ("0", "_holds(x)", "1 - _holds(x)"),  r"\mathrm{{where}}({x}, {y}, {z})",    CALL,    (ALL, ALL, ALL),               selects=True),

    Row("_identity", nm.identity,      nm.identity_array, ("1",),                               "{x}",                                 CALL,    R),
    Row("_sign",     nm.sign,          np.sign,           ("0",),                               r"\mathrm{{sgn}}({x})",                CALL,    R,                             kink="x"),
    Row("_step",     nm.step,          nm.step_array,     ("0",),                               r"\mathrm{{relu}}'({x})",              CALL,    R,                             kink="x"),
    Row("_share",    nm.share,         nm.share_array,    ("0", "0"),                           r"\mathrm{{share}}({x}, {y})",         CALL,    RR,                            kink="x - y"),
    Row("_holds",    nm.holds,         nm.holds_array,    ("0",),                               r"\mathrm{{holds}}({x})",              CALL,    R),
    Row("_larger",    nm.larger,        nm.larger_array,   ("_stays(x, y, z)", "1 - _stays(x, y, z)", "0"), r"\max({x}, {y})",       CALL,    (ALL, ALL, "(0, inf)"),               kink="x - y"),
    Row("_ties",      nm.ties,          nm.ties_array,     ("0", "0", "0"),                      r"\mathrm{{ties}}({x}, {y}, {z})",     CALL,    (ALL, ALL, ALL),               kink="x - y"),
    Row("_stays",     nm.stays,         nm.stays_array,    ("0", "0", "0"),                      r"\mathrm{{share}}({x}, {y}, {z})",    CALL,    (ALL, ALL, "(0, inf)"),               kink="x - y"),
    Row("_less",      nm.less,          nm.less_array,     ("0", "0"),                           "[{x} < {y}]",                         CALL,    RR,                            kink="x - y"),
    Row("_less_equal", nm.less_equal,   nm.less_equal_array, ("0", "0"),                         r"[{x} \leq {y}]",                     CALL,    RR,                            kink="x - y"),
    Row("_equal",     nm.equal,         nm.equal_array,    ("0", "0"),                           "[{x} = {y}]",                         CALL,    RR,                            kink="x - y"),
    Row("_dsigmoid", nm.dsigmoid,      nm.dsigmoid_array, ("-out * tanh(0.5 * x)",),            r"\sigma'({x})",                       CALL,    R,                             quick=nm.dsigmoid_quick),
    Row("_dtanh",    nm.dtanh,         nm.dtanh_array,    ("-2 * out * tanh(x)",),              r"\mathrm{{sech}}^2({x})",             CALL,    R),
    Row("_cosquare", nm.cosquare,      nm.cosquare_array, ("-2 * x",),                          "1 - {x}^2",                           SUM,     R),
    Row("_datan",    nm.datan,         nm.datan_array,    ("-2 * (x * out) * out",),            r"\frac{{1}}{{1 + {x}^2}}",            PRODUCT, R),
    Row("_gauss",    nm.gauss,         nm.gauss_array,    ("-2 * _xgauss(x)",),                 "e^{{-{x}^2}}",                        POWER,   R),
    Row("_xgauss",   nm.xgauss,        nm.xgauss_array,   ("(1 - 2 * square(x)) * _gauss(x)",), "{x} e^{{-{x}^2}}",                    PRODUCT, R),
    Row("_dpow",     nm.dpow,          nm.dpow_array,     ("_d2pow(x, y)", "_powmix(x, y)"),    "{y} {x}^{{{y} - 1}}",                 PRODUCT, POWERS),
    Row("_logpow",   nm.logpow,        nm.logpow_array,   ("_powmix(x, y)", "square(_logpow(x, y / 2))"), r"{x}^{{{y}}} \ln({x})",               PRODUCT, POWERS),
    Row("_d2pow",    nm.d2pow,         nm.d2pow_array,    ("(y - 2) * out / x", "(2 * y - 1) * x**(y - 2) + out * log(x)"), r"{y} ({y} - 1) {x}^{{{y} - 2}}",      PRODUCT, POWERS),
    Row("_powmix",   nm.powmix,        nm.powmix_array,   ("((y - 1) * out + _dpow(x, y)) / x", "log(x) * (out + x**(y - 1))"), r"{x}^{{{y} - 1}} (1 + {y} \ln({x}))", PRODUCT, POWERS),
    Row("_length",   math.sqrt,        nm.length_array,   ("0.5 * _inverse(out)",),             r"\sqrt{{{x}}}",                       CALL,    ("[0, inf)",)),
    Row("_inverse",  nm.inverse,       nm.inverse_array,  ("-square(out)",),                    r"\frac{{1}}{{{x}}}",                  PRODUCT, R),
)
# fmt: on

# pow: _slope is y * x**(y - 1), as it stands for a number y and as the row _dpow for a y that varies;
#   with _logpow, x**y ln x, it shares the mixed derivative _powmix, where 1 + y ln x cancels.
# asin, acos: (1 - x)(1 + x) is exact near the ends; as a row of its own it has the derivative
#   -2x, where differentiating the product would cancel near 0.
# _length: the root of a sum of squares, whose derivative is 0 at 0, where a norm has none.
# sigmoid, tanh, erf, atan, pow: see the careful forms in autograd.numerics.
