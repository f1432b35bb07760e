"""What if: one instrument or shock a file, and the registry that maps a `kind` in YAML to its class."""

from scenarios.joint_grants import JointGrants
from scenarios.matchmaking import Matchmaking
from scenarios.neutral_cash import NeutralCash
from scenarios.platform import Platform
from scenarios.research_subsidy import ResearchSubsidy
from sim.instrument import Instrument

INSTRUMENTS: dict[str, type[Instrument]] = {
    instrument.kind: instrument for instrument in (JointGrants, ResearchSubsidy, NeutralCash, Matchmaking, Platform)
}
