"""The distributions here are built and installed by the tests; their own tests run where they are installed."""

collect_ignore_glob = ["awb-*"]
