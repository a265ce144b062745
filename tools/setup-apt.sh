# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What tools/setup and tools/images share: where the cache is, how messages look, and how the machine's own apt
# configuration is turned into sources for other suites, other architectures and source packages. Sourced, never run.
#
# No mirror is named here: every URI comes from the machine's configuration, so a mirror, a proxy or a snapshot that
# the machine uses is used for all that Trivet fetches, too. Signatures are checked by apt in every case.

CACHE=${TRIVET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/trivet}
LOG=$CACHE/setup.log
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

say() { printf '  %-7s %s\n' "$1" "${*:2}"; }
die() {
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Runs a command with its output in the log; shows the log's end if the command fails.
logged() {
	local rc=0
	mkdir -p "$CACHE"
	printf '\n$ %s\n' "$*" >>"$LOG"
	"$@" >>"$LOG" 2>&1 </dev/null || rc=$?
	if [ "$rc" != 0 ] && [ "${QUIET_FAIL:-0}" = 0 ]; then
		tail -n 15 "$LOG" >&2
	fi
	return "$rc"
}

# One run at a time for each cache: two makes may want the same download. The lock is held until another is taken, or the end.
cache_lock() { # [NAME]
	local file=$CACHE/.lock${1:+-$1}
	mkdir -p "$CACHE"
	if command -v flock >/dev/null; then
		exec 9>"$file"
		flock -w 1800 9 || die "another set-up has held $file for 30 minutes"
	fi
}

codename() { (. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}"); }

# suites: one line "URI SUITE SOURCESENTRY" for each suite with the component main that the machine has configured. apt
# lists what it has fetched; where it has fetched nothing yet, it still says what it would fetch (but not from which entry).
suites() {
	local list
	list=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(SOURCESENTRY) $(COMPONENT)' 'Created-By: Packages' |
		awk '$4 == "main" && !seen[$1 $2]++ { print $1, $2, $3 }')
	[ -n "$list" ] || list=$(apt-get --print-uris update |
		sed -n "s|^'\\(.*/\\)dists/\\(.*\\)/InRelease'.*|\\1 \\2 -|p")
	printf '%s\n' "$list"
}

# signed_by FILE:N: the keyring file that this entry names, or nothing (then apt's trusted keys count).
# N is a line in a .list file, a stanza in a .sources file.
signed_by() {
	local file=${1%:*} n=${1##*:}
	[ -r "$file" ] || return 0
	case $file in
	*.sources)
		awk -v RS= -v n="$n" 'NR == n' "$file" |
			sed -n 's/^[Ss]igned-[Bb]y:[[:space:]]*\(\/[^[:space:]]*\).*/\1/p'
		;;
	*) sed -n "${n}p" "$file" | sed -n 's/.*signed-by=\(\/[^] ]*\).*/\1/p' ;;
	esac | head -n 1
}

# suite_line SUITE: "URI KEYRING" of SUITE if the machine has it, else as derived from the machine's base suite:
# backports lie beside the base suite, security in the sibling archive "<base>-security".
suite_line() {
	local want=$1 base uri suite entry
	base=$(codename)
	while read -r uri suite entry; do
		if [ "$suite" = "$want" ]; then
			printf '%s %s\n' "$uri" "$(signed_by "$entry")"
			return 0
		fi
	done < <(suites)
	while read -r uri suite entry; do
		if [ "$suite" = "$base" ]; then
			case $want in
			*-security) uri=${uri%/}-security/ ;;
			esac
			printf '%s %s\n' "$uri" "$(signed_by "$entry")"
			return 0
		fi
	done < <(suites)
	return 1
}

# source_entry TYPE SUITE [ARCH]: a one-line sources.list entry for the suite.
source_entry() {
	local type=$1 suite=$2 arch=${3:-} uri key opts=
	read -r uri key < <(suite_line "$suite") || return 1
	if [ -z "$key" ] && [ -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
		key=/usr/share/keyrings/debian-archive-keyring.gpg
	fi
	opts="${arch:+ arch=$arch}${key:+ signed-by=$key}"
	printf '%s%s %s %s main\n' "$type" "${opts:+ [${opts# }]}" "$uri" "$suite"
}

# papt_init NAME ARCH SUITE...: makes a private apt state in the cache, which sees these suites only. A suite with the prefix "src:" is
# for sources. It knows nothing of the machine's packages and changes nothing outside the cache.
papt_init() {
	local dir=$CACHE/apt/$1 arch=$2 s
	shift 2
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	: >"$dir/sources.list"
	for s; do
		case $s in
		src:*) source_entry deb-src "${s#src:}" ;;
		*) source_entry deb "$s" "$arch" ;;
		esac >>"$dir/sources.list" || die "apt on this machine knows no Debian archive with suite $(codename): see apt-get indextargets"
	done
	cat >"$dir/apt.conf" <<-CONF
		#clear APT::Architectures;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Default-Release;
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		Acquire::Retries "5";
		Acquire::Languages "none";
		Dir::State "$dir/state";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
	CONF
	PAPT=$dir/apt.conf
}

papt() { # papt get|cache ARGS...
	local tool=apt-$1
	shift
	"$tool" -c "$PAPT" "$@"
}

# papt_update: fetches the lists; a derived suite that does not exist is dropped, a configured one must be there.
papt_update() {
	local list=${PAPT%/*}/sources.list
	QUIET_FAIL=1 logged papt get update -q -o APT::Update::Error-Mode=any && return 0
	grep -q -e '-security ' "$list" && ! suites | grep -e '-security ' >/dev/null &&
		sed -i '/-security main$/d' "$list"
	logged papt get update -q -o APT::Update::Error-Mode=any ||
		die "cannot fetch the package lists named in $list (log: $LOG)"
}

# A command that fails where nobody looks at it ends the script: say which.
set -E
trap 'echo "${0##*/}: line $LINENO: failed: $BASH_COMMAND" >&2' ERR
