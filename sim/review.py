"""Ministries review their programmes once a year: what they see of results is naive and noisy, and their money follows a rule.

What is seen.  For country c and programme p with annual budget b_cp (its part before any review), of the year that has passed,
    result_cp = (innovations a year of those served - of those who qualified and were not served) x those served / b_cp
    seen_cp   = result_cp + noise_c x scale_c x z,   scale_c = mean over p of |result_cp|,   z standard normal by (programme, country)
Naive: those served were better to begin with, so selection passes for success.  noise_c falls with the clarity of observatories.
Rules.
    fixed         nothing changes
    performance   share_cp ~ share_cp exp(pace x clip((seen_cp - mean_c) / scale_c, -2, 2)), no share below floor / programmes
    learning      the same, then a part `copied` of the mix of the structurally most similar policy country (sim/benchmarking.py), if it
                  sees a better yield of its money than c does
A country's budget stays what it was: only its division among programmes moves (Programme.mix).  Programmes of a common purse, of the
status quo, residual ones and shocks are not reviewed.  [N20]: evaluation and continual improvement; forms and numbers guesses.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple
from zlib import crc32

import numpy as np
from numba import njit

from agents.draws import Purpose, bits, normal, open_unit
from agents.parameters import number
from sim.benchmarking import distances
from sim.calendar import YEAR
from sim.programme import open_programmes

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World

CLIP = 2.0
"""No result counts for more than so many times the usual one."""


@dataclass(frozen=True, slots=True)
class ReviewParameters:
    """How ministries judge and re-allocate."""

    rule: Literal["fixed", "performance", "learning"]
    pace: float = number("log share a year per unit of result", 0, 5, "guess", null=0)
    noise: float = number("sd over the usual result", 0, 10, "guess: evaluations are rough", null=0)
    floor: float = number("share of an equal part", 0, 1, "guess: no programme is starved at once", null=1)
    copied: float = number("share a year", 0, 1, "guess", null=0)
    sectors: float = number("weight against the other columns", 0, 10, "guess")


class Seen(NamedTuple):
    """What ministries see, f8 (C, P) over reviewed programmes; yield f8 (C,): what a country sees of all its money together."""

    result: np.ndarray
    scale: np.ndarray
    money: np.ndarray
    total: np.ndarray


def review(world: "World") -> None:
    """Phase 1, once a year after the programmes opened.  Writes the programmes' mix; forgets whom they served."""
    age = world.quarter - world.opens
    if age <= 0 or age % YEAR != 0:
        return
    programmes, p = reviewed(world), world.config.behaviour.review
    copied = copying(world)
    if programmes and (p.rule != "fixed" or copied.any()):
        seen = look(world, programmes)
        mix = _shares(seen.money)
        if p.rule != "fixed":
            mix = _performance(mix, seen, p)
        mix = _learned(world, mix, seen, copied)
        _reallocate(programmes, seen.money, mix)
    for programme in world.programmes.values():
        programme.served[:] = -1


def reviewed(world: "World") -> list["Programme"]:
    """Programmes that ministries decide on, by name."""
    return [
        each
        for each in open_programmes(world)
        if each.instrument.start >= 0 and not each.instrument.residual_of and not each.instrument.free and each.key_of_pool is None
        and each.base[0] >= 0.0
    ]  # fmt: skip


def clarity(world: "World") -> np.ndarray:
    """Part of the noise of its reviews that a country is spared by the observatories it pays for, f8 (C,)."""
    return _offered(world, "review_clarity")


def copying(world: "World") -> np.ndarray:
    """Part of the mix of its reference country that a country copies, f8 (C,): by the rule or by a programme of policy learning."""
    p = world.config.behaviour.review
    always = p.copied if p.rule == "learning" else 0.0
    return np.where(world.countries.policy, np.maximum(_offered(world, "review_copies"), always), 0.0)


def _offered(world: "World", name: str) -> np.ndarray:
    """Sum of a number of all running programmes by the countries that pay for them, at most 1; f8 (C,)."""
    total = np.zeros(len(world.countries))
    for programme in open_programmes(world):
        if programme.running and hasattr(programme.instrument, name):
            total += np.where(np.isin(world.countries.iso, programme.payers(world)), getattr(programme.instrument, name), 0.0)
    return np.minimum(total, 1.0)


def look(world: "World", programmes: list["Programme"]) -> Seen:
    """What the ministries see of the year that has passed."""
    people, countries = world.population, world.countries
    count = len(countries)
    shape = (count, len(programmes))
    result, money, noise = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    blur = world.config.behaviour.review.noise * (1.0 - clarity(world))
    for n, programme in enumerate(programmes):
        paying = np.isin(countries.iso, programme.payers(world))
        budget = np.where(paying, programme.instrument.dose * programme.base, 0.0)
        money[:, n] = budget * programme.mix
        qualified = people.alive & ((people.eligible & programme.flag) != 0)
        served = _served(world, programme)
        gain = _gain(qualified | served, served, people.innovations_year, world.weight, people.country, count)
        result[:, n] = np.where(budget > 0.0, gain / np.where(budget > 0.0, budget, 1.0), 0.0)
        noise[:, n] = _errors(world.key(Purpose.REVIEW), crc32(programme.name.encode()), countries.key)
    scale = np.array([_usual(row, has) for row, has in zip(result.tolist(), (money > 0.0).tolist(), strict=True)])
    result = result + (blur * scale)[:, None] * noise
    total = np.array([_mean(row, part) for row, part in zip(result.tolist(), money.tolist(), strict=True)])
    return Seen(result, scale, money, total)


def _served(world: "World", programme: "Programme") -> np.ndarray:
    """Organisations that had something from the programme since the last review, or have a project it pays; bool (rows,)."""
    people, projects = world.population, world.projects
    served = people.alive & (programme.served == people.id)
    paid = projects.members[(projects.status > 0) & (projects.programme == programme.bit)]
    served[paid[paid >= 0]] = True
    return served


@njit(cache=True)
def _gain(seen, served, innovations, weight, country, countries):
    """(Innovations a year of those served - of the others seen) x those served, by country; 0 where one of the groups is empty."""
    sums, heads = np.zeros((2, countries)), np.zeros((2, countries))
    for i in range(len(seen)):
        if seen[i]:
            group = 1 if served[i] else 0
            sums[group, country[i]] += innovations[i] * weight[i]
            heads[group, country[i]] += weight[i]
    gain = np.zeros(countries)
    for c in range(countries):
        if heads[0, c] > 0.0 and heads[1, c] > 0.0:
            gain[c] = (sums[1, c] / heads[1, c] - sums[0, c] / heads[0, c]) * heads[1, c]
    return gain


@njit(cache=True)
def _errors(k, name, keys):
    """A standard normal for each country, of one programme."""
    errors = np.empty(len(keys))
    for c in range(len(keys)):
        errors[c] = normal(open_unit(bits(k, name, keys[c])))
    return errors


def _usual(results: list[float], has: list[bool]) -> float:
    """Mean size of the results of programmes a country has."""
    sizes = [abs(r) for r, there in zip(results, has, strict=True) if there]
    return sum(sizes) / len(sizes) if sizes else 0.0


def _mean(results: list[float], money: list[float]) -> float:
    """Mean of results, weighted with the money."""
    total = sum(money)
    return sum(r * m for r, m in zip(results, money, strict=True)) / total if total > 0.0 else 0.0


def _shares(money: np.ndarray) -> np.ndarray:
    total = np.array([[float(sum(row))] for row in money.tolist()])
    return np.where(total > 0.0, money / np.where(total > 0.0, total, 1.0), 0.0)


def _performance(mix: np.ndarray, seen: Seen, p: ReviewParameters) -> np.ndarray:
    """Shares f8 (C, P) after money has followed results."""
    after = mix.copy()
    for c, usual in enumerate(seen.scale.tolist()):
        if usual == 0.0:
            continue
        has = seen.money[c] > 0.0
        better = [min(CLIP, max(-CLIP, (r - seen.total[c]) / usual)) for r in seen.result[c].tolist()]
        raw = [m * math.exp(p.pace * b) for m, b in zip(mix[c].tolist(), better, strict=True)]
        total, least = sum(raw), p.floor / int(np.count_nonzero(has))
        after[c] = [least + (1.0 - p.floor) * r / total if there else 0.0 for r, there in zip(raw, has.tolist(), strict=True)]
    return after


def _learned(world: "World", mix: np.ndarray, seen: Seen, copied: np.ndarray) -> np.ndarray:
    """Shares after countries copied a part of the mix of the country most like them, if it sees more for its money.

    Only among programmes that both have, two at least.
    """
    if not copied.any():
        return mix
    after, apart, has = mix.copy(), distances(world), seen.money > 0.0
    for c in np.flatnonzero(copied):
        others = [d for d in np.flatnonzero(world.countries.policy) if d != c and np.count_nonzero(has[d] & has[c]) > 1]
        if not others:
            continue
        _, _, like = min((float(apart[c, d]), int(world.countries.key[d]), int(d)) for d in others)
        if seen.total[like] > seen.total[c]:
            both = has[like] & has[c]
            own, theirs = float(sum(mix[c, both].tolist())), float(sum(mix[like, both].tolist()))
            after[c, both] = (1.0 - copied[c]) * mix[c, both] + copied[c] * own * mix[like, both] / theirs
    return after


def _reallocate(programmes: list["Programme"], money: np.ndarray, shares: np.ndarray) -> None:
    """Write the mix that gives a country's unchanged budget these shares f8 (C, P)."""
    total = np.array([float(sum(row)) for row in money.tolist()])
    for n, programme in enumerate(programmes):
        before, after = money[:, n], total * shares[:, n]
        programme.mix = np.where(before > 0.0, programme.mix * after / np.where(before > 0.0, before, 1.0), programme.mix)
