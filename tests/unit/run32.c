/* run32.c - run32 IMAGE BASE FUNCTION: map an image at BASE and call int FUNCTION(void) in
 * it (both hex); exit 0 if it returns what answer(), linked in here, does */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int answer(void);

int main(int argc, char **argv)
{
	unsigned long base = argc == 4 ? strtoul(argv[2], NULL, 16) : 0;
	int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1, theirs, ours;
	off_t len = lseek(fd, 0, SEEK_END);
	void *p;

	if (fd < 0 || len <= 0)
		return 2;
	p = mmap((void *)base, len, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);
	if (p != (void *)base)
		return 2;
	theirs = ((int (*)(void))strtoul(argv[3], NULL, 16))();
	ours = answer();
	if (theirs != ours)
		printf("# answer: %d, should be %d\n", theirs, ours);
	return theirs != ours;
}
