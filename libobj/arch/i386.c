/* arch/i386.c - what an i386 relocation does to its field
 *
 * Numbers only: types, addresses and fields whose place was checked by obj_load. Formulas are
 * those of the System V ABI, Intel386 supplement; addends are in the field (SHT_REL) and
 * signed. There is no procedure linkage table, so PLT32 is PC32.
 */
#include <errno.h>
#include "../obj_priv.h"

const struct arch_kind obj_arch_kinds[256] = {
	[R_386_NONE] = {0, 0, true},
	[R_386_32] = {4, 0, true},
	[R_386_PC32] = {4, 0, true},
	[R_386_GOT32] = {4, ARCH_GOT | ARCH_SLOT, true},
	[R_386_PLT32] = {4, 0, true},
	[R_386_GOTOFF] = {4, ARCH_GOT, true},
	[R_386_GOTPC] = {4, ARCH_GOT, true},
	[R_386_16] = {2, 0, true},
	[R_386_PC16] = {2, 0, true},
	[R_386_8] = {1, 0, true},
	[R_386_PC8] = {1, 0, true},
	[R_386_GOT32X] = {4, ARCH_GOT | ARCH_SLOT, true},
};

/* GOT32 is the slot's offset from the GOT, which the code adds to a base register. Without
 * one (ModRM byte: mod 0, r/m 5) there is nothing to add it to, and the address is meant. */
static tgt_addr slot_operand(const struct arch_place *place, uint32_t offset,
			     uint32_t slot)
{
	if (offset > 0 && (place->section[offset - 1] & 0xc7) == 5)
		return place->got + slot;
	return slot;
}

/* Fields of 8 and 16 bits: the value with its addend has to fit, and, because GNU ld wants
 * it so, the value alone. */
static int store_narrow(unsigned char *field, unsigned bits, int64_t value, int64_t min,
			int64_t max)
{
	int64_t addend = bits == 8 ? (int8_t)field[0] : (int16_t)obj_get16(field);
	int64_t sum = value + addend;

	if (value < -(max + 1) || value > max || sum < min || sum > max)
		return -ERANGE;
	field[0] = sum;
	if (bits == 16)
		field[1] = sum >> 8;
	return 0;
}

static void add32(unsigned char *field, uint32_t value)
{
	obj_put32(field, obj_get32(field) + value);
}

int obj_arch_relocate(const struct arch_place *place, unsigned type, uint32_t offset,
		      tgt_addr S, uint32_t slot)
{
	unsigned char *field = place->section + offset;
	tgt_addr P = place->address + offset;

	switch (type) {
	case R_386_32:
		add32(field, S);
		return 0;
	case R_386_PC32:
	case R_386_PLT32:
		add32(field, S - P);
		return 0;
	case R_386_GOT32:
	case R_386_GOT32X:
		add32(field, slot_operand(place, offset, slot));
		return 0;
	case R_386_GOTOFF:
		add32(field, S - place->got);
		return 0;
	case R_386_GOTPC:
		add32(field, place->got - P);
		return 0;
	case R_386_16:
		return store_narrow(field, 16, (int32_t)S, INT16_MIN, UINT16_MAX);
	case R_386_PC16:
		return store_narrow(field, 16, (int32_t)(S - P), -65536, UINT16_MAX);
	case R_386_8:
		return store_narrow(field, 8, (int32_t)S, INT8_MIN, UINT8_MAX);
	case R_386_PC8:
		return store_narrow(field, 8, (int32_t)(S - P), INT8_MIN, INT8_MAX);
	default:
		return 0; /* R_386_NONE: obj_load lets no other type through */
	}
}
