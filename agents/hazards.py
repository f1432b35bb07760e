"""Hazards of innovation: expected counts a quarter as pure functions, constant elasticities throughout (Griliches 1979).

`p` is the record of agents.innovation.InnovationParameters, `reference` an agents.knowledge.Reference.  Every hazard rises, or stays,
in research and in every field of everybody's knowledge.
"""

from numba import njit


@njit(cache=True)
def own_rates(research, deep, broad, reference, p):
    """(incremental, radical) innovations a quarter of one organisation; both 0 without research.

    small (R/Rref)^e_r (D/Dref)^e_k  and  radical (R/Rref)^e_r (B/Bref)^e_k;  R research, D depth, B breadth; e_r research_elasticity,
    e_k knowledge_elasticity.
    """
    if research <= 0.0:
        return 0.0, 0.0
    effort = (research / reference.research) ** p.research_elasticity
    return (
        p.small * effort * (deep / reference.depth) ** p.knowledge_elasticity,
        p.radical * effort * (broad / reference.breadth) ** p.knowledge_elasticity,
    )


@njit(cache=True)
def joint_rates(research, deep, broad, common, reference, p):
    """(incremental, radical) innovations a quarter of one project; both 0 without research.

    joint_small (R/Rref)^e_r (|M|/Dref)^e_k G^ground_small  and  joint_radical (R/Rref)^e_r (B(M)/Bref)^e_k G^ground_radical;
    R the members' cost together, M pooled knowledge (depth |M|, breadth B), G = |C| / (ground_half + |C|), C common knowledge.
    """
    if research <= 0.0:
        return 0.0, 0.0
    effort = (research / reference.research) ** p.research_elasticity
    ground = common / (p.ground_half + common)
    return (
        p.joint_small * effort * (deep / reference.depth) ** p.knowledge_elasticity * ground**p.ground_small,
        p.joint_radical * effort * (broad / reference.breadth) ** p.knowledge_elasticity * ground**p.ground_radical,
    )


@njit(cache=True)
def dilution(sales, reference, p):
    """min(dilution_most, (S/Sref)^-dilution), S sales: one innovation moves a large firm less.

    With dilution equal to the elasticity of the hazard in size, expected growth does not depend on size (Klette and Kortum 2004).
    """
    if sales <= 0.0:
        return p.dilution_most
    return min(p.dilution_most, (sales / reference.sales) ** -p.dilution)
