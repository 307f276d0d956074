"""Markov removal and Shapley values by their definitions, for paths few enough to afford them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise, permutations
from math import comb

import numpy as np

Paths = dict[tuple[str, ...], tuple[float, float]]
"""Channels in order: how often they converted, and how often not."""
State = tuple[str, ...]


def channels(paths: Paths) -> list[str]:
    return sorted({channel for path in paths for channel in path})


def states(path: tuple[str, ...], order: int) -> list[State]:
    """The last channels at each touch; a path shorter than the order is one state."""
    last = max(len(path) - order, 0)
    return [path[at : at + order] for at in range(last + 1)]


def conversion_rate(paths: Paths, order: int, removed: str | None = None) -> float:
    """How much of what starts ends in a conversion, once the channel is cut out of the chain."""
    steps: dict[State, dict[State | str, float]] = defaultdict(lambda: defaultdict(float))
    start: State = ()
    for path, (conversions, non_conversions) in paths.items():
        visited = [start, *states(path, order)]
        for source, target in pairwise(visited):
            steps[source][target] += conversions + non_conversions
        steps[visited[-1]]["conversion"] += conversions
        steps[visited[-1]]["null"] += non_conversions
    kept = [state for state in steps if removed not in state]
    place = {state: number for number, state in enumerate(kept)}
    stays, converts = np.zeros((len(kept), len(kept))), np.zeros(len(kept))
    for source in kept:
        total = sum(steps[source].values())
        for target, weight in steps[source].items():
            if target == "conversion":
                converts[place[source]] += weight / total
            elif target in place:
                stays[place[source], place[target]] += weight / total
    return float(np.linalg.solve(np.eye(len(kept)) - stays, converts)[place[start]])


def removal_effects(paths: Paths, order: int) -> dict[str, float]:
    whole = conversion_rate(paths, order)
    return {
        channel: 1 - conversion_rate(paths, order, removed=channel) / whole
        for channel in channels(paths)
    }


def shapley(paths: Paths, worth: Callable[[Paths], float]) -> dict[str, float]:
    """What each channel adds as channels join one by one, over every order of joining."""
    players = channels(paths)
    values = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for joining in orders:
        for number, channel in enumerate(joining, 1):
            inside = worth(within(paths, joining[:number]))
            before = worth(within(paths, joining[: number - 1]))
            values[channel] += (inside - before) / len(orders)
    return values


def shapley_by_sets(paths: Paths) -> dict[str, float]:
    """Values of conversion rates over every set of the other channels: for more channels."""
    players = channels(paths)
    sums = np.zeros((2, 2 ** len(players)))
    for path, counts in paths.items():
        sums[:, sum(1 << players.index(channel) for channel in set(path))] += counts
    for place in range(len(players)):
        halves = sums.reshape(2, -1, 2, 1 << place)
        halves[:, :, 1] += halves[:, :, 0]
    converted, lost = sums
    journeys = converted + lost
    rates = np.divide(converted, journeys, out=np.zeros_like(journeys), where=journeys > 0)
    sets = np.arange(2 ** len(players))
    sizes = np.array([number.bit_count() for number in sets.tolist()])
    weights = np.array(
        [1 / (len(players) * comb(len(players) - 1, size)) for size in range(len(players))]
    )
    values = {}
    for place, channel in enumerate(players):
        without = sets[sets >> place & 1 == 0]
        gains = rates[without | 1 << place] - rates[without]
        values[channel] = float((gains * weights[sizes[without]]).sum())
    return values


def within(paths: Paths, coalition: tuple[str, ...]) -> Paths:
    """The paths that hold no other channel."""
    return {path: counts for path, counts in paths.items() if set(path) <= set(coalition)}


def conversions(paths: Paths) -> float:
    return sum(converted for converted, _ in paths.values())


def rate(paths: Paths) -> float:
    journeys = sum(map(sum, paths.values()))
    return conversions(paths) / journeys if journeys else 0.0
