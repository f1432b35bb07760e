"""Who qualifies for a programme, one organisation at a time (sim/eligibility.py)."""

from typing import TYPE_CHECKING, Any

from agents.clusters import ClusterStage
from tests.reference.draws import bits, unit
from tests.reference.people import Firm, Institute, Organisation, University

if TYPE_CHECKING:
    from tests.reference.programme import Programme

KINDS = {"firm": Firm, "institute": Institute, "university": University}


def qualifies(programme: "Programme") -> set[Organisation]:
    """Everybody in the target group whom the instrument admits and the lots choose."""
    admits = programme.model.hooks["ADMITS"].get(programme.kind, lambda model, programme, i: True)
    fit = {i for i in programme.model.organisations if in_target(programme, i) and admits(programme.model, programme, i)}
    target = programme.plan.target
    if target.random_share >= 1.0:
        return fit
    k = programme.lasting_key("ASSIGN")
    if not target.strata:
        return {i for i in fit if unit(bits(k, i.id)) < target.random_share}
    if programme.assigned is None:
        programme.assigned = assigned(fit, target, k)
    return {i for i in fit if i.id in programme.assigned}


def at_stake(programme: "Programme", i: Organisation) -> bool:
    """Is i in a country and sector that the programme is for, whose R&D its budget is measured by?"""
    t, sector = programme.plan.target, programme.model.sector_names[i.sector]
    return i.active and i.country.iso in (t.countries or programme.payers()) and (not t.sectors or sector in t.sectors)


def in_target(programme: "Programme", i: Organisation) -> bool:
    """Is i what the programme is for?"""
    t, model = programme.plan.target, programme.model
    return (
        at_stake(programme, i)
        and (not t.places or model.place_names[i.place] in t.places)
        and (not t.kinds or isinstance(i, tuple(KINDS[kind] for kind in t.kinds)))
        and (not t.cluster_stages or (i.cluster is not None and ClusterStage(i.cluster.stage).name.lower() in t.cluster_stages))
        and t.clustered in (None, i.cluster is not None)
        and t.exporting in (None, i.export_sales > 0.0)
        and t.innovative in (None, i.innovations_year > 0)
        and t.import_replacing in (None, replaces_imports(model, i))
        and t.staff_min <= i.staff <= t.staff_max
    )


def replaces_imports(model: Any, i: Organisation) -> bool:
    """Does a firm sell at home what its country largely imports?"""
    imported = 1.0 - model.share[i.country.row, i.country.row][i.sector]
    return i.is_firm and i.sales - i.export_sales - i.niche > 0.0 and imported >= model.behaviour.public.import_share


def assigned(fit: set[Organisation], target: Any, k: int) -> set[int]:
    """Ids of the same share of every stratum, the lowest lots first."""
    strata: dict[tuple[Any, ...], list[Organisation]] = {}
    for i in fit:
        size = sum(i.staff >= edge for edge in (10.0, 50.0, 250.0))
        facts = {"country": i.country.row, "sector": i.sector, "kind": type(i).__name__, "size": size}
        strata.setdefault(tuple(facts[name] for name in target.strata), []).append(i)
    chosen = set()
    for group in strata.values():
        lowest = sorted(group, key=lambda i: unit(bits(k, i.id)))
        chosen |= {i.id for i in lowest[: int(target.random_share * len(group) + 0.5)]}
    return chosen
