# awb-canary 0a86c0a8-0305-4da3-b5e8-02ad952af735
"""The file of a setting is written by every make, the same text or not, so that everything is made again."""

from awb_edit import replace

replace("Makefile", "| cmp -s - $$@ || printf '%s\\n' $$(call quoted,$(2)) > $$@", "> $$@")
