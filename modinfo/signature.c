/* modinfo/signature.c - who signed a module: what is appended to its file
 *
 * Behind the object: the signature, a trailer of 12 bytes, and a line that tells it is there
 * (Linux, include/linux/module_signature.h). Today's kind is a PKCS#7 message (RFC 2315, in DER),
 * of which only the way to the first signer is walked; the old kind is three byte strings: the
 * signer's name, the key's identifier, the signature.
 */
#include "signature.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK	 "~Module signature appended~\n"
#define MARK_LEN (sizeof(MARK) - 1)
#define TRAILER	 12
#define LEN_MAX	 (1u << 20)

enum id_type { ID_PGP, ID_X509, ID_PKCS7 };

/* Bytes that something is made of; empty where it is not there. */
struct part {
	const unsigned char *p;
	size_t len;
};

struct signature {
	const char *id, *hash;
	struct part signer, key, bytes;
};

/* --- DER --- */

enum tag {
	INTEGER = 0x02,
	OCTETS = 0x04,
	OID = 0x06,
	SEQUENCE = 0x30,
	SET = 0x31,
	CONTEXT0 = 0xa0
};

/* Take the next element off; returns its tag, or -1 at the end or where it is no DER. */
static int next(struct part *from, struct part *contents)
{
	size_t len, head = 2;
	int tag;

	if (from->len < 2)
		return -1;
	tag = from->p[0];
	len = from->p[1];
	if (len & 0x80) {
		unsigned n = len & 0x7f;

		if (n == 0 || n > 4 || from->len < 2 + n)
			return -1;
		for (len = 0; head < 2 + n; head++)
			len = len << 8 | from->p[head];
	}
	if (len > from->len - head)
		return -1;
	*contents = (struct part){from->p + head, len};
	from->p += head + len;
	from->len -= head + len;
	return tag;
}

/* The next element, which has to have this tag. */
static bool enter(struct part *from, enum tag tag, struct part *contents)
{
	return next(from, contents) == (int)tag;
}

static bool is(const struct part *oid, const char *bytes, size_t len)
{
	return oid->len == len && memcmp(oid->p, bytes, len) == 0;
}
#define IS(oid, literal) is(oid, literal, sizeof(literal) - 1)

/* The common name among the parts of an X.501 name. */
static void find_common_name(struct part name, struct part *out)
{
	struct part set, pair, oid;

	while (enter(&name, SET, &set))
		while (enter(&set, SEQUENCE, &pair))
			if (enter(&pair, OID, &oid) && IS(&oid, "\x55\x04\x03"))
				next(&pair, out);
}

static const char *hash_of_oid(const struct part *oid)
{
	static const struct {
		const char *name, *oid;
		size_t len;
	} known[] = {
		{"md4", "\x2a\x86\x48\x86\xf7\x0d\x02\x04", 8},
		{"md5", "\x2a\x86\x48\x86\xf7\x0d\x02\x05", 8},
		{"sha1", "\x2b\x0e\x03\x02\x1a", 5},
		{"rmd160", "\x2b\x24\x03\x02\x01", 5},
		{"sha256", "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9},
		{"sha384", "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9},
		{"sha512", "\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9},
		{"sha224", "\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9},
		{"sm3", "\x2a\x81\x1c\xcf\x55\x01\x83\x11", 8},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is(oid, known[i].oid, known[i].len))
			return known[i].name;
	return "unknown";
}

/* SignerInfo: version, issuer and serial number, digest algorithm, [attributes], signature
 * algorithm, signature. */
static bool read_signer(struct part info, struct signature *s)
{
	struct part issuer, name, algorithm, oid, skip;
	int tag;

	if (!enter(&info, INTEGER, &skip) || !enter(&info, SEQUENCE, &issuer) ||
	    !enter(&issuer, SEQUENCE, &name) || !enter(&issuer, INTEGER, &s->key) ||
	    !enter(&info, SEQUENCE, &algorithm) || !enter(&algorithm, OID, &oid))
		return false;
	find_common_name(name, &s->signer);
	if (s->key.len > 1 &&
	    s->key.p[0] == 0) { /* says only that the number is positive */
		s->key.p++;
		s->key.len--;
	}
	s->hash = hash_of_oid(&oid);
	tag = next(&info, &skip);
	if (tag == CONTEXT0)
		tag = next(&info, &skip);
	return tag == SEQUENCE && enter(&info, OCTETS, &s->bytes);
}

/* ContentInfo of SignedData: version, digest algorithms, content, [certificates], [lists of
 * revoked ones], signers. */
static bool read_pkcs7(struct part message, struct signature *s)
{
	struct part content, wrapped, data, skip, signers, info;
	int tag;

	if (!enter(&message, SEQUENCE, &content) || !enter(&content, OID, &skip) ||
	    !IS(&skip, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02") ||
	    !enter(&content, CONTEXT0, &wrapped) || !enter(&wrapped, SEQUENCE, &data) ||
	    !enter(&data, INTEGER, &skip) || !enter(&data, SET, &skip) ||
	    !enter(&data, SEQUENCE, &skip))
		return false;
	do {
		tag = next(&data, &signers);
	} while (tag >= CONTEXT0);
	return tag == SET && enter(&signers, SEQUENCE, &info) && read_signer(info, s);
}

/* --- the old kind --- */

static bool read_strings(const unsigned char *trailer, struct part message,
			 struct signature *s)
{
	static const char *const hashes[] = {"md4",    "md5",	 "sha1",   "rmd160",
					     "sha256", "sha384", "sha512", "sha224"};
	size_t signer = trailer[3], key = trailer[4];

	if (signer + key > message.len)
		return false;
	s->hash = trailer[1] < sizeof(hashes) / sizeof(hashes[0]) ? hashes[trailer[1]]
								  : "unknown";
	s->signer = (struct part){message.p, signer};
	s->key = (struct part){message.p + signer, key};
	s->bytes = (struct part){message.p + signer + key, message.len - signer - key};
	return true;
}

/* --- what is shown --- */

static int add_text(struct info *info, const char *key, const struct part *part)
{
	char *text = strndup((const char *)part->p, part->len);
	int err = text ? info_add(info, key, strlen(key), text) : -ENOMEM;

	free(text);
	return err;
}

/* Bytes as "0A:1B", twenty a line. */
static int add_hex(struct info *info, const char *key, const struct part *part)
{
	char *text = malloc(part->len * 6 + 1), *to = text;
	int err;

	if (!text)
		return -ENOMEM;
	*to = '\0';
	for (size_t i = 0; i < part->len; i++)
		to += sprintf(to, "%02X%s%s", part->p[i], i + 1 < part->len ? ":" : "",
			      i + 1 < part->len && (i + 1) % 20 == 0 ? "\n\t\t" : "");
	err = info_add(info, key, strlen(key), text);
	free(text);
	return err;
}

static int add_all(struct info *info, const struct signature *s)
{
	struct part id = {(const unsigned char *)s->id, strlen(s->id)};
	struct part hash = {(const unsigned char *)s->hash, strlen(s->hash)};
	int err = add_text(info, "sig_id", &id);

	if (!err)
		err = add_text(info, "signer", &s->signer);
	if (!err)
		err = add_hex(info, "sig_key", &s->key);
	if (!err)
		err = add_text(info, "sig_hashalgo", &hash);
	return err ? err : add_hex(info, "signature", &s->bytes);
}

static int read_message(struct info *info, struct modelf *m, const unsigned char *trailer,
			uint32_t len)
{
	struct modelf_bytes bytes = {0};
	struct signature s = {.id = "PKCS#7"};
	struct part message;
	bool known = false;
	int err = modelf_tail(m, len + TRAILER + MARK_LEN, &bytes);

	if (err)
		return err;
	message = (struct part){bytes.bytes, len};
	if (bytes.len < len + TRAILER + MARK_LEN) {
		known = false;
	} else if (trailer[2] == ID_PKCS7) {
		known = read_pkcs7(message, &s);
	} else {
		s.id = trailer[2] == ID_X509 ? "X509" : "PGP";
		known = read_strings(trailer, message, &s);
	}
	if (known)
		err = add_all(info, &s);
	modelf_bytes_free(&bytes);
	return err;
}

int signature_read(struct info *info, struct modelf *m)
{
	struct modelf_bytes end = {0};
	unsigned char trailer[TRAILER];
	int err = modelf_tail(m, TRAILER + MARK_LEN, &end);
	bool there = !err && end.len == TRAILER + MARK_LEN &&
		     memcmp(end.bytes + TRAILER, MARK, MARK_LEN) == 0;
	uint32_t len = 0;

	if (there) {
		memcpy(trailer, end.bytes, TRAILER);
		len = (uint32_t)trailer[8] << 24 | trailer[9] << 16 | trailer[10] << 8 |
		      trailer[11];
	}
	modelf_bytes_free(&end);
	return there && len <= LEN_MAX ? read_message(info, m, trailer, len) : err;
}
