# SPDX-License-Identifier: BSD-3-Clause
# What guests need: kernels, initramfs, disk. Fetched or built on first use by tools/images, kept in the user's cache directory.

IMAGES := build/images
INITRAMFS_SRCS := guest/initramfs/init guest/initramfs/modules tools/images-initramfs tools/newc.py

.PHONY: setup images images-refresh
setup: ## install all that any target needs
	$(Q)tools/setup all

ALL_IMAGES := $(foreach i,linux cloud minimal,$(IMAGES)/$(i)/Image $(IMAGES)/$(i)/initramfs.cpio.gz) $(IMAGES)/disk.img
images: $(ALL_IMAGES) ## all guest images: fetches kernels, builds one

images-refresh: ## ask the archive for newer kernels than those in the cache
	$(Q)tools/setup images && tools/images --refresh linux cloud

# A kernel from Debian is a link into the cache: it is there or it isn't, its age says nothing.
$(IMAGES)/linux/Image $(IMAGES)/cloud/Image: $(IMAGES)/%/Image:
	$(Q)tools/setup images && tools/images $*

$(IMAGES)/linux/initramfs.cpio.gz $(IMAGES)/cloud/initramfs.cpio.gz: $(IMAGES)/%/initramfs.cpio.gz: $(INITRAMFS_SRCS) | $(IMAGES)/%/Image
	$(call say,INITRD,$@) tools/setup images && tools/images $*

$(IMAGES)/minimal/Image: guest/kernel/fragment.config tools/images-kernel.sh
	$(Q)tools/setup images kernel && tools/images minimal

# Our own kernel has all drivers built in; the initramfs of the other brings the shell.
$(IMAGES)/minimal/initramfs.cpio.gz: $(IMAGES)/linux/initramfs.cpio.gz
	$(Q)mkdir -p $(@D) && ln -sfn ../linux/initramfs.cpio.gz $@

$(IMAGES)/disk.img: tools/images
	$(call say,DISK,$@) tools/setup images && tools/images disk

# What guests with a disk of the machine have more: mkfs.ext4, e2fsck, and guest/diskbench, behind the same initramfs.
$(IMAGES)/disktools:
	$(Q)tools/setup images && tools/images disktools

$(IMAGES)/diskbench: guest/diskbench/diskbench.c
	$(call say,GUESTCC,$<) tools/setup images && mkdir -p $(@D) && \
	aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -s -o $@ $<

$(IMAGES)/%/disk/initramfs.cpio.gz: $(IMAGES)/%/initramfs.cpio.gz $(IMAGES)/diskbench tools/images-disktools tools/newc.py | $(IMAGES)/disktools
	$(call say,INITRD,$@) tools/setup images && tools/images-disktools --packages $(IMAGES)/disktools \
		--program $(IMAGES)/diskbench --initramfs $< -o $@
