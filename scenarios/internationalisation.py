"""Third-country internationalisation: help with entering markets outside every bloc that a firm's country belongs to [N20].

The EU's strategic cluster partnerships helped small firms towards third countries; markets inside the bloc get nothing here.
"""

from dataclasses import dataclass
from typing import ClassVar

from scenarios.certification import Certification


@dataclass(frozen=True, slots=True, kw_only=True)
class Internationalisation(Certification):
    """Bears `share` of the cost of entering third countries and the rest of the world, at most `cap` a firm and quarter."""

    kind: ClassVar[str] = "internationalisation"
    reach: ClassVar[tuple[float, float]] = (0.0, 1.0)
