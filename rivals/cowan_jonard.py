"""A knowledge network whose ties follow from expected innovation alone (Cowan, Jonard and Zimmermann 2007, Management Science 53(7)).

Organisation i knows v_ik > 0 of type k = 1 .. K.  Every quarter everyone innovates once, alone or with one partner.
    pooled knowledge   v_ijk = (1 - theta) min(v_ik, v_jk) + theta max(v_ik, v_jk)                     theta: how far tasks come apart
    an innovation      f_ij  = A (sum_k v_ijk^b / K)^(1/b), and f_ii of oneself                        CES, substitution 1 / (1 - b)
    relational credit  r_ij  = d^(quarters since i and j last succeeded together), 0 if they never did
    structural credit  s_ij  = sum_m r_im r_mj / (partners with whom i ever succeeded)
    chance of success  p_ij  = p_low + (p_high - p_low) (a r_ij + (1 - a) s_ij); alone p_own           a: own against common experience
    return             R_ij  = p_ij f_ij, R_ii = p_own f_ii
    matching           the stable one, in which no two would leave what they have for each other: the best pair of all, then the best
                       of the rest, ..., of pairs with R_ij > R_ii and R_ij > R_jj
    success            both gain f_ij of one type, drawn in proportion to v_ijk

The mean inside f makes A a share of what is known, whatever K and b; in the article the scale goes with them.  s_ij is taken as the mean
of both sides' values, so that a pair agrees on its return and the matching is the only one.  Knowledge starts evenly in [1, 2].  p_own is
free, for the accounts differ on what one expects of oneself.
An ALLIANCE is an unbroken run of quarters with one partner: it starts with the first and ends when the two are not matched any more.
An innovation counts as a patent of each who made it.

Distance has no inverted U of its own here: with theta > 1/2 the more different the better, with theta < 1/2 the more alike; what holds
distance back is that strangers have no credit.  Nobody enters or leaves, so newcomers run out.  Written from the summary of the article
and the account of it by Watts and Gilbert (2014, Simulating Innovation, ch. 7), who could not reproduce its figures; the article itself
was not at hand.  Cowan and Jonard (2004, J. Econ. Dynamics and Control) is no rival here: its network is given, knowledge moves on it.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numba import njit

from agents.parameters import as_record, number
from rivals.luck import pick, uniform, uniforms
from rivals.notes import Notes, result
from sim.simulate import Progress, Result

FITTED = "fitted to the fit targets that the model can express; range a guess"
FREE = ("theta", "substitution", "growth", "own_credit", "discount", "chance_low", "chance_alone")


class Luck(IntEnum):
    """What a draw is for."""

    KNOWLEDGE = 101
    SUCCESS = 102
    TYPE = 103


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of the model above; values: configs/rival/cowan_jonard.yaml."""

    organisations: int = number("organisations", 4, 5000, "ours: 100 in the article, whose cost grows with the square", whole=True)
    types: int = number("types of knowledge (K)", 1, 50, "Watts and Gilbert 2014: 5", whole=True)
    burn_in: int = number("quarters", 0, 400, "ours: as long as the rich model's", whole=True)
    measured: int = number("quarters", 4, 400, "ours: five years", whole=True)
    theta: float = number("share (theta)", 0.0, 1.0, FITTED)
    substitution: float = number("exponent (b)", 0.05, 0.95, f"{FITTED} (Watts and Gilbert 2014: .1 and .99)")
    growth: float = number("share of pooled knowledge (A)", 0.01, 0.5, FITTED)
    own_credit: float = number("share (a)", 0.0, 1.0, FITTED)
    discount: float = number("1 / quarter (d)", 0.5, 0.995, f"{FITTED} (Watts and Gilbert 2014: .98)")
    chance_low: float = number("probability (p_low)", 0.3, 0.95, f"{FITTED} (Watts and Gilbert 2014: .75)")
    chance_high: float = number("probability (p_high)", 0.95, 1.0, "Watts and Gilbert 2014: .95")
    chance_alone: float = number("probability (p_own)", 0.3, 0.95, FITTED)


@njit(cache=True)
def created(own, other, p):
    """f_ij of two rows of knowledge (K,)."""
    total = 0.0
    for k in range(len(own)):
        low, high = min(own[k], other[k]), max(own[k], other[k])
        total += ((1.0 - p.theta) * low + p.theta * high) ** p.substitution
    return p.growth * (total / len(own)) ** (1.0 / p.substitution)


@njit(cache=True)
def chances(last, quarter, p):
    """p_ij of all pairs, f8 (n, n).  last i8 (n, n): quarter of the last success together, -1 for none."""
    count = len(last)
    credit = np.zeros((count, count))
    for i in range(count):
        partners = np.flatnonzero(last[i] >= 0)
        for m in partners:
            own = p.discount ** (quarter - last[i, m])
            credit[i, m] += p.own_credit * own
            for j in np.flatnonzero(last[m] >= 0):
                if j != i:
                    common = own * p.discount ** (quarter - last[m, j]) / len(partners)
                    credit[i, j] += 0.5 * (1.0 - p.own_credit) * common
                    credit[j, i] += 0.5 * (1.0 - p.own_credit) * common
    return p.chance_low + (p.chance_high - p.chance_low) * credit


@njit(cache=True)
def offers(knowledge, chance, p):
    """Pairs that both sides prefer to being alone: i8 (pairs,), i8 (pairs,) and their return f8 (pairs,).

    No mean of an exponent below 1 is above the plain mean, which is cheap and spares most pairs their powers.
    """
    count = len(knowledge)
    alone = np.array([p.chance_alone * created(knowledge[i], knowledge[i], p) for i in range(count)])
    most = count * (count - 1) // 2
    a, b, gain, found = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most), 0
    for i in range(count):
        for j in range(i):
            wanted, plain = max(alone[i], alone[j]), 0.0
            for k in range(knowledge.shape[1]):
                own, other = knowledge[i, k], knowledge[j, k]
                plain += (1.0 - p.theta) * min(own, other) + p.theta * max(own, other)
            if chance[i, j] * p.growth * plain / knowledge.shape[1] <= wanted:
                continue
            together = chance[i, j] * created(knowledge[i], knowledge[j], p)
            if together > wanted:
                a[found], b[found], gain[found] = j, i, together
                found += 1
    return a[:found], b[:found], gain[:found]


@njit(cache=True)
def matched(a, b, falling, count):
    """Partner of each, i8 (count,), -1 for none.  falling: places of the pairs from the best to the worst."""
    partner = np.full(count, -1)
    for pair in falling:
        if partner[a[pair]] < 0 and partner[b[pair]] < 0:
            partner[a[pair]], partner[b[pair]] = b[pair], a[pair]
    return partner


class Economy:
    """Knowledge, credit and partners of one run."""

    def __init__(self, p: Parameters, seed: int) -> None:
        self.p, self.seed, self.record = p, seed, as_record(p)
        self.knowledge = 1.0 + np.column_stack([uniforms(seed, Luck.KNOWLEDGE, 0, p.organisations, k) for k in range(p.types)])
        self.last = np.full((p.organisations, p.organisations), -1)
        self.partner, self.since = np.full(p.organisations, -1), np.zeros(p.organisations, np.int64)
        self.notes = Notes(p.organisations, p.burn_in, p.burn_in + p.measured)

    def step(self, quarter: int) -> None:
        """Match, note who is with whom, innovate."""
        chance = chances(self.last, quarter, self.record)
        a, b, gain = offers(self.knowledge, chance, self.record)
        partner = matched(a, b, np.argsort(-gain, kind="stable"), self.p.organisations)
        self._note(quarter, partner)
        self.partner = partner
        self.notes.look(quarter, partner >= 0, self._innovate(quarter, chance))

    def _note(self, quarter: int, partner: np.ndarray) -> None:
        for i in np.flatnonzero(partner != self.partner).tolist():
            before, now = int(self.partner[i]), int(partner[i])
            if i < before:
                self.notes.finish(quarter - 1, quarter - int(self.since[i]))
            if i < now:
                self.notes.start(quarter, (i, now), self.knowledge)
        self.since[partner != self.partner] = quarter

    def _innovate(self, quarter: int, chance: np.ndarray) -> np.ndarray:
        """Who succeeds gains knowledge; innovations of each, i8 (n,)."""
        before, made = self.knowledge.copy(), np.zeros(self.p.organisations, np.int64)
        for i, j in enumerate(np.where(self.partner >= 0, self.partner, np.arange(len(made))).tolist()):
            if i > j or uniform(self.seed, Luck.SUCCESS, quarter, i, j) >= (self.p.chance_alone if i == j else chance[i, j]):
                continue
            low, high = np.minimum(before[i], before[j]), np.maximum(before[i], before[j])
            kind = pick((1.0 - self.p.theta) * low + self.p.theta * high, uniform(self.seed, Luck.TYPE, quarter, i, j))
            self.knowledge[[i, j], kind] += created(before[i], before[j], self.record)
            made[[i, j]] = 1
            if i != j:
                self.last[i, j] = self.last[j, i] = quarter
        return made


def simulate(config: Parameters, seed: int, progress: Progress | None = None) -> Result:
    """Run the economy of `seed`; the figures that it can be asked for are the outcomes."""
    economy = Economy(config, seed)
    end = economy.notes.end
    for quarter in range(end):
        economy.step(quarter)
        if progress is not None:
            progress(quarter + 1, end)
    return result(economy.notes.measure(innovates=True))
