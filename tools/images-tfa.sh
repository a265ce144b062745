# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# TF-A from Debian's arm-trusted-firmware source package: BL1, BL2 and BL31 with the SPM dispatcher, release or debug, and its tools
# fiptool and sptool. Sourced by tools/images. What goes into the FIP with them (SPMC, SPs, BL33) is tools/firmware's affair, so one
# build of TF-A serves every set of SPs and none of its build directories is used twice.
# The cache is keyed by source version and hash (sources) and by source, options and compiler (builds); a build takes half a minute.

TFA_SUITES="trixie forky sid" # sources only; the first that has it

# What QEMU's virt machine and an SPMC at S-EL2 need. Features of -cpu max that EL2 or EL1 of either world may use are opened by BL31:
# 2 means "if the CPU has it". FP/SIMD of the secure world is not trapped because SVE and SME of it are handled.
TFA_OPTIONS=(
	PLAT=qemu SPD=spmd ENABLE_FEAT_SEL2=1 NEED_FDT=yes QEMU_USE_GIC_DRIVER=QEMU_GICV3 BL32_RAM_LOCATION=tdram
	ARM_ARCH_MAJOR=8 ARM_ARCH_MINOR=5 BRANCH_PROTECTION=1
	ENABLE_SVE_FOR_NS=2 ENABLE_SVE_FOR_SWD=1 ENABLE_SME_FOR_NS=2 ENABLE_SME_FOR_SWD=1
	ARM_LINUX_KERNEL_AS_BL33=1 ENABLE_FEAT_FGT=2 ENABLE_FEAT_HCX=2 ENABLE_FEAT_ECV=2 ENABLE_FEAT_MTE2=2
)

# tfa_source_from SUITE ENTRY: the upstream tarball of the suite's source package, unpacked, into ENTRY.tmp.
tfa_source_from() {
	local suite=$1 entry=$2 pkg=arm-trusted-firmware version sum tarball
	fetch_from "src-$suite"
	version=$(papt cache showsrc $pkg 2>/dev/null | sed -n 's/^Version: //p' | sort -V | tail -n 1)
	[ -n "$version" ] || return 1
	say FETCH "$pkg $version ($suite, upstream source only)"
	new_entry "$entry"
	(cd "$entry.tmp" && QUIET_FAIL=1 logged papt get source -q --download-only --tar-only "$pkg=$version") || return 1
	tarball=$(ls "$entry.tmp"/*.orig.tar.*z | head -n 1)
	sum=$(papt cache showsrc $pkg | sed -n '/^Checksums-Sha256/,/^[^ ]/s/^ \([0-9a-f]\{64\}\) .* '"${tarball##*/}"'$/\1/p' | head -n 1)
	echo "$sum  $tarball" | sha256sum -c --status || die "$tarball: wrong SHA-256"
	mkdir "$entry.tmp/src"
	tar -C "$entry.tmp/src" -xf "$tarball" --strip-components=1
	[ -f "$entry.tmp/src/services/std_svc/spmd/spmd_main.c" ] || die "${tarball##*/} holds no TF-A with an SPM dispatcher"
	echo "$pkg $version $sum" >"$entry.tmp/package"
	rm -f "$tarball"
}

# get_tfa_source: sets TFA_SOURCE to the cache entry with the sources: src/, package.
get_tfa_source() {
	local suite version sum
	if TFA_SOURCE=$(cached tfa-source); then return; fi
	for suite in $TFA_SUITES; do
		if tfa_source_from "$suite" "$CACHE/tfa/new"; then
			read -r _ version sum <"$CACHE/tfa/new.tmp/package"
			TFA_SOURCE=$CACHE/tfa/source-$version-${sum:0:12}
			rm -rf "$TFA_SOURCE" && mv "$CACHE/tfa/new.tmp" "$TFA_SOURCE"
			make_current tfa-source "$TFA_SOURCE"
			return
		fi
	done
	die "the Debian archive has no source of arm-trusted-firmware in any of: $TFA_SUITES (log: $LOG)"
}

# build_tfa DIR NAME: in a copy of the sources, so that a build can leave nothing behind for the next one.
build_tfa() {
	local dir=$1 debug=0 kind=release tree=$1/tree
	[ "$2" = tfa-debug ] && debug=1 kind=debug
	cp -a "$TFA_SOURCE/src" "$tree"
	echo '{}' >"$dir/no_sps.json" # make insists; only its FIP, which we don't ask for, would depend on it
	unset MAKEFLAGS MFLAGS MAKELEVEL CC V
	logged nice -n 10 make -C "$tree" -j"$(nproc)" CROSS_COMPILE=aarch64-linux-gnu- DEBUG=$debug BUILD_BASE="$dir/build" \
		SP_LAYOUT_FILE="$dir/no_sps.json" \
		BUILD_MESSAGE_TIMESTAMP='"Trivet"' "${TFA_OPTIONS[@]}" bl1 bl2 bl31 fiptool || die "cannot build TF-A (log: $LOG)"
	cp "$dir/build/qemu/$kind"/bl{1,2,31}.bin "$dir"
	cp "$dir/build/qemu/$kind"/bl31/bl31.elf "$dir"
	cp "$tree/tools/fiptool/fiptool" "$dir" 2>/dev/null || cp "$(find "$dir/build" -name fiptool -type f | head -n 1)" "$dir"
	cp "$tree"/tools/sptool/*.py "$dir"
	cp "$tree/docs/license.rst" "$dir/LICENSE.rst"
	rm -rf "$tree" "$dir/build" "$dir/no_sps.json"
}

# make_tfa NAME: tfa (release) or tfa-debug, at build/images/NAME: bl1.bin bl2.bin bl31.bin bl31.elf fiptool sptool.py.
make_tfa() {
	local name=$1 key entry
	get_tfa_source
	cache_lock tfa
	key=$( (basename "$TFA_SOURCE"; echo "$name" "${TFA_OPTIONS[@]}"; sed -n '/^build_tfa/,/^}/p' tools/images-tfa.sh
		aarch64-linux-gnu-gcc --version) | sha256sum | cut -c 1-16)
	entry=$CACHE/tfa/$name-$key
	if [ ! -d "$entry" ]; then
		say TFA "building $name from $(basename "$TFA_SOURCE"), half a minute (log: $LOG)"
		new_entry "$entry"
		build_tfa "$entry.tmp" "$name"
		cp "$TFA_SOURCE/package" "$entry.tmp/package"
		commit_entry "$entry"
	fi
	link "$entry" "$OUT/$name"
}
