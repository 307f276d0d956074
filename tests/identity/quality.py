"""How well identifiers are grouped to customers, beside whose they really are."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import networkx as nx
import pandas as pd

from ingestion.pseudonyms import configured_pseudonymiser

WITHOUT_RULES, JUDGED, WHOLE = "no rule at all", "rules on single links", "all rules"
KEY = ["identifier_type", "namespace", "identifier_value"]
JUDGED_BY_TENTH = (
    "select '{}' as method, floor(probability * 10 + 1e-9) / 10 as tenth, count(*), "
    "avg(probability), avg(list_has_any(ones.persons, others.persons)::int) "
)
CUSTOMERS = (
    "with known as (select customer_id, list(person_id) as persons from people group by all) "
    + JUDGED_BY_TENTH.format("customers of matches")
    + "from marts.customer_matches as matches "
    "inner join known as ones on matches.customer_id = ones.customer_id "
    "inner join known as others on matches.likely_customer_id = others.customer_id "
    "group by tenth order by tenth"
)
DEVICES = (
    "with known as ("
    "select cast(('0x' || md5(stream_id)[:16])::ubigint >> 1 as bigint) as device_id, "
    "list(distinct person_id) as persons from intermediate.int_sessions_built "
    "inner join owned on split_part(stream_id, ':', 2) = identifier_value group by all), "
    "matched as (select matches.*, pairs.device_id, pairs.other_device_id "
    "from marts.customer_matches as matches "
    "inner join intermediate.int_device_pairs_described as pairs "
    "on matches.evidence = pairs.pattern and (matches.customer_id, matches.likely_customer_id) in ("
    "(pairs.customer_id, pairs.other_customer_id), (pairs.other_customer_id, pairs.customer_id)) "
    "qualify row_number() over ("
    "partition by matches.customer_id order by device_id, other_device_id) = 1) "
    + JUDGED_BY_TENTH.format("devices of matches")
    + "from matched inner join known as ones on matched.device_id = ones.device_id "
    "inner join known as others on matched.other_device_id = others.device_id "
    "group by tenth order by tenth"
)


_pseudonymiser = cache(configured_pseudonymiser)


class Quality(NamedTuple):
    """What one way to group identifiers is worth.

    Pairs are of identifiers that are one person's; B-cubed is the mean over identifiers, so that a
    large customer does not count for its square.
    """

    precision: float
    recall: float
    f1: float
    b_cubed_precision: float
    b_cubed_recall: float
    b_cubed_f1: float
    largest_customer: int
    customers_with_two_member_ids: int


class Tenth(NamedTuple):
    """What was said of pairs whose probability lies in one tenth, and what is true of them."""

    method: str
    probability_from: float
    pairs: int
    predicted: float
    observed: float


def calibration(brand: Path) -> list[Tenth]:
    """What is said of kept matches and of members held out, beside the truth and what is known.

    A match is judged twice: whether the two customers are one person's, and whether the two devices
    are that it rests on, which it cannot help where the exact graph gave a borrowed device to who
    logged in there. Only customers and devices of known owners count.
    """
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        found = database.execute(
            "select observed.identifier_type, observed.namespace, observed.identifier_value, "
            "resolved.customer_id from intermediate.int_identifiers_observed as observed "
            "inner join intermediate.int_identifiers_resolved as resolved using (identifier_id)"
        ).df()
        owned = found.merge(true_owners(brand), on=KEY)
        # of a customer that is several people, whose most of the identifiers are: a couple's, both
        counted = owned.groupby(["customer_id", "person_id"]).size().reset_index(name="held")
        most = counted.groupby("customer_id")["held"].transform("max")
        database.register("people", counted[counted["held"] == most])
        database.register("owned", owned)
        rows = [row for judge in (CUSTOMERS, DEVICES) for row in database.execute(judge).fetchall()]
        rows += database.execute(
            "select 'members held out', probability_from, pair_count, predicted_share, "
            "observed_share from marts.match_calibration order by probability_from"
        ).fetchall()
    return [Tenth(*row) for row in rows]


def calibration_error(tenths: list[Tenth]) -> float:
    """The mean distance of what is said from what is true, weighed by pairs, from 0.5 on."""
    likely = [tenth for tenth in tenths if tenth.probability_from >= 0.5]
    apart = sum(tenth.pairs * abs(tenth.predicted - tenth.observed) for tenth in likely)
    return apart / sum(tenth.pairs for tenth in likely)


def share_of_true(tenths: list[Tenth], least: float) -> float:
    """The share of pairs that are one person, of those with at least a probability."""
    sure = [tenth for tenth in tenths if tenth.probability_from >= least]
    return sum(tenth.pairs * tenth.observed for tenth in sure) / sum(t.pairs for t in sure)


def true_owners(brand: Path) -> pd.DataFrame:
    """(person_id, type, namespace, value) of the sample brand, personal values as pseudonyms."""
    frame = pd.read_parquet(brand / "truth" / "identifiers.parquet")
    frame["identifier_value"] = [
        phone_token(value) if kind == "phone" else value
        for kind, value in zip(frame["identifier_type"], frame["identifier_value"], strict=True)
    ]
    return frame


def phone_token(phone: str) -> str:
    """The value that stands for a phone in records."""
    return str(_pseudonymiser().phone(phone)).split(".")[2]


def groupings(brand: Path) -> pd.DataFrame:
    """Every identifier seen, and the customer that it has under more and more rules."""
    with duckdb.connect(str(brand / "omnitouch.duckdb"), read_only=True) as database:
        found = database.execute(
            "select observed.identifier_id, observed.identifier_type, observed.namespace, "
            f"observed.identifier_value, resolved.customer_id as '{WHOLE}' "
            "from intermediate.int_identifiers_observed as observed "
            "inner join intermediate.int_identifiers_resolved as resolved using (identifier_id)"
        ).df()
        links = database.execute(
            "select strong_id, weak_id, rejected_by is null as holds "
            "from intermediate.int_identifier_links_judged"
        ).df()
    ids = found["identifier_id"]
    for name, its_links in ((WITHOUT_RULES, links), (JUDGED, links[links["holds"]])):
        found[name] = ids.map(components(its_links)).fillna(ids)
    return found


def components(links: pd.DataFrame) -> dict[int, int]:
    """The smallest identifier that links connect each one to."""
    graph = nx.from_pandas_edgelist(links, "strong_id", "weak_id")
    return {
        node: min(component) for component in nx.connected_components(graph) for node in component
    }


def measured(brand: Path) -> dict[str, Quality]:
    """The quality of each grouping of a brand whose identity models are built.

    An identifier that several people share, or nobody owns, is nobody's pair; it counts where
    customers are counted.
    """
    found = groupings(brand)
    owners = true_owners(brand)
    own = owners[owners.groupby(KEY)["person_id"].transform("nunique") == 1]
    joined = own.drop_duplicates().merge(found, on=KEY)
    return {name: _quality(joined, found, name) for name in (WITHOUT_RULES, JUDGED, WHOLE)}


def _quality(joined: pd.DataFrame, found: pd.DataFrame, grouping: str) -> Quality:
    right = _pairs(joined, "person_id", grouping)
    precision = right / _pairs(joined, grouping)
    recall = right / _pairs(joined, "person_id")
    both, customer, person = (
        joined.groupby(columns)["identifier_id"].transform("size")
        for columns in (["person_id", grouping], [grouping], ["person_id"])
    )
    b_cubed = float((both / customer).mean()), float((both / person).mean())
    members = found[found["identifier_type"] == "member_id"].groupby(grouping).size()
    return Quality(
        precision,
        recall,
        _f1(precision, recall),
        *b_cubed,
        _f1(*b_cubed),
        int(found.groupby(grouping).size().max()),
        int((members > 1).sum()),
    )


def _pairs(frame: pd.DataFrame, *columns: str) -> int:
    sizes = frame.groupby(list(columns)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)
