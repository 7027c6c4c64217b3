/* stack.h - what the stacked test modules export to each other */
#ifndef TESTS_STACK_H
#define TESTS_STACK_H

extern int base_count;
int base_add(int n);
int mid_twice(int n);
extern int gpl_only_value;

#endif
