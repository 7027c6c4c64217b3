/* kernel/uts.h - what uname(2) and /proc say; the release is UTS_RELEASE in linux/module.h */
#ifndef KERNEL_UTS_H
#define KERNEL_UTS_H

#define UTS_SYSNAME "Linux"
#define UTS_VERSION "#1 modstack"

#endif
