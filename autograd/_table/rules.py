"""THE TABLE: one row per primitive.

Read down a column to check the calculus. The partials are text in the inputs ``x``, ``y``, ``z``, the
result ``out`` and the names of the table; `_table.rows.Row` documents the columns. Names with an underscore
are forms that other rows need for accuracy: the textbook's ``1 - tanh(x)**2`` cancels for large x,
``_dtanh`` does not.

Where a partial is not the textbook's, the reason is below the table.
"""

import math
import operator

import numpy as np

from autograd._table.define import define
from autograd._table.numerics import activations as an
from autograd._table.numerics import elementary as nm
from autograd._table.numerics import powers as pn
from autograd._table.numerics import steps as sn
from autograd._table.parametric import ParametricRow
from autograd._table.rows import CALL, POWER, PRODUCT, SUM, Row

ALL = "(-inf, inf)"
R, RR, POWERS = (ALL,), (ALL, ALL), ("(0, inf)", ALL)
DIVISIONS = (ALL, "(-inf, 0) | (0, inf)")
WHOLE = "x / y - rint(x / y)"  # 0 where y goes into x a whole number of times
WHERE_POWERS_ARE = "x > 0, or x = 0 with y >= 0, or x < 0 with a whole number y"

# fmt: off
define(
    # name            on floats          on arrays           partials, in x, y, z and out           LaTeX                                   binds     domain                          kink
    Row("add",       operator.add,     np.add,            ("1", "1"),                           "{x} + {y}",                           SUM,     RR),
    Row("sub",       operator.sub,     np.subtract,       ("1", "-1"),                          "{x} - {y}",                           SUM,     RR),
    Row("mul",       operator.mul,     np.multiply,       ("y", "x"),                           "{x} {y}",                             PRODUCT, RR),
    Row("truediv",   operator.truediv, np.true_divide,    ("1 / y", "-out / y"),                r"\frac{{{x}}}{{{y}}}",                PRODUCT, DIVISIONS,                     domain_note="y != 0"),
    Row("pow",       math.pow,         np.power,          ("_slope(x, y)", "_logpow(x, y)"),    "{x}^{{{y}}}",                         POWER,   POWERS,                        domain_note=WHERE_POWERS_ARE),
    Row("neg",       operator.neg,     np.negative,       ("-1",),                              "-{x}",                                SUM,     R),
    Row("abs",       math.fabs,        np.absolute,       ("sign(x)",),                         r"\left|{x}\right|",                   CALL,    R,                             kink="x", also=(np.fabs,)),
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

    Row("exp2",      math.exp2,        np.exp2,           ("log(2) * out",),                    "2^{{{x}}}",                           POWER,   R),
    Row("log2",      math.log2,        np.log2,           ("1 / log(2) / x",),                  r"\log_2({x})",                        CALL,    ("(0, inf)",)),
    Row("log10",     math.log10,       np.log10,          ("1 / log(10) / x",),                 r"\log_{{10}}({x})",                   CALL,    ("(0, inf)",)),
    Row("cbrt",      math.cbrt,        np.cbrt,           ("1 / (3 * square(out))",),           "{x}^{{1/3}}",                         POWER,   ("(-inf, 0] | [0, inf)",),     domain_note="any x; its derivative any x != 0"),
    Row("reciprocal", nm.reciprocal,   np.reciprocal,     ("-square(out)",),                    r"\frac{{1}}{{{x}}}",                  PRODUCT, ("(-inf, 0) | (0, inf)",),     domain_note="x != 0"),
    Row("asinh",     math.asinh,       np.arcsinh,        ("1 / hypot(1, x)",),                 r"\mathrm{{arsinh}}({x})",             CALL,    R),
    Row("acosh",     math.acosh,       np.arccosh,        ("1 / (sqrt(x - 1) * sqrt(x + 1))",), r"\mathrm{{arcosh}}({x})",             CALL,    ("[1, inf)",)),
    Row("atanh",     math.atanh,       np.arctanh,        ("1 / _cosquare(x)",),                r"\mathrm{{artanh}}({x})",             CALL,    ("(-1, 1)",)),
    Row("degrees",   math.degrees,     np.degrees,        ("180 / pi",),                        r"\mathrm{{degrees}}({x})",            CALL,    R,                             also=(np.rad2deg,)),
    Row("radians",   math.radians,     np.radians,        ("pi / 180",),                        r"\mathrm{{radians}}({x})",            CALL,    R,                             also=(np.deg2rad,)),
    Row("hypot",     math.hypot,       np.hypot,          ("_dhypot(x, y)", "_dhypot(y, x)"),   r"\sqrt{{{x}^2 + {y}^2}}",             CALL,    RR,                            kink="hypot(x, y)"),
    Row("atan2",     math.atan2,       np.arctan2,        ("_datan2(x, y)", "-_datan2(y, x)"),  r"\mathrm{{atan2}}({x}, {y})",         CALL,    RR,                            kink="hypot(x, maximum(y, 0))"),
    Row("mod",       operator.mod,     np.remainder,      ("1", "-(x // y)"),                   r"\mathrm{{mod}}({x}, {y})",           CALL,    DIVISIONS,                     kink=WHOLE, domain_note="y != 0"),
    Row("fmod",      math.fmod,        np.fmod,           ("1", "-rint((x - out) / y)"),        r"\mathrm{{fmod}}({x}, {y})",          CALL,    DIVISIONS,                     kink=WHOLE, domain_note="y != 0"),
    Row("floordiv",  operator.floordiv, np.floor_divide,  ("0", "0"),                           r"\mathrm{{floor}}(\frac{{{x}}}{{{y}}})", CALL, DIVISIONS,                     kink=WHOLE, domain_note="y != 0"),
    Row("floor",     sn.floor,         np.floor,          ("0",),                               r"\mathrm{{floor}}({x})",              CALL,    R,                             kink="x - rint(x)"),
    Row("ceil",      sn.ceil,          np.ceil,           ("0",),                               r"\mathrm{{ceil}}({x})",               CALL,    R,                             kink="x - rint(x)"),
    Row("trunc",     sn.trunc,         np.trunc,          ("0",),                               r"\mathrm{{trunc}}({x})",              CALL,    R,                             kink="x - rint(x)"),
    Row("rint",      sn.rint,          np.rint,           ("0",),                               r"\mathrm{{round}}({x})",              CALL,    R,                             kink="x - floor(x) - 0.5"),
    Row("sign",      nm.sign,          np.sign,           ("0",),                               r"\mathrm{{sgn}}({x})",                CALL,    R,                             kink="x"),
    Row("fmax",      sn.fmax,          np.fmax,           ("_prefers(x, y)", "_prefers(y, x)"), r"\mathrm{{fmax}}({x}, {y})",          CALL,    RR,                            kink="x - y"),
    Row("fmin",      sn.fmin,          np.fmin,           ("_prefers(-x, -y)", "_prefers(-y, -x)"), r"\mathrm{{fmin}}({x}, {y})",      CALL,    RR,                            kink="x - y"),

    Row("log_sigmoid", an.log_sigmoid, an.log_sigmoid_array, ("sigmoid(-x)",),                  r"\ln(\sigma({x}))",                   CALL,    R),
    Row("silu",      an.silu,          an.silu_array,     ("_dsilu(x)",),                       r"\mathrm{{silu}}({x})",               CALL,    R),
    Row("gelu",      an.gelu,          an.gelu_array,     ("_dgelu(x)",),                       r"\mathrm{{gelu}}({x})",               CALL,    R),
    ParametricRow("leaky_relu", an.leaky_relu, an.leaky_relu_array, ("_dleaky_relu(x, y)", "-relu(-x)"), r"\mathrm{{leakyrelu}}({x}, {y})", CALL, RR,                       kink="x", defaults={"slope": 0.01}),
    ParametricRow("elu", an.elu,       an.elu_array,      ("_delu(x, y)", "expm1(minimum(x, 0))"), r"\mathrm{{elu}}({x}, {y})",        CALL,    RR,                            kink="x", defaults={"alpha": 1.0}),

    Row("_identity", nm.identity,      nm.identity_array, ("1",),                               "{x}",                                 CALL,    R),
    Row("_step",     nm.step,          nm.step_array,     ("0",),                               r"\mathrm{{relu}}'({x})",              CALL,    R,                             kink="x"),
    Row("_share",    nm.share,         nm.share_array,    ("0", "0"),                           r"\mathrm{{H}}({x} - {y})",            CALL,    RR,                            kink="x - y"),
    Row("_holds",    nm.holds,         nm.holds_array,    ("0",),                               r"\mathrm{{holds}}({x})",              CALL,    R),
    Row("_larger",    nm.larger,        nm.larger_array,   ("_stays(x, y, z)", "1 - _stays(x, y, z)", "0"), r"\max({x}, {y})",       CALL,    (ALL, ALL, "(0, inf)"),               kink="x - y"),
    Row("_ties",      nm.ties,          nm.ties_array,     ("0", "0", "0"),                      r"\mathrm{{ties}}({x}, {y}, {z})",     CALL,    (ALL, ALL, ALL),               kink="x - y"),
    Row("_top",       nm.maximum,       nm.top_array,      ("0", "0"),                           r"\max",                               CALL,    RR,                            kink="x - y"),
    Row("_smaller",   nm.smaller,       nm.smaller_array,  ("exp(x)",),                          "(e^{{{x}}} - [{x} = 0])",             CALL,    R),
    Row("_on_top",    nm.on_top,        nm.on_top_array,   ("1", "1"),                           "{x} + {y}",                           SUM,     RR,                            quick=np.add),
    Row("_below",     nm.below,         nm.below_array,    ("1", "-1"),                          "{x} - {y}",                           SUM,     RR,                            quick=np.subtract),
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
    Row("_dhypot",   nm.dhypot,        nm.dhypot_array,   ("_dhypot(y, x) / hypot(x, y) * _dhypot(y, x)", "-_dhypot(x, y) / hypot(x, y) * _dhypot(y, x)"), r"\frac{{{x}}}{{\sqrt{{{x}^2 + {y}^2}}}}", PRODUCT, RR, kink="hypot(x, y)"),
    Row("_datan2",   nm.datan2,        nm.datan2_array,   ("-2 * out * _datan2(y, x)", "_dhypot(x / 2 - y / 2, x / 2 + y / 2) * _dhypot(x / 2 + y / 2, x / 2 - y / 2) / 2 / hypot(x / 2, y / 2) / hypot(x / 2, y / 2)"), r"\frac{{{y}}}{{{x}^2 + {y}^2}}", PRODUCT, RR, kink="hypot(x, y)"),
    Row("_prefers",  sn.prefers,       sn.prefers_array,  ("0", "0"),                           r"\mathrm{{H}}({x} - {y})",            CALL,    RR,                            kink="x - y"),
    Row("_dsilu",    an.dsilu,         an.dsilu_array,    ("_d2silu(x)",),                      r"\mathrm{{silu}}'({x})",              CALL,    R),
    Row("_d2silu",   an.d2silu,        an.d2silu_array,   ("-out * tanh(x / 2) - _dsigmoid(x) * (tanh(x / 2) + 2 * x * _dsigmoid(x))",), r"\mathrm{{silu}}''({x})", CALL, R),
    Row("_dgelu",    an.dgelu,         an.dgelu_array,    ("_d2gelu(x)",),                      r"\mathrm{{gelu}}'({x})",              CALL,    R),
    Row("_d2gelu",   an.d2gelu,        an.d2gelu_array,   ("(square(x) - 4) * x * _gauss(x / 2**0.5) / (2 * pi)**0.5",), r"\mathrm{{gelu}}''({x})", CALL, R),
    Row("_dleaky_relu", an.dleaky_relu, an.dleaky_relu_array, ("0", "1 - _step(x)"),            r"\mathrm{{leakyrelu}}'({x}, {y})",    CALL,    RR,                            kink="x"),
    Row("_delu",     an.delu,          an.delu_array,     ("out * (1 - _step(x))", "(1 - _step(x)) * exp(minimum(x, 0))"), r"\mathrm{{elu}}'({x}, {y})", CALL, RR,      kink="x"),
    Row("_dpow",     pn.dpow,          pn.dpow_array,     ("_d2pow(x, y)", "_powmix(x, y)"),    "{y} {x}^{{{y} - 1}}",                 PRODUCT, POWERS),
    Row("_logpow",   pn.logpow,        pn.logpow_array,   ("_powmix(x, y)", "square(_logpow(x, y / 2))"), r"{x}^{{{y}}} \ln({x})",               PRODUCT, POWERS),
    Row("_d2pow",    pn.d2pow,         pn.d2pow_array,    ("(y - 2) * out / x", "(2 * y - 1) * x**(y - 2) + out * log(x)"), r"{y} ({y} - 1) {x}^{{{y} - 2}}",      PRODUCT, POWERS),
    Row("_powmix",   pn.powmix,        pn.powmix_array,   ("((y - 1) * out + _dpow(x, y)) / x", "log(x) * (out + x**(y - 1))"), r"{x}^{{{y} - 1}} (1 + {y} \ln({x}))", PRODUCT, POWERS),
    Row("_length",   math.sqrt,        nm.length_array,   ("0.5 * _inverse(out)",),             r"\sqrt{{{x}}}",                       CALL,    ("[0, inf)",)),
    Row("_inverse",  nm.inverse,       nm.inverse_array,  ("-square(out)",),                    r"\frac{{1}}{{{x}}}",                  PRODUCT, R),
)
# fmt: on

# pow: _slope is y * x**(y - 1), as it stands for a number y and as the row _dpow for a y that varies;
#   with _logpow, x**y ln x, it shares the mixed derivative _powmix, where 1 + y ln x cancels.
# asin, acos: (1 - x)(1 + x) is exact near the ends; as a row it has the derivative -2x, where the derivative
#   of the product would cancel near 0.
# _share, _prefers: the step of Heaviside, with H(0) = 1/2, since numbers that tie share the derivative.
# _top: the largest of several numbers, factored out of the sum of their exponentials; the choice changes
#   nothing, so a formula shows e^{x - max} without a list of the numbers.
# _length: the root of a sum of squares, with the derivative 0 at 0, where a norm has none.
# sigmoid, tanh, erf, atan, pow: see the careful forms in autograd._table.numerics, elementary and powers.
# log2, log10: 1 / (ln 10 x) would overflow in the product, 1 / x / ln 10 in the quotient.
# asinh, acosh: 1 + x² and x² - 1 overflow, and x² - 1 cancels near 1.
# fmod, mod: the quotient is the whole number that belongs to the remainder, not that of the rounded x / y.
# hypot, atan2: the second derivatives as products, where a derivative of the quotient would cancel. atan2 is
# finite where the distance from the origin overflows; half of it does not.
# silu, gelu: see the careful forms in autograd._table.numerics.activations.
