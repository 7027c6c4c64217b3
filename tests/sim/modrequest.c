/* tests/sim/modrequest.c - requests for modules: who joins, what is refused, what is left
 *
 * Kernel code that tests kernel code; tap.c prints. A process that waits is a struct
 * request_waiter here: nothing sleeps.
 */
#include "tap.h"
#include "sim.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "kernel/modrequest.h"
#include "kernel/text.h"

static struct request_waiter waiters[100];

static int wait(unsigned int w, const char *name, unsigned int works_for)
{
	return modrequest_wait(&waiters[w], name, works_for, true);
}

static struct module_request *of(unsigned int w)
{
	return waiters[w].request;
}

/* Its load has ended, and it was the only one who waited. */
static void finish(unsigned int w)
{
	modrequest_end(of(w), 0);
	modrequest_leave(&waiters[w]);
}

/* Whether the listing is `vfat` and `other` with those counts of waiters. */
static void lists(unsigned int vfat, unsigned int other, const char *what)
{
	struct text t = {0};
	char want[80];

	modrequest_show(&t);
	text_add(&t, "", 1);
	snprintf(want, sizeof(want), "%u vfat %u kerneld\n%u other %u modprobe\n",
		 of(0)->id, vfat, of(1)->id, other);
	tap_string(t.buf, want, what);
	text_free(&t);
}

static void nothing_under_way(void)
{
	struct text t = {0};

	modrequest_show(&t);
	tap_ok(!t.len, "nothing is under way");
	text_free(&t);
}

static void test_names(void)
{
	static const char *const good[] = {"vfat",     "char-major-10-130",
					   "net-pf-1", "a.b",
					   "eth0:1",   "snd_page@2",
					   "0+,x"};
	static const char *const bad[] = {"",	 "-C",	 "../x", "/bin/sh", "a b",
					  "a=b", "`id`", "$x",	 "a\n",	    "\xe4"};

	for (unsigned i = 0; i < ARRAY_SIZE(good); i++)
		tap_ok(modrequest_is_name(good[i]), good[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		tap_ok(!modrequest_is_name(bad[i]), "no name");
}

static void test_sharing(void)
{
	tap_ok(!wait(0, "vfat", 0) && !of(0)->started, "the first one is to load");
	of(0)->started = true;
	tap_ok(!modrequest_wait(&waiters[1], "other", 0, false), "another name");
	tap_ok(!wait(2, "vfat", 0) && of(2) == of(0), "the second one joins");
	lists(2, 1, "both are listed");
	modrequest_leave(&waiters[2]);
	lists(1, 1, "one was killed");
	tap_ok(!wait(2, "vfat", 0), "and is back");
	modrequest_end_kerneld(-EIO);
	tap_ok(of(0)->done && of(2)->value == -EIO && !of(1)->done,
	       "kerneld's end is that of its loads");
	tap_ok(!modrequest_find(of(0)->id), "which are not under way any more");
	modrequest_end(of(0), 7);
	tap_ok(of(0)->value == -EIO, "the first end counts");
	tap_ok(!wait(3, "vfat", 0) && of(3) != of(0) && !of(3)->started,
	       "who comes now asks anew");
	modrequest_leave(&waiters[0]);
	tap_ok(of(2)->value == -EIO, "what the last waiter looks at is there");
	modrequest_leave(&waiters[2]);
	modrequest_leave(&waiters[3]);
	tap_ok(modrequest_find(of(3)->id) == of(3), "a load goes on without waiters");
	modrequest_end(of(3), 0);
	finish(1);
	nothing_under_way();
}

static void test_loops(void)
{
	tap_ok(!wait(0, "a", 0), "a");
	tap_ok(wait(1, "a", of(0)->id) == -ELOOP, "a asks for a");
	tap_ok(!wait(1, "b", of(0)->id), "a asks for b");
	tap_ok(wait(2, "a", of(1)->id) == -ELOOP, "and b for a");
	tap_ok(!wait(2, "c", of(1)->id), "b asks for c");
	tap_ok(!wait(3, "c", of(0)->id), "so does a");
	tap_ok(wait(4, "a", of(2)->id) == -ELOOP, "c asks for a");
	tap_ok(!wait(4, "d", 0) && !wait(5, "d", of(2)->id),
	       "c asks for d, which asks for nothing");
	tap_ok(wait(6, "b", of(4)->id) == -ELOOP, "until it does");
	modrequest_leave(&waiters[5]);
	tap_ok(!wait(6, "b", of(4)->id), "c does not wait any longer: it may");
	modrequest_leave(&waiters[6]);
	modrequest_leave(&waiters[3]);
	tap_ok(!wait(6, "a", 4711), "who works for what has ended works for nothing");
	modrequest_leave(&waiters[6]);
	finish(4);
	finish(2);
	finish(1);
	finish(0);
}

static void test_limits(void)
{
	char name[8] = "a";
	unsigned int n;

	for (n = 0; n < 8 && !wait(n, name, n ? of(n - 1)->id : 0); n++)
		name[0]++;
	tap_ok(n == 8 && wait(8, name, of(7)->id) == -ELOOP, "a chain of nine is cut");
	while (n--)
		finish(n);
	for (n = 0; n < KD_REQUESTS; n++) {
		snprintf(name, sizeof(name), "n%u", n);
		if (wait(n, name, 0))
			break;
	}
	tap_ok(n == KD_REQUESTS && wait(n, "more", 0) == -EBUSY, "a storm is cut");
	tap_ok(!wait(n, "n7", 0), "but names under way may be joined");
	modrequest_leave(&waiters[n]);
	while (n--)
		finish(n);
	sim_fail_alloc(0);
	tap_ok(wait(0, "vfat", 0) == -ENOMEM, "no memory");
	sim_fail_alloc(-1);
	nothing_under_way();
}

static void test_log(void)
{
	char log[16384];
	size_t n = sim_log_tail(log, sizeof(log) - 1);
	unsigned int lines = 0;

	log[n] = '\0';
	for (const char *at = log; (at = strstr(at, "kmod: ")); at++)
		lines++;
	tap_ok(lines == 5, "the log tells of the first five refusals");
	tap_ok(strstr(log, "kmod: a: its own load asks for it; refused") != NULL, "so");
}

/* --- at random, against a matrix ------------------------------------------------------------ */

#define NAMES 12

/* Of each waiter: the name it waits for, -1: none; the name it works for, -1: none. */
static int waits_for[ARRAY_SIZE(waiters)], works_for[ARRAY_SIZE(waiters)];
static struct module_request *under_way[NAMES];

static uint32_t pick(uint32_t n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Does the load of name `from` wait for `to`, by way of others, too? */
static bool blocked(unsigned int from, unsigned int to)
{
	bool reach[NAMES][NAMES] = {0};

	for (unsigned w = 0; w < ARRAY_SIZE(waiters); w++)
		if (waits_for[w] >= 0 && works_for[w] >= 0)
			reach[works_for[w]][waits_for[w]] = true;
	for (unsigned k = 0; k < NAMES; k++)
		for (unsigned i = 0; i < NAMES; i++)
			for (unsigned j = 0; j < NAMES; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
	return from == to || reach[from][to];
}

static void leave(unsigned int w)
{
	modrequest_leave(&waiters[w]);
	waits_for[w] = -1;
}

/* Those who wait for it go on; who works for it works for nobody from here on. */
static void end(unsigned int name)
{
	modrequest_end(under_way[name], 0);
	under_way[name] = NULL;
	for (unsigned w = 0; w < ARRAY_SIZE(waiters); w++) {
		if (waits_for[w] == (int)name)
			leave(w);
		if (works_for[w] == (int)name)
			works_for[w] = -1;
	}
}

/* What the matrix says is what came of it? A chain that was too long is no answer. */
static bool ask(unsigned int w, unsigned int from, unsigned int to, unsigned int *loops)
{
	const char name[] = {'a' + to, '\0'};
	bool loop = under_way[from] && under_way[to] && blocked(to, from);
	int err = wait(w, name, under_way[from] ? under_way[from]->id : 0);

	*loops += loop;
	if (err)
		return err == -ELOOP && (loop || !under_way[to]);
	waits_for[w] = to;
	works_for[w] = under_way[from] ? (int)from : -1;
	under_way[to] = of(w);
	return !loop;
}

static void test_random(void)
{
	unsigned int wrong = 0, loops = 0;

	memset(waits_for, 0xff, sizeof(waits_for));
	memset(works_for, 0xff, sizeof(works_for));
	for (int i = 0; i < 20000; i++) {
		unsigned int w = pick(ARRAY_SIZE(waiters)), name = pick(NAMES);

		if (waits_for[w] >= 0)
			leave(w);
		else if (under_way[name] && !pick(4))
			end(name);
		else
			wrong += !ask(w, pick(NAMES), name, &loops);
	}
	tap_ok(!wrong && loops > 500 && loops < 10000,
	       "20000 random requests agree with a matrix of who waits for whom");
	for (unsigned name = 0; name < NAMES; name++)
		if (under_way[name])
			end(name);
	nothing_under_way();
}

int main(void)
{
	struct sim_counters before, after;

	sim_quiet = true;
	sim_boot();
	sim_counters(&before);
	test_names();
	test_sharing();
	test_loops();
	test_limits();
	test_log();
	test_random();
	sim_counters(&after);
	tap_ok(memcmp(&before, &after, sizeof(before)) == 0, "no memory is left");
	return tap_done();
}
