# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Our own small kernel, from Debian's linux-source package and guest/kernel/fragment.config. Sourced by tools/images.
# The cache is keyed by source version, fragment and compiler; a build takes 5 to 10 minutes on two cores.

CROSS=aarch64-linux-gnu-
FRAGMENT=guest/kernel/fragment.config

# get_kernel_source: sets SOURCE to the cache entry with the source package's tarball.
get_kernel_source() {
	local pkg=linux-source-$KERNEL_SERIES version sum
	if SOURCE=$(cached kernel-source); then return; fi
	fetch_from arm64
	read -r version sum < <(newest "$pkg") || gone "$pkg"
	SOURCE=$CACHE/kernel/${pkg}_$version
	if [ ! -d "$SOURCE" ]; then
		new_entry "$SOURCE"
		download "$pkg" "$version" "$sum" "$SOURCE.tmp"
		dpkg-deb --fsys-tarfile "$SOURCE.tmp/package.deb" |
			tar -C "$SOURCE.tmp" -x --wildcards --transform 's,.*/,,' '*/linux-source-*.tar.xz'
		rm "$SOURCE.tmp/package.deb"
		commit_entry "$SOURCE"
	fi
	make_current kernel-source "$SOURCE"
}

# check_config: every line of the fragment must have survived Kconfig's dependencies.
check_config() {
	local lost
	lost=$(grep '^CONFIG_' "$FRAGMENT" | grep -vxF -f "$1/.config" || :)
	[ -z "$lost" ] || die "$FRAGMENT: the kernel's configuration did not take:" $lost
}

make_minimal() {
	local key entry src obj
	get_kernel_source
	cache_lock minimal # the build takes long: let others use the cache
	key=$( (basename "$SOURCE"; cat "$FRAGMENT"; ${CROSS}gcc --version) | sha256sum | cut -c 1-16)
	entry=$CACHE/kernel/minimal-$key
	if [ ! -d "$entry" ]; then
		say KERNEL "building from $(basename "$SOURCE"), some minutes (log: $LOG)"
		new_entry "$entry"
		src=$entry.tmp/src
		obj=$entry.tmp/obj
		mkdir -p "$src" "$obj"
		tar -C "$src" -xf "$SOURCE"/linux-source-*.tar.xz --strip-components=1
		build_kernel "$src" "$obj"
		mv "$obj/arch/arm64/boot/Image" "$obj/.config" "$obj/System.map" "$entry.tmp"
		[ "${KEEP_VMLINUX:-0}" = 0 ] || mv "$obj/vmlinux" "$entry.tmp"
		rm -rf "$src" "$obj"
		commit_entry "$entry"
	fi
	link "$entry/Image" "$OUT/minimal/Image"
	link "$entry/System.map" "$OUT/minimal/System.map"
	touch -h "$OUT/minimal/Image" && touch "$entry/Image"
}

build_kernel() { # SOURCE OBJECTS
	local kmake=(make -C "$1" O="$2" ARCH=arm64 CROSS_COMPILE=$CROSS LOCALVERSION=-trivet
		KBUILD_BUILD_TIMESTAMP=2026-01-01 KBUILD_BUILD_USER=trivet KBUILD_BUILD_HOST=trivet)
	# make's variables of the make that calls us are not for the kernel.
	unset MAKEFLAGS MFLAGS MAKELEVEL CC V
	logged "${kmake[@]}" KCONFIG_ALLCONFIG="$PWD/$FRAGMENT" allnoconfig || die "cannot configure the kernel (log: $LOG)"
	check_config "$2"
	logged nice -n 15 "${kmake[@]}" -j"${KERNEL_JOBS:-$(nproc)}" Image || die "cannot build the kernel (log: $LOG)"
}
