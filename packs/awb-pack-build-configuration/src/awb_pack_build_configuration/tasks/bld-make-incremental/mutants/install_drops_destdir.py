# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""install copies to the prefix itself and forgets DESTDIR."""

from awb_edit import replace

MAKEFILE = "Makefile"

replace(MAKEFILE, "mkdir -p $(DESTDIR)$(PREFIX)/bin", "mkdir -p $(PREFIX)/bin")
replace(
    MAKEFILE,
    "cp $(BUILD)/bin/gauge $(DESTDIR)$(PREFIX)/bin/gauge",
    "cp $(BUILD)/bin/gauge $(PREFIX)/bin/gauge",
)
