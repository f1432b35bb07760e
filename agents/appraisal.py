"""What one organisation thinks of another: expected value, cost and leakage, as each side sees them.

    U_ij = base + gain V^_ij - C_ij - leakage O_ij (1 - ip) / (1 + t_ij) + trust t_ij + pay E_ij          (index, logit scale 1)

V^_ij = V_ij exp(n z - n^2 / 2)     value (agents/knowledge.py) seen with noise n, which falls with the root of the meetings
C_ij  = distance ln(1 + d_ij / near) (1 - ict min(ict_i, ict_j)) + border I_ij + sector (1 - cos_ij) + thin / (1 + L_i / thin_staff)
         (distance and border less science_relief of them where both are science)
O_ij  = market overlap: 1 for firms of one sector and stage, halved over stages and halved again over a border
t_ij  = trust, E_ij = expected share of the cost that a programme pays

Sources: proximity dimensions, Boschma (2005); inverted U of V, Nooteboom et al. (2007); noise falling with meetings, guess.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from agents.draws import bits, normal, open_unit
from agents.knowledge import value
from agents.parameters import number


@dataclass(frozen=True, slots=True)
class AppraisalParameters:
    """Parameters of the appraisal of a partner."""

    base: float = number("logit", -8, 2, "calibrated (docs/evidence.md)")
    gain: float = number("logit / value", 0, 15, "calibrated (docs/evidence.md): only base + gain x mean value is identified")
    reach: float = number("1 - proximity", 0.05, 1, "guess (Cowan and Jonard 2004 use a band of distances)")
    stretch: float = number("1 - proximity", 0, 1, "calibrated (docs/evidence.md); idea: Nooteboom et al. 2007", null=0)
    distance: float = number("logit / ln(km / near)", 0, 0.3, "calibrated (docs/evidence.md)", null=0)
    near: float = number("km", 1, 500, "assumption: a daily trip; the scale on which distance starts to matter")
    border: float = number("logit / institutional distance", 0, 1, "calibrated (docs/evidence.md)", null=0)
    sector: float = number("logit / (1 - cosine)", 0, 3, "guess", null=0)
    thin: float = number("logit", 0, 3, "guess: own capacity to manage a partnership", null=0)
    thin_staff: float = number("persons", 1, 1000, "guess: staff at which half of that cost is gone")
    trust: float = number("logit / trust", 0, 2, "calibrated (docs/evidence.md)", null=0)
    pay: float = number("logit / share", 0, 5, "guess", null=0)
    leakage: float = number("logit", 0, 3, "guess (spillovers to rivals; Cassiman and Veugelers 2002)", null=0)
    ict_relief: float = number("share of distance cost", 0, 0.8, "guess", null=0)
    science_relief: float = number("share of both", 0, 1, "guess: less binds science (Scherngell and Barber 2011)", null=0)
    pooling: float = number("logit", 0, 5, "guess: fixed costs shared in a consortium", null=0)
    business_base: float = number("logit", -8, 2, "calibrated (docs/evidence.md): opportunities a B2B meeting [N20]")
    business_match: float = number("logit / proximity", 0, 5, "by hand: opportunities a B2B meeting, 85 / 3000 [N20]")


class Sight(NamedTuple):
    """What organisations see of each other, frozen at the start of a phase (arrays over rows of the population)."""

    id: np.ndarray
    kind: np.ndarray
    country: np.ndarray
    place: np.ndarray
    sector: np.ndarray
    stage: np.ndarray
    cluster: np.ndarray
    staff: np.ndarray
    knowledge: np.ndarray
    distance: np.ndarray  # (P, P) km
    institution: np.ndarray  # (C, C)
    sector_cosine: np.ndarray  # (S, S)
    ict: np.ndarray  # (C,)
    blur: np.ndarray  # over rows: part of the noise in what one sees of it, and it of others, that is left; 1 without an observatory
    leak: np.ndarray  # over rows: part of leakage that rules on intellectual property leave, 1 without rules


@njit(cache=True)
def overlap(s, i, j):
    """Market overlap O_ij in [0, 1]; science competes with nobody."""
    if s.kind[i] != 0 or s.kind[j] != 0 or s.sector[i] != s.sector[j]:
        return 0.0
    amount = 1.0 if s.stage[i] == s.stage[j] else 0.5
    return amount if s.country[i] == s.country[j] else 0.5 * amount


@njit(cache=True)
def separation(s, p, i, j):
    """Part of the cost that lies between two organisations: place and border, less where both are science (the same for both sides)."""
    relief = 1.0 - p.ict_relief * min(s.ict[s.country[i]], s.ict[s.country[j]])
    away = p.distance * math.log(1.0 + s.distance[s.place[i], s.place[j]] / p.near) * relief
    cost = away + p.border * s.institution[s.country[i], s.country[j]]
    return cost * (1.0 - p.science_relief) if s.kind[i] != 0 and s.kind[j] != 0 else cost


@njit(cache=True)
def seen_value(s, p, k_noise, i, j, noise):
    """V^_ij: value of j for i as i sees it; the error is i's own and lasts the quarter.  Who is listed on both sides is seen better."""
    worth = value(s.knowledge, i, j, p.reach, p.stretch)
    noise *= max(s.blur[i], s.blur[j])
    if noise == 0.0:
        return worth
    z = normal(open_unit(bits(k_noise, s.id[i], s.id[j])))
    return worth * math.exp(noise * z - 0.5 * noise * noise)


@njit(cache=True)
def appraise(s, p, k_noise, i, j, noise, trust, paid):
    """U_ij, what i expects of a joint project with j (formula above).

    noise: standard deviation of the log error; trust: t_ij >= 0; paid: E_ij in [0, 1].
    """
    cost = separation(s, p, i, j)
    cost += p.sector * (1.0 - s.sector_cosine[s.sector[i], s.sector[j]])
    cost += p.thin / (1.0 + s.staff[i] / p.thin_staff)
    leak = p.leakage * overlap(s, i, j) * max(s.leak[i], s.leak[j]) / (1.0 + trust)
    return p.base + p.gain * seen_value(s, p, k_noise, i, j, noise) - cost - leak + p.trust * trust + p.pay * paid
