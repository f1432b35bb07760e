"""What research adds to knowledge, and where it looks: along what one knows and what partners know, and at random in the sector."""

import numpy as np
from numba import njit

from agents.draws import bits, unit
from agents.knowledge import depth
from agents.projects import Status


@njit(cache=True)
def directions(knowledge, projects, weight, p):
    """Where research looks, unit vectors f8[capacity, F]: d_i ~ k_i/|k_i| + agenda x sum over partners in projects of k_j/|k_j|.

    A joint agenda [N20]: whom one works with decides where one searches.  It brings partners of other fields to new ones, and those who
    only have each other to ever fewer (lock-in: Grabher 1993, Menzel and Fornahl 2010).
    """
    own = np.zeros_like(knowledge)
    for i in range(knowledge.shape[0]):
        length = depth(knowledge, i)
        if length > 0.0:
            own[i] = knowledge[i] / length
    if p.agenda == 0.0:
        return own
    joint, led = own.copy(), np.zeros(knowledge.shape[0], np.bool_)
    for r in range(projects.status.shape[0]):
        if projects.status[r] != Status.ACTIVE:
            continue
        for m in range(projects.size[r]):
            i = projects.members[r, m]
            led[i] = True
            for n in range(projects.size[r]):
                if n != m:
                    joint[i] += p.agenda * projects.weight[r] / weight[i] * own[projects.members[r, n]]
    for i in range(knowledge.shape[0]):
        length = depth(joint, i)
        if led[i] and length > 0.0:
            joint[i] /= length
    return joint


@njit(cache=True)
def created(direction, i, research, profile, u, p, out):
    """Add to out f8[F] what row i creates: creation R^creation_elasticity [own_direction d_i + (1 - own_direction) e_f].

    direction d f8 (capacity, F): see `directions`.  research R: real R&D over the reference.  f: field at quantile u of the sector's
    profile.  Who knows nothing only explores.
    """
    if research <= 0.0:
        return
    amount = p.creation * research**p.creation_elasticity
    along = p.own_direction if np.any(direction[i] > 0.0) else 0.0
    if along > 0.0:
        for f in range(out.shape[0]):
            out[f] += amount * along * direction[i, f]
    out[field_at(profile, u)] += amount * (1.0 - along)


@njit(cache=True)
def field_at(profile, u):
    """Field at quantile u in [0, 1) of a profile that sums to 1 (inverse distribution function)."""
    total = 0.0
    last = 0
    for f in range(profile.shape[0]):
        if profile[f] > 0.0:
            total += profile[f]
            last = f
            if u < total:
                break
    return last


@njit(cache=True)
def create(knowledge, direction, research, ids, sector, profiles, key, p):
    """Knowledge after it has faded and research has added to it, f8[capacity, F]; arguments as of `created`, for all rows."""
    learned = (1.0 - p.depreciation) * knowledge
    for i in range(knowledge.shape[0]):
        created(direction, i, research[i], profiles[sector[i]], unit(bits(key, ids[i], 0)), p, learned[i])
    return learned
