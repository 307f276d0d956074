"""Identity clustering of N link rows: the product's materialization beside scipy."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.measure import Benchmark, Contender, Work
from benchmarks.warehouse import copy_of, dbt_work, make_empty

MODEL = "int_identifiers_clustered"
LINKS = "intermediate.int_identifier_links_judged"


def prepare(directory: Path, events: int) -> None:
    for name, links in (("warehouse", events), ("empty", 0)):
        make_empty(directory / name)
        low, high = graph(links)
        frame = pd.DataFrame({"strong_id": low, "weak_id": high})
        with duckdb.connect(str(directory / name / "omnitouch.duckdb")) as database:
            database.register("links", frame)
            database.execute(f"insert into {LINKS} by name select * from links")


def graph(links: int) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the links of persons, in random order and with random ids.

    A person is a tree of 2 + Poisson(1.5) identifiers; one in 2,000 is a chain of 20-100; a hub
    per 500,000 links joins 1,000-5,000 persons. A link repeats 2.65 times on average.
    """
    rng = np.random.default_rng(7)
    persons = int(links * 0.1425) + 1
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


def ours(name: str, directory: Path, _: int) -> Work:
    copy = copy_of(directory / name)
    work = dbt_work(copy, "run", "--select", MODEL)

    def run() -> str:
        work()
        return counted(copy / "omnitouch.duckdb")

    return run


def scipy_components(directory: Path, _: int) -> Work:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    path = copy_of(directory / "warehouse") / "omnitouch.duckdb"

    def run() -> str:
        with duckdb.connect(str(path)) as database:
            links = database.execute(f"select strong_id, weak_id from {LINKS}").fetchnumpy()
            codes, ids = pd.factorize(np.concatenate([links["strong_id"], links["weak_id"]]))
            half = len(codes) // 2
            matrix = coo_matrix(
                (np.ones(half, np.int8), (codes[:half], codes[half:])), shape=(len(ids), len(ids))
            )
            _, labels = connected_components(matrix, directed=False)
            smallest = np.full(labels.max() + 1, np.iinfo(np.int64).max)
            np.minimum.at(smallest, labels, ids)
            found = pd.DataFrame({"identifier_id": ids, "component_id": smallest[labels]})
            database.register("found", found)
            database.execute(f"create or replace table intermediate.{MODEL} as select * from found")
        return counted(path)

    return run


def counted(path: Path) -> str:
    """Identifiers, components, and a number that only the same components have."""
    with duckdb.connect(str(path), read_only=True) as database:
        identifiers, components, checksum = database.execute(
            f"select count(*), count(distinct component_id), "
            f"bit_xor(hash(identifier_id, component_id)) from intermediate.{MODEL}"
        ).fetchall()[0]
    return f"{identifiers:,} in {components:,} ({(checksum or 0) % 1_000_000:06})"


BENCHMARK = Benchmark(
    "identity clustering of N link rows",
    prepare,
    (
        Contender("scipy", scipy_components),
        Contender("dbt run, empty graph", partial(ours, "empty")),
        Contender("ours, dbt run", partial(ours, "warehouse"), start_up="dbt run, empty graph"),
    ),
)
