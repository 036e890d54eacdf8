"""Functions in C99 that compilers make vectors of: exp, tanh, and products with the rows of examples."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["VECTOR_FUNCTIONS", "kernel_sources", "vector_functions"]

# -- functions of numbers -------------------------------------------------------------------------
#
# Each is a few multiplications without branches, for the loops over the examples of a tile. C's own are
# calls, one for each example: 3 ns each, where these take 0.3.

# The numbers of a dtype, by its bytes. `quotient` is (exp(r) - 1 - r) / r² for |r| <= ln 2 / 2, lowest power
# first, by interpolation: the relative error of exp(r) is 1e-8 and 2e-17. `high` and `low` are ln 2 in two
# parts, of which the first times a whole number is exact. Beyond `top` and `bottom` exp(x) is infinite and 0.
# From `one` on, tanh(x / 2) is 1.
NUMBERS = {
    4: {
        "f": "f", "bits": "uint32_t", "shift": 23, "round": 3 * 2.0**22, "bias": 127,
        "high": 0.693115234375, "low": 3.1946184945309417e-05, "top": 89.0, "bottom": -104.5, "one": 20.0,
        "quotient": (
            0.5, 0.16666576845993977, 0.04166655443768594, 0.008363202971575855, 0.0013926213466332444,
        ),
    },
    8: {
        "f": "", "bits": "uint64_t", "shift": 52, "round": 3 * 2.0**51, "bias": 1023,
        "high": 0.6931471803691238, "low": 1.9082149292705877e-10,
        "top": 710.0, "bottom": -746.0, "one": 40.0,
        "quotient": (
            0.5000000000000001, 0.16666666666666669, 0.041666666666623993, 0.008333333333330051,
            0.0013888888917281793, 0.0001984126986310597, 2.4801521190217726e-05, 2.7557268378684194e-06,
            2.762013871973400e-07, 2.5100424157005067e-08,
        ),
    },
}  # fmt: skip

TEMPLATES = {
    "choose": """\
// condition ? x : y by bits: of a branch, a compiler may compute beforehand what follows for a constant x.
static inline real choose(int condition, real x, real y) {{
    const {bits} mask = 0 - ({bits})condition;
    {bits} a, b;
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    a = (a & mask) | (b & ~mask);
    memcpy(&x, &a, sizeof a);
    return x;
}}""",
    "nearest": """\
// The whole number nearest to x.
static inline real nearest(real x) {{
    return x + {round}{f} - {round}{f};
}}""",
    "power_of_two": """\
// 2 to the power of a whole number.
static inline real power_of_two(real n) {{
    const real shifted = n + {biased}{f};
    {bits} bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits <<= {shift};
    real power;
    memcpy(&power, &bits, sizeof power);
    return power;
}}""",
    "exp_of_rest": """\
// exp(r) - 1, where x is n ln 2 + r.
static inline real exp_of_rest(real x, real n) {{
    const real r = (x - n * {high}{f}) - n * {low}{f};
    real q = {first}{f};
{horner}
    return r + r * r * q;
}}""",
    "vector_exp": """\
// exp(x), to 1 unit in the last place.
static inline real vector_exp(real x) {{
    const real y = choose(x > {top}{f}, {top}{f}, choose(x < {bottom}{f}, {bottom}{f}, x));
    const real n = nearest(y * 1.4426950408889634{f}), half = nearest(n * 0.5{f});
    return (1 + exp_of_rest(y, n)) * power_of_two(half) * power_of_two(n - half);
}}""",
    "vector_tanh": """\
// tanh(x) = (exp(2x) - 1) / (exp(2x) + 1), to 2 units in the last place.
static inline real vector_tanh(real x) {{
    const real z = 2 * fabs{f}(x), y = choose(z > {one}{f}, {one}{f}, z);
    const real n = nearest(y * 1.4426950408889634{f}), power = power_of_two(n);
    const real above = power * exp_of_rest(y, n) + (power - 1);
    return copysign{f}(above / (above + 2), x);
}}""",
}

# NumPy's functions that have one: the functions that it needs, it last.
VECTOR_FUNCTIONS = {
    "exp": ("choose", "nearest", "power_of_two", "exp_of_rest", "vector_exp"),
    "tanh": ("choose", "nearest", "power_of_two", "exp_of_rest", "vector_tanh"),
}


def vector_functions(name: str, size: int) -> dict[str, str]:
    """The sources of a function and of its helpers by their names, for float (4 bytes) or double (8)."""
    numbers = NUMBERS[size]
    quotient: Sequence[float] = numbers["quotient"]  # type: ignore[assignment]
    horner = "\n".join(f"    q = q * r + {c!r}{numbers['f']};" for c in reversed(quotient[:-1]))
    biased = numbers["round"] + numbers["bias"]  # type: ignore[operator]
    values = {**numbers, "first": quotient[-1], "horner": horner, "biased": biased}
    return {helper: TEMPLATES[helper].format(**values) for helper in VECTOR_FUNCTIONS[name]}


# -- products with the rows of examples -----------------------------------------------------------

VECTOR = """\
// A vector of the machine: numbers side by side.
#if !defined(__GNUC__)
typedef real vector;
#elif defined(__AVX512F__)
typedef real vector __attribute__((vector_size(64), aligned(sizeof(real))));
#elif defined(__AVX__)
typedef real vector __attribute__((vector_size(32), aligned(sizeof(real))));
#else
typedef real vector __attribute__((vector_size(16), aligned(sizeof(real))));
#endif
enum { WIDTH = sizeof(vector) / sizeof(real) };

static inline vector load(const real *numbers) {
    return *(const vector *)numbers;
}

static inline void store(real *numbers, vector v) {
    *(vector *)numbers = v;
}"""

SUM = """\
static inline real sum(vector v) {
    real numbers[WIDTH], total = 0;
    store(numbers, v);
    for (int l = 0; l < WIDTH; l++)
        total += numbers[l];
    return total;
}"""

DOTS = """\
// z[i][e] = W[i] . X[e] for the examples of a tile, by pairs of rows of W.
static void dots(real (*restrict z)[LANES], const real *restrict W, const real *const *restrict X, long first,
                 int sums, long terms, int count) {
    for (int i = 0; i < sums; i += 2) {
        const int j = i + 1 < sums ? i + 1 : i;
        int e = 0;
        for (; e + 2 < count; e += 4)
            dots_4(z, W, X, i, j, e, first, terms);
        for (; e < count; e += 2)
            dots_2(z, W, X, i, j, e, first, terms);
        for (; e < LANES; e++) {
            z[i][e] = z[i][0];
            z[j][e] = z[j][0];
        }
    }
}"""

OUTER = """\
// G[i][k] += the sum over the examples of a tile of d[i][e] X[e][k]; d is 0 for padding.
static void outer(real *restrict G, const real (*restrict d)[LANES], const real *const *restrict X,
                  long first, int sums, long terms, int count) {
    int e = 0;
    for (; e + 4 < count; e += 8)
        outer_8(G, d, X, e, first, sums, terms);
    for (; e < count; e += 2)
        outer_2(G, d, X, e, first, sums, terms);
}"""


def _dots_of(examples: int) -> str:
    """Two rows of W times some examples, the sums in registers."""
    some = range(examples)
    pairs = [(i, e) for i in "ij" for e in some]
    return "\n".join(
        [
            f"static inline void dots_{examples}(real (*restrict z)[LANES], const real *restrict W,",
            "                          const real *const *restrict X, int i, int j, int e, long first,",
            "                          long terms) {",
            "    const real *wi = W + i * terms, *wj = W + j * terms;",
            "    const real " + ", ".join(f"*x{e} = X[e + {e}] + first" for e in some) + ";",
            *("    vector " + ", ".join(f"{i}{e} = {{0}}" for e in some) + ";" for i in "ij"),
            "    const long whole = terms - terms % WIDTH;",
            "    for (long k = 0; k < whole; k += WIDTH) {",
            "        const vector u = load(wi + k), v = load(wj + k);",
            *(f"        i{e} += u * load(x{e} + k), j{e} += v * load(x{e} + k);" for e in some),
            "    }",
            *("    real " + ", ".join(f"t{i}{e} = sum({i}{e})" for e in some) + ";" for i in "ij"),
            "    for (long k = whole; k < terms; k++) {",
            *(f"        t{i}{e} += w{i}[k] * x{e}[k];" for i, e in pairs),
            "    }",
            *(f"    z[{i}][e + {e}] = t{i}{e};" for i, e in pairs),
            "}",
        ]
    )


def _outer_of(examples: int) -> str:
    """Sums of outer products over some examples."""
    some = range(examples)
    products = "\n            ".join(f"g += d[i][e + {e}] * x{e};" for e in some)
    return "\n".join(
        [
            f"static inline void outer_{examples}(real *restrict G, const real (*restrict d)[LANES],",
            "                           const real *const *restrict X, int e, long first, int sums,",
            "                           long terms) {",
            "    const long whole = terms - terms % WIDTH;",
            "    for (long k = first; k < first + whole; k += WIDTH) {",
            "        const vector " + ", ".join(f"x{e} = load(X[e + {e}] + k)" for e in some[:4]) + ";",
            *(
                ["        const vector " + ", ".join(f"x{e} = load(X[e + {e}] + k)" for e in some[4:]) + ";"]
                if some[4:]
                else []
            ),
            "        for (int i = 0; i < sums; i++) {",
            "            real *to = G + i * terms + k - first;",
            "            vector g = load(to);",
            f"            {products}",
            "            store(to, g);",
            "        }",
            "    }",
            "    for (long k = whole; k < terms; k++)",
            "        for (int i = 0; i < sums; i++)",
            f"            for (int l = e; l < e + {examples}; l++)",
            "                G[i * terms + k] += d[i][l] * X[l][first + k];",
            "}",
        ]
    )


ADD_LANES = """\
// The sum over the lanes of each row, in its first lane.
static void add_lanes(real (*restrict z)[LANES], int rows) {
    for (int i = 0; i < rows; i++)
        for (int half = LANES / 2; half > 0; half /= 2)
            for (int e = 0; e < half; e++)
                z[i][e] += z[i][e + half];
}"""

KERNELS = {
    "add_lanes": (ADD_LANES,),
    "dots": (VECTOR, SUM, _dots_of(4), _dots_of(2), DOTS),
    "outer": (VECTOR, _outer_of(8), _outer_of(2), OUTER),
}


def kernel_sources(name: str) -> tuple[str, ...]:
    """The sources of a kernel and of the functions that it needs, in order."""
    return KERNELS[name]
