#ifndef POLICY_POLICY_METHOD_H
#define POLICY_POLICY_METHOD_H

#include "problem/method.h"

/* "policy": a trained network decides, then repair. */
extern const prob_method_class policy_method;

#endif
