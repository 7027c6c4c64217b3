/* lib/snapshot.c - copies of /proc/ksyms and /proc/modules for who decodes an oops later
 *
 * The files are made inside an open directory, never through a link and never over a file
 * that is there: whoever may write to /var/log must not choose what root overwrites.
 */
#include "snapshot.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "ksys.h"

static void save(int dir, const char *stamp, const char *what)
{
	char name[64], path[64], *text, *p;
	long left;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s", what);
	left = ksys_read_file(path, &text);
	if (left < 0)
		return;
	snprintf(name, sizeof(name), "%s.%s", stamp, what);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	for (p = text; fd >= 0 && left > 0;) {
		ssize_t n = write(fd, p, left);

		if (n <= 0)
			break;
		p += n;
		left -= n;
	}
	if (fd >= 0) {
		fdatasync(fd);
		close(fd);
	}
	free(text);
}

void snapshot_save(void)
{
	const char *path = secure_getenv("KSYMOOPS_SNAPSHOTS");
	int dir = open(path ? path : "/var/log/ksymoops",
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	time_t now = time(NULL);
	struct tm tm;
	char stamp[16];

	if (dir < 0)
		return;
	if (gmtime_r(&now, &tm) && strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm)) {
		save(dir, stamp, "ksyms");
		save(dir, stamp, "modules");
	}
	close(dir);
}
