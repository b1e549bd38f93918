# awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""Only requests are waited for: deliveries under way are cut off when the last one is answered."""

from awb_edit import replace

replace(
    "src/app.js",
    """    await Promise.all([deliveries, runs, this.background.stop(), this.delivery.stop()]);
""",
    "    await Promise.all([runs, this.background.stop()]);\n",
)
