"""The founding state of a World, copied into objects; the only place where the reference reads the fast world's arrays."""

from typing import Any

from agents.population import Kind
from sim.exporting import REST_BIT
from tests.reference.people import REST, Cluster, Country, Firm, Institute, Organisation, University

KINDS = {Kind.FIRM: Firm, Kind.INSTITUTE: Institute, Kind.UNIVERSITY: University}
NUMBERS = (
    "staff", "sales", "sales_mean", "export_sales", "niche", "cash", "debt", "profit", "unit_cost", "quality", "mass", "taste", "research",
    "research_mean", "research_public",
)  # fmt: skip


def copy_world(model: Any, world: Any) -> None:
    """Fill the model with the countries, clusters, organisations and markets of a world at its start."""
    model.countries = [copy_country(world, row) for row in range(len(world.countries))]
    model.clusters = [copy_cluster(model, world, row) for row in range(world.clusters.count)]
    by_row: dict[int, Organisation] = {}
    for row in range(world.population.capacity):
        if world.population.alive[row]:
            by_row[row] = copy_organisation(model, world, row)
            model.organisations.append(by_row[row])
    for country, addresses in zip(model.countries, world.countries.addresses, strict=True):
        country.book = [by_row.get(int(row)) for row in addresses[: len(country.book)]]
    copy_market(model, world)
    geography, sectors = world.geography, world.sectors
    model.distance, model.sector_cosine, model.bloc = geography.distance.tolist(), geography.sector_cosine.tolist(), geography.bloc.tolist()
    model.geography = {name: getattr(geography, name).tolist() for name in ("institution", "search", "consent")}
    # as the instruments of the quarter have them
    model.institution, model.search_weight, model.consent = (
        getattr(geography, name).tolist() for name in ("institution", "search", "consent")
    )
    model.place_names = list(world.places.name)
    model.sector_names, model.profile, model.stages = list(sectors.name), sectors.profile.tolist(), sectors.stages.tolist()
    model.patent, model.intensity = sectors.patent.tolist(), sectors.intensity.tolist()
    model.rest = tuple(world.rest)
    model.projects, model.meetings, model.brokered = [], [], {}
    model.unpaid, model.tax_base = [0.0] * len(model.countries), [0.0] * len(model.countries)


def copy_country(world: Any, c: int) -> Country:
    """One country with its markets and its cradle."""
    countries, market, cradle = world.countries, world.market, world.cradle
    same = (
        "weight", "organisations", "policy", "tax", "policy_rate", "wage", "ict", "researchers", "researchers_start", "research_price",
        "research_start", "untargeted", "delivery", "delivery_start", "customs_share", "gdp", "gerd", "berd",
        "basic", "efficiency", "innovation",
    )  # fmt: skip
    markets = ("fringe_mass", "fringe_sales", "fringe_fitness", "fringe_share0", "cover")
    return Country(
        row=c,
        iso=countries.iso[c],
        key=int(countries.key[c]),
        rooms=int(countries.stop[c] - countries.start[c]),
        book=[None] * int(countries.book[c]),
        firms=int(cradle.firms[c]),
        smallest=float(cradle.smallest[c]),
        intensity_factor=float(cradle.intensity_factor[c]),
        clustered=float(cradle.clustered[c]),
        sector_share=cradle.sector_share[c].tolist(),
        places=[[(n, float(share[n])) for n in range(len(share)) if cradle.place_country[n] == c] for share in cradle.place_share],
        return_rate=float(market.return_rate[c]),
        taste_normal=float(market.taste_normal[c]),
        **{name: getattr(countries, name)[c].item() for name in same},
        **{name: getattr(market, name)[c].tolist() for name in markets},
    )


def copy_cluster(model: Any, world: Any, row: int) -> Cluster:
    """One cluster."""
    clusters = world.clusters
    same = (
        "key", "place", "sector", "stage", "capability", "orientation", "founded", "members", "members_start", "sales_start",
        "research_start", "networking", "variety", "capability_start", "orientation_start", "labelled", "infrastructure", "decreed",
    )  # fmt: skip
    values = {name: getattr(clusters, name)[row].item() for name in same}
    return Cluster(row=row, country=model.countries[int(clusters.country[row])], knowledge=clusters.knowledge[row].tolist(), **values)


def copy_organisation(model: Any, world: Any, row: int) -> Organisation:
    """One founder."""
    q = world.population
    kind = KINDS[Kind(int(q.kind[row]))]
    i = kind(
        model, int(q.id[row]), model.countries[q.country[row]], int(q.place[row]), int(q.sector[row]), int(q.stage[row]), int(q.born[row])
    )
    for name in NUMBERS:
        setattr(i, name, float(getattr(q, name)[row]))
    i.contested = i.sales - i.niche
    i.knowledge = q.knowledge[row].tolist()
    i.cluster = model.clusters[q.cluster[row]] if q.cluster[row] >= 0 else None
    i.exports_to = destinations(int(q.exports_to[row]), len(model.countries))
    return i


def destinations(bit_set: int, countries: int) -> set[int]:
    """Destinations of a bit set."""
    abroad = {d for d in range(countries) if bit_set >> d & 1}
    return abroad | {REST} if bit_set >> REST_BIT & 1 else abroad


def copy_market(model: Any, world: Any) -> None:
    """Markets between countries: by destination, or by (origin, destination), lists over sectors; and the references of the start."""
    market, rows = world.market, {d: d for d in model.destinations()}  # row REST = -1 of an array is its last one
    for name in ("share", "start_share"):
        setattr(model, name, {(o, d): getattr(market, name)[o, d].tolist() for o in rows for d in rows})
    for name in ("trade_cost", "trade_cost0", "rules"):
        setattr(model, name, {(o, d): float(getattr(market, name)[o, d]) for o in rows for d in rows})
    for name in ("expenditure", "trend", "fitness", "fitness0"):
        setattr(model, name, {d: getattr(market, name)[d].tolist() for d in rows})
    model.price = {(c.row, d): market.price[c.row, d].tolist() for c in model.countries for d in rows}
    model.frontier, model.growth = market.frontier.tolist(), market.growth.tolist()
    for name in ("research_reference", "sales_median", "depth_reference", "breadth_reference"):
        setattr(model, name, float(getattr(market, name)))
