# awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""The journal is closed without what has been accepted since the last flush."""

from awb_edit import replace

replace(
    "src/journal.js",
    """  async close() {
    await this.flush();
""",
    """  async close() {
    await this.#writing;
""",
)
