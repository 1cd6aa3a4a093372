/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/json_values.h"
#include "report/sweep_scaling.h"

#include <math.h>

static const char *const names[LIMITS] = {[LIMIT_LOAD] = "load",
                                          [LIMIT_CPU] = "cpu",
                                          [LIMIT_HELD] = "lock",
                                          [LIMIT_LINE] = "line",
                                          [LIMIT_WAKE] = "wakeup"};

static json_t *bound_object(const struct curves *curves, const struct scaling *scaling,
                            uint32_t place) {
    const struct bound *bound = &scaling->bounds[place];
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "value", json_text(curves->labels[place]), "limit",
        names[bound->limit], "lock", json_text(bound_lock_name(curves, scaling, place)), "cpu_busy",
        json_number(bound->cpu), "cpu_rate", json_number(bound_cpu_rate(curves, scaling, place)),
        "lock_busy", json_number(bound->lock), "lock_rate",
        json_number(bound_lock_rate(curves, scaling, place)));
}

static json_t *usl_object(const struct curves *curves, const struct scaling *scaling) {
    const struct usl *usl = &scaling->usl;
    if (!usl->fitted)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:I, s:o, s:o, s:o}", "lambda",
                     json_estimate(usl->lambda), "sigma", json_estimate(usl->sigma), "kappa",
                     json_estimate(usl->kappa), "peak", json_estimate(usl->peak), "peak_rate",
                     json_number(usl->peak_rate), "fits", usl->fits, "negative", usl->negative,
                     "freedom", (json_int_t)usl->freedom, "misfit", json_number(usl->misfit),
                     "worst", json_number(usl->worst), "worst_at",
                     json_text(curves->labels[scaling->worst_place]));
}

void scaling_json(struct arena *arena, const struct curves *curves, const struct curve *curve,
                  json_t *object) {
    const struct scaling *scaling = scaling_of(arena, curves, curve);
    json_t *bounds = json_array();
    for (uint32_t i = 0; i < curves->nplaces; i++)
        if (!isnan(scaling->bounds[i].cpu))
            json_array_append_new(bounds, bound_object(curves, scaling, i));
    json_object_set_new(object, "usl", usl_object(curves, scaling));
    json_object_set_new(object, "bounds", bounds);
}
