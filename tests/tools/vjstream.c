/* vjstream - send TCP streams through /dev/slhc and back, and compare
 *
 * Prints one line of figures for each kind of traffic:
 *	KIND packets N, headers BEFORE AFTER bytes, the last starts with HEX
 * Exit status 1 if anything came back different. `vjstream garbage` writes random records
 * instead and only expects the kernel to live.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksys.h"

#define PACKET_MAX 2048
#define RECORD	   4

struct stream {
	uint8_t src, dst; /* last byte of the addresses */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t window, id;
};

struct packet {
	uint8_t bytes[PACKET_MAX];
	unsigned len, headers;
};

static uint64_t seed = 88172645463325252;
static int fd;
static unsigned failures;
static uint8_t first_byte; /* of what was last on the line */

static uint32_t pick(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 20) % n;
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint16_t checksum(const uint8_t *p, unsigned len, uint32_t sum)
{
	for (unsigned i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The next packet of a stream, with `data` bytes; ip_opt, tcp_opt: bytes of options. */
static void make(struct packet *p, struct stream *s, unsigned data, uint8_t flags,
		 unsigned ip_opt, unsigned tcp_opt, uint16_t urgent)
{
	unsigned ip_len = 20 + ip_opt, tcp_len = 20 + tcp_opt;
	uint8_t *ip = p->bytes, *tcp = ip + ip_len;
	uint32_t pseudo;

	memset(ip, 1, ip_len + tcp_len); /* options: no operation */
	p->headers = ip_len + tcp_len;
	p->len = p->headers + data;
	ip[0] = 0x40 | ip_len / 4;
	ip[1] = 0x10;
	put16(ip + 2, p->len);
	put16(ip + 4, s->id++);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = 6;
	put16(ip + 10, 0);
	put32(ip + 12, 0x0a000000 | s->src);
	put32(ip + 16, 0x0a000100 | s->dst);
	put16(ip + 10, checksum(ip, ip_len, 0));
	put16(tcp, s->sport);
	put16(tcp + 2, s->dport);
	put32(tcp + 4, s->seq);
	put32(tcp + 8, s->ack);
	tcp[12] = tcp_len / 4 << 4;
	tcp[13] = flags;
	put16(tcp + 14, s->window);
	put16(tcp + 16, 0);
	put16(tcp + 18, urgent);
	for (unsigned i = 0; i < data; i++)
		tcp[tcp_len + i] = pick(256);
	pseudo = 0x0a00 * 2 + s->src + 0x100 + s->dst + 6 + tcp_len + data;
	put16(tcp + 16, checksum(tcp, tcp_len + data, pseudo));
	s->seq += data;
}

/* --- the device ----------------------------------------------------------------------- */

static long must(long result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "vjstream: %s: %s\n", what, ksys_strerror(result));
	exit(1);
}

/* Write one record, read the answer: its letter, bytes and length. */
static char turn(char what, const uint8_t *in, unsigned len, uint8_t *out,
		 unsigned *outlen)
{
	uint8_t record[RECORD + PACKET_MAX + 128];
	long n;

	record[0] = what;
	record[1] = 0;
	put16(record + 2, len);
	memcpy(record + RECORD, in, len);
	must(ksys_file_write(fd, record, RECORD + len), "write");
	n = must(ksys_file_read(fd, record, sizeof(record)), "read");
	*outlen = record[2] << 8 | record[3];
	if (n < RECORD || n != RECORD + (long)*outlen) {
		fprintf(stderr, "vjstream: read %ld bytes\n", n);
		exit(1);
	}
	memcpy(out, record + RECORD, *outlen);
	return record[0];
}

/* There and back. Returns the bytes its headers took on the line. */
static unsigned travel(const struct packet *p)
{
	uint8_t line[PACKET_MAX], back[PACKET_MAX + 128];
	unsigned line_len, back_len;
	char how = turn('C', p->bytes, p->len, line, &line_len);
	char result = turn(how, line, line_len, back, &back_len);

	first_byte = line[0];
	if (result != 'P' || back_len != p->len || memcmp(back, p->bytes, p->len) != 0) {
		fprintf(stderr,
			"vjstream: packet of %u bytes came back as %c, %u bytes\n",
			p->len, result, back_len);
		failures++;
	}
	return line_len - (p->len - p->headers);
}

/* --- traffic -------------------------------------------------------------------------- */

static unsigned packets, before, after;

static void count(const struct packet *p)
{
	packets++;
	before += p->headers;
	after += travel(p);
}

static void report(const char *kind)
{
	printf("%s packets %u, headers %u %u bytes, the last starts with %02x\n", kind,
	       packets, before, after, first_byte);
	packets = before = after = 0;
}

static struct stream new_stream(uint8_t n)
{
	return (struct stream){
		n, n, 1024 + n, 23, pick(1 << 30), pick(1 << 30), 4096, pick(60000)};
}

/* A file transfer: full segments one way. */
static void bulk(void)
{
	struct stream s = new_stream(1);
	struct packet p;

	for (int i = 0; i < 101; i++) {
		make(&p, &s, 512, 0x10, 0, 0, 0);
		count(&p);
	}
	report("bulk");
}

/* Typing: a character out, the echo of one acknowledged. */
static void telnet(void)
{
	struct stream s = new_stream(2);
	struct packet p;

	for (int i = 0; i < 101; i++) {
		make(&p, &s, 1, 0x18, 0, 0, 0);
		s.ack++;
		count(&p);
	}
	report("telnet");
}

/* Acknowledgements of somebody else's transfer. */
static void acks(void)
{
	struct stream s = new_stream(3);
	struct packet p;

	for (int i = 0; i < 101; i++) {
		make(&p, &s, 0, 0x10, 0, 0, 0);
		s.ack += 1024;
		count(&p);
	}
	report("acks");
}

/* Everything that can change, on more connections than there are slots. */
static void mixed(void)
{
	static const uint8_t flags[] = {0x10, 0x18, 0x10, 0x18, 0x30,
					0x38, 0x12, 0x11, 0x14, 0x50};
	struct stream s[20];
	struct packet p;

	for (int i = 0; i < 20; i++)
		s[i] = new_stream(10 + i);
	for (int i = 0; i < 2000; i++) {
		struct stream *t = &s[pick(pick(3) ? 3 : 20)];
		uint8_t f = flags[pick(pick(2) ? 4 : sizeof(flags))];

		if (!pick(4))
			t->ack += pick(3) ? pick(2000) : pick(200000);
		if (!pick(6))
			t->window = pick(65536);
		if (!pick(8))
			t->id += pick(70000);
		if (!pick(8))
			t->seq -= pick(1000);
		make(&p, t, pick(3) ? pick(40) : pick(1400), f, pick(20) ? 0 : 8,
		     pick(10) ? 0 : 12, f & 0x20 ? pick(65536) : 0);
		if (!pick(30))
			put16(p.bytes + 6, 0x2000); /* a fragment */
		if (!pick(30))
			p.bytes[9] = 17; /* UDP */
		put16(p.bytes + 10, 0);
		put16(p.bytes + 10, checksum(p.bytes, (p.bytes[0] & 15) * 4, 0));
		count(&p);
	}
	report("mixed");
}

/* What is not a packet travels as it is. */
static void not_packets(void)
{
	struct packet p;

	for (unsigned len = 0; len < 60; len++) {
		for (unsigned i = 0; i < len; i++)
			p.bytes[i] = pick(256);
		if (pick(2) && len)
			p.bytes[0] = 0x45;
		p.len = len;
		p.headers = 0;
		if (len && p.bytes[0] >> 4 == 4)
			count(&p);
	}
	report("short");
}

/* A lost packet: those after it are dropped or come back wrong only until one names its
 * slot; then all is well again. */
static void loss(void)
{
	struct stream a = new_stream(5), b = new_stream(6);
	uint8_t line[PACKET_MAX], back[PACKET_MAX + 128];
	unsigned n, m, dropped = 0;
	struct packet p;
	char how;

	make(&p, &a, 10, 0x10, 0, 0, 0);
	travel(&p);
	make(&p, &b, 10, 0x10, 0, 0, 0);
	travel(&p);
	turn('Z', (const uint8_t *)"\x0f", 1, back, &m); /* damaged on the line */
	make(&p, &b, 10, 0x10, 0, 0, 0);
	how = turn('C', p.bytes, p.len, line, &n);
	dropped += turn(how, line, n, back, &m) == 'E';
	make(&p, &a, 10, 0x10, 0, 0, 0); /* another connection: names its slot */
	before = travel(&p);
	printf("loss dropped %u, then headers %u\n", dropped, before);
	before = 0;
}

static void garbage(void)
{
	static const char what[] = "CIUZ";
	uint8_t in[PACKET_MAX], out[PACKET_MAX + 128];
	struct stream s = new_stream(7);
	struct packet p;
	unsigned n;

	for (int i = 0; i < 1000; i++) {
		unsigned len = pick(3) ? pick(60) : pick(1500);

		for (unsigned k = 0; k < len; k++)
			in[k] = pick(4) ? pick(256) : 0;
		if (pick(2))
			in[0] = 0x45;
		in[9] = pick(20);
		turn(what[pick(4)], in, len, out, &n);
		if (!pick(10)) { /* so that slots are in use */
			make(&p, &s, 5, 0x10, 0, 0, 0);
			turn('C', p.bytes, p.len, out, &n);
			turn('U', p.bytes, p.len, out, &n);
		}
	}
	printf("garbage done\n");
}

int main(int argc, char **argv)
{
	must(ksys_open(), "no kernel");
	fd = must(ksys_file_open("/dev/slhc", 2), "/dev/slhc");
	if (argc > 1) {
		garbage();
	} else {
		bulk();
		telnet();
		acks();
		mixed();
		not_packets();
		loss();
	}
	must(ksys_file_close(fd), "close");
	ksys_close();
	return failures != 0;
}
