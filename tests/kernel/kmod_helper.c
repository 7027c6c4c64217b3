/* kmod_helper.c - stands in for /sbin/modprobe in the guest: what it was called with goes to
 * /tmp/helper, a line each argument and variable; then it does what its name says
 *
 * `char-major-201`: opens /tmp/loop, a device of that number, which asks for itself. */
#include "user/sys.h"

static void put(int fd, const char *s)
{
	sys_write(fd, s, strlen(s));
	sys_write(fd, "\n", 1);
}

int main(int argc, char **argv)
{
	int fd = sys_open("/tmp/helper", O_WRONLY | O_CREAT | O_APPEND, 0600);

	for (char **s = argv; *s; s++)
		put(fd, *s);
	for (char **s = argv + argc + 1; *s; s++)
		put(fd, *s);
	if (!strcmp(argv[argc - 1], "char-major-201"))
		put(fd,
		    sys_open("/tmp/loop", O_RDONLY, 0) == -ENODEV ? "refused" : "opened");
	sys_close(fd);
	return 1;
}
