#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

/* Numbers in files and options have a decimal point, whatever the program around us has set as its
 * locale (LC_NUMERIC). */
enum { NUMBER_SIZE = 40 };

/* strtod of the C locale, for numbers of up to 127 characters; where there is none, *end is s. */
double number_read(const char *s, const char **end);

/* printf's "%.*g" of the C locale, digits 1 to 17, into out[NUMBER_SIZE]; returns out. */
char *number_write(char *out, int digits, double v);

#endif
