/* net/slhc_vj.h - compression of TCP/IP headers on slow links, RFC 1144 (module slhc)
 *
 * A packet travels as one of three types, which the link layer has to tell its peer:
 * IP as it is; TCP uncompressed, with the number of its slot in place of the protocol; TCP
 * compressed, with a few bytes in place of its 40 or more bytes of headers.
 */
#ifndef _NET_SLHC_VJ_H
#define _NET_SLHC_VJ_H

/* In the first byte of an outgoing packet; both clear: plain IP. */
#define SL_TYPE_IP		 0x40
#define SL_TYPE_UNCOMPRESSED_TCP 0x70
#define SL_TYPE_COMPRESSED_TCP	 0x80

#define SLHC_MAX_HEADER 120 /* IP and TCP, each with all options */

struct slcompress;

/* State of one link: slots (connections remembered) for receiving and for sending, each 0
 * (that direction is not used) to 256. NULL: no memory, or too many. */
struct slcompress *slhc_init(int rslots, int tslots);
void slhc_free(struct slcompress *comp); /* NULL is fine */

/* Compress the packet of isize bytes at icp. Returns the length of what to send and sets
 * *cpp to it: icp itself if the packet is to go as it is, else ocp, which has room for
 * isize bytes, with the type in its first byte. compress_cid: leave out the slot when it is
 * that of the packet before; only for links that detect every error. */
int slhc_compress(struct slcompress *comp, unsigned char *icp, int isize,
		  unsigned char *ocp, unsigned char **cpp, int compress_cid);

/* A compressed packet, type bit included or not, becomes the original in place: the buffer
 * has room for SLHC_MAX_HEADER bytes more. Returns its length, 0 if it has to be dropped. */
int slhc_uncompress(struct slcompress *comp, unsigned char *icp, int isize);

/* An uncompressed TCP packet came (first byte as in IP): remember its headers and put the
 * protocol back. Returns isize, 0 if it has to be dropped. */
int slhc_remember(struct slcompress *comp, unsigned char *icp, int isize);

/* The link lost something: drop what has no slot until a packet names its own. Returns 0. */
int slhc_toss(struct slcompress *comp);

#endif
