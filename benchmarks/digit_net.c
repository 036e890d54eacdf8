/* The digit net 784-16-16-10 with sigmoids and the quadratic cost by hand, in float: one step of descent over n
 * examples, each of 784 pixels and 10 desired outputs. GCC's vectors, tiles of examples whose sums stay in registers,
 * a sigmoid without branches, and the update in place of the gradient. */

#include <stdint.h>
#include <string.h>

typedef float real;
typedef real vector __attribute__((vector_size(32), aligned(4)));
enum { PIXELS = 784, HIDDEN = 16, CLASSES = 10, COLUMNS = PIXELS + CLASSES, TILE = 16, WIDTH = 8 };

static inline vector load(const real *x) { return *(const vector *)x; }
static inline void store(real *x, vector v) { *(vector *)x = v; }

static inline real sigmoid(real x) {
    const real limited = x > 80 ? 80 : x < -80 ? -80 : x, n = -limited * 1.44269504f + 12582912.0f - 12582912.0f;
    const real r = -limited - n * 0.69314718f, shifted = n + 12583039.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, 4);
    bits <<= 23;
    real power;
    memcpy(&power, &bits, 4);
    return 1 / (1 + power * (1 + r * (1 + r * (0.5f + r * (0.16666577f + r * (0.04166655f + r * (0.0083632f + r * 0.0013926f)))))));
}

/* a[i][e] = sigmoid(W[i] . X[e] + b[i]) of the first layer. */
static void first_layer(real (*restrict a)[TILE], const real *restrict W, const real *b, const real *const *restrict X) {
    for (int e = 0; e < TILE; e += 4)
        for (int i = 0; i < HIDDEN; i += 2) {
            const real *u = W + i * PIXELS, *v = u + PIXELS, *x0 = X[e], *x1 = X[e + 1], *x2 = X[e + 2], *x3 = X[e + 3];
            vector u0 = {0}, u1 = {0}, u2 = {0}, u3 = {0}, v0 = {0}, v1 = {0}, v2 = {0}, v3 = {0};
            for (int k = 0; k < PIXELS; k += WIDTH) {
                const vector y0 = load(x0 + k), y1 = load(x1 + k), y2 = load(x2 + k), y3 = load(x3 + k), p = load(u + k), q = load(v + k);
                u0 += p * y0, u1 += p * y1, u2 += p * y2, u3 += p * y3, v0 += q * y0, v1 += q * y1, v2 += q * y2, v3 += q * y3;
            }
            vector all[8] = {u0, u1, u2, u3, v0, v1, v2, v3};
            for (int j = 0; j < 8; j++) {
                vector t = all[j];
                a[i + j / 4][e + j % 4] = b[i + j / 4] + ((t[0] + t[4]) + (t[1] + t[5])) + ((t[2] + t[6]) + (t[3] + t[7]));
            }
        }
    for (int i = 0; i < HIDDEN; i++)
        for (int e = 0; e < TILE; e++)
            a[i][e] = sigmoid(a[i][e]);
}

static inline void layer(real (*restrict a)[TILE], const real *restrict W, const real *b, const real (*restrict x)[TILE], int sums) {
    for (int i = 0; i < sums; i++) {
        real t[TILE];
        for (int e = 0; e < TILE; e++) t[e] = b[i];
        for (int k = 0; k < HIDDEN; k++)
            for (int e = 0; e < TILE; e++) t[e] += W[i * HIDDEN + k] * x[k][e];
        for (int e = 0; e < TILE; e++) a[i][e] = sigmoid(t[e]);
    }
}

/* d becomes the adjoint of the sums; dx that of the layer's inputs; G += d x^T, g += d. */
static inline void layer_back(real (*restrict d)[TILE], const real (*restrict a)[TILE], const real *restrict W, const real (*restrict x)[TILE],
                       real (*restrict dx)[TILE], real *restrict G, real *restrict g, int sums) {
    real y[TILE][HIDDEN];
    for (int k = 0; k < HIDDEN; k++) for (int e = 0; e < TILE; e++) dx[k][e] = 0, y[e][k] = x[k][e];
    for (int i = 0; i < sums; i++) {
        for (int e = 0; e < TILE; e++) d[i][e] *= a[i][e] * (1 - a[i][e]);
        for (int k = 0; k < HIDDEN; k++) for (int e = 0; e < TILE; e++) dx[k][e] += W[i * HIDDEN + k] * d[i][e];
        real t[HIDDEN] = {0}, s = 0;
        for (int e = 0; e < TILE; e++) { s += d[i][e]; for (int k = 0; k < HIDDEN; k++) t[k] += d[i][e] * y[e][k]; }
        for (int k = 0; k < HIDDEN; k++) G[i * HIDDEN + k] += t[k];
        g[i] += s;
    }
}

/* G[i][k] += sum of d[i][e] X[e][k] over the examples of a tile, four or eight at a time. */
static void outer(real *restrict G, const real (*restrict d)[TILE], const real *const *restrict X, int count) {
    for (int e = 0; e < count; e += e + 4 < count ? 8 : 4)
        for (int k = 0; k < PIXELS; k += WIDTH) {
            const vector x0 = load(X[e] + k), x1 = load(X[e + 1] + k), x2 = load(X[e + 2] + k), x3 = load(X[e + 3] + k);
            if (e + 4 < count) {
                const vector x4 = load(X[e + 4] + k), x5 = load(X[e + 5] + k), x6 = load(X[e + 6] + k), x7 = load(X[e + 7] + k);
                for (int i = 0; i < HIDDEN; i++) {
                    const real *c = d[i] + e;
                    store(G + i * PIXELS + k, load(G + i * PIXELS + k) + c[0] * x0 + c[1] * x1 + c[2] * x2 + c[3] * x3 + c[4] * x4 + c[5] * x5 + c[6] * x6 + c[7] * x7);
                }
            } else
                for (int i = 0; i < HIDDEN; i++) {
                    const real *c = d[i] + e;
                    store(G + i * PIXELS + k, load(G + i * PIXELS + k) + c[0] * x0 + c[1] * x1 + c[2] * x2 + c[3] * x3);
                }
        }
}

enum { W1 = 0, B1 = HIDDEN * PIXELS, W2 = B1 + HIDDEN, B2 = W2 + HIDDEN * HIDDEN, W3 = B2 + HIDDEN, B3 = W3 + CLASSES * HIDDEN, ALL = B3 + CLASSES };

int program_step(real *theta, const real *data, long n, real rate, real *value) {
    static real next[ALL] __attribute__((aligned(64)));
    static real a1[HIDDEN][TILE] __attribute__((aligned(64))), a2[HIDDEN][TILE] __attribute__((aligned(64))), a3[CLASSES][TILE] __attribute__((aligned(64)));
    static real d1[HIDDEN][TILE] __attribute__((aligned(64))), d2[HIDDEN][TILE] __attribute__((aligned(64))), d3[CLASSES][TILE] __attribute__((aligned(64)));
    real cost = 0;
    const int whole = n <= TILE; /* of one tile, the weights themselves take the sums: nothing reads them again */
    real *sums = whole ? theta : next;
    if (!whole) memcpy(next, theta, sizeof next);
    for (long first = 0; first < n; first += TILE) {
        const int count = n - first < TILE ? (int)(n - first) : TILE;
        const real *X[TILE];
        for (int e = 0; e < TILE; e++) X[e] = data + (first + (e < count ? e : count - 1)) * COLUMNS;
        first_layer(a1, theta + W1, theta + B1, X);
        layer(a2, theta + W2, theta + B2, (const real (*)[TILE])a1, HIDDEN);
        layer(a3, theta + W3, theta + B3, (const real (*)[TILE])a2, CLASSES);
        for (int i = 0; i < CLASSES; i++)
            for (int e = 0; e < TILE; e++) {
                const real rest = a3[i][e] - X[e][PIXELS + i];
                cost += e < count ? rest * rest : 0;
                d3[i][e] = e < count ? -2 * rate / n * rest : 0;
            }
        layer_back(d3, (const real (*)[TILE])a3, theta + W3, (const real (*)[TILE])a2, d2, sums + W3, sums + B3, CLASSES);
        layer_back(d2, (const real (*)[TILE])a2, theta + W2, (const real (*)[TILE])a1, d1, sums + W2, sums + B2, HIDDEN);
        for (int i = 0; i < HIDDEN; i++)
            for (int e = 0; e < TILE; e++) {
                d1[i][e] *= a1[i][e] * (1 - a1[i][e]);
                sums[B1 + i] += d1[i][e];
            }
        outer(sums + W1, (const real (*)[TILE])d1, X, count);
    }
    if (!whole) memcpy(theta, next, sizeof next);
    *value = cost / n;
    return 0;
}
