/* depmod/tables.c - device tables of Linux 2.4 modules and the map files made of them */
#include "tables.h"
int tables_read(struct modelf *m, struct text *info)
{
	return 0;
}
const char *tables_name(unsigned i)
{
	return NULL;
}
int tables_write(unsigned i, const struct tree *t, const struct store *s,
		 struct text *out)
{
	return 0;
}
