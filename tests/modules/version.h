/* version.h - a structure that two test modules share; CHANGED is what another kernel has */
#ifndef TESTS_VERSION_H
#define TESTS_VERSION_H

struct version_pair {
#ifdef CHANGED
	int inserted;
#endif
	int a, b;
};

int version_sum(struct version_pair *pair);

#endif
