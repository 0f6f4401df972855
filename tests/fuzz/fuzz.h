/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the fuzzer share. */

#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIST		DEBUGFS "kprobes/list"
#define MODULE_FILE	"trace-events-sample.ko"

#define BATCH		100
#define INPUT_SIZE	9000
#define LINES_MAX	64
#define EVENTS_MAX	1000
#define WORD_SIZE	5000

/* Limits of the kernel, next to which most mistakes are made */
#define KSYM_NAME_LEN	512
#define MODULE_NAME_LEN	56
#define EVENT_NAME_LEN	64
#define ARG_NAME_LEN	32
#define ARGSTR_LEN	255
#define ARGS_MAX	128
#define LINE_SIZE	4094

/* The name of the module that some of the inputs are about */
extern const char *our_module;

/* symbols.c */
struct symbol {
	uint64_t addr;
	char type;
	char *name;
	const char *module;
};

extern struct symbol *symbols;
extern unsigned int nr_symbols, nr_kernel_symbols;
extern uint64_t first_text, last_symbol, module_base;

void read_symbols(void);
bool is_text(const struct symbol *symbol);
/* Where NAME or MOD:NAME is, 0 if there is none */
uint64_t symbol_addr(const char *name, const char *module);
/* The first symbol at exactly @addr, NULL if there is none */
const struct symbol *symbol_at(uint64_t addr);
const char *undotted(const char *name);
/* Whether ".foo" is the code of foo */
bool has_dot_symbols(void);
/* Where the code called @name is that a probe takes, and how many there are */
unsigned int find_code(const char *name, const char *module, uint64_t *addr);
/* The symbol of the kernel that covers @addr, NULL if it or where it ends is not known */
const char *covering_symbol(uint64_t addr, uint64_t *start, uint64_t *size);
/* Whether a probe on NAME or MOD:NAME has to be taken: it is traced, alone, and on no blacklist */
bool is_good_function(const char *location);

/* places.c */
enum region { NOTHING, TEXT, INIT_TEXT, DATA, DESCRIPTORS, UNKNOWN };

enum insn {
	PLAIN,
	JUMP_LABEL,
	STATIC_CALL,
	BUG,
	NO_STEP,
	MAYBE_STEP,		/* the ELF file does not tell */
};

/* Of each instruction; 1 if they differ, and insn_at() does not know all that cannot be stepped */
extern unsigned int insn_size;

void read_places(void);
enum region region_of(uint64_t addr);
/* The first address within these that ftrace patches, or 0 */
uint64_t site_within(uint64_t from, uint64_t to);
/* Where the function at @start is entered by those who need not come by its start */
uint64_t local_entry(uint64_t start);
/* The code of the function that has its descriptor at @addr, or 0 */
uint64_t descriptor_code(uint64_t addr);
enum insn insn_at(uint64_t addr);
/* One of the places where it matters what is there: sites, entries, instructions, descriptors */
uint64_t some_place(uint64_t number);
bool is_blacklisted(uint64_t addr);

/* inputs.c */
extern struct input {
	unsigned char buf[INPUT_SIZE];
	size_t len;
	bool dynamic;		/* to dynamic_events */
	bool arm;		/* enable it for a moment, if that can be done */
	bool good;		/* one definition that nothing is wrong with but maybe its location */
} input;

extern uint64_t hash;

void make_input(uint64_t seed, uint64_t number);
void hash_input(void);

/* parse.c: what an input says, line by line */
enum kind {
	EMPTY,
	DEFINITION,		/* of a kprobe event */
	DELETION,
	OTHER,
};

extern struct line {
	char text[WORD_SIZE];	/* the words, with one blank between them */
	size_t len;
	bool has_nul;
	enum kind kind;
	bool is_return;
	bool by_address;
	bool clones;		/* of the function at @location, too */
	bool bad_suffix;	/* behind the location, none that there is */
	bool seen;		/* at least one of them is there */
	bool has_dentry;
	uint64_t addr;
	unsigned int nr_args;
	char group[WORD_SIZE];
	char event[WORD_SIZE];	/* empty if it is not known */
	char location[WORD_SIZE];
} lines[LINES_MAX];

extern unsigned int nr_lines;

bool is_space(unsigned char c);
bool parse_number(const char *s, uint64_t *number);
void parse_input(void);
bool args_may_fail(const struct line *line);

/* expect.c */
struct place {
	bool waits;		/* for its module */
	uint64_t addr;		/* of the probe */
	enum region region;
	const char *name;	/* of the symbol there, NULL if it is not known */
	uint64_t start, size;	/* of that */
	bool on_entry;		/* then it is shown at the start */
};

/* What a line is refused with, the text is NULL if not at all; or it is not known */
struct verdict {
	bool sure;
	int err;
	const char *text;
};

/* Whether a line that begins with this word is refused for that, wherever the probe is */
bool is_bad_kind(const char *head);
/* For what is ahead of the arguments, and for what comes after them */
struct verdict early_verdict(const struct line *line, struct place *place);
struct verdict late_verdict(const struct place *place);
bool may_be_of_insn(const struct place *place, int err, const char *text);
/* Where [MOD:]NAME[+OFFS] or KADDR is */
struct verdict place_verdict(const char *word, bool is_return, struct place *place);

/* events.c: events that are there, as kprobe_events has them */
extern struct event {
	char *line;
	char *group, *event, *location;
	bool is_return;
	bool by_address;
	uint64_t addr;
	unsigned int nr_args;
} events[EVENTS_MAX];

extern unsigned int nr_events;

void free_event(struct event *event);
bool event_exists(const char *group, const char *event);
void take_events(unsigned int accepted, bool exactly);

/* refusals.c */
extern int log_fd;

unsigned int read_error(char **text, char **command);
unsigned int check_refusal(int err, bool *exactly);
/* A line that was accepted and had to be refused */
void check_accepted(const struct line *line);
void report_refusals(void);

/* list.c: kprobes/list */
void note_list(void);
bool is_registered(const struct event *event);
void check_list(void);

/* fuzz.c: what can be wrong, a test each, and with which input */
enum claim {
	GOOD,			/* what has to be accepted is */
	THERE,			/* what is accepted is there as it was written */
	REFUSED,		/* what is refused has an errno and a text that go with it */
	CLEAN,			/* and nothing is left */
	CLAIMS,
};

void show_input(void);
void fail(enum claim claim, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* After a batch there is no input to blame */
void fail_batch(const char *format, ...) __attribute__((format(printf, 1, 2)));
void write_file(const char *path, int flags, const char *text);

#endif
