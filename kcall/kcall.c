/* kcall - make system calls of the kernel from the shell
 *
 * The calls of one command line travel in one frame and are made by one process in the
 * kernel's world, which lives as long as this one: a file that a call opened stays open,
 * and a module that it created stays, while the COMMAND after -- runs.
 */
#include "kcall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ksys.h"
#include "ksys_trace.h"
#include "msg.h"

static const char usage_text[] =
	"usage: kcall CALL [ARGUMENT...] [, CALL [ARGUMENT...]]... [-- COMMAND...]\n"
	"       kcall cat PATH\n"
	"       kcall write PATH TEXT\n"
	"       kcall open PATH -- COMMAND...\n"
	"       kcall exec [-t | -T] PROGRAM [ARGUMENT...]\n"
	"       kcall -l\n"
	"\n"
	"An ARGUMENT is, by its place in the call:\n"
	"  a number     10, 0x10, 010, -1\n"
	"  %N           the result of call N of this command line, the first being 0\n"
	"  a string     as it is\n"
	"  @FILE        a buffer with what FILE holds; =TEXT: with TEXT\n"
	"  out:N        a buffer of N bytes that the kernel fills\n"
	"  NULL, ptr:N  a null pointer; a pointer to N, which the kernel refuses\n"
	"\n"
	"exec runs a program there, at a terminal if this is one.\n"
	"  -t, -T       always at a terminal, never\n"
	"  -l           list the calls\n"
	"  -V, -h       print the version, print this\n";

/* --- listing ------------------------------------------------------------------------ */

static const char *argument_name(char letter)
{
	switch (letter) {
	case 'v':
	case 'x':
		return "number";
	case 'f':
		return "fd";
	case 's':
		return "string";
	case 'i':
		return "@file";
	case 'o':
		return "out:N";
	case 'b':
		return "@file:N";
	default:
		return "pointer";
	}
}

static void list_calls(void)
{
	const struct ksys_desc *d;

	for (size_t i = 0; (d = ksys_desc(i)); i++) {
		if (!d->remote)
			continue;
		printf("%3u %s(", d->nr, d->name);
		for (const char *a = d->args; *a; a++)
			printf("%s%s", a == d->args ? "" : ", ", argument_name(*a));
		puts(")");
	}
}

/* --- results ------------------------------------------------------------------------ */

static bool is_text(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!memchr("\n\t\r", p[i], 3) && (p[i] < ' ' || p[i] > '~'))
			return false;
	return true;
}

static void dump(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i += 16) {
		printf("%08zx ", i);
		for (size_t j = i; j < i + 16; j++)
			j < len ? printf(" %02x", p[j]) : printf("   ");
		printf("  ");
		for (size_t j = i; j < i + 16 && j < len; j++)
			putchar(p[j] >= ' ' && p[j] <= '~' ? p[j] : '.');
		putchar('\n');
	}
}

/* Text as text, without the zeros behind it; all else in lines of 16 bytes. */
static void print_buffer(const struct ksys_arg *a)
{
	const unsigned char *p = a->buf;
	size_t len = a->len;

	while (len > 0 && !p[len - 1])
		len--;
	if (!is_text(p, len)) {
		len = (len + 15) & ~(size_t)15;
		dump(p, len < a->len ? len : a->len);
		return;
	}
	fwrite(p, 1, len, stdout);
	if (len > 0 && p[len - 1] != '\n')
		putchar('\n');
}

/* Print what a call returned; false if it failed. */
static bool print_call(const struct ksys_call *c)
{
	ksys_trace_result(stdout, c->result);
	putchar('\n');
	for (uint32_t i = 0; i < c->nargs; i++)
		if (c->arg[i].kind == GW_OUT || c->arg[i].kind == GW_INOUT)
			print_buffer(&c->arg[i]);
	return !TGT_IS_ERROR(c->result);
}

/* --- running ------------------------------------------------------------------------ */

/* Run the host command; its exit status. */
static int run_command(char **argv)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		msg_errno(-errno, "%s", argv[0]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		msg_errno(-errno, "%s", argv[0]);
		return MSG_FAILED;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Make the calls and print what they returned. */
static int make_calls(struct kcall_line *line)
{
	int status = MSG_OK, err = ksys_run(line->calls, line->n);

	if (err) {
		msg_error("%s", ksys_strerror(err));
		return MSG_FAILED;
	}
	for (size_t i = 0; i < line->n; i++)
		if (!print_call(&line->calls[i]))
			status = MSG_FAILED;
	return status;
}

static int run_calls(char **argv, char **command)
{
	struct kcall_line line = {0};
	int status = kcall_parse(&line, argv);

	if (status == MSG_OK)
		status = make_calls(&line);
	if (status == MSG_OK && command)
		status = run_command(command);
	kcall_free(&line);
	return status;
}

/* --- conveniences ------------------------------------------------------------------- */

static int cat(const char *path)
{
	char *text = NULL;
	long n = ksys_read_file(path, &text);

	if (n < 0)
		msg_error("%s: %s", path, ksys_strerror(n));
	else
		fwrite(text, 1, n, stdout);
	free(text);
	return n < 0 ? MSG_FAILED : MSG_OK;
}

static int write_text(const char *path, const char *text)
{
	int fd = ksys_file_open(path, O_WRONLY);
	long n = fd < 0 ? fd : ksys_file_write(fd, text, strlen(text));

	if (n < 0)
		msg_error("%s: %s", path, ksys_strerror(n));
	if (fd >= 0)
		ksys_file_close(fd);
	return n < 0 ? MSG_FAILED : MSG_OK;
}

static int hold_open(const char *path, char **command)
{
	int fd = ksys_file_open(path, O_RDONLY), status;

	if (fd < 0) {
		msg_error("%s: %s", path, ksys_strerror(fd));
		return MSG_FAILED;
	}
	status = run_command(command);
	ksys_file_close(fd);
	return status;
}

/* Is the rest of the words a program's? */
static bool is_exec(char **argv)
{
	return argv[0] && !strcmp(argv[0], "exec");
}

/* The words behind exec. */
static int exec_words(char **argv)
{
	enum kcall_terminal terminal = KCALL_AS_OURS;

	if (!strcmp(argv[0], "-t"))
		terminal = KCALL_TERMINAL;
	else if (!strcmp(argv[0], "-T"))
		terminal = KCALL_NO_TERMINAL;
	if (terminal != KCALL_AS_OURS)
		argv++;
	if (!argv[0] || argv[0][0] == '-') {
		return msg_usage("exec what?");
	}
	return kcall_exec(argv, terminal);
}

/* argv: up to and without --; command: after it, or NULL. */
static int run(int argc, char **argv, char **command)
{
	if (ksys_open() < 0) {
		msg_error("%s", ksys_why());
		return MSG_FAILED;
	}
	if (!strcmp(argv[0], "cat") && argc == 2 && !command)
		return cat(argv[1]);
	if (!strcmp(argv[0], "write") && argc == 3 && !command && *argv[1] == '/')
		return write_text(argv[1], argv[2]);
	if (is_exec(argv) && argc > 1)
		return exec_words(argv + 1);
	if (!strcmp(argv[0], "open") && argc == 2 && command)
		return hold_open(argv[1], command);
	return run_calls(argv, command);
}

int main(int argc, char **argv)
{
	char **command = NULL;
	int status;

	msg_init("kcall");
	argv++;
	argc--;
	for (int i = 0; i < argc && !command && !is_exec(argv); i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		argv[i] = NULL;
		command = argv[i + 1] ? &argv[i + 1] : NULL;
		argc = i;
	}
	if (argc == 1 && (!strcmp(argv[0], "-h") || !strcmp(argv[0], "--help"))) {
		fputs(usage_text, stdout);
		return msg_status();
	}
	if (argc == 1 && (!strcmp(argv[0], "-V") || !strcmp(argv[0], "--version"))) {
		printf("kcall (modstack) %s\n", MODSTACK_VERSION);
		return msg_status();
	}
	if (argc == 1 && !strcmp(argv[0], "-l")) {
		list_calls();
		return msg_status();
	}
	if (argc < 1 || argv[0][0] == '-') {
		return msg_usage("which call?");
	}
	status = run(argc, argv, command);
	ksys_close();
	return msg_finish(status);
}
