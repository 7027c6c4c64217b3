/* lib/snapshot.h - copies of /proc/ksyms and /proc/modules for who decodes an oops later
 *
 * Switched on by the existence of the directory: /var/log/ksymoops, or what
 * KSYMOOPS_SNAPSHOTS in the environment names.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

/* Save YYYYMMDDhhmmss.ksyms and .modules. Quiet: a log that fails must not fail a
 * load. */
void snapshot_save(void);

#endif
