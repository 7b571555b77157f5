# Bitácora. `make` builds build/bin/bitacorad and build/bin/bitacora; `make help` lists the rest.

VARIANT ?= release
B := build/$(VARIANT)
BIN := build/bin
ifneq ($(VARIANT),release)
BIN := $(B)/bin
endif

# The version of the project stands in the library's header.
version_part = $(shell sed -n 's/^.define BITACORA_VERSION_$(1) //p' proto/lib/bitacora.h)
VERSION := $(call version_part,MAJOR).$(call version_part,MINOR).$(call version_part,PATCH)
# The number of the library's ABI, and of Debian's package libbitacora1: it grows where `make abi` fails on purpose.
SONAME := libbitacora.so.1

CC ?= cc
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARN) -fstack-protector-strong -fPIE $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(SANITIZE)
ifeq ($(filter asan,$(VARIANT)),asan)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifeq ($(filter fuzz,$(VARIANT)),fuzz)
SANITIZE := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifeq ($(filter tsan,$(VARIANT)),tsan)
SANITIZE := -fsanitize=thread -fno-omit-frame-pointer
endif
ifneq ($(SANITIZE),)
# Lines are enough for a report, and take a fifth less time to build; so do tests as they stand.
CFLAGS := -O1 -g1
build/$(VARIANT)/tests/unit/%: CFLAGS := -O0 -g1
endif

PROTO_LIBS := -ljansson -lyajl -lsodium -lcrypto -lz
DAEMON_LIBS := -levent_core -levent_extra -levent_openssl -levent_pthreads -lssl -llmdb -lcurl -lseccomp -lpthread $(PROTO_LIBS)
CLIENT_LIBS := -lcurl -lcsv -levent_core -levent_extra -levent_openssl -lssl -lseccomp $(PROTO_LIBS)
UNIT_LIBS := -lcmocka $(PROTO_LIBS)

# These use files, clocks and sockets: programs are linked with them, the library is not.
IMPURE := proto/process proto/accel proto/sys proto/net
SYS_SRC := $(wildcard $(IMPURE:%=%/*.c))
PROTO_SRC := $(filter-out $(SYS_SRC),$(wildcard proto/*/*.c))
DAEMON_SRC := $(wildcard daemon/*.c daemon/*/*.c)
CLIENT_SRC := $(wildcard client/*.c client/*/*.c)
UNIT_SRC := $(wildcard tests/unit/*/*/test_*.c)
PROTO_OBJ := $(PROTO_SRC:%.c=$(B)/%.o)
SYS_OBJ := $(SYS_SRC:%.c=$(B)/%.o)
DAEMON_OBJ := $(DAEMON_SRC:%.c=$(B)/%.o)
CLIENT_OBJ := $(CLIENT_SRC:%.c=$(B)/%.o)
ifneq ($(filter mutants%,$(VARIANT)),)
PROTO_OBJ += $(B)/tests/mutants/mutant.o
endif
ifeq ($(VARIANT),cov)
ALL_LDFLAGS += --coverage
endif
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)

# Where `make install` puts things. DESTDIR is put before all of them and written nowhere.
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DOCDIR ?= $(PREFIX)/share/doc/bitacora
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
MANDIR ?= $(PREFIX)/share/man
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

.PHONY: all page page-again objects warnings warnings-tests check tidy analyzed help lib man completion install uninstall abi abi-record deps test faults soak boot mutants coverage demo bench unit tools interop interop-record fuzz docs format clean
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN)/bitacorad $(BIN)/bitacora

# For tests/layout.py, which reads their symbols.
objects: $(PROTO_OBJ) $(SYS_OBJ) $(DAEMON_OBJ) $(CLIENT_OBJ)

help:
	@echo 'make              build/bin/bitacorad, build/bin/bitacora'
	@echo 'make page         build/page/bitacora.html, the page as one file, and its SHA-256 (npm)'
	@echo 'make lib          build/lib: libbitacora, shared and static (docs/LIBRARY.md)'
	@echo 'make man          build/man: manual pages, also in Spanish (make completion: build/completion, for bash and zsh)'
	@echo 'make accelerator  build/accelerator/bitacora-mb8.so: eight signatures at once on AVX-512 IFMA (pip; docs/INTERFACES.md, 34)'
	@echo 'make differential  DIFFERENTIAL (10,000,000) crafted signatures by accelerator and libsodium: do they differ?'
	@echo 'make emulated     the accelerator in bochs, whose processor has AVX-512 IFMA, for EMULATED_MINUTES (60)'
	@echo 'make install      PREFIX=/usr/local, DESTDIR=; also LIBDIR and the like (make uninstall)'
	@echo 'make abi          the library against tests/abi/libbitacora.abi (make abi-record: writes it)'
	@echo 'make demo         the whole story, on real components (installs what is missing)'
	@echo 'make test         every test; the last line is "N passed, N failed"'
	@echo 'make test VARIANT=tsan   (or asan) unit tests and scenarios under a sanitizer'
	@echo 'make faults       every bit, byte, failing call and crash of which make test tries a sample; KILLS=1000, FAULTS_SECONDS='
	@echo 'make mutants      each check of the verifier removed or inverted: does a test see it? (MUTANTS="proto/judge")'
	@echo 'make coverage     each branch of proto/judge and proto/verify: does a unit test take it?'
	@echo 'make soak         SOAK_MINUTES (30) of full load: memory, descriptors and threads stay as they are'
	@echo 'make boot         the units of packaging/systemd in a booted container (root; debootstrap, systemd-nspawn)'
	@echo 'make deb          build/deb: Debian packages of client, daemon and library'
	@echo 'make deb-test     lintian, install, upgrade and purge in a booted container, autopkgtest (root; network)'
	@echo 'make container    build/container: an image of the daemon (packaging/Containerfile; root; network)'
	@echo 'make check        layout, format, clang, cppcheck, clang-tidy, gcc -fanalyzer, shellcheck, pyflakes, ESLint'
	@echo 'make bench        how fast, into build/bench.json (BENCH_ONLY=append: one figure; BENCH=full: to 10^7 entries)'
	@echo 'make unit         only the unit tests (VARIANT=asan, VARIANT=tsan: under a sanitizer)'
	@echo 'make interop      against implementations of others, in Go (make interop-record: writes tests/vectors/interop)'
	@echo 'make fuzz         parsers under libFuzzer, readers over dishonest logs, FUZZ_SECONDS each (default 60)'
	@echo 'make tools        what tests use: build/release/tools/simulate writes a year of a country'
	@echo 'make deps         what building and testing need, by apt'
	@echo 'make docs         the tables of kinds in docs/FORMATS.md, from the program'
	@echo 'make pictures     docs/pictures: screenshots and recording of the READMEs, from what their commands make'
	@echo 'make format       clang-format over all C'
	@echo 'make clean'

deps:
	$(Q)tests/deps.sh build test

test:
	$(Q)tests/deps.sh build test
	$(Q)tests/run.sh

faults:
	$(Q)tests/deps.sh build test
	$(Q)tests/run.sh --faults; status=$$?; cat build/faults/*/figures; exit $$status

mutants:
	$(Q)tests/deps.sh build test
	$(Q)/usr/bin/python3 tests/mutants/mutants.py $(MUTANTS)

coverage:
	$(Q)tests/deps.sh build test
	$(Q)/usr/bin/python3 tests/mutants/coverage.py

soak:
	$(Q)tests/deps.sh build test
	$(Q)$(MAKE) --no-print-directory -j2 all tools
	$(Q)tests/faults/soak.py build/soak

boot:
	$(Q)tests/deps.sh build test boot
	$(Q)$(MAKE) --no-print-directory -j2 all lib
	$(Q)tests/boot/boot.sh

.PHONY: deb deb-test container
deb:
	$(Q)tests/deps.sh build deb
	$(Q)packaging/build-deb.sh

deb-test: deb
	$(Q)tests/deps.sh deb-test
	$(Q)tests/deb/test.sh

container: deb
	$(Q)tests/deps.sh container
	$(Q)packaging/build-container.sh

# crypto_mb, from PyPI: the one thing that is fetched for it, and nothing else needs it.
.PHONY: accelerator differential emulated
# Crafted signatures by the plug-in, by libsodium and by how they were made. Where the plug-in cannot run, the double of
# the tests stands in, which has the lanes' semantics by OpenSSL. ACCELERATOR=FILE: another plug-in.
DIFFERENTIAL ?= 10000000
differential: all tools
	$(Q)plugin=$(or $(ACCELERATOR),build/accelerator/bitacora-mb8.so); \
	case $$plugin in /*) ;; *) plugin=$(CURDIR)/$$plugin ;; esac; \
	$(B)/tools/differential $$plugin $(DIFFERENTIAL) $$(date +%s) $$(nproc); status=$$?; \
	if [ $$status = 2 ] && [ -z '$(ACCELERATOR)' ]; then \
		echo 'make differential: with the double of the tests instead'; \
		$(B)/tools/differential $(CURDIR)/build/release/tools/lanes.so $(DIFFERENTIAL) $$(date +%s) $$(nproc); status=$$?; \
	fi; exit $$status

# The plug-in on a processor in software that has AVX-512 IFMA. EMULATED_MINUTES: how long.
emulated:
	$(Q)tests/deps.sh build test emulated
	$(Q)$(MAKE) --no-print-directory -j2 all tools accelerator
	$(Q)tests/emulated/emulated.sh $(or $(ACCELERATOR),$(CURDIR)/build/accelerator/bitacora-mb8.so)

accelerator:
	$(Q)packaging/accelerator/build.sh $(CURDIR)/build/accelerator

demo:
	$(Q)tests/deps.sh build demo
	$(Q)$(MAKE) --no-print-directory -j2 all
	$(Q)tests/demo.sh

# All of it takes some twenty minutes. One figure: BENCH_ONLY="append" (or replay, structure, incremental, receipt,
# storage, growth, answer, read, postgres, settings, gate, peers), which writes build/bench-only.json. BENCH=full: also 10^7
# entries. peers needs Go. BENCH_AGAINST=DIR BENCH_ONLY=settings compares with the daemon in DIR.
bench:
	$(Q)tests/deps.sh build
	$(Q)tests/deps.sh bench || echo 'no PostgreSQL to compare with'
	$(Q)$(MAKE) --no-print-directory -j2 all $(B)/tools/bench $(B)/tools/simulate
	$(Q)BIN=$(BIN) SIMULATE=$(B)/tools/simulate $(B)/tools/bench $(if $(filter full,$(BENCH)),--full) \
		--out build/bench$(if $(BENCH_ONLY),-only).json $(BENCH_ONLY)

unit: $(UNIT_BIN)
	$(Q)for t in $(UNIT_BIN); do $$t || exit 1; done

# Go is not installed for it: without Go, or its module proxy, all of it is skipped.
interop interop-record:
	$(Q)tests/deps.sh build test
	$(Q)$(MAKE) --no-print-directory -j2 all tools
	$(Q)tests/interop/run_go.sh $(if $(filter interop,$@),--all,--record)

fuzz:
	$(Q)tests/deps.sh build test
	$(Q)tests/fuzz/run.sh

# The tables of kinds in docs/FORMATS.md, as the program has them.
docs: $(B)/tools/kind_tables
	$(Q)$< docs/FORMATS.md >$(B)/FORMATS.md && cp $(B)/FORMATS.md docs/FORMATS.md

# Screenshots and recording of both READMEs: of what their commands make, and so run by their test.
.PHONY: pictures
pictures: all lib $(START_CLOCK)
	$(Q)PICTURES=write tests/scenarios/89-readme.sh

format:
	$(Q)clang-format -i $(wildcard */*.[ch] */*/*.[ch] */*/*/*.[ch] */*/*/*/*.[ch])

clean:
	$(Q)rm -rf build

# ---- make check --------------------------------------------------------------------------------

# What each analyzer found in a file, anew when the file or a header of its own changed: its object file is younger then.
# Fewer of a function's ways are walked than clang would: that takes a quarter of the time.
TIDY := clang-tidy --quiet
TIDY_FLAGS := -std=c11 -D_GNU_SOURCE -I. -Xclang -analyzer-config -Xclang max-nodes=60000
CHECKED := $(PROTO_SRC) $(SYS_SRC) $(DAEMON_SRC) $(CLIENT_SRC)

check:
	$(Q)tests/deps.sh build check
	$(Q)tests/check.sh

tidy: $(CHECKED:%.c=build/check/%.tidy)
analyzed: $(CHECKED:%.c=build/check/%.analyzed)

build/check/%.tidy: %.c build/release/%.o .clang-tidy
	@mkdir -p $(@D)
	$(Q)$(TIDY) $< -- $(TIDY_FLAGS) 2>/dev/null && touch $@

# gcc 12 believes that memory leaks which tsearch() or an element of an array holds (each that was
# looked at). Leaks are found by clang-tidy (unix.Malloc) and by LeakSanitizer (VARIANT=asan).
ANALYZER := -fanalyzer -Wno-analyzer-malloc-leak

build/check/%.analyzed: %.c build/release/%.o
	@mkdir -p $(@D)
	$(Q)gcc -std=c11 -D_GNU_SOURCE -I. $(PKCS11) -O1 $(ANALYZER) -Werror -fdiagnostics-plain-output -c -o /dev/null $< && touch $@

# ---- libbitacora -------------------------------------------------------------------------------

# proto, but for the programs' HTTP.
LIB_OBJ := $(filter-out $(B)/proto/base/http_%,$(PROTO_OBJ))
LIB := $(if $(filter release,$(VARIANT)),build/lib,$(B)/lib)
LIB_SO := $(LIB)/libbitacora.so.$(VERSION)
LIB_A := $(LIB)/libbitacora.a
LIB_MAP := proto/lib/libbitacora.map
LIB_NEEDS := -ljansson -lyajl -lsodium -lcrypto -lpthread

lib: $(LIB_SO) $(LIB_A) $(LIB)/$(SONAME) $(LIB)/libbitacora.so

# Position-independent for the library; what is not BITACORA_API stays inside.
$(B)/proto/%: ALL_CFLAGS += -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections

$(LIB_SO): $(LIB_OBJ) $(LIB_MAP) Makefile
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(LIB_MAP) -Wl,-z,relro,-z,now,-z,defs \
		-Wl,--gc-sections -Wl,--as-needed $(LDFLAGS) $(SANITIZE) -o $@ $(LIB_OBJ) $(LIB_NEEDS)

$(LIB)/$(SONAME) $(LIB)/libbitacora.so: $(LIB_SO)
	$(Q)ln -sf $(notdir $(LIB_SO)) $@

# One object, outside of which only bitacora_* is seen: its names clash with nobody's.
$(LIB_A): $(LIB_OBJ) Makefile
	@mkdir -p $(@D)
	$(call say,AR,$@)$(CC) -r -nostdlib -o $(B)/libbitacora.o $(LIB_OBJ)
	$(Q)objcopy --wildcard --keep-global-symbol='bitacora_*' $(B)/libbitacora.o
	$(Q)rm -f $@ && ar rcD $@ $(B)/libbitacora.o

# ---- manual pages, completion ------------------------------------------------------------------

# Made of what the programs say of themselves (--help --json), so they must run here.
PYTHON3 ?= /usr/bin/python3
MAN := build/man
COMPLETION := build/completion

# Several tests run `make install` beside each other: whoever comes second waits, and finds it made.
once = flock $(@D).lock sh -c '[ -z "$$(find $^ -newer $@ 2>&1)" ] || { rm -rf $(@D) && $1 && touch $@; }'

man: $(MAN)/.made
completion: $(COMPLETION)/.made

$(MAN)/.made: $(BIN)/bitacora $(BIN)/bitacorad proto/lib/bitacora.h packaging/man/make_pages.py $(wildcard packaging/man/prose.*)
	$(call say,MAN,$(MAN))$(call once,$(PYTHON3) packaging/man/make_pages.py $(BIN)/bitacora $(BIN)/bitacorad proto/lib/bitacora.h $(MAN))

$(COMPLETION)/.made: $(BIN)/bitacora $(BIN)/bitacorad packaging/completion/make_completion.py
	$(call say,GEN,$(COMPLETION))$(call once,$(PYTHON3) packaging/completion/make_completion.py $(BIN)/bitacora $(BIN)/bitacorad $(COMPLETION))

# ---- make install ------------------------------------------------------------------------------

INSTALL ?= install
DOCS := $(wildcard docs/*.md) README.md README.es.md LICENSE
EXAMPLES := $(wildcard docs/examples/*.* docs/examples/gate/*.*)
PICTURES := $(wildcard docs/pictures/*.svg docs/pictures/*.png)
# Pages lie in one folder there: their links lead to where things are then (80-packages follows them).
LINKS := -e 's|/usr/local/share/doc/bitacora|$(DOCDIR)|g' -e 's|\[docs/\([A-Z]*\([.]es\)*[.]md\)\](|[\1](|g' \
	-e 's|\](docs/|](|g' -e 's|\]([.][.]/README|](README|g' \
	-e 's|\]([.][.]/proto/lib/bitacora[.]h)|]($(INCLUDEDIR)/bitacora.h)|g'
SYSTEMD_UNITS := $(wildcard packaging/systemd/*.service packaging/systemd/*.socket packaging/systemd/*.timer)
# Users and folders: of the client's services, and of the daemon's.
USERS := bitacora bitacorad
INSTALLED := $(BINDIR)/bitacora $(BINDIR)/bitacorad $(INCLUDEDIR)/bitacora.h $(LIBDIR)/libbitacora.a \
	$(LIBDIR)/libbitacora.so $(LIBDIR)/$(SONAME) $(LIBDIR)/$(notdir $(LIB_SO)) $(LIBDIR)/pkgconfig/libbitacora.pc \
	$(SYSTEMD_UNITS:packaging/systemd/%=$(UNITDIR)/%) $(USERS:%=$(SYSUSERSDIR)/%.conf) $(USERS:%=$(TMPFILESDIR)/%.conf)

install: all lib man completion
	$(Q)$(INSTALL) -d $(addprefix $(DESTDIR),$(BINDIR) $(INCLUDEDIR) $(LIBDIR)/pkgconfig $(DOCDIR)/examples/gate $(DOCDIR)/pictures)
	$(Q)$(INSTALL) -m 755 $(BIN)/bitacora $(BIN)/bitacorad $(DESTDIR)$(BINDIR)
	$(Q)$(INSTALL) -m 644 proto/lib/bitacora.h $(DESTDIR)$(INCLUDEDIR)
	$(Q)$(INSTALL) -m 644 $(LIB_SO) $(LIB_A) $(DESTDIR)$(LIBDIR)
	$(Q)ln -sf $(notdir $(LIB_SO)) $(DESTDIR)$(LIBDIR)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libbitacora.so
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
		proto/lib/libbitacora.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/libbitacora.pc
	$(Q)for page in $(DOCS); do \
		sed $(LINKS) $$page >$(DESTDIR)$(DOCDIR)/$${page##*/} && \
		chmod 644 $(DESTDIR)$(DOCDIR)/$${page##*/} || exit 1; done
	$(Q)cd $(MAN) && for page in $$(find . -name '*.[1358]' | sed 's|^[.]/||'); do \
		$(INSTALL) -D -m 644 $$page $(DESTDIR)$(MANDIR)/$$page || exit 1; done
	$(Q)$(INSTALL) -d $(addprefix $(DESTDIR),$(BASHCOMPDIR) $(ZSHCOMPDIR))
	$(Q)$(INSTALL) -m 644 $(COMPLETION)/bash/* $(DESTDIR)$(BASHCOMPDIR)
	$(Q)$(INSTALL) -m 644 $(COMPLETION)/zsh/* $(DESTDIR)$(ZSHCOMPDIR)
	$(Q)$(INSTALL) -d $(addprefix $(DESTDIR),$(UNITDIR) $(SYSUSERSDIR) $(TMPFILESDIR))
	$(Q)for users in $(USERS); do \
		$(INSTALL) -m 644 packaging/systemd/$$users.sysusers $(DESTDIR)$(SYSUSERSDIR)/$$users.conf && \
		$(INSTALL) -m 644 packaging/systemd/$$users.tmpfiles $(DESTDIR)$(TMPFILESDIR)/$$users.conf || exit 1; done
	$(Q)for unit in $(notdir $(SYSTEMD_UNITS)); do \
		sed -e 's|/usr/local/bin|$(BINDIR)|g; s|/usr/local/share/doc/bitacora|$(DOCDIR)|g' packaging/systemd/$$unit >$(DESTDIR)$(UNITDIR)/$$unit && \
		chmod 644 $(DESTDIR)$(UNITDIR)/$$unit || exit 1; done
	$(Q)for file in $(EXAMPLES:docs/%=%) $(PICTURES:docs/%=%); do \
		$(INSTALL) -m 644 docs/$$file $(DESTDIR)$(DOCDIR)/$$file || exit 1; done

uninstall:
	$(Q)rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	$(Q)rm -f $(addprefix $(DESTDIR)$(MANDIR)/,man*/bitacora* man*/libbitacora.3 es/man*/bitacora*)
	$(Q)rm -f $(addprefix $(DESTDIR),$(BASHCOMPDIR)/bitacora $(BASHCOMPDIR)/bitacorad $(ZSHCOMPDIR)/_bitacora $(ZSHCOMPDIR)/_bitacorad)
	$(Q)rm -f $(addprefix $(DESTDIR)$(DOCDIR)/,$(notdir $(DOCS)) $(EXAMPLES:docs/%=%) $(PICTURES:docs/%=%))
	$(Q)rmdir $(addprefix $(DESTDIR)$(DOCDIR),/examples/gate /examples /pictures /) 2>/dev/null || :

# What programs that were linked with an earlier version rely on. Functions may be added; anything
# else fails here until the soname changes and `make abi-record` writes the new description.
ABI := tests/abi/libbitacora.abi
ABIDW := abidw --header-file proto/lib/bitacora.h --drop-private-types --exported-interfaces-only --no-corpus-path --no-comp-dir-path

abi: $(LIB_SO)
	$(Q)$(ABIDW) --out-file $(B)/libbitacora.abi $(LIB_SO)
	$(Q)abidiff --no-added-syms --no-architecture $(ABI) $(B)/libbitacora.abi

abi-record: $(LIB_SO)
	$(Q)$(ABIDW) --out-file $(ABI) $(LIB_SO)

# A header; the module itself is the operator's, loaded at run time.
PKCS11 := -isystem /usr/include/p11-kit-1
$(B)/daemon/signer/token_key.o $(B)/tests/tools/make_token_key.o: ALL_CFLAGS += $(PKCS11)
TIDY_FLAGS += $(PKCS11)

$(BIN)/bitacorad: $(DAEMON_OBJ) $(SYS_OBJ) $(PROTO_OBJ)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DAEMON_LIBS)

$(BIN)/bitacora: $(CLIENT_OBJ) $(SYS_OBJ) $(PROTO_OBJ)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS)

# Unit tests mirror the source: tests/unit/proto/tlog/test_tile.c tests proto/tlog/tile.c. A test is
# linked with tests/unit/fixture.c, with own_folder.c, which has it leave nothing behind, with the
# fixtures whose headers it includes, and with what these need from archives of the program: so a
# fixture may stand in for a part of the program.
# Under a sanitizer gold links them in a third of the time.
UNIT_LD := $(if $(filter asan,$(VARIANT)),$(if $(shell command -v ld.gold),-fuse-ld=gold)) \
	-Wl,--wrap=_cmocka_run_group_tests,--wrap=mkdtemp,--wrap=mkstemp
unit_fixtures = $(addprefix $(B)/tests/unit/,fixture.o own_folder.o) $(patsubst %.c,$(B)/%.o,$(wildcard \
	$(shell sed -n 's|^.include "\(tests/unit/.*\)\.h".*|\1.c|p' tests/unit/$(1).c)))
unit_link = $(call say,LD,$@)mkdir -p $(@D) && $(CC) $(ALL_LDFLAGS) $(UNIT_LD) -o $@ $^

$(B)/unit/proto.a: $(PROTO_OBJ) $(SYS_OBJ)
$(B)/unit/daemon.a: $(filter-out %/main.o,$(DAEMON_OBJ))
$(B)/unit/client.a: $(filter-out %/main.o,$(CLIENT_OBJ))
$(B)/unit/%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && ar qcsDT $@ $^

# Its own allocations fail.
$(B)/unit/proto/lib/test_lib_memory $(B)/unit/proto/answer/test_answer_memory: ALL_LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

# A log's files come from a folder, whatever the URL.
$(B)/unit/client/verify/test_cmd_verify $(B)/unit/client/verify/test_cmd_verify_log $(B)/unit/client/verify/test_cmd_verify_said $(B)/unit/client/verify/test_cmd_confront $(B)/unit/client/answer/test_answer_get $(B)/unit/client/answer/test_answer_parts $(B)/unit/client/replay/test_in_force: ALL_LDFLAGS += -Wl,--wrap=logfiles_of_url
# And a test's own clock, and count.
$(B)/unit/client/replay/test_in_force: ALL_LDFLAGS += -Wl,--wrap=logfiles_checkpoint,--wrap=logfiles_patience,--wrap=findings_enough,--wrap=clock_gettime

# Calls that fail or answer as a test wants, a program a line; and libraries that some need besides.
$(B)/unit/client/remote/test_logfiles: ALL_LDFLAGS += -Wl,--wrap=fetcher_new,--wrap=fetcher_free,--wrap=fetch_get,--wrap=fetch_no_hanging,--wrap=fetch_as,--wrap=retry_pause,--wrap=retry_say_over
$(B)/unit/client/replay/test_replaying: ALL_LDFLAGS += -Wl,--wrap=logfiles_of_url,--wrap=logfiles_of_both,--wrap=logfiles_patience,--wrap=scratch_new,--wrap=file_lock,--wrap=sig_verifier_state,--wrap=accelerator_open,--wrap=accelerator_try_again
$(B)/unit/client/replay/test_check_ahead: ALL_LDFLAGS += -Wl,--wrap=sig_verifier_state,--wrap=sched_getaffinity,--wrap=pthread_create,--wrap=randombytes_buf,--wrap=stretch_gather,--wrap=record_gather_end,--wrap=registry_count,--wrap=registry_get
$(B)/unit/client/replay/test_replaying_index: ALL_LDFLAGS += -Wl,--wrap=tape_file_new
$(B)/unit/client/remote/test_trust: ALL_LDFLAGS += -Wl,--wrap=file_create
$(B)/unit/client/remote/test_state: ALL_LDFLAGS += -Wl,--wrap=replay_state_parse
$(B)/unit/client/answer/test_answer_files: ALL_LDFLAGS += -Wl,--wrap=spool_file
$(B)/unit/client/answer/test_answer_parts: ALL_LDFLAGS += -Wl,--wrap=answer_put_checkpoint,--wrap=answer_check_part,--wrap=answer_judge
$(B)/unit/client/index/test_index_check: ALL_LDFLAGS += -Wl,--wrap=logfiles_index_newest,--wrap=entry_parse
$(B)/unit/client/replay/test_blobcheck: ALL_LDFLAGS += -Wl,--wrap=spool_new,--wrap=spool_get
$(B)/unit/proto/sys/test_files: ALL_LDFLAGS += -Wl,--wrap=fsync
$(B)/unit/daemon/witnesses/test_restored: ALL_LDFLAGS += -Wl,--wrap=feed_refuses,--wrap=feed_witnessed
$(B)/unit/daemon/store/test_blobs: ALL_LDFLAGS += -Wl,--wrap=read
$(B)/unit/daemon/fsck/test_fsck_blobs: ALL_LDFLAGS += -Wl,--wrap=opendir
$(B)/unit/client/gate/test_gate_journal: ALL_LDFLAGS += -Wl,--wrap=fdatasync
$(B)/unit/client/gate/test_gate_appender: ALL_LDFLAGS += -Wl,--wrap=fetch_post
$(B)/unit/proto/net/test_listening $(B)/unit/proto/net/test_loopback: UNIT_LIBS += -levent_core -levent_extra
$(B)/unit/proto/process/test_sandbox: UNIT_LIBS += -lseccomp
$(B)/unit/proto/net/test_tls_files: UNIT_LIBS += -lssl
$(B)/unit/proto/net/test_tls_server: UNIT_LIBS += -levent_core -levent_openssl -lssl

.SECONDEXPANSION:
$(B)/unit/proto/%: $(B)/tests/unit/proto/%.o $$(call unit_fixtures,proto/$$*) $(B)/unit/proto.a
	$(unit_link) $(UNIT_LIBS)
$(B)/unit/daemon/%: $(B)/tests/unit/daemon/%.o $$(call unit_fixtures,daemon/$$*) $(B)/unit/daemon.a $(B)/unit/proto.a
	$(unit_link) $(UNIT_LIBS) $(DAEMON_LIBS)
$(B)/unit/client/%: $(B)/tests/unit/client/%.o $$(call unit_fixtures,client/$$*) $(B)/unit/client.a $(B)/unit/proto.a
	$(unit_link) $(UNIT_LIBS) $(CLIENT_LIBS)

# Programs of the scenarios: faults on purpose.
TOOLS := $(addprefix $(B)/tools/,flip_bits flip_bytes sign_note answer check_answer check_record kind_tables \
	ask_witness kill_witness library_replay check_proof check_note check_labels check_pages make_token_key differential lanes_vectors simulate bench)
# Faults of the disk, by LD_PRELOAD.
FAULT := $(B)/tools/fault.so
# And of memory.
NO_ROOM := $(B)/tools/no_room.so
# Somebody who has taken a process over.
INTRUDER := $(B)/tools/intruder.so
# A clock of a test's own day.
START_CLOCK := $(B)/tools/start_clock.so
# And any system call: counted, made to fail, written down.
FAULTS := $(B)/tools/faults.so
CLIENT_PARTS := $(filter-out %/main.o,$(CLIENT_OBJ)) $(SYS_OBJ) $(PROTO_OBJ)
# An accelerator for any processor, which lies as it is told.
LANES_DOUBLE := $(B)/tools/lanes.so
tools: $(TOOLS) $(FAULT) $(NO_ROOM) $(FAULTS) $(INTRUDER) $(START_CLOCK) $(LANES_DOUBLE)

$(LANES_DOUBLE): $(B)/tools/%.so: tests/tools/%.c tests/tools/openssl_lane.h proto/accel/plugin.h proto/tlog/verify_sig.h
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O2 -fPIC -shared -o $@ $< -lsodium -lcrypto && chmod go-w $@

$(FAULT): tests/tools/let_read.h
$(FAULTS): tests/tools/let_read.h
$(FAULT) $(NO_ROOM) $(INTRUDER) $(START_CLOCK): $(B)/tools/%.so: tests/tools/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $< -ldl

$(FAULTS): $(wildcard tests/faults/*.[ch])
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O2 -g -fPIC -shared -o $@ $(filter %.c,$^) -ldl

$(B)/tools/flip_bits: ALL_LDFLAGS += \
	-Wl,--wrap=crypto_sign_verify_detached,--wrap=crypto_core_ed25519_is_valid_point

$(B)/tools/kill_witness: ALL_LDFLAGS += \
	-Wl,--wrap=mkostemp,--wrap=fchmod,--wrap=write,--wrap=fsync,--wrap=rename,--wrap=evhttp_send_reply

# A country's year, for audits and benchmarks.
SIMULATOR_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/simulator/*.c))
$(B)/tools/simulate: $(SIMULATOR_OBJ) $(CLIENT_PARTS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS) -lpthread

# Daemon, client and simulator are programs to it.
BENCH_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/*.c))
$(B)/tools/bench: $(BENCH_OBJ) $(CLIENT_PARTS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS) -llmdb -lpthread -lm

# By the public header alone, as others use the library.
$(B)/tools/library_replay: $(B)/tests/tools/library_replay.o $(LIB_A)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PROTO_LIBS)

# Of the client what it uses, and no library that it does not: one without libcurl starts in a quarter of the time.
$(B)/tools/%: $(B)/tests/tools/%.o $(B)/unit/client.a $(B)/unit/proto.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -Wl,--as-needed -o $@ $^ $(CLIENT_LIBS)

# Each fuzzer as a program of libFuzzer (VARIANT=fuzz CC=clang), and all of them over inputs that are kept.
FUZZ_OBJ := $(addprefix $(B)/tests/fuzz/,parsers.o parsers_http.o parsers_daemon.o spreadsheet.o signatures.o \
	library.o)
$(B)/run/%: tests/fuzz/one.c $(FUZZ_OBJ) $(B)/unit/client.a $(B)/unit/daemon.a $(B)/unit/proto.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -DFUZZ=$* $(LDFLAGS) -o $@ $^ $(CLIENT_LIBS) $(DAEMON_LIBS)
$(B)/fuzz/replay: $(B)/tests/fuzz/replay.o $(FUZZ_OBJ) $(B)/unit/client.a $(B)/unit/daemon.a \
		$(B)/unit/proto.a
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS) $(DAEMON_LIBS)

# tests/mutants: of some sources copies with all their mutants, or counted by gcov; others as they are.
changed = $(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $1 -MMD -MP -c -o $@ $<
ifeq ($(VARIANT),cov)
$(B)/proto/judge/%.o: proto/judge/%.c
	$(call changed,-O0 --coverage)
$(B)/proto/verify/%.o: proto/verify/%.c
	$(call changed,-O0 --coverage)
endif
ifneq ($(filter mutants% cov,$(VARIANT)),)
$(B)/%.o: $(B)/src/%.c
	$(call changed,-w -O1 -g0 -include tests/mutants/mutant.h)
$(B)/%.o: build/release/%.o
	@mkdir -p $(@D) && ln -sf $(abspath $<) $@
endif

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What the compiler warns of in the programs, without an object file; warnings-tests: in the unit tests.
warnings warnings-tests:
	$(Q)printf '%s\n' $(if $(filter warnings,$@),$(CHECKED),$(wildcard tests/unit/*/*.c tests/unit/*/*/*.c)) | \
		xargs -n 30 -P $(shell nproc) $(CC) $(ALL_CFLAGS) $(PKCS11) -fsyntax-only

$(B)/proto/record/ruleset.o: $(wildcard proto/rulesets/*.json)

# ---- the page ----------------------------------------------------------------------------------

# One file of the modules in client/page and of three packages of npm, which package-lock.json pins.
# Where npm is not to be had, the programs are built without it, and say so; `make page` then fails.
PAGE := build/page/bitacora.html
PAGE_SRC := $(wildcard client/page/*.js client/page/*.mjs client/page/*.json client/page/page.*) docs/FORMATS.md \
	proto/text/unicode_table.c client/show/label.c tests/vectors/ed25519/edges/edges.txt
MODULES := build/npm/node_modules
PAGE_NPM := client/page/package.json client/page/package-lock.json

$(B)/proto/sys/page.o: $(PAGE)

page: build/npm/installed
	$(Q)node client/page/build.mjs $(MODULES) $(PAGE)
	$(Q)sha256sum $(PAGE)

build/npm/installed: $(PAGE_NPM)
	@mkdir -p build/npm && cp $(PAGE_NPM) build/npm
	$(call say,NPM,build/npm)cd build/npm && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1
	$(Q)touch $@

# A page that could not be made is an empty file, which is tried again once npm is there.
$(PAGE): $(PAGE_SRC) $(shell test ! -e $(PAGE) || test -s $(PAGE) || ! command -v npm >/dev/null || echo page-again)
	@mkdir -p $(@D)
	$(Q){ $(MAKE) -s --no-print-directory build/npm/installed && $(if $(V),,printf '  %-7s %s\n' PAGE $@ &&) \
		node client/page/build.mjs $(MODULES) $@; } || \
		{ echo 'warning: npm or node is not there: built without the page (see build/npm/npm.log)' >&2; : >$@; }

-include $(PROTO_OBJ:.o=.d) $(SYS_OBJ:.o=.d) $(DAEMON_OBJ:.o=.d) $(CLIENT_OBJ:.o=.d) $(wildcard $(B)/tests/unit/*.d $(B)/tests/unit/*/*.d $(B)/tests/unit/*/*/*.d $(B)/tests/tools/*.d \
	$(B)/tests/simulator/*.d $(B)/tests/bench/*.d $(B)/tests/fuzz/*.d)
