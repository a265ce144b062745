/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Linux program for guests: random reads and writes on a disk by several processes at once, everything checked.
 *
 *   diskbench DEVICE [MIB [JOBS [TRANSFERS [SEED]]]]   defaults 256, 4, 2000 for each job, 1
 *   diskbench --check DEVICE [MIB]                     what an earlier run has left: is each block sound?
 *
 * The disk's first MIB are divided among the jobs. Each job fills its part, in random order; then makes transfers, half
 * of them reads, of 1 to 32 blocks at random places; flushes; and reads all of it again. Each block says which it is
 * and how often it has been written, and has a checksum, so data that are old, torn or of another place are found.
 * The page cache is not used (O_DIRECT). It ends with 0 when all was right, with one line on what was not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK	   4096u
#define BLOCKS_MAX 32u /* of one transfer */
#define WORDS	   (BLOCK / 8 - 4)
#define MAGIC	   UINT64_C(0x6b73696474657674)
#define JOBS_MAX   64u

struct block {
	uint64_t magic, number, writes, sum;
	uint64_t payload[WORDS];
};
_Static_assert(sizeof(struct block) == BLOCK, "a block is what it says");

struct job {
	int fd;
	unsigned int index;
	uint64_t first, count; /* blocks of the disk */
	uint64_t random;
	uint16_t *writes; /* of each block */
	struct block *buf;
	uint64_t bytes_read, bytes_written;
};

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static uint64_t sum_of(const struct block *b)
{
	uint64_t sum = b->number * 31 + b->writes;

	for (unsigned int i = 0; i < WORDS; i++)
		sum = (sum << 5 | sum >> 59) ^ b->payload[i];
	return sum;
}

static void fill(struct block *b, uint64_t number, uint64_t writes)
{
	uint64_t s = (number << 20 | writes) * UINT64_C(0x9e3779b97f4a7c15) + 1;

	b->magic = MAGIC;
	b->number = number;
	b->writes = writes;
	/* Cheap, for a CPU that is emulated; no two blocks have the same. */
	for (unsigned int i = 0; i < WORDS; i++, s += UINT64_C(0x9e3779b97f4a7c15))
		b->payload[i] = s ^ s >> 29;
	b->sum = sum_of(b);
}

/* What is wrong with a block, or NULL. writes: how often it has been written; 0: unknown. */
static const char *wrong(const struct block *b, uint64_t number, uint64_t writes)
{
	if (b->magic != MAGIC)
		return "is none of ours";
	if (b->number != number)
		return "is another block";
	if (b->sum != sum_of(b))
		return "has a wrong checksum";
	if (writes && b->writes != writes)
		return b->writes < writes ? "is old" : "is newer than what was written";
	return NULL;
}

static int say(const struct job *j, const char *what, uint64_t block, const char *how)
{
	printf("diskbench: job %u: %s block %llu: %s\n", j->index, what, (unsigned long long)block, how);
	fflush(stdout);
	return 1;
}

static int move(struct job *j, int write, uint64_t block, uint64_t n)
{
	const size_t size = n * BLOCK;
	const off_t at = (off_t)(block * BLOCK);
	ssize_t done = write ? pwrite(j->fd, j->buf, size, at) : pread(j->fd, j->buf, size, at);

	if (done != (ssize_t)size)
		return say(j, write ? "write of" : "read of", block, done < 0 ? strerror(errno) : "is short");
	*(write ? &j->bytes_written : &j->bytes_read) += size;
	return 0;
}

static int write_blocks(struct job *j, uint64_t at, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		fill(&j->buf[i], j->first + at + i, ++j->writes[at + i]);
	return move(j, 1, j->first + at, n);
}

static int read_blocks(struct job *j, uint64_t at, uint64_t n)
{
	if (move(j, 0, j->first + at, n))
		return 1;
	for (uint64_t i = 0; i < n; i++) {
		const char *how = wrong(&j->buf[i], j->first + at + i, j->writes[at + i]);

		if (how)
			return say(j, "content of", j->first + at + i, how);
	}
	return 0;
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
	while (b) {
		const uint64_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/*
 * All of the part once, in an order that jumps about: by a stride that has no divisor in common with the
 * number of pieces.
 */
static int over_all(struct job *j, int (*fn)(struct job *j, uint64_t at, uint64_t n))
{
	const uint64_t pieces = (j->count + BLOCKS_MAX - 1) / BLOCKS_MAX;
	uint64_t stride = pieces / 3 * 2 + 1, piece = 0;

	while (divisor(pieces, stride) != 1)
		stride++;
	for (uint64_t i = 0; i < pieces; i++, piece = (piece + stride) % pieces) {
		const uint64_t at = piece * BLOCKS_MAX, left = j->count - at;

		if (fn(j, at, left < BLOCKS_MAX ? left : BLOCKS_MAX))
			return 1;
	}
	return 0;
}

static int run(struct job *j, unsigned int transfers)
{
	if (over_all(j, write_blocks))
		return 1;
	while (transfers--) {
		const uint64_t at = next_random(&j->random) % j->count, left = j->count - at;
		uint64_t n = next_random(&j->random) % BLOCKS_MAX + 1;

		n = n < left ? n : left;
		if (next_random(&j->random) >> 32 & 1 ? read_blocks(j, at, n) : write_blocks(j, at, n))
			return 1;
	}
	if (fsync(j->fd))
		return say(j, "flush after", j->first, strerror(errno));
	return over_all(j, read_blocks);
}

static int open_disk(struct job *j, const char *device, int flags)
{
	j->fd = open(device, flags | O_DIRECT);
	j->buf = aligned_alloc(BLOCK, BLOCKS_MAX * BLOCK);
	j->writes = calloc(j->count, sizeof(j->writes[0]));
	if (j->fd < 0 || !j->buf || !j->writes)
		return say(j, "start at", j->first, strerror(errno));
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int do_job(struct job *j, const char *device, unsigned int transfers)
{
	if (open_disk(j, device, O_RDWR) || run(j, transfers))
		return 1;
	printf("diskbench: job %u: %llu MiB written, %llu MiB read, all right\n", j->index,
	       (unsigned long long)(j->bytes_written >> 20), (unsigned long long)(j->bytes_read >> 20));
	return 0;
}

static int check(const char *device, uint64_t blocks)
{
	struct job j = { .count = blocks };
	int bad = open_disk(&j, device, O_RDONLY) || over_all(&j, read_blocks);

	if (!bad)
		printf("diskbench: %llu blocks are sound\n", (unsigned long long)blocks);
	return bad;
}

static unsigned long number(int argc, char **argv, int i, unsigned long otherwise)
{
	return argc > i ? strtoul(argv[i], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	const int checks = argc > 1 && !strcmp(argv[1], "--check");
	const char *device = argc > 1 + checks ? argv[1 + checks] : NULL;
	const uint64_t blocks = number(argc, argv, 2 + checks, 256) * (1048576 / BLOCK);
	const unsigned int jobs = (unsigned int)number(argc, argv, 3, 4);
	const unsigned int transfers = (unsigned int)number(argc, argv, 4, 2000);
	const uint64_t seed = number(argc, argv, 5, 1);
	const double start = seconds();
	int failed = 0, status;

	if (!device || !blocks || (!checks && (!jobs || jobs > JOBS_MAX || blocks < jobs))) {
		fprintf(stderr, "usage: diskbench DEVICE [MIB [JOBS [TRANSFERS [SEED]]]] | --check DEVICE [MIB]\n");
		return 2;
	}
	if (checks)
		return check(device, blocks);
	for (unsigned int i = 0; i < jobs; i++) {
		struct job j = { .index = i,
				 .first = blocks / jobs * i,
				 .count = blocks / jobs,
				 .random = (seed * JOBS_MAX + i + 1) * UINT64_C(0x9e3779b97f4a7c15) };
		pid_t child = fork();

		if (child < 0)
			return say(&j, "fork for", j.first, strerror(errno));
		if (child == 0)
			exit(do_job(&j, device, transfers));
	}
	for (unsigned int i = 0; i < jobs; i++)
		failed |= wait(&status) < 0 || status;
	printf("diskbench: %s, %.1f s\n", failed ? "FAILED" : "passed", seconds() - start);
	return failed ? 1 : 0;
}
