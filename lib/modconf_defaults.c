/* lib/modconf_defaults.c - the classic built-in aliases, options, paths and prune list */
#include "modconf_priv.h"

#include <string.h>
#include "modname.h"

/* A prefix, then "SUFFIX TARGET" pairs; commas join suffixes of one target. */
static const struct {
	const char *prefix, *aliases;
} tables[] = {
	{"binfmt-", "0000 off 204,263,264,267,387 binfmt_aout 332 iBCS -310 binfmt_java"},
	{"block-major-",
	 "1 rd 2 floppy 3,22,33,34,56,57,88,89,90,91 ide-probe-mod 7 loop 8 sd_mod 9 md "
	 "11 sr_mod 13 xd 15 cdu31a 16 gscd 17 optcd 18 sjcd 20 mcdx 23 mcd 24 sonycd535 "
	 "25,26,27 sbpcd 29 aztcd 32 cm206 37 ide-tape 44 ftl 46 pcd 47 pf 58 lvm-mod 93 "
	 "nftl"},
	{"char-major-",
	 "4,5 serial 6 lp 9 st 10 off 14 soundcore 19,20 cyclades 21 sg 22,23 pcxx 27 "
	 "ftape "
	 "34 scc 35 tclmidi 36 netlink 37 ide-tape 48,49 riscom8 57,58 esp 63 kdebug "
	 "90 mtdchar 96 pt 97 pg 99 ppdev 107 3dfx 108 ppp_generic 109 lvm-mod 161 "
	 "ircomm-tty "
	 "200 vxspec 206 osst"},
	{"char-major-10-",
	 "0 busmouse 1 off 2 msbusmouse 3 atixlmouse 130,131 wdt 135 rtc 139 openprom "
	 "144 nvram 157 applicom 175 agpgart 184 microcode 200 tun"},
	{"net-pf-",
	 "1 unix 2 ipv4 3 off 4 ipx 5 appletalk 6 off 10 off 17 af_packet 19 off"},
	{"tty-ldisc-", "1 slip 3 ppp_async 11 irtty 14 ppp_synctty"},
	{"ppp-compress-", "18 ppp_mppe 21 bsd_comp 24,26 ppp_deflate"},
	{"md-personality-", "1 linear 2 raid0 3 raid1 4 raid5"},
	{"", "dos msdos iso9660 isofs dummy0,dummy1 dummy eth0 off plip0,plip1 plip "
	     "ppp0,ppp1 ppp "
	     "slip0,slip1 slip tunl0 ipip cipcb0,cipcb1,cipcb2,cipcb3 cipcb netalias-2 "
	     "ip_alias "
	     "scsi_hostadapter off parport_lowlevel parport_pc usbdevfs usbcore"},
};

static const char *const options[] = {"dummy0 -o dummy0", "dummy1 -o dummy1",
				      "sb io=0x220 irq=7 dma=1 dma16=5 mpu_io=0x330"};

static const char *const prune[] = {"modules.dep",
				    "modules.generic_string",
				    "modules.pcimap",
				    "modules.isapnpmap",
				    "modules.usbmap",
				    "modules.parportmap",
				    "modules.ieee1394map",
				    "modules.pnpbiosmap",
				    "System.map",
				    ".config",
				    "build",
				    "vmlinux",
				    "vmlinuz",
				    "bzImage",
				    "zImage",
				    ".rhkmvtag",
				    "Kerntypes"};

static const char *const tags[] = {"kernel", "fs",   "net",   "scsi", "block",	  "cdrom",
				   "ipv4",   "ipv6", "sound", "fc4",  "video",	  "misc",
				   "pcmcia", "atm",  "usb",   "ide",  "ieee1394", "mtd"};

static const struct modconf_place built_in;

static void add_alias(struct modconf *c, const char *prefix, const char *suffix,
		      size_t len, const struct modconf_words *target)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%.*s", prefix, (int)len, suffix);
	modconf_add(c, MODCONF_ALIAS, name, target, MODCONF_FIRST, &built_in);
}

static void add_table(struct modconf *c, const char *prefix, const char *aliases)
{
	struct modconf_words w = {0};

	modconf_split(c, &built_in, aliases, (struct modconf_how_words){false, false},
		      &w);
	for (size_t i = 0; i + 1 < w.n; i += 2) {
		struct modconf_words target = {&w.word[i + 1], 1, 1};
		const char *s = w.word[i];

		while (*s) {
			size_t len = strcspn(s, ",");

			add_alias(c, prefix, s, len, &target);
			s += len + (s[len] == ',');
		}
	}
}

static void add_path(struct modconf *c, const char *tag, const char *name, size_t len)
{
	const char *root = c->opt.root ? c->opt.root : "";
	static const char dir[] = "/lib/modules/";
	char *path = modconf_alloc(c, strlen(root) + sizeof(dir) + len);
	struct modconf_words w = {0};

	if (!path)
		return;
	sprintf(path, "%s%s%.*s", root, dir, (int)len, name);
	modconf_words_add(c, &w, path);
	modconf_add(c, MODCONF_PATH, tag, &w, MODCONF_APPEND, &built_in);
}

void modconf_add_default_paths(struct modconf *c)
{
	const char *release = c->opt.release ? c->opt.release : "";
	size_t two = 0;

	for (int dots = 0; release[two]; two++)
		if (release[two] == '.' && ++dots == 2)
			break;
	add_path(c, "boot", "boot", 4);
	if (*release) {
		add_path(c, "toplevel", release, strlen(release));
		add_path(c, "toplevel", release, two);
	}
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		add_path(c, tags[i], tags[i], strlen(tags[i]));
}

static bool table_has(const char *aliases, const char *suffix)
{
	while (*aliases) {
		size_t len = strcspn(aliases, ", ");

		if (modname_equal_n(suffix, aliases, len))
			return true;
		aliases += len;
		if (*aliases == ' ') /* and over the target */
			aliases += 1 + strcspn(aliases + 1, " ");
		aliases += *aliases != '\0';
	}
	return false;
}

static bool is_default(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		size_t len = strlen(tables[i].prefix);

		if (strlen(name) >= len && modname_equal_n(tables[i].prefix, name, len) &&
		    table_has(tables[i].aliases, name + len))
			return true;
	}
	return false;
}

/* Hundreds of names that are rarely asked for: entered when one of them is. */
void modconf_add_default_aliases(struct modconf *c, const char *name)
{
	if (c->has_default_aliases || (name && !is_default(name)))
		return;
	c->has_default_aliases = true;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		add_table(c, tables[i].prefix, tables[i].aliases);
}

/* What only insmod, depmod and modprobe -c ask for. */
void modconf_add_rest(struct modconf *c)
{
	if (!c->paths_set && !c->first[MODCONF_PATH])
		modconf_add_default_paths(c);
	for (size_t i = 0; i < sizeof(prune) / sizeof(prune[0]); i++)
		modconf_add(c, MODCONF_PRUNE, prune[i], NULL, MODCONF_FIRST, &built_in);
}

void modconf_add_defaults(struct modconf *c)
{
	struct modconf_words persist = {0};

	modconf_words_add(c, &persist, "/var/lib/modules/persist");
	modconf_add(c, MODCONF_SETTING, "persistdir", &persist, MODCONF_REPLACE,
		    &built_in);
	if (c->opt.paths_only) {
		modconf_add_rest(c);
		return;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct modconf_words w = {0};
		const char *name;

		modconf_split(c, &built_in, options[i], (struct modconf_how_words){0},
			      &w);
		if (c->no_memory)
			return;
		name = *w.word++;
		w.n--;
		modconf_add(c, MODCONF_OPTIONS, name, &w, MODCONF_REPLACE, &built_in);
	}
}
