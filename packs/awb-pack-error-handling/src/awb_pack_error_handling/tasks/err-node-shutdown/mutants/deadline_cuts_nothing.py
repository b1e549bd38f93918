# awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""The deadline and a second signal are noted, but requests and deliveries are still waited for."""

from awb_edit import replace

replace(
    "src/app.js",
    """    this.server.cut();
    this.downstream.close();
    await drained""",
    "    await drained",
)
