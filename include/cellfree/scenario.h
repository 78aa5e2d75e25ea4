#ifndef CF_SCENARIO_H
#define CF_SCENARIO_H

/* A scenario: a named, parameterised generator of drops, read from YAML (docs/scenarios.md lists
 * every key with its unit and range). */

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>
#include <cellfree/task.h>

CF_BEGIN_C

typedef struct cf_scenario cf_scenario; /* immutable after load; share freely between threads */

/* Built-in scenarios, i = 0 .. cf_scenario_count() - 1. */
CF_API int32_t cf_scenario_count(void);
CF_API const char *cf_scenario_builtin_name(int32_t i);
CF_API const char *cf_scenario_builtin_about(int32_t i); /* one line */

/* A built-in name ("mmwave-small") or the path of a YAML file. Errors name file, line and key. */
CF_API cf_status cf_scenario_load(cf_scenario **out, const char *name_or_path);

/* The same from text; `origin` is what errors call it. */
CF_API cf_status cf_scenario_parse(cf_scenario **out, const char *yaml, const char *origin);
CF_API void cf_scenario_free(cf_scenario *s); /* NULL is fine */

CF_API const char *cf_scenario_name(const cf_scenario *s);
CF_API cf_task cf_scenario_task(const cf_scenario *s);

/* The whole scenario as YAML, every default written out, with comments that give units. Parsing
 * it gives the same scenario. Owned by s. */
CF_API const char *cf_scenario_yaml(const cf_scenario *s);

CF_END_C

#endif
