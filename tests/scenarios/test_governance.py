"""Who decides on public money: reviews of ministries, strategies, a Council with its members, blocs that grow."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents.ties import Channel
from sim.benchmarking import distances, revealed_advantage
from sim.outcomes import outcomes
from sim.pool import paid_and_received, pooled, reform
from sim.review import look, reviewed
from sim.step import step
from sim.world import World
from tests.scenarios.histories import SEEDS, lived, programme, world_with
from tests.state import differences, state

ISO = ("RUS", "BLR", "KAZ", "ARM", "KGZ")
CUSTOMS = (85.265, 4.560, 7.055, 1.220, 1.900)
"""EAEU treaty, key for import duties, per cent."""


def plan(name: str, **changes: Any) -> Any:
    """A programme of fourteen quarters; tithe of R&D unless said."""
    return programme(name, **{"dose": 0.1, "end": 14} | changes)


def council(**changes: Any) -> Any:
    """A Council that pools what its programmes cost and does nothing else; nobody leaves it."""
    parts = {"pooling": True, "one_call": False, "harmonisation": False, "tolerance": 1.0, "veto": 0.0, "stall": 0.0, "patience": 1}
    return plan("council", **{"dose": 0.01, "secretariat": 0.01, "runs": ("neutral_cash",)} | parts | changes)


def reviewing(rule: str, **numbers: float) -> tuple[str, ...]:
    """Overrides that choose a rule of review."""
    return tuple(f"behaviour.review.{name}={value}" for name, value in {"rule": rule, **numbers}.items())


def same(arm: World, none: World) -> bool:
    """Is everything but the programmes' own books the same bit for bit?"""
    return differences(state(arm, []), state(none, [])) == []


def booked(world: World, name: str, since: int = 0) -> np.ndarray:
    """What a programme paid, f8 (payer, payee)."""
    bill = np.zeros((len(ISO), len(ISO)))
    for (quarter, paying, payer, payee, _), amount in world.treasury.ledger.items():
        if paying == name and quarter >= since:
            bill[world.countries.iso.index(payer), world.countries.iso.index(payee)] += amount
    return bill


# reviews


FOUR = ("neutral_cash", "subsidy", "grants", "matchmaking")


def test_a_fixed_mix_is_the_baseline_bit_for_bit():
    programmes = {name: plan(name) for name in FOUR}
    arms = [world_with(1, programmes, overrides) for overrides in (
        (), reviewing("fixed", pace=5, noise=10, floor=0, copied=1, sectors=0), reviewing("performance", pace=0, floor=0),
    )]  # fmt: skip
    for world in arms:
        lived(world, 9)
    plain, blind, slow = arms
    assert differences(state(plain), state(blind)) == []
    assert all(np.all(each.mix == 1.0) for each in plain.programmes.values())
    # shares that do not move are computed once more, so the last bit may differ
    assert all(each.mix == pytest.approx(np.ones(len(ISO)), rel=1e-12) for each in slow.programmes.values())


@pytest.mark.parametrize("rule", ["performance", "learning"])
def test_a_review_reallocates_but_keeps_the_budget_of_each_country(rule):
    moved = 0
    for seed in SEEDS[:2]:
        world = world_with(seed, {name: plan(name) for name in FOUR}, reviewing(rule))
        lived(world, 10)
        before = sum(each.base * each.instrument.dose for each in world.programmes.values())
        after = sum(each.base * each.instrument.dose * each.mix for each in world.programmes.values())
        assert after == pytest.approx(before, rel=1e-9)
        moved += sum(int(np.count_nonzero(np.abs(each.mix - 1.0) > 1e-6)) for each in world.programmes.values())
    assert moved > 20


def test_money_follows_what_is_seen():
    """Before anything is learned from others, the best-looking programme of a country gains a share and the worst loses one."""
    for seed in SEEDS:
        world = world_with(seed, {name: plan(name) for name in FOUR}, reviewing("performance", noise=0, floor=0))
        lived(world, 4)
        seen, names = look(world, reviewed(world)), [each.name for each in reviewed(world)]
        step(world)
        mix = np.array([world.programmes[name].mix for name in names]).T
        for c in np.flatnonzero(seen.scale > 0.0):
            assert mix[c, np.argmax(seen.result[c])] >= 1.0 >= mix[c, np.argmin(seen.result[c])]


def test_status_quo_residual_and_pooled_programmes_are_not_reviewed():
    status_quo = plan("national_subsidy", start=-400, end=4000)
    residual = plan("residual_cash", dose=0.0, residual_of=("grants",))
    programmes = {"grants": plan("grants"), "subsidy": plan("subsidy"), "national_subsidy": status_quo, "residual_cash": residual,
                  "neutral_cash": plan("neutral_cash"), "council": council()}  # fmt: skip
    world = world_with(1, programmes, reviewing("performance"))
    lived(world, 6)
    assert {each.name for each in reviewed(world)} == {"grants", "subsidy"}
    for name in ("national_subsidy", "residual_cash", "neutral_cash", "council"):
        assert np.all(world.programmes[name].mix == 1.0)


def test_an_observatory_makes_reviews_less_noisy():
    """With full clarity what is seen is what there is, however noisy reviews are without it."""
    programmes = {name: plan(name) for name in FOUR}
    blurred, clear = [], []
    for seed in SEEDS:
        world = world_with(seed, programmes | {"observatory": plan("observatory", setup_cost=0.01, running_cost=0.01, review_clarity=0.8)},
                           ("behaviour.review.noise=2",))  # fmt: skip
        lived(world, 4)
        observatory = world.programmes["observatory"]
        assert observatory.running
        others = [each for each in reviewed(world) if each is not observatory]
        true = look(_noiseless(world), others).result
        clear.append(np.abs(look(world, others).result - true).sum())
        observatory.running = False
        blurred.append(np.abs(look(world, others).result - true).sum())
    assert np.array(clear) == pytest.approx(0.2 * np.array(blurred), rel=1e-6)
    assert min(blurred) > 0.0


def _noiseless(world: World) -> World:
    behaviour = world.config.behaviour
    config = replace(world.config, behaviour=replace(behaviour, review=replace(behaviour.review, noise=0.0)))
    return World.resume(world.snapshot(), config)


def test_policy_learning_copies_part_of_the_mix_of_a_country_that_sees_more_for_its_money():
    programmes = {name: plan(name) for name in ("neutral_cash", "subsidy")}
    school = plan("policy_learning", cost=1e-4, review_copies=1.0)
    copied = 0
    for seed in SEEDS:
        world = world_with(seed, {**programmes, "policy_learning": school}, reviewing("fixed", noise=0))
        lived(world, 4)
        # Belarus has another mix than the rest, at the same budget
        cash, subsidy = world.programmes["neutral_cash"], world.programmes["subsidy"]
        cash.mix[1], subsidy.mix[1] = 0.5, 1.0 + 0.5 * cash.base[1] / subsidy.base[1]
        learning = reviewed(world)
        seen, apart = look(world, learning), distances(world)
        before = [each.mix.copy() for each in learning]
        step(world)
        for c in range(len(ISO)):
            nearest = min((d for d in range(len(ISO)) if d != c), key=lambda d, c=c, apart=apart: apart[c, d])
            own = np.array([each.mix[c] * m[c] for each, m in zip(learning, [x.base for x in learning], strict=True)])
            if np.array_equal(seen.money[c] > 0.0, seen.money[nearest] > 0.0) and seen.total[nearest] > seen.total[c]:
                assert own / own.sum() == pytest.approx(seen.money[nearest] / seen.money[nearest].sum(), rel=1e-9)
                copied += 1
            elif np.array_equal(seen.money[c] > 0.0, seen.money[nearest] > 0.0):
                assert [each.mix[c] for each in learning] == pytest.approx([m[c] for m in before], rel=1e-9)
    assert copied > 0


def test_structural_distance_is_a_distance():
    apart = distances(world_with(1))
    assert np.array_equal(apart, apart.T)
    assert np.all(np.diag(apart) == 0.0)
    assert np.all(apart[~np.eye(len(ISO), dtype=bool)] > 0.0)


# smart specialisation


def test_smart_specialisation_spends_exactly_what_an_even_spread_spends():
    for seed in SEEDS:
        even = world_with(seed, {"neutral_cash": plan("neutral_cash")})
        smart = world_with(seed, {"neutral_cash": plan("neutral_cash"), "smart_specialisation": _strategy()})
        lived(even, 10)
        lived(smart, 10)
        assert not same(smart, even)
        assert smart.programmes["neutral_cash"].spent == pytest.approx(even.programmes["neutral_cash"].spent, rel=1e-12)
        assert booked(smart, "neutral_cash") == pytest.approx(booked(even, "neutral_cash"), rel=1e-12)
        assert smart.programmes["smart_specialisation"].spent == 0.0


def _strategy(**changes: Any) -> Any:
    return plan("smart_specialisation", **{"dose": 1.0, "steers": ("neutral_cash",), "priorities": 2} | changes)


def test_smart_specialisation_pays_sectors_of_revealed_advantage_only():
    world = world_with(1, {"neutral_cash": plan("neutral_cash"), "smart_specialisation": _strategy(payers=("RUS", "BLR"))})
    step(world)
    people, advantage = world.population, revealed_advantage(world, world.countries.policy)
    paid = world.levers.cash > 0.0
    for c in range(len(ISO)):
        sectors = set(people.sector[paid & (people.country == c)].tolist())
        there = set(people.sector[people.alive & (people.staff > 0.0) & (people.country == c)].tolist())
        if ISO[c] in ("RUS", "BLR"):
            assert len(sectors) == 2
            assert min(advantage[c, s] for s in sectors) > 0.9 * max(advantage[c, s] for s in there - sectors)  # as of a quarter before
        else:
            assert sectors == there


def test_a_laxer_strategy_pays_all_that_a_stricter_one_pays():
    paid = []
    for dose in (1.0, 0.5, 0.01):
        world = world_with(2, {"neutral_cash": plan("neutral_cash"), "smart_specialisation": _strategy(dose=dose)})
        step(world)
        paid.append(world.levers.cash > 0.0)
    assert np.all(paid[1][paid[0]])
    assert np.all(paid[2][paid[1]])
    assert paid[0].sum() < paid[1].sum() < paid[2].sum()


def test_a_strategy_ends_with_its_last_quarter():
    world = world_with(1, {"neutral_cash": plan("neutral_cash"), "smart_specialisation": _strategy(end=3)})
    assert lived(world, 5, lambda world: world.programmes["neutral_cash"].steer is None) == [False, False, False, True, True]


# the Council: pooling


def test_a_pool_spends_what_its_members_contributed_by_key_to_the_cent():
    for seed in SEEDS[:2]:
        world = world_with(seed, {"neutral_cash": plan("neutral_cash"), "council": council()})
        lived(world, 1)  # the Council sits from the next quarter on
        lived(world, 8)
        bill = booked(world, "neutral_cash", since=world.opens + 1)
        key = np.array(CUSTOMS) / 100.0
        base, quarters = world.programmes["neutral_cash"].base, 8
        delivered = 0.1 * base.sum() / 4.0 * quarters * key * world.countries.delivery
        assert world.programmes["neutral_cash"].key_of_pool == pytest.approx(key, rel=1e-12)
        assert bill.sum(axis=1) == pytest.approx(delivered, rel=1e-3)  # what is left of the first quarter's budget is rounding
        assert np.abs(bill.sum(axis=1) - delivered).max() < 0.01


def test_the_union_state_pools_sixty_five_to_thirty_five():
    union = council(payers=("RUS", "BLR"), key={"RUS": 65.0, "BLR": 35.0})
    world = world_with(1, {"neutral_cash": plan("neutral_cash", payers=("RUS", "BLR")), "council": union})
    lived(world, 9)
    assert world.programmes["neutral_cash"].key_of_pool == pytest.approx([0.65, 0.35, 0.0, 0.0, 0.0])
    paid = booked(world, "neutral_cash", since=world.opens + 1).sum(axis=1)
    assert paid[1] / paid.sum() == pytest.approx(0.35 * world.countries.delivery[1] / (
        0.65 * world.countries.delivery[0] + 0.35 * world.countries.delivery[1]), rel=1e-6)  # fmt: skip


def test_a_free_rider_pays_less_and_still_receives():
    for seed in SEEDS[:2]:
        fair = world_with(seed, {"grants": plan("grants"), "council": council(runs=("grants",))})
        rides = world_with(seed, {"grants": plan("grants"), "council": council(runs=("grants",), free_riders=("KAZ",), withheld=0.8)})
        for world in (fair, rides):
            lived(world, 12)
        honest, free = (paid_and_received(world, ["grants"], 0, 999) for world in (fair, rides))
        assert free[0][2] < 0.5 * honest[0][2]
        assert free[1][2] > 0.0
        assert rides.programmes["grants"].arrived < fair.programmes["grants"].arrived


def test_contribution_and_benefit_are_told_by_member():
    world = world_with(1, {"grants_cross_border": plan("grants_cross_border"), "council": council(runs=("grants_cross_border",))})
    lived(world, 10)
    told = outcomes(world)
    paid, received = paid_and_received(world, pooled(world), world.opens, world.quarter)
    assert [told[f"contribution_{iso}"] for iso in ISO] == pytest.approx(paid / paid.sum())
    assert [told[f"benefit_{iso}"] for iso in ISO] == pytest.approx(received / received.sum())
    alone = world_with(1)
    lived(alone, 1)
    assert all(outcomes(alone)[f"{side}_{iso}"] == 0.0 for side in ("contribution", "benefit") for iso in ISO)


def test_a_council_that_cannot_pay_its_secretariat_does_nothing():
    grants = plan("grants_cross_border")
    for seed in SEEDS[:2]:
        without = world_with(seed, {"grants_cross_border": grants})
        poor = council(runs=("grants_cross_border",), one_call=True, harmonisation=True, secretariat=20.0, dose=1e-6, overhead=0.0)
        arm = world_with(seed, {"grants_cross_border": grants, "council": poor})
        for world in (without, arm):
            lived(world, 8)
        assert same(arm, without)
        assert pooled(arm) == []


# the Council: members


def loser(world: World, country: int, winner: int) -> None:
    """Let the books say that all a country ever received of programmes went to another one."""
    iso, ledger = world.countries.iso, world.treasury.ledger
    for quarter, name, payer, payee, kind in list(ledger):
        if payee == iso[country] and name in world.programmes:
            entry = (quarter, name, payer, iso[winner], kind)
            ledger[entry] = ledger.get(entry, 0.0) + ledger.pop((quarter, name, payer, payee, kind))


def test_a_member_that_sees_a_loss_leaves_and_loses_its_running_projects():
    lost = 0
    for seed in SEEDS:
        harsh = council(runs=("grants_cross_border",), tolerance=0.9, noise=0.0, worth=10.0)  # only who gets nothing leaves
        world = world_with(seed, {"grants_cross_border": plan("grants_cross_border"), "council": harsh})
        lived(world, 5)
        calls = world.programmes["grants_cross_border"]
        loser(world, 2, 0)
        running = _paid_projects(world, calls, 2)
        step(world)
        if calls.key_of_pool is None:  # nobody got anything yet, and all left
            continue
        assert calls.key_of_pool[2] == 0.0
        assert not running & set(world.projects.key[world.projects.status > 0].tolist())
        assert not _paid_projects(world, calls, 2)
        lost += len(running)
        lived(world, 2)  # until the next session nobody of it is served
        assert not np.any(world.population.eligible[world.population.country == 2] & calls.flag)
    assert lost > 0


def _paid_projects(world: World, calls: Any, country: int | None) -> set[int]:
    """Keys of projects that a call pays, of members of a country, or all."""
    projects, home = world.projects, world.population.country
    there = (projects.members >= 0) & ((home[projects.members] == country) if country is not None else True)
    return set(projects.key[(projects.status > 0) & (projects.programme == calls.bit) & there.any(axis=1)].tolist())


def test_who_leaves_takes_home_what_is_free_and_is_billed_for_what_was_promised():
    """Nobody's money appears or disappears: the purse keeps what it promised, the leaver owes it, the others owe that much less."""
    seen = 0
    for seed in SEEDS:
        world = world_with(seed, {"grants": plan("grants"), "council": council(runs=("grants",), noise=0.0, tolerance=0.0, worth=1.0)})
        lived(world, 14)
        claw = {key: amount for key, amount in world.treasury.ledger.items() if key[4] == "claw_back"}
        assert sum(claw.values()) == pytest.approx(0.0, abs=1e-9)
        left = {key[2] for key, amount in claw.items() if amount > 0.0}
        assert all(amount == 0.0 or key[2] in left or key[3] not in left or amount < 0.0 for key, amount in claw.items())
        seen += len(left)
    assert seen > 0


def test_settling_with_a_leaver_moves_what_was_promised_and_its_bill():
    """The purse keeps the leaver's part of what it promised; the leaver owes it at once, and the others so much less later."""
    settled = 0
    for seed in SEEDS:
        world = world_with(seed, {"grants": plan("grants"), "council": council(runs=("grants",))})
        lived(world, 6)
        grants, unpaid = world.programmes["grants"], world.treasury.unpaid.copy()
        left, key = grants.left.copy(), np.where(np.arange(len(ISO)) == 2, 0.0, grants.key_of_pool)
        reform(world, grants, key)
        moved = grants.left - left
        assert moved.sum() == pytest.approx(0.0, abs=1e-9)
        assert moved[2] <= 0.0
        assert np.all(np.delete(moved, 2) == pytest.approx(-moved[2] * np.delete(key, 2) / key.sum(), abs=1e-12))
        assert world.treasury.unpaid - unpaid == pytest.approx(-moved, abs=1e-12)
        assert np.all(grants.in_purses(grants.left) >= grants.in_purses(grants.instrument.owes(world, grants)) - 1e-9)
        settled += moved[2] < 0.0
    assert settled > 0


def test_members_without_noise_leave_only_for_a_loss():
    """All money is shared out by R&D but paid by key: small members pay more than they get, and leave; noise makes others leave too."""
    world = world_with(1, {"neutral_cash": plan("neutral_cash"), "council": council(noise=0.0, tolerance=0.3, worth=1.0)})
    lived(world, 5)
    cash = world.programmes["neutral_cash"]
    paid, _ = paid_and_received(world, ["neutral_cash", "council"], world.quarter - 4, world.quarter)
    _, received = paid_and_received(world, ["neutral_cash"], world.quarter - 4, world.quarter)  # the secretariat serves nobody
    ratio = received / paid
    step(world)
    stays = ratio >= 0.7
    # one alone is no Council
    assert not stays.all()
    if stays.sum() > 1:
        assert np.array_equal(cash.key_of_pool > 0.0, stays)
    else:
        assert cash.key_of_pool is None


def test_a_council_of_one_dissolves_and_its_programmes_are_national_again():
    world = world_with(1, {"neutral_cash": plan("neutral_cash"), "council": council(noise=0.0, tolerance=0.0, worth=0.01)})
    lived(world, 6)
    cash, office = world.programmes["neutral_cash"], world.programmes["council"]
    assert office.dissolved
    assert cash.key_of_pool is None
    assert np.all(cash.mix == 1.0)
    offered = cash.offered
    step(world)
    assert cash.offered > offered
    assert not office.running


def test_who_is_outside_is_not_served_at_events_and_on_platforms_either():
    met = 0
    for seed in SEEDS:
        both = ("matchmaking", "platform")
        plans = {name: plan(name, target=replace(plan(name).target, sectors=())) for name in both}
        world = world_with(seed, {**plans, "council": council(runs=both)})
        lived(world, 3)
        for name in (*both, "council"):
            reform(world, world.programmes[name], np.where(np.arange(len(ISO)) == 1, 0.0, world.programmes[name].key_of_pool))
        for _ in range(2):  # before the next session
            step(world)
            m = world.flows.meetings
            paid = np.isin(m.channel, (Channel.EVENT_B2B, Channel.EVENT_C2C, Channel.PLATFORM))
            ends = np.concatenate((m.a[paid], m.b[paid]))
            met += len(ends)
            assert not np.any(world.population.country[ends] == 1)
    assert met > 0


def test_supranational_money_waits_for_a_strategy():
    only = council(precondition=True)
    strategy = _strategy(payers=("BLR", "ARM"), steers=())
    world = world_with(1, {"neutral_cash": plan("neutral_cash"), "council": only, "smart_specialisation": strategy})
    lived(world, 6)
    received = booked(world, "neutral_cash", since=world.opens + 2).sum(axis=0)
    assert np.all(received[[1, 3]] > 0.0)
    assert np.all(received[[0, 2, 4]] == 0.0)
    assert np.all(booked(world, "neutral_cash", since=world.opens + 2).sum(axis=1) > 0.0)  # all contribute


# the Council: one call, harmonisation


def test_one_call_starts_cross_border_projects_sooner_than_two_consents():
    """Waiting for consent is what an award waits for: with one call a funded project over borders starts within a quarter."""
    waits: dict[bool, list[int]] = {True: [], False: []}
    for seed in SEEDS:
        for one in (True, False):
            run = council(runs=("grants_cross_border",), pooling=False, one_call=one)
            world = world_with(seed, {"grants_cross_border": plan("grants_cross_border", dose=0.3), "council": run})
            bit = world.programmes["grants_cross_border"].bit
            for _ in range(12):
                step(world)
                for chunk in world.flows.started:
                    mine = chunk["programme"] == bit
                    waits[one] += (chunk["started"] - chunk["born"])[mine].tolist()
    assert len(waits[True]) > len(waits[False]) > 0
    assert np.mean(waits[True]) < np.mean(waits[False])


def test_stalled_harmonisation_changes_nothing():
    grants = plan("grants_cross_border")
    quiet = council(runs=("grants_cross_border",), pooling=False)
    for seed in SEEDS[:2]:
        for stalled in ({"stall": 1.0}, {"veto": 1.0}, {"depth": 0.0}, {"pace": 0.0}):
            talks = replace(quiet, **{"harmonisation": True, "stall": 0.0} | stalled)
            arms = [world_with(seed, {"grants_cross_border": grants, "council": each}) for each in (quiet, talks)]
            for world in arms:
                lived(world, 6)
            assert same(*arms)


def test_harmonised_rules_bring_members_nearer_and_hold_as_long_as_the_council_sits():
    world = world_with(1, {"council": council(pooling=False, harmonisation=True, pace=0.5, depth=0.4, end=8, payers=("RUS", "KAZ"))})
    nearer = lived(world, 10, lambda world: (world.levers.institution[0, 2], world.levers.institution[0, 1]))
    assert [pair[0] for pair in nearer] == pytest.approx([0.0] + 4 * [-0.2] + 3 * [-0.4] + 2 * [0.0])
    assert not any(pair[1] for pair in nearer)


def test_more_members_agree_less_often():
    agreed = {}
    for members in (("RUS", "BLR"), ISO):
        talks = council(pooling=False, harmonisation=True, pace=0.1, veto=0.4, payers=members)
        agreed[members] = 0.0
        for seed in SEEDS:
            world = world_with(seed, {"council": talks})
            lived(world, 14)
            agreed[members] += world.programmes["council"].progress
    assert agreed[ISO] < agreed["RUS", "BLR"]


# enlargement


def test_enlargement_to_a_country_that_is_a_member_already_changes_nothing():
    for seed in SEEDS[:2]:
        arm, none = world_with(seed, {"enlargement": plan("enlargement", dose=1.0, joiners=("KAZ", "BLR"), bloc="eaeu")}), world_with(seed)
        for world in (arm, none):
            lived(world, 6)
        assert same(arm, none)


def test_a_joiner_is_to_members_what_members_are_to_each_other():
    world = world_with(1, {"enlargement": plan("enlargement", dose=1.0, joiners=("KAZ",), transition=1.0)})
    distance = lived(world, 6, lambda world: world.sight.institution.copy())
    space, market = world.config.behaviour.space, world.config.behaviour.market
    assert [each[0, 2] for each in distance] == pytest.approx(
        [space.eaeu_distance - part * (space.eaeu_distance - space.union_state_distance) for part in (0.25, 0.5, 0.75, 1.0, 1.0, 1.0)]
    )
    assert world.consent[1, 2] == pytest.approx(world.consent[0, 1])
    assert world.levers.trade[0, 2] == world.levers.trade[2, 0] == pytest.approx(-market.union_state_rules)
    apart = [(a, b) for a in range(5) for b in range(5) if not {a, b} <= {0, 1, 2}]
    assert not any(world.levers.trade[pair] or world.levers.institution[pair] for pair in apart)


def test_joiners_of_two_enlargements_are_together_and_who_joins_twice_has_the_best_not_the_sum():
    first = plan("enlargement", dose=1.0, joiners=("KAZ",), bloc="union_state", transition=0.0)
    second, again = replace(first, joiners=("ARM",)), replace(first, joiners=("KAZ", "ARM"), dose=0.5)
    world = world_with(1, {"enlargement": first, "later": second, "twice": again})
    step(world)
    near = world.config.behaviour.space.union_state_distance
    seen = world.sight.institution
    rows = [ISO.index(iso) for iso in ("RUS", "BLR", "KAZ", "ARM")]
    for a in rows:
        for b in rows:
            if a != b:
                assert seen[a, b] == pytest.approx(near)
                assert world.levers.trade[a, b] == pytest.approx(
                    0.0 if {ISO[a], ISO[b]} == {"RUS", "BLR"} else -world.config.behaviour.market.union_state_rules
                )


@pytest.mark.parametrize("name", ["council", "smart_specialisation", "policy_learning", "enlargement"])
def test_zero_dose_is_the_baseline_bit_for_bit(name):
    programmes = {each: plan(each) for each in FOUR}
    arm, none = world_with(1, {**programmes, name: plan(name, dose=0.0)}), world_with(1, programmes)
    for world in (arm, none):
        lived(world, 8)
    assert differences(state(arm, list(FOUR)), state(none, list(FOUR))) == []
