"""Countries, places and sectors of a world, as arrays in the order of the config.

Luck is keyed by a country's permanent key (ISO 3166 numeric), never by its row here.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Countries:
    """Columns over the modelled countries, shape (C,) unless said.  Money: million international dollars of 2021."""

    iso: list[str]
    name: list[str]
    key: np.ndarray  # i8, ISO numeric, the luck key
    gdp: np.ndarray  # f8, a quarter
    gerd: np.ndarray  # f8, a quarter: target of the founding population
    berd: np.ndarray  # f8, a quarter: business-performed part of gerd
    business_funded: np.ndarray  # f8, 0..1: part of berd that business pays itself
    organisations: np.ndarray  # f8, real R&D-performing organisations
    weight: np.ndarray  # f8, real organisations per organisation of the model
    start: np.ndarray  # i8, first row of the country's block in the population
    stop: np.ndarray  # i8, one past its last row
    addresses: np.ndarray  # i4 (C, longest book): row of the organisation at an address, -1 if empty
    book: np.ndarray  # i8, size of the country's address book
    tax: np.ndarray  # f8, profit tax rate
    policy_rate: np.ndarray  # f8, a year
    wage: np.ndarray  # f8, sales per employee a quarter
    ict: np.ndarray  # f8, 0..1, level of information and communication technology
    researchers: np.ndarray  # f8, persons
    researchers_start: np.ndarray  # f8, persons at the start
    research_price: np.ndarray  # f8, index, 1 at the start
    research_start: np.ndarray  # f8, a quarter: R&D at the start, to which demand is compared
    untargeted: np.ndarray  # f8, a quarter: state money for business R&D, all programmes included
    delivery: np.ndarray  # f8, 0..1, share of a budget its state bodies really spend
    delivery_start: np.ndarray  # f8, 0..1, the same without training, to which it falls back
    customs_share: np.ndarray  # f8, 0..1, of the customs duties of the EAEU
    policy: np.ndarray  # bool, a country whose policy is under study
    basic: np.ndarray  # f8, normal score of the basic-requirements rank
    efficiency: np.ndarray  # f8, normal score of the efficiency-enhancers rank
    innovation: np.ndarray  # f8, normal score of the innovation-factors rank

    def __len__(self) -> int:
        return len(self.iso)


@dataclass
class Places:
    """Cities, shape (P,)."""

    name: list[str]
    country: np.ndarray  # i8, row of countries
    latitude: np.ndarray  # f8, degrees
    longitude: np.ndarray  # f8, degrees
    share: np.ndarray  # f8, share of its country's R&D organisations


@dataclass
class Sectors:
    """Sectors, shape (S,) unless said."""

    name: list[str]
    profile: np.ndarray  # f8 (S, FIELDS), sums to 1 over fields
    intensity: np.ndarray  # f8, R&D over sales
    growth: np.ndarray  # f8, a quarter: growth of expenditure
    openness: np.ndarray  # f8, 0..1: part of expenditure open to foreign suppliers
    patent: np.ndarray  # f8, patents per innovation, the same in every country
    weight: np.ndarray  # f8, share in expenditure of the sectors modelled
    stages: np.ndarray  # i8, processing stages of the key product
    high_tech: np.ndarray  # bool

    def __len__(self) -> int:
        return len(self.name)
