# awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""Every response ends its connection, not only those sent while draining."""

from awb_edit import replace

replace(
    "src/http/server.js",
    "    if (this.draining) this.#last(response);",
    "    this.#last(response);",
)
