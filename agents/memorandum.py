"""A memorandum: agreed partners become a pending project, and their ties remember it.

What a part costs   max(least_cost, part_cost R_min^part_size Rref^(1 - part_size)) a quarter, R_min the R&D of the smallest member
                    (tried in a prototype), times the member's load: the project's weight over its own.
What it saves       the share `relief` of it where a member may use shared equipment: the same work for less money, so the share is noted.
"""

from numba import njit

from agents.ties import Channel, begin, connect, find

CONSORTIUM = int(Channel.CONSORTIUM)


@njit(cache=True)
def sign(s, p, pr, row, team, size, project_weight, luck, quarter, worth, research, reference, relief, weight, load):
    """Write a pending project into `row` and load its members."""
    smallest = research[team[0]]
    for m in range(1, size):
        smallest = min(smallest, research[team[m]])
    part = max(p.least_cost, p.part_cost * smallest**p.part_size * reference ** (1.0 - p.part_size))
    pr.key[row] = luck
    pr.status[row] = 1
    pr.size[row] = size
    pr.weight[row] = project_weight
    pr.born[row] = quarter
    pr.started[row] = -1
    pr.value[row] = worth
    pr.renewal[row] = False
    pr.programme[row] = -1
    pr.covered[row] = 0.0
    pr.afterwards[row] = False
    pr.regional[row] = 0.0
    pr.saved[row] = 0.0
    pr.innovations[row] = 0
    mark(s, pr, row, team, size)
    for m in range(size):
        i = team[m]
        pr.members[row, m] = i
        pr.member_ids[row, m] = s.id[i]
        pr.load[row, m] = project_weight / weight[i]
        pr.saved[row, m] = relief[i]
        pr.cost[row, m] = part * pr.load[row, m] * (1.0 - relief[i])
        load[i] += pr.load[row, m]


@njit(cache=True)
def mark(s, pr, row, team, size):
    """Note what a project crosses, at birth."""
    clusters, borders, sectors, science, firms = False, False, False, False, False
    same = s.cluster[team[0]] >= 0
    for m in range(size):
        i = team[m]
        firms |= s.kind[i] == 0
        science |= s.kind[i] != 0
        same &= s.cluster[i] == s.cluster[team[0]]
        for n in range(m):
            j = team[n]
            clusters |= s.cluster[i] >= 0 and s.cluster[j] >= 0 and s.cluster[i] != s.cluster[j]
            borders |= s.country[i] != s.country[j]
            sectors |= s.sector[i] != s.sector[j]
    pr.cross_cluster[row] = clusters
    pr.in_cluster[row] = same
    pr.cross_border[row] = borders
    pr.cross_sector[row] = sectors
    pr.with_science[row] = science and firms
    pr.consented[row] = not borders


@njit(cache=True)
def tie_team(t, ids, weight, team, size, quarter, opens, ladder):
    """All members of a project have ties with a memorandum, repeated if they had one before; counts the project in each tie."""
    for m in range(size):
        for n in range(m):
            tie = find(t, team[m], team[n])
            if tie < 0:
                tie = connect(t, ids, team[m], team[n], quarter, CONSORTIUM)
                if tie >= 0:
                    begin(t, tie, min(weight[team[m]], weight[team[n]]), opens, ladder)
            if tie >= 0:
                t.stage[tie] = min(2, t.stage[tie] + 1)
                t.projects[tie] += 1
