"""Components of links are those of networkx, for graphs of every shape."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd

from tests.identity import graphs
from tests.warehouse import worlds

GRAPHS = 1000


def graph(chance: random.Random, number: int) -> list[tuple[int, int]]:
    """The links of one graph over nodes 0 to n: a chain, a star, a clique, a tree or at random."""
    size = chance.choice((1, 2, 3, 5, 8, 20, 60))
    shape = number % 5
    if shape == 0:
        # a few very long ones
        size = (5000, 1000)[number // 5] if number < 10 else size
        return [(at, at + 1) for at in range(size)]
    if shape == 1:
        return [(0, at + 1) for at in range(size)]
    if shape == 2:
        size = min(size, 20)
        return [(low, high) for high in range(size + 1) for low in range(high)]
    if shape == 3:
        return [(chance.randrange(at + 1), at + 1) for at in range(size)]
    return [(chance.randrange(size + 1), chance.randrange(size + 1)) for _ in range(size)]


def disjoint(chance: random.Random, graphs: int = GRAPHS) -> Iterator[tuple[str, str]]:
    """The links of many graphs that have nothing in common."""
    for number in range(graphs):
        links = graph(chance, number)
        if chance.random() < 0.5:
            chance.shuffle(links)
        for low, high in links:
            ends = [f"{number}:{low:05}", f"{number}:{high:05}"]
            if chance.random() < 0.5:
                ends.reverse()
            yield ends[0], ends[1]


def test_components_are_those_of_networkx(template: Path, tmp_path: Path) -> None:
    worlds.start_over(tmp_path, template)
    links = pd.DataFrame(disjoint(random.Random(4)), columns=["strong", "weak"])
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.register("links", links)
        hashed = "cast(cast('0x' || substr(md5({}), 1, 16) as ubigint) >> 1 as bigint)"
        database.execute(
            "insert into intermediate.int_identifier_links_judged by name select "
            f"{hashed.format('strong')} as strong_id, {hashed.format('weak')} as weak_id from links"
        )
    worlds.dbt(tmp_path, "run", "--full-refresh", "--select", "int_identifiers_clustered")
    found = dict(graphs.query(tmp_path, "from intermediate.int_identifiers_clustered"))
    expected = graphs.connected(tmp_path, "int_identifier_links_judged")
    loops = {node for node, smallest in expected.items() if node == smallest} - found.keys()
    # what is linked with nothing but itself is no component
    assert {node: smallest for node, smallest in expected.items() if node not in loops} == found
    assert len(found) > 12_000
    assert len(set(found.values())) > GRAPHS * 0.9
