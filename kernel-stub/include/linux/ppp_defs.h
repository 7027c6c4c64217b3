/* linux/ppp_defs.h - protocols of PPP frames, and the ioctls of /dev/ppp; numbers of Linux */
#ifndef _LINUX_PPP_DEFS_H
#define _LINUX_PPP_DEFS_H

#define PPP_IP	       0x0021
#define PPP_VJC_COMP   0x002d /* TCP with compressed headers, RFC 1144 */
#define PPP_VJC_UNCOMP 0x002f
#define PPP_HDRLEN     2 /* the protocol, most significant byte first */
#define PPP_MTU	       1500

#define SC_COMP_TCP    0x00000002 /* compress outgoing TCP */
#define SC_NO_TCP_CCID 0x00000004 /* each packet names its slot */

#define PPPIOCNEWUNIT 0xc004743e /* int: become interface ppp%d; the number comes back */
#define PPPIOCGFLAGS  0x8004745a /* int: SC_* */
#define PPPIOCSFLAGS  0x40047459
#define PPPIOCGUNIT   0x80047456 /* int */
#define PPPIOCSMAXCID 0x40047451 /* int: highest slot of VJ compression, both ways */

#endif
