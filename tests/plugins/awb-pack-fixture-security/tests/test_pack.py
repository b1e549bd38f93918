"""The pack is well-formed, and its oracle measures what it says."""

from pathlib import Path
from typing import ClassVar

import awb_pack_fixture_security
from awb_pack_fixture_security.probes import ProbesOracle

from awb_core.protocols import Oracle
from awb_core.testing import OracleTests, PackTests

TASK = Path(awb_pack_fixture_security.__file__).parent / "tasks/fx-clean-path"


class TestPack(PackTests):
    """Check the installed pack."""

    distribution = "awb-pack-fixture-security"


class TestProbes(OracleTests):
    """Check the oracle on the pack's own task."""

    check = "hostile"
    expected: ClassVar = {"noop": 0.0, "partial": 0.38, "minimal": 0.95, "canonical": 1.0}

    def oracle(self) -> Oracle:
        """Return the oracle under test."""
        return ProbesOracle()

    def task(self, folder: Path) -> Path:
        """Return the task that uses it."""
        del folder
        return TASK
