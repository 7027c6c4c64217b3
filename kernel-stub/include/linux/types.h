/* linux/types.h - the integer types kernel and module sources use */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#ifndef __ASSEMBLY__
#include <stddef.h>
#include <stdint.h>

typedef uint8_t __u8, u8, u_int8_t, unchar;
typedef uint16_t __u16, u16, u_int16_t;
typedef uint32_t __u32, u32, u_int32_t;
typedef uint64_t __u64, u64, u_int64_t;
typedef int8_t __s8, s8;
typedef int16_t __s16, s16;
typedef int32_t __s32, s32;
typedef int64_t __s64, s64;

typedef unsigned char u_char;
typedef unsigned short u_short, ushort;
typedef unsigned int u_int, uint;
typedef unsigned long u_long, ulong;

typedef int ssize_t;
typedef long off_t;
typedef long long loff_t;
typedef long time_t;
typedef long clock_t;
typedef int pid_t;
typedef unsigned int uid_t, gid_t; /* of system calls with 32-bit ids */
typedef unsigned short umode_t, mode_t, nlink_t;
typedef unsigned short dev_t, kdev_t; /* major << 8 | minor */
typedef unsigned long ino_t;
typedef uint64_t sector_t;
typedef unsigned int gfp_t;

#ifndef __cplusplus
#include <stdbool.h>
#endif
#endif /* __ASSEMBLY__ */

#endif
