/* slhc.c - Van Jacobson's compression of TCP/IP headers, RFC 1144
 *
 * Both ends remember the headers of the last packet of each connection, in slots. What is
 * sent is the difference: one byte that says which fields changed, the checksum, and the
 * changes, most of them one byte long. Everything a peer sends is checked: a packet that
 * does not fit what is remembered is dropped, and so are those after it (RFC 1144, 4.1)
 * until one names its slot.
 *
 * Headers are bytes here, in network order; offsets are those of RFC 791 and RFC 793.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/slhc_vj.h>

MODULE_AUTHOR("modstack");
MODULE_DESCRIPTION("TCP/IP header compression, RFC 1144");
MODULE_LICENSE("Dual MPL/GPL");

#define MAX_SLOTS 256

/* IP header */
#define IP_TOTAL    2
#define IP_ID	    4
#define IP_FRAGMENT 6
#define IP_PROTOCOL 9
#define IP_CHECKSUM 10
#define IP_ADDRS    12
#define IP_MIN	    20
#define PROTO_TCP   6

/* TCP header, from its start */
#define TCP_SEQ	     4
#define TCP_ACK	     8
#define TCP_OFFSET   12
#define TCP_FLAGS    13
#define TCP_WINDOW   14
#define TCP_CHECKSUM 16
#define TCP_URGENT   18
#define TCP_MIN	     20
#define FLAG_FIN     0x01
#define FLAG_SYN     0x02
#define FLAG_RST     0x04
#define FLAG_PSH     0x08
#define FLAG_ACK     0x10
#define FLAG_URG     0x20

/* The change mask (RFC 1144, 3.2.2) */
#define NEW_SLOT 0x40
#define NEW_ID	 0x20
#define PUSH	 0x10
#define NEW_SEQ	 0x08
#define NEW_ACK	 0x04
#define NEW_WIN	 0x02
#define NEW_URG	 0x01
/* Two combinations that do not happen stand for what happens most: */
#define ECHO	(NEW_SEQ | NEW_WIN | NEW_URG) /* seq and ack grew by the last data */
#define DATA	(NEW_SEQ | NEW_ACK | NEW_WIN | NEW_URG) /* seq grew by the last data */
#define SPECIAL DATA

struct slot {
	struct slot *next; /* sender: less recently used */
	uint8_t nr;
	uint8_t ip_len, len; /* of the IP header; of both; 0: empty */
	uint8_t header[SLHC_MAX_HEADER];
};

struct slcompress {
	struct slot *send, *receive; /* [tslots], [rslots] */
	int tslots, rslots;
	struct slot *recent; /* sender: the slot used last heads the list of all */
	int last_sent;	     /* slot of the packet before, -1: none */
	int last_received;
	bool tossing;
};

static unsigned get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void ip_set_checksum(uint8_t *ip, unsigned ip_len)
{
	uint32_t sum = 0;

	put16(ip + IP_CHECKSUM, 0);
	for (unsigned i = 0; i < ip_len; i += 2)
		sum += get16(ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + IP_CHECKSUM, ~sum);
}

/* Length of both headers of a whole TCP packet of `size` bytes, 0 if it is not one. */
static unsigned headers_len(const uint8_t *ip, int size, unsigned *ip_len)
{
	unsigned tcp_len;

	if (size < IP_MIN || ip[0] >> 4 != 4)
		return 0;
	*ip_len = (ip[0] & 15) * 4;
	if (*ip_len < IP_MIN || size < (int)*ip_len + TCP_MIN)
		return 0;
	tcp_len = (ip[*ip_len + TCP_OFFSET] >> 4) * 4;
	if (tcp_len < TCP_MIN || size < (int)(*ip_len + tcp_len))
		return 0;
	return *ip_len + tcp_len;
}

static void slot_keep(struct slot *slot, const uint8_t *packet, unsigned ip_len,
		      unsigned len)
{
	memcpy(slot->header, packet, len);
	slot->ip_len = ip_len;
	slot->len = len;
}

/* Bytes of user data the remembered packet had. */
static unsigned slot_data(const struct slot *slot)
{
	return (get16(slot->header + IP_TOTAL) - slot->len) & 0xffff;
}

/* --- sending -------------------------------------------------------------------------- */

/* Neither a fragment nor a packet that opens or closes a connection. */
static bool compressible(const uint8_t *ip, unsigned ip_len, int size)
{
	uint8_t flags = ip[ip_len + TCP_FLAGS];

	return ip[IP_PROTOCOL] == PROTO_TCP && !(get16(ip + IP_FRAGMENT) & 0x3fff) &&
	       get16(ip + IP_TOTAL) == size &&
	       (flags & (FLAG_SYN | FLAG_FIN | FLAG_RST | FLAG_ACK)) == FLAG_ACK;
}

static bool same_connection(const struct slot *slot, const uint8_t *ip, unsigned ip_len)
{
	return slot->len && memcmp(slot->header + IP_ADDRS, ip + IP_ADDRS, 8) == 0 &&
	       memcmp(slot->header + slot->ip_len, ip + ip_len, 4) == 0;
}

/* The slot of the packet's connection, or the one not used for the longest time; it
 * becomes the most recent one. */
static struct slot *slot_for(struct slcompress *comp, const uint8_t *ip, unsigned ip_len)
{
	struct slot **at = &comp->recent, *slot;

	while (!same_connection(*at, ip, ip_len) && (*at)->next)
		at = &(*at)->next;
	slot = *at;
	*at = slot->next;
	slot->next = comp->recent;
	comp->recent = slot;
	return slot;
}

/* Whatever a change mask has no bit for must be as it was. */
static bool fixed_fields_match(const struct slot *slot, const uint8_t *ip,
			       unsigned ip_len, unsigned len)
{
	const uint8_t *old = slot->header, *tcp = ip + ip_len, *old_tcp = old + ip_len;
	const uint8_t varying = FLAG_PSH | FLAG_URG;

	if (slot->ip_len != ip_len || slot->len != len)
		return false;
	if (get16(old) != get16(ip) ||
	    memcmp(old + IP_FRAGMENT, ip + IP_FRAGMENT, 4) != 0 ||
	    memcmp(old + IP_MIN, ip + IP_MIN, ip_len - IP_MIN) != 0)
		return false;
	if (old_tcp[TCP_OFFSET] != tcp[TCP_OFFSET] ||
	    ((old_tcp[TCP_FLAGS] ^ tcp[TCP_FLAGS]) & ~varying))
		return false;
	if (!(tcp[TCP_FLAGS] & FLAG_URG) &&
	    memcmp(old_tcp + TCP_URGENT, tcp + TCP_URGENT, 2) != 0)
		return false;
	return memcmp(old_tcp + TCP_MIN, tcp + TCP_MIN, len - ip_len - TCP_MIN) == 0;
}

/* 1 to 255 take one byte, others a 0 and two. */
static uint8_t *encode(uint8_t *at, unsigned value)
{
	if (value >= 1 && value <= 255) {
		*at++ = value;
		return at;
	}
	*at = 0;
	put16(at + 1, value);
	return at + 3;
}

/* The changes of the TCP fields: their mask, and the bytes at *at; SPECIAL if it cannot be
 * said in a compressed packet. */
static unsigned encode_tcp(const uint8_t *old, const uint8_t *tcp, uint8_t **at)
{
	uint32_t ack = get32(tcp + TCP_ACK) - get32(old + TCP_ACK);
	uint32_t seq = get32(tcp + TCP_SEQ) - get32(old + TCP_SEQ);
	unsigned window = (get16(tcp + TCP_WINDOW) - get16(old + TCP_WINDOW)) & 0xffff;
	unsigned changes = 0;

	if (ack > 0xffff || seq > 0xffff)
		return SPECIAL;
	if (tcp[TCP_FLAGS] & FLAG_URG) {
		changes |= NEW_URG;
		*at = encode(*at, get16(tcp + TCP_URGENT));
	}
	if (window) {
		changes |= NEW_WIN;
		*at = encode(*at, window);
	}
	if (ack) {
		changes |= NEW_ACK;
		*at = encode(*at, ack);
	}
	if (seq) {
		changes |= NEW_SEQ;
		*at = encode(*at, seq);
	}
	return changes == ECHO ? SPECIAL : changes;
}

/* The change mask, and the bytes from `start` on, *end is behind them. -1: the packet has
 * to go uncompressed. */
static int encode_changes(const struct slot *slot, const uint8_t *ip, unsigned data,
			  uint8_t *start, uint8_t **end)
{
	const uint8_t *old = slot->header;
	const uint8_t *tcp = ip + slot->ip_len, *old_tcp = old + slot->ip_len;
	unsigned last = slot_data(slot), id, changes;
	uint32_t seq = get32(tcp + TCP_SEQ) - get32(old_tcp + TCP_SEQ);
	uint32_t ack = get32(tcp + TCP_ACK) - get32(old_tcp + TCP_ACK);

	*end = start;
	changes = encode_tcp(old_tcp, tcp, end);
	if (changes == SPECIAL)
		return -1;
	/* Nothing new: data behind an ack, or else a retransmission, which says that the
	 * other side may have lost what we refer to. */
	if (changes == 0 && !(data && !last))
		return -1;
	if (changes == (NEW_SEQ | NEW_ACK) && seq == ack && seq == last) {
		changes = ECHO;
		*end = start;
	} else if (changes == NEW_SEQ && seq == last) {
		changes = DATA;
		*end = start;
	}
	id = (get16(ip + IP_ID) - get16(old + IP_ID)) & 0xffff;
	if (id != 1) {
		changes |= NEW_ID;
		*end = encode(*end, id);
	}
	return tcp[TCP_FLAGS] & FLAG_PSH ? changes | PUSH : changes;
}

/* Returns the length, -1 if the packet has to go uncompressed. */
static int send_compressed(struct slcompress *comp, struct slot *slot, const uint8_t *ip,
			   int size, uint8_t *out, bool omit_slot)
{
	bool named = !omit_slot || comp->last_sent != slot->nr;
	uint8_t *start = out + 3 + named, *end; /* behind mask, slot, checksum */
	int changes = encode_changes(slot, ip, size - slot->len, start, &end);

	if (changes < 0)
		return -1;
	out[0] = changes | SL_TYPE_COMPRESSED_TCP;
	if (named) {
		out[0] |= NEW_SLOT;
		out[1] = slot->nr;
	}
	memcpy(start - 2, ip + slot->ip_len + TCP_CHECKSUM, 2);
	memcpy(end, ip + slot->len, size - slot->len);
	slot_keep(slot, ip, slot->ip_len, slot->len);
	comp->last_sent = slot->nr;
	return end - out + size - slot->len;
}

static int send_uncompressed(struct slcompress *comp, struct slot *slot,
			     const uint8_t *ip, int size, uint8_t *out, unsigned ip_len,
			     unsigned len)
{
	slot_keep(slot, ip, ip_len, len);
	comp->last_sent = slot->nr;
	memcpy(out, ip, size);
	out[IP_PROTOCOL] = slot->nr;
	out[0] |= SL_TYPE_UNCOMPRESSED_TCP;
	return size;
}

int slhc_compress(struct slcompress *comp, unsigned char *icp, int isize,
		  unsigned char *ocp, unsigned char **cpp, int compress_cid)
{
	unsigned ip_len, len = headers_len(icp, isize, &ip_len);
	struct slot *slot;
	int n = -1;

	*cpp = icp;
	if (!comp->tslots || !len || !compressible(icp, ip_len, isize))
		return isize;
	*cpp = ocp;
	slot = slot_for(comp, icp, ip_len);
	if (same_connection(slot, icp, ip_len) &&
	    fixed_fields_match(slot, icp, ip_len, len))
		n = send_compressed(comp, slot, icp, isize, ocp, compress_cid);
	return n < 0 ? send_uncompressed(comp, slot, icp, isize, ocp, ip_len, len) : n;
}

/* --- receiving ------------------------------------------------------------------------ */

/* What is left of a compressed packet; at == NULL once it was too short. */
struct input {
	const uint8_t *at, *end;
};

static unsigned take(struct input *in, unsigned n)
{
	const uint8_t *at = in->at;

	if (!at || in->end - at < (int)n) {
		in->at = NULL;
		return 0;
	}
	in->at += n;
	return n == 1 ? at[0] : get16(at);
}

static unsigned decode(struct input *in)
{
	unsigned value = take(in, 1);

	return value || !in->at ? value : take(in, 2);
}

static void decode_tcp(struct slot *slot, unsigned changes, struct input *in)
{
	uint8_t *tcp = slot->header + slot->ip_len;
	uint32_t seq = get32(tcp + TCP_SEQ), ack = get32(tcp + TCP_ACK);
	unsigned last = slot_data(slot), special = changes & SPECIAL;

	if (special == ECHO || special == DATA) {
		changes = 0;
		seq += last;
		ack += special == ECHO ? last : 0;
	}
	tcp[TCP_FLAGS] &= ~FLAG_URG;
	if (changes & NEW_URG) {
		tcp[TCP_FLAGS] |= FLAG_URG;
		put16(tcp + TCP_URGENT, decode(in));
	}
	if (changes & NEW_WIN)
		put16(tcp + TCP_WINDOW, get16(tcp + TCP_WINDOW) + decode(in));
	if (changes & NEW_ACK)
		ack += decode(in);
	if (changes & NEW_SEQ)
		seq += decode(in);
	put32(tcp + TCP_SEQ, seq);
	put32(tcp + TCP_ACK, ack);
}

/* Bring the remembered headers up to date. False: the packet is too short. */
static bool decode_changes(struct slot *slot, unsigned changes, struct input *in)
{
	uint8_t *ip = slot->header, *tcp = ip + slot->ip_len;

	put16(tcp + TCP_CHECKSUM, take(in, 2));
	tcp[TCP_FLAGS] &= ~FLAG_PSH;
	if (changes & PUSH)
		tcp[TCP_FLAGS] |= FLAG_PSH;
	decode_tcp(slot, changes, in);
	put16(ip + IP_ID, get16(ip + IP_ID) + (changes & NEW_ID ? decode(in) : 1));
	return in->at != NULL;
}

/* The slot a compressed packet is about, or NULL. */
static struct slot *slot_named(struct slcompress *comp, unsigned changes,
			       struct input *in)
{
	int nr = comp->last_received;

	if (changes & NEW_SLOT) {
		nr = take(in, 1);
		if (!in->at || nr >= comp->rslots)
			return NULL;
		comp->last_received = nr;
		comp->tossing = false;
	}
	if (comp->tossing || nr < 0 || !comp->receive[nr].len)
		return NULL;
	return &comp->receive[nr];
}

int slhc_uncompress(struct slcompress *comp, unsigned char *icp, int isize)
{
	struct input in = {icp, icp + isize};
	unsigned changes = take(&in, 1), data;
	struct slot *slot = in.at ? slot_named(comp, changes, &in) : NULL;

	if (!slot || !decode_changes(slot, changes, &in)) {
		slhc_toss(comp);
		return 0;
	}
	data = in.end - in.at;
	if (data + slot->len > 0xffff) {
		slhc_toss(comp);
		return 0;
	}
	put16(slot->header + IP_TOTAL, data + slot->len);
	ip_set_checksum(slot->header, slot->ip_len);
	memmove(icp + slot->len, in.at, data);
	memcpy(icp, slot->header, slot->len);
	return data + slot->len;
}

int slhc_remember(struct slcompress *comp, unsigned char *icp, int isize)
{
	unsigned ip_len, len = headers_len(icp, isize, &ip_len), nr;

	if (!len || icp[IP_PROTOCOL] >= comp->rslots) {
		slhc_toss(comp);
		return 0;
	}
	nr = icp[IP_PROTOCOL];
	icp[IP_PROTOCOL] = PROTO_TCP;
	slot_keep(&comp->receive[nr], icp, ip_len, len);
	comp->last_received = nr;
	comp->tossing = false;
	return isize;
}

int slhc_toss(struct slcompress *comp)
{
	comp->tossing = true;
	return 0;
}

/* --- state ---------------------------------------------------------------------------- */

static struct slot *slots_alloc(int n)
{
	struct slot *slots = kmalloc(n * sizeof(*slots) + 1, GFP_KERNEL);

	if (!slots)
		return NULL;
	memset(slots, 0, n * sizeof(*slots));
	for (int i = 0; i < n; i++) {
		slots[i].nr = i;
		slots[i].next = i + 1 < n ? &slots[i + 1] : NULL;
	}
	return slots;
}

struct slcompress *slhc_init(int rslots, int tslots)
{
	struct slcompress *comp;

	if (rslots < 0 || rslots > MAX_SLOTS || tslots < 0 || tslots > MAX_SLOTS)
		return NULL;
	comp = kmalloc(sizeof(*comp), GFP_KERNEL);
	if (!comp)
		return NULL;
	*comp = (struct slcompress){.tslots = tslots,
				    .rslots = rslots,
				    .last_sent = -1,
				    .last_received = -1,
				    .tossing = true};
	comp->send = slots_alloc(tslots);
	comp->receive = slots_alloc(rslots);
	comp->recent = comp->send;
	if (comp->send && comp->receive)
		return comp;
	slhc_free(comp);
	return NULL;
}

void slhc_free(struct slcompress *comp)
{
	if (!comp)
		return;
	kfree(comp->send);
	kfree(comp->receive);
	kfree(comp);
}

EXPORT_SYMBOL(slhc_init);
EXPORT_SYMBOL(slhc_free);
EXPORT_SYMBOL(slhc_compress);
EXPORT_SYMBOL(slhc_uncompress);
EXPORT_SYMBOL(slhc_remember);
EXPORT_SYMBOL(slhc_toss);

static int __init slhc_load(void)
{
	printk(KERN_INFO "slhc: TCP/IP header compression\n");
	return 0;
}

static void __exit slhc_unload(void)
{
}

module_init(slhc_load);
module_exit(slhc_unload);
