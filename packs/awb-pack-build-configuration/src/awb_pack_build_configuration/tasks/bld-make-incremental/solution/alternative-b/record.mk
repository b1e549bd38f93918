# How an output is made only when it must be.
#
# Each recipe runs every time, but begins with a look at its record, a file below $(OUT)/.made: the settings and the
# checksums of all files that went into the output. When the record still holds, the recipe ends there. A record is
# removed before a tool starts and written after it has succeeded, so that what was interrupted is made again.

MADE   := $(OUT)/.made
record  = $(@:$(OUT)/%=$(MADE)/%)

SHELL := /bin/sh
.SHELLFLAGS := -ec
.ONESHELL:
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

# `again` is no file; what depends on it is looked at each time.
.PHONY: again
again:

# $(call quote,TEXT): one word for the shell, whatever is in it.
quote = '$(subst ','\'',$1)'

# $(call run,COMMAND): show it, as make does, and run it.
run = printf '%s\n' $(call quote,$1)$(newline)$1
define newline


endef

# The shell function `unchanged` compares the record with what `inputs`, defined before, prints now; `recorded` writes it.
define keep_record
unchanged() { test -f $(record) && inputs 2>&1 | cmp -s - $(record); }
recorded() { inputs >$(record).new && mv $(record).new $(record); }
begin() { mkdir -p $(@D) $(dir $(record)) && rm -f $(record); }
endef

# --- Compilation ---------------------------------------------------------------------------------------------------

compile_command = $(CC) $(CPPFLAGS) $(CFLAGS) $(INCLUDES) -MMD -MF $(record).d -c -o $@ $<

# A file is found in the first of these folders that has it.
search = $(patsubst %/,%,$(dir $<)) src/lib src/cli $(GEN)

# The files the compiler read come from its own list, made into one name a line. A file that is new in a folder which is
# searched earlier counts too, as it may be taken instead.
define compile
@inputs() {
    printf '%s\n' $(call quote,$(CC)) $(call quote,$(CPPFLAGS)) $(call quote,$(CFLAGS)) $(call quote,$(INCLUDES))
    xargs cksum <$(record).files || :
    while read -r file; do
        for folder in $(search); do
            case $$file in "$$folder"/*) break ;; esac
        done
        for earlier in $(search); do
            test "$$earlier" != "$$folder" || break
            test ! -e "$$earlier/$${file#"$$folder"/}" || printf 'instead %s\n' "$$earlier/$${file#"$$folder"/}"
        done
    done <$(record).files
}
$(keep_record)
if test -f $@ && test -f $(record).files && unchanged; then exit 0; fi
begin
$(call run,$(compile_command))
sed 's/\\$$//' $(record).d | tr -s ' \t' '\n\n' | sed -e '/:$$/d' -e '/^$$/d' >$(record).files
recorded
endef

# --- Archives and programs -------------------------------------------------------------------------------------------

# What goes in, and what of it has been made since.
parts = $(filter-out again,$^)
newer = $(filter-out again,$?)

archive_command = $(AR) rc $@ $(parts)

define archive
@inputs() { printf '%s\n' $(parts); }
$(keep_record)
if test -f $@ && test -z "$(newer)" && unchanged; then exit 0; fi
begin
rm -f $@
$(call run,$(archive_command))
recorded
endef

link_command = $(CC) $(LDFLAGS) -o $@ $(parts) $(LDLIBS)

define link
@inputs() { printf '%s\n' $(parts) $(call quote,$(LDFLAGS)) $(call quote,$(LDLIBS)); }
$(keep_record)
if test -f $@ && test -z "$(newer)" && unchanged; then exit 0; fi
begin
$(call run,$(link_command))
recorded
endef

# --- Generators ------------------------------------------------------------------------------------------------------

GENERATORS :=

# Python would leave its caches beside the scripts, and may take an old one for a script changed within a second.
python = PYTHONDONTWRITEBYTECODE=1 PYTHONPYCACHEPREFIX=$(MADE)/none $(PYTHON)

# $(call generator,NAME,OUTPUTS,INPUTS,COMMAND): one target stands for the run, the outputs hang on it.
define generator
GENERATORS += $(MADE)/$(strip $1).run
$(MADE)/$(strip $1).run: outputs := $(addprefix $(GEN)/,$2)
$(MADE)/$(strip $1).run: reads := $3
$(MADE)/$(strip $1).run: script := $(firstword $4)
$(MADE)/$(strip $1).run: arguments = $(strip $4)
$(MADE)/$(strip $1).run: again
	$$(generate)
$(addprefix $(GEN)/,$2): $(MADE)/$(strip $1).run ;
endef

# Prints a script and all modules beside it that it imports, directly or through others.
define imported
awk -v script=$(script) '
    function add(path,   line) {
        if (path in seen || (getline line < path) < 0) return
        close(path)
        seen[path] = 1
        files[++count] = path
    }
    function module(folder, name,   words, n, i) {
        n = split(name, words, ".")
        for (i = 1; i <= n; i++) {
            folder = folder "/" words[i]
            add(folder ".py")
            add(folder "/__init__.py")
        }
    }
    function statement(text, home,   words, n, i, from, folder) {
        gsub(/[(),]/, " ", text)
        n = split(text, words, " ")
        if (words[1] == "import") {
            for (i = 2; i <= n; i++) module(top, words[i])
        } else if (words[1] == "from" && words[3] == "import") {
            from = words[2]
            folder = top
            if (sub(/^[.]/, "", from)) folder = home
            while (sub(/^[.]/, "", from)) sub("/[^/]*$$", "", folder)
            if (from != "") module(folder, from)
            for (i = 4; i <= n; i++) module(folder, (from == "" ? "" : from ".") words[i])
        }
    }
    BEGIN {
        top = script
        sub("/[^/]*$$", "", top)
        add(script)
        for (at = 1; at <= count; at++) {
            home = files[at]
            sub("/[^/]*$$", "", home)
            while ((getline line < files[at]) > 0) {
                n = split(line, statements, ";")
                for (i = 1; i <= n; i++) statement(statements[i], home)
            }
            close(files[at])
            print files[at]
        }
    }'
endef

# A failed generator leaves no output: half of one would be taken for a whole one by a compiler started by hand.
define generate
@inputs() {
    printf '%s\n' $(call quote,$(arguments))
    cksum $(reads) $$($(imported)) || :
}
there() { for output in $(outputs); do test -f "$$output" || return 1; done; }
unchanged() { test -f $@ && inputs 2>&1 | cmp -s - $@; }
if there && unchanged; then exit 0; fi
mkdir -p $(GEN) $(@D)
rm -f $@
printf '%s\n' $(call quote,$(PYTHON) $(arguments))
$(python) $(arguments) || { rm -f $(outputs); exit 1; }
inputs >$@.new
mv $@.new $@
endef
