/* linux/malloc.h - the 2.2 name of linux/slab.h */
#include <linux/slab.h>
