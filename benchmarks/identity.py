"""Identity clustering of N link rows: the product's materialization beside libraries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import copy_of, dbt, dbt_work, make_empty

MODEL = "int_identifiers_clustered"
FOUND = "intermediate.components_found"
"""What a library found, beside the model."""
LINKS = "intermediate.int_identifier_links_judged"
CHANGES = "intermediate.int_identifier_link_changes"
NEW_SHARE = 0.01
LITTLE_MEMORY = "250MB"


def prepare(directory: Path, events: int) -> None:
    """Warehouses: without links, with all, with all but the newest built, and with these, too."""
    low, high = graph(events)
    frame = pd.DataFrame({"strong_id": low, "weak_id": high})
    make_empty(directory / "empty")
    for name in ("whole", "grown"):
        shutil.copytree(directory / "empty", directory / name)
    add_links(directory / "whole", frame)
    newest = int(len(frame) * (1 - NEW_SHARE))
    add_links(directory / "grown", frame[:newest])
    dbt(directory / "grown", "run", "--full-refresh", "--select", MODEL)
    shutil.copytree(directory / "grown", directory / "kept")
    add_links(directory / "grown", frame[newest:])
    with duckdb.connect(str(directory / "grown" / "omnitouch.duckdb")) as database:
        database.register("links", frame[newest:])
        database.execute(
            f"insert into {CHANGES} by name "
            "select *, false as held_before, 1 as change_seq from links"
        )


def add_links(warehouse: Path, frame: pd.DataFrame) -> None:
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.register("links", frame)
        database.execute(f"insert into {LINKS} by name select * from links")


def graph(links: int) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the links of persons, in random order and with random ids.

    A person is a tree of 2 + Poisson(1.5) identifiers; one in 2,000 is a chain of 20-100; a hub
    per 500,000 links joins 1,000-5,000 persons. A link repeats 2.65 times on average.
    """
    rng = np.random.default_rng(7)
    # 6.7 rows a person, and some to spare
    persons = int(links * 0.151) + 1
    sizes = 2 + rng.poisson(1.5, persons)
    is_chain = rng.random(persons) < 1 / 2000
    sizes[is_chain] = rng.integers(20, 101, int(is_chain.sum()))
    first = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(persons), sizes)
    place = np.arange(sizes.sum()) - first[owner]
    parent = np.where(is_chain[owner], place - 1, np.floor(rng.random(len(place)) * place))
    joined = place > 0
    low = (first[owner] + parent.astype(np.int64))[joined]
    high = np.flatnonzero(joined)
    hubs = [rng.integers(0, persons, rng.integers(1000, 5001)) for _ in range(links // 500_000)]
    for number, members in enumerate(hubs):
        low = np.concatenate([low, np.full(len(members), len(place) + number)])
        high = np.concatenate([high, first[members]])
    ids = rng.integers(1, 2**62, len(place) + len(hubs))
    repeated = rng.permutation(np.repeat(np.arange(len(low)), rng.geometric(1 / 2.65, len(low))))
    rows = repeated[:links]
    return ids[low[rows]], ids[high[rows]]


def ours(name: str, directory: Path, _: int, *arguments: str) -> Work:
    copy = copy_of(directory / name)
    work = dbt_work(copy, "run", "--select", MODEL, *arguments)

    def run() -> Callable[[], str]:
        work()
        return partial(counted, copy / "omnitouch.duckdb", f"intermediate.{MODEL}")

    return run


def ours_rebuilt(name: str, directory: Path, events: int) -> Work:
    return ours(name, directory, events, "--full-refresh")


def ours_in_little_memory(directory: Path, events: int) -> Work:
    os.environ["OMNITOUCH_DUCKDB_MEMORY"] = LITTLE_MEMORY
    return ours_rebuilt("whole", directory, events)


def peer(components: Callable[[Any, int], np.ndarray], directory: Path, _: int) -> Work:
    """A library that labels the nodes 0 to n of an array of links, the same table made of it."""
    path = copy_of(directory / "whole") / "omnitouch.duckdb"

    def run() -> Callable[[], str]:
        with duckdb.connect(str(path)) as database:
            links = database.execute(f"select strong_id, weak_id from {LINKS}").fetchnumpy()
            codes, ids = pd.factorize(np.concatenate([links["strong_id"], links["weak_id"]]))
            labels = components(codes.reshape(2, -1), len(ids))
            smallest = np.full(labels.max() + 1, np.iinfo(np.int64).max)
            np.minimum.at(smallest, labels, ids)
            found = pd.DataFrame({"identifier_id": ids, "component_id": smallest[labels]})
            database.register("found", found)
            database.execute(f"create table {FOUND} as select * from found")
        return partial(counted, path, FOUND)

    return run


def scipy_components(links: np.ndarray, nodes: int) -> np.ndarray:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(links.shape[1], np.int8)
    return connected_components(coo_matrix((ones, tuple(links)), shape=(nodes, nodes)), False)[1]


def igraph_components(links: np.ndarray, nodes: int) -> np.ndarray:
    import igraph

    graph = igraph.Graph(n=nodes, edges=links.T)
    return np.asarray(graph.connected_components(mode="weak").membership)


def splink_components(directory: Path, _: int) -> Work:
    """Splink's clustering of the same links, in a DuckDB of its own as it wants."""
    path = copy_of(directory / "whole") / "omnitouch.duckdb"

    def run() -> Callable[[], str]:
        from splink import DuckDBAPI
        from splink.clustering import cluster_pairwise_predictions_at_threshold

        with duckdb.connect(str(path)) as database:
            edges = database.execute(
                "select strong_id as node_l, weak_id as node_r, 1.0 as match_probability "
                f"from {LINKS}"
            ).to_arrow_table()
            nodes = database.execute(
                f"select distinct strong_id as node from {LINKS} union select weak_id from {LINKS}"
            ).to_arrow_table()
            clusters = cluster_pairwise_predictions_at_threshold(
                nodes, edges, node_id_column_name="node", edge_id_column_name_left="node_l",
                edge_id_column_name_right="node_r", db_api=DuckDBAPI(),
                threshold_match_probability=0.5,
            ).as_duckdbpyrelation().to_arrow_table()  # fmt: skip
            database.register("clusters", clusters)
            database.execute(
                f"create table {FOUND} as select node as identifier_id, "
                "min(node) over (partition by cluster_id) as component_id from clusters"
            )
        return partial(counted, path, FOUND)

    return run


def counted(path: Path, table: str) -> str:
    """Identifiers, components, and a number that only the same components have."""
    with duckdb.connect(str(path), read_only=True) as database:
        identifiers, components, checksum = database.execute(
            f"select count(*), count(distinct component_id), "
            f"bit_xor(hash(identifier_id, component_id)) from {table}"
        ).fetchall()[0]
    return f"{identifiers:,} in {components:,} ({(checksum or 0) % 1_000_000:06})"


def installed(module: str, contender: Contender) -> tuple[Contender, ...]:
    return (contender,) if find_spec(module) else ()


BENCHMARK = Benchmark(
    "identity clustering of N link rows",
    prepare,
    (
        Contender("scipy", partial(peer, scipy_components)),
        *installed("igraph", Contender("igraph", partial(peer, igraph_components))),
        *installed("splink", Contender("Splink's clustering", splink_components)),
        Contender("dbt run, empty graph", partial(ours_rebuilt, "empty")),
        Contender("ours, rebuilt", partial(ours_rebuilt, "whole"), start_up="dbt run, empty graph"),
        Contender(
            f"ours, rebuilt, DuckDB in {LITTLE_MEMORY}",
            ours_in_little_memory,
            start_up="dbt run, empty graph",
        ),
        Contender("dbt run, nothing new", partial(ours, "kept")),
        Contender("ours, 1 % new", partial(ours, "grown"), start_up="dbt run, nothing new"),
    ),
)
