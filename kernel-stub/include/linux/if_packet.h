/* linux/if_packet.h - addresses of AF_PACKET: an interface and a protocol */
#ifndef _LINUX_IF_PACKET_H
#define _LINUX_IF_PACKET_H

struct sockaddr_ll {
	unsigned short sll_family;
	unsigned short sll_protocol; /* ETH_P_*, in network order */
	int sll_ifindex;
	unsigned short sll_hatype;
	unsigned char sll_pkttype, sll_halen, sll_addr[8];
};

#endif
