"""Run the command line with `python -m awb_core`."""

from awb_core.cli import main

main()
