# SPDX-License-Identifier: BSD-3-Clause
"""Shell scripts that are typed into Linux guests."""

# On each CPU a reader whose writer sits on the next one: every wake-up is an IPI.
PING_PONG = """
for c in 0 1 2 3; do
	(
		for n in 1 2 3 4 5 6 7 8 9 10; do
			echo $n
			sleep 0.05
		done | taskset $((1 << c)) cat >/dev/null
	) &
done
for c in 0 1 2 3; do
	(taskset $((1 << c)) dd if=/dev/zero bs=512 count=3000 2>/dev/null | taskset $((1 << (c + 1) % 4)) dd of=/dev/null bs=512 2>/dev/null) &
done
wait"""

# load SECONDS of the guest's time: eight shells that fork, compute, copy and sleep, and how often each went around.
LOAD = """
up() { read -r t rest </proc/uptime; echo ${t%.*}; }
end=$(($(up) + $1))
worker() {
	n=0
	while [ $(up) -lt $end ]; do
		case $((($1 + n) % 4)) in
		0) dd if=/dev/zero of=/tmp/load.$1 bs=64k count=32 2>/dev/null ;;
		1) dd if=/dev/urandom bs=4k count=64 2>/dev/null | sha256sum >/dev/null ;;
		2) sleep 0.1 ;;
		3) for i in 1 2 3 4 5 6 7 8 9 10; do true | cat; done ;;
		esac
		n=$((n + 1))
	done
	rm -f /tmp/load.$1
	echo $n
}
for w in 1 2 3 4 5 6 7 8; do worker $w & done
wait"""
