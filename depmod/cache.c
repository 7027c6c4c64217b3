/* depmod/cache.c */
