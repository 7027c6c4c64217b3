/* kerneld.c - the line to the kerneld on the host: frames of abi/kerneld.h on a port */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "abi/kerneld.h"
#include "drivers/virtio_serial.h"
#include "kernel/kmod.h"

#define PORT 2 /* kstubd offers "modstack.kerneld" under this number */

static struct kd_frame incoming;
static size_t have; /* of it */
static bool connected;

bool kerneld_connected(void)
{
	return connected;
}

static void take(const struct kd_frame *f)
{
	switch (f->type) {
	case KD_COME:
		connected = true;
		printk(KERN_INFO "kmod: kerneld (pid %d) loads modules\n", f->value);
		break;
	case KD_GONE:
		connected = false;
		kmod_kerneld_gone();
		printk(KERN_INFO "kmod: kerneld has gone\n");
		break;
	case KD_ANSWER:
		kmod_answer(f->id, f->value);
		break;
	}
}

/* Bytes have come; called with interrupts off. */
static void receive(const void *buf, size_t n)
{
	size_t part;

	for (; n > 0; n -= part, buf = (const char *)buf + part) {
		part = min(n, sizeof(incoming) - have);
		memcpy((char *)&incoming + have, buf, part);
		have += part;
		if (have < sizeof(incoming))
			break;
		have = 0;
		if (incoming.magic == KD_MAGIC)
			take(&incoming);
		else
			printk(KERN_ERR "kmod: not a frame of kerneld's\n");
	}
}

int kerneld_ask(unsigned int id, const char *name)
{
	struct kd_frame f = {.magic = KD_MAGIC, .type = KD_REQUEST, .id = id};

	strncpy(f.name, name, sizeof(f.name) - 1);
	return vport_send(PORT, &f, sizeof(f));
}

void kerneld_init(void)
{
	vport_attach(PORT, receive);
}
