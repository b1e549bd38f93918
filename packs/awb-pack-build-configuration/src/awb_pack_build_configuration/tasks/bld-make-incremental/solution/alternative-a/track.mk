# What has changed since the last build in $(BUILD)
#
# make compares times, but what counts here is content. So no rule names a file of the tree as
# its prerequisite; it names the file's mark, $(SEEN)/FILE, which is touched when the checksum
# of the file is a new one, and is gone when the file is. The mark of a generated file holds its
# content. Settings and lists (of sources, of imports) have a record each, written when they
# differ from what it holds.

STATE := $(BUILD)/.state
SEEN  := $(STATE)/seen
INPUT := src tests tools data config.ini VERSION

# $(call record,FILE,TEXT): write TEXT, unless that is what FILE holds. TEXT must not be empty.
record = $(if $(call differ,$(file <$1),$2),$(file >$1,$2))
differ = $(subst <$1>,,<$2>)$(subst <$2>,,<$1>)

# Compares two lists of checksums and prints what to do: "touch MARK", "remove MARK", and for a
# header that may hide others of its name, "again MARK" for all that have it. Names that make
# could not handle are left out; no source can have one.
MARKS_AWK := \
  { name = $$0; sub(/^[0-9]+ [0-9]+ /, "", name); } \
  name ~ /[ \t\042\047\\$$%:;\043*?\[\]|&<>(){}=`]/ { next; } \
  FILENAME == old { was[name] = $$1 " " $$2; next; } \
  { is[name] = 1; base = name; sub(/.*\//, "", base); names[base] = names[base] " " name; } \
  !(name in was) { print "touch", name; if (name ~ /^src\/(lib|cli)\/[^\/]+$$/ && name !~ /\.c$$/) fresh[base] = 1; next; } \
  was[name] != $$1 " " $$2 { print "touch", name; } \
  END { \
    for (name in was) if (!(name in is)) print "remove", name; \
    for (base in fresh) { \
      print "again", "gen/" base; \
      count = split(names[base], same, " "); \
      for (i = 1; i <= count; i++) print "again", same[i]; \
    } \
  }

# The marks are set before the checksums are kept: what is interrupted is done once more.
define MARKS_SH
  LC_ALL=C; export LC_ALL; set -e; cd '$(CURDIR)';
  mkdir -p '$(SEEN)/gen';
  : >>'$(STATE)/sums';
  find $(INPUT) -type f -exec cksum {} + 2>/dev/null | sort -k 3 >'$(STATE)/sums.new';
  awk -v old='$(STATE)/sums' '$(MARKS_AWK)' '$(STATE)/sums' '$(STATE)/sums.new' >'$(STATE)/marks';
  if test -s '$(STATE)/marks'; then
    sed -n 's|^touch ||p' '$(STATE)/marks' >'$(STATE)/names';
    sed -n 's|^\(.*\)/[^/]*$$|$(SEEN)/\1|p' '$(STATE)/names' | sort -u | xargs mkdir -p '$(SEEN)';
    sed 's|^|$(SEEN)/|' '$(STATE)/names' | xargs touch '$(SEEN)';
    sed -n 's|^again |$(SEEN)/|p' '$(STATE)/marks' | xargs touch -c '$(SEEN)';
    sed -n 's|^remove |$(SEEN)/|p' '$(STATE)/marks' | xargs rm -f '$(STATE)/names';
    mv '$(STATE)/sums.new' '$(STATE)/sums';
  fi;
  rm -f '$(STATE)/sums.new' '$(STATE)/marks' '$(STATE)/names'
endef

define newline


endef
$(shell $(subst $(newline), ,$(MARKS_SH)))
ifneq ($(.SHELLSTATUS),0)
$(error cannot keep marks in $(STATE))
endif

# The modules in tools/ that a script there imports, itself or through others, as SCRIPT=FILE.
IMPORTS_AWK := \
  FNR == 1 { me = FILENAME; sub(/^tools\//, "", me); sub(/\.py$$/, "", me); \
             sub(/\/__init__$$/, "", me); gsub(/\//, ".", me); file[me] = FILENAME; } \
  /^[ \t]*(import|from)[ \t]/ { \
    line = $$0; sub(/\043.*/, "", line); \
    if (line ~ /^[ \t]*from/) { sub(/[ \t]import[ \t(].*/, "", line); } \
    gsub(/[ \t]as[ \t]+[A-Za-z0-9_]+/, " ", line); gsub(/[,;]/, " ", line); \
    count = split(line, word, " "); \
    for (i = 2; i <= count; i++) { top = word[i]; sub(/\..*/, "", top); uses[me] = uses[me] " " top; } \
  } \
  function walk(root, name,   part, count, i, other) { \
    count = split(uses[name], part, " "); \
    for (i = 1; i <= count; i++) \
      for (other in file) \
        if ((other == part[i] || index(other, part[i] ".") == 1) && !((root, other) in done)) { \
          done[root, other] = 1; print root "=" file[other]; walk(root, other); \
        } \
  } \
  END { for (name in file) walk(name, name); }

IMPORTS := $(sort $(shell find tools -name '*.py' -type f -exec awk '$(IMPORTS_AWK)' {} +))

# A mark is only ever set above. Where one is missing its file is, and what needed it is remade.
$(SEEN)/%: ; @:

# Turns the rules that the compiler wrote, in whatever layout, into ones that name marks. Whatever
# lies outside of the project is named itself, with an empty rule in case it goes away.
DEPENDS_AWK := \
  function plain(path) { \
    gsub(/\/\/+/, "/", path); \
    while (sub(/\/\.\//, "/", path)) ; sub(/^(\.\/)+/, "", path); \
    while (match(path, /[^\/]+\/\.\.\//) && substr(path, RSTART, RLENGTH) != "../../") \
      path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH); \
    return path; \
  } \
  function below(path, folder) { return index(path, folder "/") == 1; } \
  BEGIN { gen = plain(gen); root = plain(root); \
          absolute = below(gen, "") ? gen : plain(root "/" gen); } \
  /^[ \t]*\043/ { next; } \
  { sub(/\r$$/, ""); more = sub(/\\[ \t]*$$/, ""); text = text " " $$0; if (more) next; } \
  { \
    if (match(text, /:([ \t]|$$)/)) text = substr(text, RSTART + 1); \
    rules = rules " " text; text = ""; \
  } \
  END { \
    count = split(rules " " text, path, " "); \
    for (i = 1; i <= count; i++) { \
      name = plain(path[i]); \
      if (name in seen) continue; \
      seen[name] = 1; \
      if (below(name, gen)) name = "$$(SEEN)/gen/" substr(name, length(gen) + 2); \
      else if (below(name, absolute)) name = "$$(SEEN)/gen/" substr(name, length(absolute) + 2); \
      else { \
        if (below(name, root)) name = substr(name, length(root) + 2); \
        if (name !~ /^(src|tests|tools|data)\//) outside = outside name ":;\n"; else name = "$$(SEEN)/" name; \
      } \
      print target ": " name; \
    } \
    printf "%s", outside; \
  }
