/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the files of mail.h: mail.c has the mailboxes, mail_vm.c what a hypervisor asks for its VMs, mail_msg.c what
 * goes through them. Everything here takes and gives back LOCK_MAIL by itself.
 */
#ifndef ROLE_SPMC_MAIL_PRIV_H
#define ROLE_SPMC_MAIL_PRIV_H

#include "role/spmc/mail.h"

/* RXTX_MAP of that endpoint. As mailbox_map(); NO_MEMORY: MAIL_VMS_MAX VMs have one already. */
int mail_map(uint16_t id, ipa_t tx, ipa_t rx, uint32_t w3) MUST_CHECK;

/* RXTX_MAP for the VM that the descriptor in the hypervisor's TX buffer names. */
int mail_map_vm(const struct ffa_caller *caller) MUST_CHECK;

/*
 * Whose mailbox is meant: the caller's own, or, from the normal world, that of the VM that it names. An SP
 * names none. INVALID_PARAMETERS.
 */
int mail_whose(const struct ffa_caller *caller, uint32_t vm, uint16_t *id) MUST_CHECK;

/*
 * The endpoint's TX buffer is read from here to mail_tx_end(), by this core only: *end. DENIED: it has none, or is
 * aborted; BUSY: another core does.
 */
int mail_tx_begin(uint16_t id, struct mail_end **end) MUST_CHECK;
void mail_tx_end(struct mail_end *end);

/*
 * The endpoint's RX buffer is written from here to mail_fill_end(): *end. INVALID_PARAMETERS: a VM without mailbox;
 * DENIED: aborted; BUSY: none mapped, or not empty; NO_MEMORY: smaller than size.
 */
int mail_fill(uint16_t id, uint64_t size, struct mail_end **end) MUST_CHECK;
/* done: its owner has it now. Else nothing has happened. */
void mail_fill_end(struct mail_end *end, bool done);

/*
 * Copies between mail_tx_begin() and its end, or mail_fill() and its end: n bytes at offset, inside the buffer.
 * ABORTED: the buffer's memory is no longer there.
 */
int mail_read(const struct mail_end *end, uint64_t offset, void *dst, size_t n) MUST_CHECK;
int mail_write(const struct mail_end *end, uint64_t offset, const void *src, size_t n) MUST_CHECK;

/* The version that the normal world has negotiated. */
uint32_t mail_ns_version(void);

#endif
