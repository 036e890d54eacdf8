/* The digit net 784-16-16-10 with sigmoids and the quadratic cost by hand, in float: epochs of gradient descent.
 * An example has 784 pixels, then 10 desired outputs. The neurons of a layer are the lanes of a vector, so that nothing
 * is added across lanes; for an epoch the weights of a layer are transposed, a vector for each input. */

#include <stdint.h>
#include <string.h>

typedef float vector __attribute__((vector_size(64), aligned(64)));
typedef int32_t integers __attribute__((vector_size(64), aligned(64)));
enum { PIXELS = 784, HIDDEN = 16, CLASSES = 10, COLUMNS = PIXELS + CLASSES, TILE = 10, HALF = TILE / 2 };

typedef struct { vector W1[PIXELS], W2[HIDDEN], W3[HIDDEN], b1, b2, b3; } layers;

static inline vector choose(integers condition, vector x, vector y) {
    return (vector)((condition & (integers)x) | (~condition & (integers)y));
}

static inline vector sigmoid(vector x) {
    const vector most = x - x + 80, y = -choose(x > most, most, choose(x < -most, -most, x));
    const vector n = y * 1.44269504f + 12582912.0f - 12582912.0f, r = y - n * 0.69314718f;
    const vector power = (vector)((integers)(n + 12583039.0f) << 23);
    return 1 / (1 + power * (1 + r * (1 + r * (0.5f + r * (0.16666577f + r * (0.04166655f + r * (0.0083632f + r * 0.0013926f)))))));
}

/* a[e] = sigmoid(W x[e] + b), five examples at a time. */
static inline void layer(vector *restrict a, const vector *restrict W, vector b, const float *const *restrict x, int terms, int examples) {
    for (int e = 0; e < examples; e += HALF) {
        vector z0 = b, z1 = b, z2 = b, z3 = b, z4 = b;
        for (int k = 0; k < terms; k++)
            z0 += W[k] * x[e][k], z1 += W[k] * x[e + 1][k], z2 += W[k] * x[e + 2][k], z3 += W[k] * x[e + 3][k], z4 += W[k] * x[e + 4][k];
        a[e] = sigmoid(z0), a[e + 1] = sigmoid(z1), a[e + 2] = sigmoid(z2), a[e + 3] = sigmoid(z3), a[e + 4] = sigmoid(z4);
    }
}

/* to[k] = from[k] - the sum of x[e][k] d[e]. */
static inline void descend(vector *to, const vector *from, const vector *restrict d, const float *const *restrict x, int terms) {
    const vector d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3], d4 = d[4], d5 = d[5], d6 = d[6], d7 = d[7], d8 = d[8], d9 = d[9];
    for (int k = 0; k < terms; k++)
        to[k] = (from[k] - d0 * x[0][k] - d1 * x[1][k] - d2 * x[2][k] - d3 * x[3][k] - d4 * x[4][k])
              - (d5 * x[5][k] + d6 * x[6][k] + d7 * x[7][k] + d8 * x[8][k] + d9 * x[9][k]);
}

/* The adjoint of a layer's sums, from that of the next layer's. */
static inline vector back(const vector *rows, vector d, int sums, vector a) {
    vector t = {0};
    for (int i = 0; i < sums; i++) t += rows[i] * d[i];
    return t * a * (1 - a);
}

static void tile(const layers *p, const layers *from, layers *to, const float *const *x, int count, float scale, vector *cost) {
    vector a1[TILE], a2[TILE], a3[TILE], d1[TILE] = {{0}}, d2[TILE] = {{0}}, d3[TILE] = {{0}}, W2[HIDDEN], W3[HIDDEN];
    const float *y1[TILE], *y2[TILE];
    const int some = count > HALF ? TILE : HALF;
    for (int e = 0; e < TILE; e++) a1[e] = a2[e] = d1[e], y1[e] = (float *)&a1[e], y2[e] = (float *)&a2[e];
    layer(a1, p->W1, p->b1, x, PIXELS, some);
    layer(a2, p->W2, p->b2, y1, HIDDEN, some);
    layer(a3, p->W3, p->b3, y2, HIDDEN, some);
    for (int k = 0; k < HIDDEN; k++) for (int i = 0; i < HIDDEN; i++) W2[i][k] = p->W2[k][i], W3[i][k] = p->W3[k][i];
    vector g1 = from->b1, g2 = from->b2, g3 = from->b3;
    for (int e = 0; e < count; e++) {
        vector rest = {0};
        for (int i = 0; i < CLASSES; i++) rest[i] = a3[e][i] - x[e][PIXELS + i];
        *cost += rest * rest;
        d3[e] = scale * rest * a3[e] * (1 - a3[e]);
        d2[e] = back(W3, d3[e], CLASSES, a2[e]);
        d1[e] = back(W2, d2[e], HIDDEN, a1[e]);
        g1 -= d1[e], g2 -= d2[e], g3 -= d3[e];
    }
    to->b1 = g1, to->b2 = g2, to->b3 = g3;
    descend(to->W3, from->W3, d3, y2, HIDDEN);
    descend(to->W2, from->W2, d2, y1, HIDDEN);
    descend(to->W1, from->W1, d1, x, PIXELS);
}

static void transpose(layers *p, float *theta, int to_theta) {
    float *W = (float *)p, *b = (float *)&p->b1;
    for (int l = 0; l < 3; l++, b += HIDDEN) {
        const int terms = l ? HIDDEN : PIXELS, sums = l < 2 ? HIDDEN : CLASSES;
        for (int i = 0; i < sums; i++) for (int k = 0; k <= terms; k++) {
            float *here = k < terms ? &W[k * HIDDEN + i] : &b[i], *there = theta + (k < terms ? i * terms + k : sums * terms + i);
            if (to_theta) *there = *here; else *here = *there;
        }
        W += terms * HIDDEN, theta += sums * (terms + 1);
    }
}

/* Steps over all batches in order; value: the mean cost of the last batch before its step. */
int program_epoch(float *theta, const float *data, long n, long batch, float rate, float *value) {
    layers p, next;
    memset(&p, 0, sizeof p);
    next = p;
    transpose(&p, theta, 0);
    for (long start = 0; start < n; start += batch) {
        const long size = n - start < batch ? n - start : batch;
        layers *to = size <= TILE ? &p : &next; /* of one tile, the weights themselves: nothing reads them again */
        vector cost = {0};
        for (long first = 0; first < size; first += TILE) {
            const int count = size - first < TILE ? (int)(size - first) : TILE;
            const float *x[TILE];
            for (int e = 0; e < TILE; e++) x[e] = data + (start + first + (e < count ? e : 0)) * COLUMNS;
            tile(&p, first ? to : &p, to, x, count, 2 * rate / size, &cost);
        }
        if (to != &p) p = next;
        *value = 0;
        for (int i = 0; i < CLASSES; i++) *value += cost[i] / size;
    }
    transpose(&p, theta, 1);
    return 0;
}
