/* linux/un.h - addresses of AF_UNIX: a path, or any bytes after a NUL */
#ifndef _LINUX_UN_H
#define _LINUX_UN_H

#define UNIX_PATH_MAX 108

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[UNIX_PATH_MAX];
};

#endif
