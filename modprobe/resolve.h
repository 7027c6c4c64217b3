/* modprobe/resolve.h - from a requested name to modules
 *
 * In this order, the first that knows the name decides: probe and probeall lists, aliases of
 * the configuration, modules.dep, `symbol:NAME`, install commands, modules.alias, aliases of
 * built-in modules, built-in modules, the classic default aliases. An alias is followed until
 * it ends at something that is none.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "tree.h"

enum target_kind {
	TARGET_MODULE,
	TARGET_OFF,  /* `alias NAME off`: nothing to do, and that is success */
	TARGET_LIST, /* probe or probeall: `list` says which */
};

/* One answer. A name may have several, best first. */
struct target {
	enum target_kind kind;
	struct module *module;
	const struct modconf_entry *list;
	const char **
		names; /* every name on the way: the requested first, the module's last */
	size_t nnames;
	const char *via; /* for messages: "eth0 (/etc/modules.conf:3) -> ", or "" */
	bool by_alias;	 /* the blacklist applies */
	struct target *next;
};

/* Why a name has no target. */
struct dead_end {
	bool loop; /* of aliases; it has been reported */
	const char *
		name; /* that nobody knows: the one asked for, or what an alias stands for */
	const char
		*way; /* for messages: ": eth0 (/etc/modules.conf:3) -> tulpi", or "" */
};

/* NULL: nobody knows the name, see *why. */
struct target *resolve(struct tree *t, const char *name, struct dead_end *why);

#endif
