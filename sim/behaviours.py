"""The parameters of all behaviours, one section each; a behaviour is given its own section and nothing else."""

from dataclasses import dataclass

from agents.appraisal import AppraisalParameters
from agents.births import BirthParameters
from agents.cooperation import CooperationParameters
from agents.innovation import InnovationParameters
from agents.investment import InvestmentParameters
from agents.learning import LearningParameters
from agents.lifecycle import ProjectParameters
from agents.membership import MembershipParameters
from agents.search import SearchParameters
from sim.brokerage import BrokerageParameters
from sim.classification import ClassificationParameters
from sim.competitiveness import IndexParameters
from sim.finance import FinanceParameters
from sim.geography import SpaceParameters
from sim.market import MarketParameters
from sim.review import ReviewParameters
from sim.setting import SettingParameters
from sim.treasury import PublicParameters
from sim.turnover import TurnoverParameters


@dataclass(frozen=True)
class Behaviour:
    """configs/behaviour: a file each, of the same name."""

    search: SearchParameters
    appraisal: AppraisalParameters
    cooperation: CooperationParameters
    project: ProjectParameters
    brokerage: BrokerageParameters
    learning: LearningParameters
    innovation: InnovationParameters
    membership: MembershipParameters
    classification: ClassificationParameters
    investment: InvestmentParameters
    market: MarketParameters
    finance: FinanceParameters
    turnover: TurnoverParameters
    birth: BirthParameters
    space: SpaceParameters
    public: PublicParameters
    review: ReviewParameters
    index: IndexParameters
    setting: SettingParameters
