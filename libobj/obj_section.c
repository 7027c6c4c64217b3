/* obj_section.c - sections: find, add, walk; the priority that decides the load order */
#include <errno.h>
#include "obj_priv.h"

static bool is_init_section(const char *name)
{
	size_t len = strlen(name);

	return len == 10 && name[0] == '.' && !strcmp(name + 5, ".init");
}

/* The classic key: what is used after init comes first, then code, then what is not
 * written, then what has contents. A key is taken on arrival, so .bss keeps its place behind
 * .data after it was turned into zero-filled contents. */
static unsigned char load_key(const struct obj_section *o)
{
	unsigned key = 32;

	if (!strcmp(o->name, ".this"))
		return UINT8_MAX;
	if (!is_init_section(o->name))
		key += 64;
	if (o->flags & SHF_EXECINSTR)
		key += 16;
	if (!(o->flags & SHF_WRITE))
		key += 8;
	if (o->type != SHT_NOBITS)
		key += 4;
	if (!strcmp(o->name, ".got"))
		key += 2;
	return key;
}

void obj_load_section(struct obj_file *f, struct section *s)
{
	s->loaded = true;
	s->key = load_key(&s->o);
	f->order[f->nloaded++] = s;
}

struct section *obj_add_section(struct obj_file *f, const char *name, uint32_t flags,
				uint32_t align)
{
	struct section *s = &f->sections[f->nsections];

	s->o = (struct obj_section){
		.name = name,
		.align = align,
		.flags = flags | SHF_ALLOC,
		.type = SHT_PROGBITS,
		.secidx = f->nsections++,
	};
	obj_load_section(f, s);
	return s;
}

struct section *obj_section_named(const struct obj_file *f, const char *name)
{
	for (unsigned i = 1; i < f->nsections; i++)
		if (!strcmp(f->sections[i].o.name, name))
			return &f->sections[i];
	return NULL;
}

const struct obj_section *obj_find_section(const struct obj_file *f, const char *name)
{
	for (unsigned i = 1; i < f->nsections; i++)
		if (f->sections[i].loaded && !strcmp(f->sections[i].o.name, name))
			return &f->sections[i].o;
	return NULL;
}

const struct obj_section *obj_next_section(const struct obj_file *f, unsigned *cursor)
{
	return *cursor < f->nloaded ? &f->order[(*cursor)++]->o : NULL;
}

/* The object's own .kstrtab is extended, if it has one that is loaded. */
static int open_kstrtab(struct obj_file *f)
{
	struct section *s;
	int err;

	if (f->kstrtab)
		return 0;
	s = obj_section_named(f, ".kstrtab");
	if (s && s->loaded) {
		err = obj_append(&f->strings, s->bytes, s->o.size);
		if (err)
			return err;
		f->kstrtab = s;
		return 0;
	}
	f->kstrtab = obj_add_section(f, ".kstrtab", 0, 1);
	return 0;
}

int obj_add_string(struct obj_file *f, const char *s, uint32_t *at)
{
	int err = open_kstrtab(f);

	if (!err) {
		*at = f->strings.len;
		err = obj_append(&f->strings, s, strlen(s) + 1);
	}
	if (err)
		return err;
	f->kstrtab->bytes = f->strings.bytes;
	f->kstrtab->o.size = f->strings.len;
	return 0;
}
