/* linux/init.h - where initialisation and clean-up code goes, and what starts a module */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

/* Nothing is discarded after boot, so these only document. */
#define __init
#define __exit
#define __initdata
#define __exitdata
#define __devinit
#define __devexit
#define __devinitdata
#define __devexitdata
#define __devexit_p(x) (x)

#ifdef MODULE
/* The loader looks for init_module and cleanup_module; an alias gives a source's own
 * static functions these names, and the extra declaration makes a wrong type a compile
 * error. */
#define module_init(fn)                                                                  \
	int init_module(void) __attribute__((alias(#fn)));                               \
	static __inline__ __attribute__((unused)) int (*module_init_type(void))(void)    \
	{                                                                                \
		return fn;                                                               \
	}
#define module_exit(fn)                                                                  \
	void cleanup_module(void) __attribute__((alias(#fn)));                           \
	static __inline__ __attribute__((unused)) void (*module_exit_type(void))(void)   \
	{                                                                                \
		return fn;                                                               \
	}
#endif

#endif
