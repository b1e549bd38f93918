"""What a pack author tests with: `class TestPack(PackTests): distribution = "awb-pack-x"`."""

from awb_core.testing.packs import PackTests

__all__ = ["PackTests"]
