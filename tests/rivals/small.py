"""Small rivals for tests: plain values, so that no test moves with a fit."""

from rivals import alliances, cowan_jonard

ALLIANCES = alliances.Parameters(
    organisations=400,
    burn_in=12,
    measured=16,
    activity=0.02,
    activity_tail=2.0,
    larger=0.15,
    to_newcomers=0.4,
    same_label=0.5,
    newcomer_to_labelled=0.6,
    lifetime=8.0,
    exchange=0.01,
)
KNOWLEDGE = cowan_jonard.Parameters(
    organisations=60,
    types=5,
    burn_in=6,
    measured=16,
    theta=0.8,
    substitution=0.4,
    growth=0.15,
    own_credit=0.7,
    discount=0.8,
    chance_low=0.75,
    chance_high=0.95,
    chance_alone=0.8,
)
