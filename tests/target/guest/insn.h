/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of insn.S. */
#ifndef INSN_H
#define INSN_H

#include "lib/types.h"

void do_ldp_x(uint64_t at, uint64_t out[2]);
void do_ldp_w(uint64_t at, uint64_t out[2]);
void do_ldpsw(uint64_t at, uint64_t out[2]);
void do_stp_x(uint64_t at, uint64_t a, uint64_t b);
void do_stp_w(uint64_t at, uint64_t a, uint64_t b);
void do_stp_zr(uint64_t at, uint64_t a);
uint64_t do_ldr_post(uint64_t at, uint64_t *out);
uint64_t do_ldr_pre(uint64_t at, uint64_t *out);
uint64_t do_ldrsb_post(uint64_t at, uint64_t *out);
uint64_t do_ldp_post(uint64_t at, uint64_t out[2]);
uint64_t do_str_post(uint64_t at, uint64_t v);
uint64_t do_str_pre(uint64_t at, uint64_t v);
uint64_t do_strh_post(uint64_t at, uint64_t v);
uint64_t do_stp_pre(uint64_t at, uint64_t v);
uint64_t do_str_sp(uint64_t at, uint64_t v);
uint64_t do_ldur(uint64_t at);
void do_prfm(uint64_t at);
uint64_t do_ldar(uint64_t at);
void do_stlr(uint64_t at, uint64_t v);
uint64_t do_ldrsw(uint64_t at);
uint64_t do_ldrsh_w(uint64_t at);
uint64_t do_ldrsb_x(uint64_t at);
void do_str_zr(uint64_t at);
void do_ldr_zr(uint64_t at);
void do_ldr_q(uint64_t at);
void do_ldxr(uint64_t at);
void do_ldadd(uint64_t at);
void do_cas(uint64_t at);
void do_dc_ivac(uint64_t at);
void do_call(uint64_t at);
void fp_set(const uint64_t *buf);
void fp_get(uint64_t *buf);
void do_sve(void);
void do_smstart(void);
void do_hvc_1(void);
void do_smc_1(void);
void do_udf(void);

#endif
