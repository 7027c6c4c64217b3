/* sysctl_example.c - variables below /proc/sys/dev/example, and a file that sums them up
 *
 *	/proc/sys/dev/example/name     a string
 *	/proc/sys/dev/example/limits   two numbers, each 0 to 100
 *	/proc/sys/dev/example/opened   how often the summary was read; not writable
 *	/proc/sysctl_example           the summary
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sysctl.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("sysctl variables and a file in /proc");
MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

static char name[16] = "example";
static int limits[2] = {10, 90}, lowest[2] = {0, 0}, highest[2] = {100, 100};
static int opened;

static ctl_table variables[] = {
	{.ctl_name = 1,
	 .procname = "name",
	 .data = name,
	 .maxlen = sizeof(name),
	 .mode = 0644,
	 .proc_handler = proc_dostring},
	{.ctl_name = 2,
	 .procname = "limits",
	 .data = limits,
	 .maxlen = sizeof(limits),
	 .mode = 0644,
	 .proc_handler = proc_dointvec_minmax,
	 .extra1 = lowest,
	 .extra2 = highest},
	{.ctl_name = 3,
	 .procname = "opened",
	 .data = &opened,
	 .maxlen = sizeof(opened),
	 .mode = 0444,
	 .proc_handler = proc_dointvec},
	{0},
};
static ctl_table example_dir[] = {
	{.ctl_name = 1, .procname = "example", .mode = 0555, .child = variables},
	{0},
};
static ctl_table dev_dir[] = {
	{.ctl_name = CTL_DEV, .procname = "dev", .mode = 0555, .child = example_dir},
	{0},
};
static struct ctl_table_header *header;

static int summary_read(char *page, char **start, off_t off, int count, int *eof,
			void *data)
{
	opened++;
	return sprintf(page, "%s: %d to %d, read %d times\n", name, limits[0], limits[1],
		       opened);
}

static int __init example_init(void)
{
	header = register_sysctl_table(dev_dir, 0);
	if (!header)
		return -ENOMEM;
	if (create_proc_read_entry("sysctl_example", 0, NULL, summary_read, NULL))
		return 0;
	unregister_sysctl_table(header);
	return -ENOMEM;
}

static void __exit example_exit(void)
{
	remove_proc_entry("sysctl_example", NULL);
	unregister_sysctl_table(header);
}

module_init(example_init);
module_exit(example_exit);
