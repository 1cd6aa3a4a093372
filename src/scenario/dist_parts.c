/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/exactmath.h"
#include "base/units.h"
#include "scenario/dist_call.h"

#include <math.h>
#include <string.h>

/* Sums of shares written in decimals miss 1 by roundings only. */
static const double sum_tolerance = 1e-9;
static const double largest_factor = 1e30;

/* `p99.9=50us`: a probability and a value; false without an error if the name is another. */
static bool read_quantile(struct reader *r, const struct arg *arg, double *p, double *x) {
    if (arg->name == NULL || arg->name[0] != 'p' ||
        parse_number(arg->name + 1, strlen(arg->name + 1), p) != NULL || *p > 100)
        return false;
    *p /= 100;
    return dist_value(r, arg->at, arg->length, r->value, x);
}

const struct dist *dist_lognormal_quantiles(struct reader *r, const struct call *call) {
    double p[2], x[2], z[2];
    if (call->n != 2)
        return NULL;
    for (int i = 0; i < 2; i++) {
        const struct arg *arg = &call->args[i];
        if (!read_quantile(r, arg, &p[i], &x[i]))
            return NULL;
        if (x[i] <= 0)
            return dist_fail(r, arg->at, "expected more than 0");
        if (p[i] < 1e-6 || p[i] > 1 - 1e-6)
            return dist_fail(r, arg->name_at, "expected a quantile from p0.0001 to p99.9999");
        z[i] = exact_normal_quantile(p[i]);
    }
    if (!((p[1] > p[0] && x[1] > x[0]) || (p[1] < p[0] && x[1] < x[0])))
        return dist_fail(r, call->args[1].at, "the larger quantile must have the larger value");
    double sigma = exact_log(x[1] / x[0]) / (z[1] - z[0]);
    if (!(sigma >= sigma_bounds.low && sigma <= sigma_bounds.high))
        return dist_fail(r, call->args[1].at, "these quantiles give sigma %g: it may be %g to %g",
                         sigma, sigma_bounds.low, sigma_bounds.high);
    double mu = exact_log(x[0]) - z[0] * sigma;
    return dist_make(r, call->at, (struct dist){.kind = DIST_LOGNORMAL, .a = mu, .b = sigma});
}

const struct dist *dist_mix(struct reader *r, const struct call *call) {
    struct dist_part *parts = arena_array(r->arena, call->n, sizeof(*parts));
    double sum = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        const struct arg *arg = &call->args[i];
        double p;
        if (arg->name == NULL || !dist_value(r, arg->name_at, strlen(arg->name), parse_share, &p))
            return NULL;
        sum += p;
        parts[i] = (struct dist_part){.p = sum, .dist = dist_read_at(r, arg->at, arg->length)};
        if (parts[i].dist == NULL)
            return NULL;
    }
    if (fabs(sum - 1) > sum_tolerance)
        return dist_fail(r, call->at, "the shares of the mix sum to %g, not to 1", sum);
    parts[call->n - 1].p = 1;
    return dist_make(r, call->at, (struct dist){.kind = DIST_MIX, .n = call->n, .parts = parts});
}

const struct dist *dist_empirical(struct reader *r, const struct call *call) {
    struct dist_part *parts = arena_array(r->arena, call->n, sizeof(*parts));
    for (uint32_t i = 0; i < call->n; i++) {
        const struct arg *arg = &call->args[i];
        if (!read_quantile(r, arg, &parts[i].p, &parts[i].x))
            return NULL;
        if (i > 0 && (parts[i].p <= parts[i - 1].p || parts[i].x < parts[i - 1].x))
            return dist_fail(r, arg->name_at, "quantiles and their values must ascend");
    }
    if (call->n < 2 || parts[0].p != 0 || parts[call->n - 1].p != 1)
        return dist_fail(r, call->at, "the quantiles must go from p0 to p100");
    return dist_make(r, call->at,
                     (struct dist){.kind = DIST_EMPIRICAL, .n = call->n, .parts = parts});
}

const struct dist *dist_with_mean(struct reader *r, const struct call *call) {
    double mean;
    if (call->n != 2 || call->args[0].name != NULL || call->args[1].name != NULL)
        return NULL;
    if (!dist_value(r, call->args[0].at, call->args[0].length, r->value, &mean))
        return NULL;
    const struct dist *dist = dist_read_at(r, call->args[1].at, call->args[1].length);
    if (dist == NULL)
        return NULL;
    double factor = mean / dist_mean(dist);
    if (!(factor <= largest_factor)) /* nor 0 / 0 */
        return dist_fail(r, call->args[1].at, "the mean of this is too small to be scaled");
    return dist_make(r, call->at, *dist_scaled(r->arena, dist, factor));
}
