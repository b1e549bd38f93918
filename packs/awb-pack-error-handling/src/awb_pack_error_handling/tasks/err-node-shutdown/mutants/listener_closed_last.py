# awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""New connections are let in until the last request and the last delivery have ended."""

from awb_edit import replace

SERVER = "src/http/server.js"

replace(
    "src/app.js",
    """    await this.server.close();
    await Promise.all([deliveries, runs, this.background.stop(), this.delivery.stop()]);""",
    """    await Promise.all([deliveries, runs, this.background.stop(), this.delivery.stop()]);
    await this.server.close();""",
)
replace(
    SERVER,
    """    const closed = new Promise((resolve) => this.server.close(resolve));
""",
    "",
)
replace(
    SERVER,
    "    await closed;\n",
    """    while (this.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => this.server.close(resolve));
""",
)
