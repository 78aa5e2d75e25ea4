/* Files and options mean the same in a program whose user writes 0,5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/cellfree.h>

#include "policy/policy.h"

#include "comma.h"
#include "t.h"

static const char POLICY[] = "locale_test.safetensors";

/* Every text that depends on numbers, one after the other. */
static char *texts(void)
{
    char *all = NULL;
    size_t size;
    FILE *f = open_memstream(&all, &size);
    cf_scenario *s = NULL;
    cf_train_config *c = NULL;
    cf_policy *p = NULL;
    CHECK(f && cf_scenario_load(&s, "mmwave-small") == CF_OK);
    CHECK(cf_train_config_load(&c, NULL) == CF_OK);
    CHECK(cf_train_config_set(c, "rate", "0.0125") == CF_OK);
    CHECK(cf_train_config_set(c, "rate", "0,0125") == CF_EARG);
    CHECK(policy_make(&p, policy_class_named("hpe"), NULL) == CF_OK);
    CHECK(cf_policy_save(p, POLICY) == CF_OK);
    if (f && s && c) {
        fputs(cf_scenario_yaml(s), f);
        fputs(cf_train_config_yaml(c), f);
        fclose(f);
    }
    cf_scenario_free(s);
    cf_train_config_free(c);
    cf_policy_free(p);
    return all;
}

static void read_back(void)
{
    cf_policy *p = NULL;
    cf_method *m = NULL;
    CHECK(cf_policy_load(&p, POLICY) == CF_OK);
    for (int32_t i = 0; p && cf_policy_size_name(p, i); i++)
        if (strcmp(cf_policy_size_name(p, i), "std_db") == 0) CHECK(cf_policy_size(p, i) == 4.335);
    CHECK(cf_method_make(&m, "exact:time-limit=0.5,gap=1.5e-6", NULL, 3, 2) == CF_OK);
    cf_method_free(m);
    m = NULL;
    CHECK(cf_method_make(&m, "exact:time-limit=0,5", NULL, 3, 2) == CF_EARG && m == NULL);
    cf_policy_free(p);
}

int main(void)
{
    char *point = texts();
    read_back();
    if (t_decimal_comma()) {
        read_back();
        char *comma = texts();
        CHECK(point && comma && strcmp(point, comma) == 0);
        read_back();
        free(comma);
    }
    free(point);
    remove(POLICY);
    return DONE();
}
