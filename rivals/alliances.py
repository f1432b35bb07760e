"""Alliances by labels: who joins whom depends on who was in the network before (Tomasello, Perra, Tessone, Karsai and Schweitzer 2014,
Scientific Reports 4, 5679), with lifetimes and exchange of knowledge (Vaccario, Tomasello, Tessone and Schweitzer 2018, J. Evol. Econ.).

Organisations i = 1 .. N have an activity a_i, Pareto with exponent g, mean 1, and no label at the start.  In a quarter:
    i begins an alliance with probability          1 - exp(-eta a_i)                                           (activation)
    it looks for m partners,                       P(m) = (1 - q) q^(m-1), m = 1, 2, ...                       (size)
    each of them is, if i carries a label:         same label p_s, another label p_d, no label p_n = 1 - p_s - p_d
                     if i carries none:            any label p_l, none 1 - p_l                                 (kind)
    and inside a kind j is chosen with probability k_j / sum k among labelled, evenly among others; k: links so far (attachment)
    all members are linked; a member without a label takes that of i; i, if it has none, that of its first labelled partner, or a new one
    an alliance ends with probability 1 / tau, so it lives tau quarters on average                             (lifetime)
    while it lives, members approach each other:   x_i <- (1 - mu) x_i + mu mean_j x_j  over the other members (exchange)
p_s = (1 - p_n) s with s = same_label, so that any three values are probabilities.

Chosen by us: activities and sizes are distributions with one parameter each, not the observed ones of the papers; where a kind is empty
the others are taken in proportion; who begins first is drawn; positions x are exponential in 8 fields.  Knowledge has no part in whom
one chooses, as in the papers: repeat partners are nearer only because they have exchanged, and with mu = 0 they are not.  Left out:
sectors, entry and exit (so newcomers run out where activity is high), growth of activity over calendar years.  Written from the papers'
descriptions; the articles and their estimates were not at hand.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from agents.parameters import number
from rivals.luck import pick, uniform, uniforms
from rivals.notes import Notes, result
from sim.simulate import Progress, Result

FITTED = "fitted to the fit targets that the model can express; range a guess"
FIELDS = 8
MOST = 20
"""Partners that one alliance has at most."""
FREE = ("activity", "activity_tail", "larger", "to_newcomers", "same_label", "newcomer_to_labelled", "lifetime")


class Luck(IntEnum):
    """What a draw is for."""

    ACTIVITY = 1
    POSITION = 2
    ACTIVE = 3
    ORDER = 4
    SIZE = 5
    KIND = 6
    PARTNER = 7
    END = 8


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of the model above; values: configs/rival/alliances.yaml."""

    organisations: int = number("organisations", 10, 20_000, "ours: the size of a small world of the rich model", whole=True)
    burn_in: int = number("quarters", 0, 400, "ours: a shorter one cuts lives short, a longer one leaves no newcomers", whole=True)
    measured: int = number("quarters", 4, 400, "ours: five years", whole=True)
    activity: float = number("alliances begun / quarter (eta)", 0.002, 0.06, FITTED)
    activity_tail: float = number("exponent of activities (g)", 1.2, 4.0, f"{FITTED} (Perra et al. 2012: broad)")
    larger: float = number("probability of one more partner (q)", 0.02, 0.5, FITTED)
    to_newcomers: float = number("probability (p_n)", 0.0, 1.0, FITTED)
    same_label: float = number("share of labelled partners (s)", 0.0, 1.0, FITTED)
    newcomer_to_labelled: float = number("probability (p_l)", 0.0, 1.0, FITTED)
    lifetime: float = number("quarters (tau)", 1.0, 24.0, f"{FITTED} (Vaccario et al. 2018: about two years)")
    exchange: float = number("share of the way / quarter (mu)", 0.0, 0.1, "guess (Vaccario et al. 2018: very low)", null=0.0)


class Network:
    """Organisations, labels and running alliances of one run."""

    def __init__(self, p: Parameters, seed: int) -> None:
        count = p.organisations
        self.p, self.seed = p, seed
        broad = uniforms(seed, Luck.ACTIVITY, 0, count) ** (-1.0 / p.activity_tail)
        self.rate = 1.0 - np.exp(-p.activity * broad / broad.mean())
        self.position = np.column_stack([-np.log(uniforms(seed, Luck.POSITION, 0, count, field)) for field in range(FIELDS)])
        self.label = np.full(count, -1)
        self.links = np.zeros(count)
        self.labels = 0
        self.running: list[tuple[int, list[int]]] = []  # (quarter of the start, members, who began it first)
        self.notes = Notes(count, p.burn_in, p.burn_in + p.measured)

    def step(self, quarter: int) -> None:
        """Alliances begin, exchange knowledge, are looked at, and end."""
        count = self.p.organisations
        active = np.flatnonzero(uniforms(self.seed, Luck.ACTIVE, quarter, count) < self.rate)
        order = np.argsort(uniforms(self.seed, Luck.ORDER, quarter, count)[active])
        for i in active[order].tolist():
            self._begin(quarter, i)
        partners = np.zeros(count, bool)
        for _, team in self.running:
            self._exchange(team)
            partners[team] = True
        self.notes.look(quarter, partners)
        self._end(quarter)

    def _begin(self, quarter: int, i: int) -> None:
        luck = uniform(self.seed, Luck.SIZE, quarter, i)
        wanted = min(MOST, 1 + int(np.log(luck) / np.log(self.p.larger)))
        team = [i]
        for turn in range(wanted):
            partner = self._partner(quarter, turn, team)
            if partner is not None:
                team.append(partner)
        if len(team) == 1:
            return
        self.notes.start(quarter, team, self.position)
        self.running.append((quarter, team))
        self._spread_label(team)
        self.links[team] += len(team) - 1

    def _partner(self, quarter: int, turn: int, team: list[int]) -> int | None:
        """One more partner for who began the team, or nobody if all kinds are empty."""
        own, p = self.label[team[0]], self.p
        free, known = np.ones(p.organisations, bool), self.label >= 0
        free[team] = False
        if own >= 0:
            same = (1.0 - p.to_newcomers) * p.same_label
            kinds = [(same, self.label == own), (1.0 - p.to_newcomers - same, known & (self.label != own)), (p.to_newcomers, ~known)]
        else:
            kinds = [(p.newcomer_to_labelled, known), (1.0 - p.newcomer_to_labelled, ~known)]
        there = [(weight, np.flatnonzero(kind & free)) for weight, kind in kinds if weight > 0.0]
        there = [(weight, rows) for weight, rows in there if len(rows)]
        if not there:
            return None
        kind = pick(np.array([weight for weight, _ in there]), uniform(self.seed, Luck.KIND, quarter, team[0], turn))
        rows = there[kind][1]
        weight = np.maximum(self.links[rows], 1.0)  # the labelled have links, the others none: those are chosen evenly
        return int(rows[pick(weight, uniform(self.seed, Luck.PARTNER, quarter, team[0], turn))])

    def _spread_label(self, team: list[int]) -> None:
        labels = [int(self.label[i]) for i in team if self.label[i] >= 0]
        if not labels:
            self.labels += 1
        taken = labels[0] if labels else self.labels - 1
        for i in team:
            if self.label[i] < 0:
                self.label[i] = taken

    def _exchange(self, team: list[int]) -> None:
        known = self.position[team]
        others = (known.sum(axis=0) - known) / (len(team) - 1)
        self.position[team] = known + self.p.exchange * (others - known)

    def _end(self, quarter: int) -> None:
        going = []
        for since, team in self.running:
            if uniform(self.seed, Luck.END, quarter, team[0], since) < 1.0 / self.p.lifetime:
                self.notes.finish(quarter, quarter - since + 1)
            else:
                going.append((since, team))
        self.running = going


def simulate(config: Parameters, seed: int, progress: Progress | None = None) -> Result:
    """Run the network of `seed`; the figures that it can be asked for are the outcomes."""
    network = Network(config, seed)
    end = network.notes.end
    for quarter in range(end):
        network.step(quarter)
        if progress is not None:
            progress(quarter + 1, end)
    return result(network.notes.measure(innovates=False))
