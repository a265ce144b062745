/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults at stage 2; see stage2_fault.h. No state. */
#include "core/stage2_fault.h"

#include "arch/guest.h"
#include "arch/world.h"
#include "core/partition.h"
#include "core/vcpu.h"

bool stage2_fault_is_gone(struct vcpu *v, uint64_t esr, unsigned int need)
{
	unsigned int perm;

	/*
	 * HPFAR_EL2 is valid for translation faults only (D19.2.58), and blocks that are split are gone: no permission
	 * fault comes of that.
	 */
	if (!stage2_fault_is_translation(esr) || (esr & ISS_FNV))
		return false;
	if (esr & ISS_S1PTW) /* the walker's own access to a stage-1 table; a write would be the update of a flag */
		need = S2_R;
	return s2_lookup(&v->part->s2, guest_fault_ipa_page(), NULL, &perm, NULL) == OK && (perm & need) == need &&
	       world_ipa_is_own(guest_far());
}
