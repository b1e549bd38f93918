"""The shipped suite of attacks: workflows that try to be scored without doing the work."""

from awb_core.attacks.editing import EDITING
from awb_core.attacks.forging import FORGING
from awb_core.attacks.leftovers import LEFTOVERS
from awb_core.attacks.planting import PlantedAttack
from awb_core.attacks.special import SPECIAL
from awb_core.attacks.steering import STEERING
from awb_core.attacks.suites import SUITES

ATTACKS: tuple[PlantedAttack, ...] = (*STEERING, *FORGING, *EDITING, *LEFTOVERS, *SPECIAL, *SUITES)

__all__ = ["ATTACKS", "PlantedAttack"]
