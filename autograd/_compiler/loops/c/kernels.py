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
        "f": "f", "F": "F", "bits": "uint32_t", "shift": 23, "round": 3 * 2.0**22, "bias": 127,
        "high": 0.693115234375, "low": 3.1946184945309417e-05, "top": 89.0, "bottom": -104.5, "one": 20.0,
        "quotient": (
            0.5, 0.16666576845993977, 0.04166655443768594, 0.008363202971575855, 0.0013926213466332444,
        ),
    },
    8: {
        "f": "", "F": "", "bits": "uint64_t", "shift": 52, "round": 3 * 2.0**51, "bias": 1023,
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
    "multiply_add": """\
// x * y + z, rounded once where that is fastest.
static inline real multiply_add(real x, real y, real z) {{
#ifdef FP_FAST_FMA{F}
    return fma{f}(x, y, z);
#else
    return x * y + z;
#endif
}}""",
    "exp_of_rest": """\
// exp(r) - 1, where x is n ln 2 + r.
static inline real exp_of_rest(real x, real n) {{
    const real r = multiply_add(n, -{low}{f}, multiply_add(n, -{high}{f}, x));
    real q = {first}{f};
{horner}
    return multiply_add(r * r, q, r);
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
    "exp": ("choose", "nearest", "power_of_two", "multiply_add", "exp_of_rest", "vector_exp"),
    "tanh": ("choose", "nearest", "power_of_two", "multiply_add", "exp_of_rest", "vector_tanh"),
}


def vector_functions(name: str, size: int) -> dict[str, str]:
    """The sources of a function and of its helpers by their names, for float (4 bytes) or double (8)."""
    numbers = NUMBERS[size]
    quotient: Sequence[float] = numbers["quotient"]  # type: ignore[assignment]
    horner = "\n".join(f"    q = multiply_add(q, r, {c!r}{numbers['f']});" for c in reversed(quotient[:-1]))
    biased = numbers["round"] + numbers["bias"]  # type: ignore[operator]
    values = {**numbers, "first": quotient[-1], "horner": horner, "biased": biased}
    return {helper: TEMPLATES[helper].format(**values) for helper in VECTOR_FUNCTIONS[name]}


# -- products with the rows of examples -----------------------------------------------------------

VECTOR = """\
// A vector of the machine, numbers side by side; and the rows of a matrix whose sums its registers hold.
#if defined(__GNUC__)
#if defined(__AVX512F__)
enum { BYTES = 64, ROWS = 8, VECTORS = 3 };
#elif defined(__AVX__)
enum { BYTES = 32, ROWS = 4, VECTORS = 2 };
#else
enum { BYTES = 16, ROWS = 4, VECTORS = 2 };
#endif
typedef real vector __attribute__((__vector_size__(BYTES), __aligned__(sizeof(real))));
#define UNROLL _Pragma("GCC unroll 16")
#define PREFETCH(address) __builtin_prefetch(address, 0, 2)
#else
typedef real vector;
enum { ROWS = 4, VECTORS = 2 };
#define UNROLL
#define PREFETCH(address) (void)(address)
#endif
enum { WIDTH = sizeof(vector) / sizeof(real) };

// The first n numbers, then zeros.
static inline vector load(const real *numbers, long n) {
    if (n >= WIDTH)
        return *(const vector *)numbers;
    vector v = {0};
    memcpy(&v, numbers, n * sizeof(real));
    return v;
}

static inline void store(real *numbers, vector v, long n) {
    if (n >= WIDTH)
        *(vector *)numbers = v;
    else
        memcpy(numbers, &v, n * sizeof(real));
}"""

DOTS = """\
// Of each 2 * half numbers of x and of y the two halves added: those of x, then those of y.
static inline vector add_halves(vector x, vector y, int half) {
#if defined(__GNUC__) && !defined(__clang__)
    __typeof__(x == y) low;
    UNROLL for (int l = 0; l < WIDTH; l++)
        low[l] = l / half % 2 * WIDTH + l / (2 * half) * (2 * half) + l % half;
    return __builtin_shuffle(x, y, low) + __builtin_shuffle(x, y, low + half);
#else
    real a[WIDTH], b[WIDTH], sums[WIDTH];
    store(a, x, WIDTH);
    store(b, y, WIDTH);
    UNROLL for (int l = 0; l < WIDTH; l++) {
        const real *from = l / half % 2 ? b : a;
        const int at = l / (2 * half) * (2 * half) + l % half;
        sums[l] = from[at] + from[at + half];
    }
    return load(sums, WIDTH);
#endif
}

// The sum of each of WIDTH vectors, side by side.
static inline vector sums_of(vector *t) {
    UNROLL for (int half = WIDTH / 2; half > 0; half /= 2)
        UNROLL for (int l = 0; l < half; l++)
            t[l] = add_halves(t[l], t[l + half], half);
    return t[0];
}

// t[2r + e] += w[r][k : k + n] x[e][k : k + n]
static inline void multiply(vector *t, const real *const *w, const real *const *x, long k, long n) {
    const vector x0 = load(x[0] + k, n), x1 = load(x[1] + k, n);
    UNROLL for (int r = 0; r < ROWS; r++) {
        const vector v = load(w[r] + k, n);
        t[2 * r] += v * x0;
        t[2 * r + 1] += v * x1;
    }
}

// z[i][e] = W[i] . X[e] for the examples of a tile, ROWS rows and two examples at a time.
static void dots(real (*restrict z)[LANES], const real *restrict W, const real *const *restrict X, long first,
                 int sums, long terms, int count) {
    const long whole = terms - terms % WIDTH;
    for (int i = 0; i < sums; i += ROWS)
        for (int e = 0; e < count; e += 2) {
            const real *w[ROWS], *x[2] = {X[e] + first, X[e + 1] + first};
            const int next = e + 2 < count ? e + 2 : e;
            const real *y[2] = {X[next] + first, X[next + 1] + first};
            vector t[2 * ROWS];
            real totals[2 * ROWS];
            UNROLL for (int r = 0; r < ROWS; r++) {
                w[r] = W + (i + r < sums ? i + r : sums - 1) * terms;
                t[2 * r] = t[2 * r + 1] = (vector){0};
            }
            for (long k = 0; k < whole; k += WIDTH) {
                PREFETCH(y[0] + k);
                PREFETCH(y[1] + k);
                multiply(t, w, x, k, WIDTH);
            }
            if (whole < terms)
                multiply(t, w, x, whole, terms - whole);
            UNROLL for (int l = 0; l < 2 * ROWS; l += WIDTH)
                store(totals + l, sums_of(t + l), WIDTH);
            UNROLL for (int r = 0; r < ROWS; r++)
                memcpy(&z[i + r < sums ? i + r : sums - 1][e], totals + 2 * r, 2 * sizeof(real));
        }
    for (int i = 0; i < sums; i++)
        for (int e = count; e < LANES; e++)
            z[i][e] = z[i][0];
}"""

# The products of one vector, and of VECTORS: where the number of vectors is an argument, some compilers keep
# the sums in memory.
ADD_PRODUCTS = """\
// g[r][k : k + n] += the sum over count examples of d[r][e] x[e][k : k + n], for NUMBER vectors from k on;
// = in the first tile.
static inline void NAME(real *const *g, const real *const *d, const real *const *x, int count,
                        int is_first, long k, long n) {
    vector t[ROWS][NUMBER];
    UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int j = 0; j < NUMBER; j++)
            t[r][j] = is_first ? (vector){0} : load(g[r] + k + j * WIDTH, n);
    for (int e = 0; e < count; e++) {
        vector v[NUMBER];
        UNROLL for (int j = 0; j < NUMBER; j++)
            v[j] = load(x[e] + k + j * WIDTH, n);
        UNROLL for (int r = 0; r < ROWS; r++)
            UNROLL for (int j = 0; j < NUMBER; j++)
                t[r][j] += d[r][e] * v[j];
    }
    UNROLL for (int r = 0; r < ROWS; r++)
        UNROLL for (int j = 0; j < NUMBER; j++)
            store(g[r] + k + j * WIDTH, t[r][j], n);
}"""
ADD_ONE = ADD_PRODUCTS.replace("NAME", "add_vector").replace("NUMBER", "1")
ADD_SEVERAL = ADD_PRODUCTS.replace("NAME", "add_vectors").replace("NUMBER", "VECTORS")

OUTER = """\
// G[i][k] += the sum over the examples of a tile of d[i][e] X[e][k]; = in the first tile. Meanwhile the rows
// of the next tile come into the cache, unless next is NULL: dots would wait for them.
static void outer(real *restrict G, const real (*restrict d)[LANES], const real *const *restrict X,
                  const real *const *next, long first, int sums, long terms, int count, int is_first) {
    const real *x[LANES];
    for (int e = 0; e < count; e++)
        x[e] = X[e] + first;
    for (int i = 0; i < sums; i += ROWS) {
        real *g[ROWS];
        const real *factors[ROWS];
        UNROLL for (int r = 0; r < ROWS; r++) {
            const int row = i + r < sums ? i + r : sums - 1;
            g[r] = G + row * terms;
            factors[r] = d[row];
        }
        const int low = next ? i * LANES / sums : LANES, high = (i + ROWS) * LANES / sums;
        long k = 0;
        for (; k + VECTORS * WIDTH <= terms; k += VECTORS * WIDTH) {
            for (int e = low; e < high && e < LANES; e++)
                UNROLL for (int j = 0; j < VECTORS; j++)
                    PREFETCH(next[e] + first + k + j * WIDTH);
            add_vectors(g, factors, x, count, is_first, k, WIDTH);
        }
        for (; k + WIDTH <= terms; k += WIDTH)
            add_vector(g, factors, x, count, is_first, k, WIDTH);
        if (k < terms)
            add_vector(g, factors, x, count, is_first, k, terms - k);
    }
}"""

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
    "dots": (VECTOR, DOTS),
    "outer": (VECTOR, ADD_ONE, ADD_SEVERAL, OUTER),
}


def kernel_sources(name: str) -> tuple[str, ...]:
    """The sources of a kernel and of the functions that it needs, in order."""
    return KERNELS[name]
