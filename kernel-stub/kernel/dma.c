/* kernel/dma.c - who uses which DMA channel */
#include "kernel/dma.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "kernel/module.h"
#include "kernel/registry.h"
#include "kernel/text.h"

static struct channel {
	bool busy;
	const struct module *owner;
	char name[32];
} channels[MAX_DMA_CHANNELS] = {[DMA_CASCADE] = {.busy = true, .name = "cascade"}};

int request_dma(unsigned int channel, const char *name)
{
	if (channel >= MAX_DMA_CHANNELS)
		return -EINVAL;
	if (channels[channel].busy)
		return -EBUSY;
	channels[channel] =
		(struct channel){.busy = true,
				 .owner = mod_caller(__builtin_return_address(0))};
	strncpy(channels[channel].name, name ? name : "<BAD>",
		sizeof(channels[channel].name) - 1);
	return 0;
}

void free_dma(unsigned int channel)
{
	if (channel >= MAX_DMA_CHANNELS)
		printk(KERN_WARNING "Trying to free DMA%u\n", channel);
	else if (!channels[channel].busy)
		printk(KERN_WARNING "Trying to free free DMA%u\n", channel);
	else
		channels[channel].busy = false;
}

const char *dma_holder(unsigned int channel)
{
	return channel < MAX_DMA_CHANNELS && channels[channel].busy
		       ? channels[channel].name
		       : NULL;
}

int dma_forget(const struct module *owner)
{
	int n = 0;

	for (struct channel *c = channels; c < channels + MAX_DMA_CHANNELS; c++)
		if (c->busy && c->owner == owner) {
			c->busy = false;
			n++;
		}
	return n;
}

int dma_show(struct text *t)
{
	for (unsigned int i = 0; i < MAX_DMA_CHANNELS; i++)
		if (channels[i].busy) {
			text_printf(t, "%2u: %s", i, channels[i].name);
			show_owner(t, channels[i].owner);
			text_printf(t, "\n");
		}
	return t->error;
}
