/* tables.c - a module with every device table of Linux 2.4, for tests of depmod */
#ifndef SIZE
#define SIZE 28
#endif
#ifdef VERSION
const unsigned long __module_pci_device_ver = VERSION;
#endif
#define TABLE(type, name, size)                                                          \
	static const void *__module_##type##_device_table __attribute__((used)) = name;  \
	static const unsigned long __module_##type##_device_size __attribute__((used)) = \
		size
#define USED(section_name) __attribute__((used, section(section_name)))

struct pci {
	unsigned vendor, device, subvendor, subdevice, class, class_mask, driver_data;
};
static const struct pci pci[] = {{0x8086, 0x100e, ~0u, ~0u, 0, 0, 5},
				 {0x10ec, 0x8139, 1, 2, 0x20000, 0xffff00, 0},
				 {0}};
TABLE(pci, pci, SIZE);

struct isapnp {
	unsigned short card_vendor, card_device, vendor, function;
	unsigned driver_data;
};
static struct isapnp isapnp[] = {{0x1111, 0x2222, 0x3333, 0x4444, 9}, {0}};
TABLE(isapnp, isapnp, sizeof(*isapnp));

struct card {
	unsigned driver_data;
	unsigned short card_vendor, card_device;
	struct {
		unsigned short vendor, function;
	} devices[8];
};
static struct card cards[] = {{7, 0x1234, 0x5678, {{1, 2}, {3, 4}}}, {0}};
static const struct card *__module_isapnp_card_table __attribute__((used)) = cards;
static const unsigned long __module_isapnp_card_size __attribute__((used)) =
	sizeof(*cards);

struct usb {
	unsigned short match_flags, vendor, product, lo, hi;
	unsigned char class, subclass, protocol, if_class, if_subclass, if_protocol;
	unsigned driver_info;
};
static struct usb usb[] = {{3, 0x46d, 0xc001, 0x100, 0x9999},
			   {0x70, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0x50},
			   {0}};
TABLE(usb, usb, sizeof(*usb));

static const char *parport[] = {"MFG:foo;*", "bar", 0};
TABLE(parport, parport, sizeof(*parport));

struct ieee1394 {
	unsigned match_flags, vendor, model, specifier, version, driver_data;
};
static struct ieee1394 ieee1394[] = {{12, 0xa0, 0x12d, 0x609e, 0x10483, 1}, {0}};
TABLE(ieee1394, ieee1394, sizeof(*ieee1394));

struct pnpbios {
	char id[8];
	unsigned driver_data;
};
static struct pnpbios pnpbios[] = {{"PNP0501", 1}, {"EIGHTCHR", 2}, {""}};
TABLE(pnpbios, pnpbios, sizeof(*pnpbios));

static const char strings[] USED(".modstring") = "one\0\0two";
static const char modinfo[] USED(".modinfo") = "kernel_version=2.4.27";
