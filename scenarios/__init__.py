"""What if: one instrument or shock a file, and the registry that maps a `kind` in YAML to its class."""

from scenarios.attraction import Attraction
from scenarios.border_closed import BorderClosed
from scenarios.certification import Certification
from scenarios.concessional_loans import ConcessionalLoans
from scenarios.council import Council
from scenarios.decree import Decree
from scenarios.enlargement import Enlargement
from scenarios.guarantees import Guarantees
from scenarios.infrastructure import Infrastructure
from scenarios.interest_subsidy import InterestSubsidy
from scenarios.internal_market import InternalMarket
from scenarios.internationalisation import Internationalisation
from scenarios.ip_rules import IpRules
from scenarios.joint_grants import JointGrants
from scenarios.label import Label
from scenarios.matchmaking import Matchmaking
from scenarios.neutral_cash import NeutralCash
from scenarios.observatory import Observatory
from scenarios.platform import Platform
from scenarios.platform_lost import PlatformLost
from scenarios.policy_learning import PolicyLearning
from scenarios.preferential_tax import PreferentialTax
from scenarios.procurement import Procurement
from scenarios.promotion import Promotion
from scenarios.rate_rise import RateRise
from scenarios.re_equipment import ReEquipment
from scenarios.recession import Recession
from scenarios.registration import Registration
from scenarios.reimbursement import Reimbursement
from scenarios.research_subsidy import ResearchSubsidy
from scenarios.sanction import Sanction
from scenarios.smart_specialisation import SmartSpecialisation
from scenarios.student_grants import StudentGrants
from scenarios.thematic_platform import ThematicPlatform
from scenarios.training import Training
from scenarios.vouchers import Vouchers
from sim.instrument import Instrument

ALL: tuple[type[Instrument], ...] = (
    Attraction,
    BorderClosed,
    Certification,
    ConcessionalLoans,
    Council,
    Decree,
    Enlargement,
    Guarantees,
    Infrastructure,
    InterestSubsidy,
    InternalMarket,
    Internationalisation,
    IpRules,
    JointGrants,
    Label,
    Matchmaking,
    NeutralCash,
    Observatory,
    Platform,
    PlatformLost,
    PolicyLearning,
    PreferentialTax,
    Procurement,
    Promotion,
    RateRise,
    ReEquipment,
    Recession,
    Registration,
    Reimbursement,
    ResearchSubsidy,
    Sanction,
    SmartSpecialisation,
    StudentGrants,
    ThematicPlatform,
    Training,
    Vouchers,
)
INSTRUMENTS: dict[str, type[Instrument]] = {instrument.kind: instrument for instrument in ALL}
