/* What transform.py writes around expressions. Each site has numbers of mutants, 0 for none; the
 * environment chooses at most one mutant for the whole process (mutant.c). */
#ifndef MUTANT_H
#define MUTANT_H

/* Whether anything is chosen, or what is reached is noted. Set before main(), never again. */
extern _Bool mutant_on;

struct mutant_case {
    unsigned number;
    long value;
};

_Bool mutant_bool_changed(unsigned always, unsigned never, _Bool value);
_Bool mutant_flip_changed(unsigned number, _Bool value);
long mutant_value_changed(unsigned number, long value);
long mutant_case_changed(const struct mutant_case *cases, unsigned n, long value);
_Bool mutant_keep_changed(unsigned number);

static inline _Bool mutant_bool(unsigned always, unsigned never, _Bool value)
{
    return mutant_on ? mutant_bool_changed(always, never, value) : value;
}

/* `differs`: whether the other operator would say otherwise. */
static inline _Bool mutant_flip(unsigned number, _Bool value, _Bool differs)
{
    return mutant_on && differs ? mutant_flip_changed(number, value) : value;
}

static inline long mutant_value(unsigned number, long value)
{
    return mutant_on ? mutant_value_changed(number, value) : value;
}

static inline long mutant_case(const struct mutant_case *cases, unsigned n, long value)
{
    return mutant_on ? mutant_case_changed(cases, n, value) : value;
}

static inline _Bool mutant_keep(unsigned number)
{
    return mutant_on ? mutant_keep_changed(number) : 1;
}

#define mutant_int(number, ...) ((__typeof__(__VA_ARGS__))mutant_value(number, (long)(__VA_ARGS__)))

#endif
