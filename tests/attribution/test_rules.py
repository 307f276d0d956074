"""Rules and Shapley share paths as their lines in the seed say, whatever paths and lines are."""

from __future__ import annotations

import csv
import datetime
import random
from itertools import groupby
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from tests.warehouse import worlds
from tests.warehouse.worlds import query

PATHS = 2000
VARS = yaml.safe_load((worlds.PROJECT / "dbt_project.yml").read_text())["vars"]
HALF_LIFE_DAYS = VARS["time_decay_half_life_days"]
CONVERTED = datetime.datetime(2026, 7, 31, 12)
CHANNELS = {"sms": "paid", "douyin_ads": "paid", "store": "", "email": "", "direct": "direct"}
SHARES = (
    *("first", "last", "last_non_direct", "first_paid", "last_paid", "lead", "between", "even"),
    *("decayed", "weighted"),
)
TRANSFORMS = ("every", "no_repeats", "first_of_channel", "last_of_channel", "no_direct")
TABLES = """
    create schema if not exists intermediate;
    create or replace table intermediate.int_touchpoints_sequenced as
    select
        conversion_id, conversion_type, 'c' || conversion_id as customer_id, touchpoint_id, channel,
        cast(null as varchar) as campaign_id, cast(weight as double) as weight,
        cast(touched_at as timestamp) as touched_at, cast(hours_before as double) as hours_before,
        cast(min(hours_before) over (partition by conversion_id) as double) as nearest_hours_before,
        cast(lead_at as timestamp) as lead_at, touch_position, path_length
    from touches;
    create table if not exists intermediate.int_customers_touched (
        customer_id text, touched_seq bigint
    );
"""
Touch = dict[str, Any]


def drawn_models(chance: random.Random) -> list[dict[str, Any]]:
    """Models as shipped, those that the docs would add, and mixtures nobody would think of."""
    seed = (worlds.PROJECT / "seeds" / "attribution_models.csv").read_text(encoding="utf-8")
    header, *_ = seed.splitlines()
    docs = (worlds.PROJECT / "docs" / "attribution.md").read_text(encoding="utf-8")
    documented = docs.split(f"```\n{header}\n")[1].split("```")[0]
    shipped = [
        line
        for line in csv.DictReader((seed + documented).splitlines())
        if line["kind"] != "markov" and line["level"] == "channel"
    ]
    assert "u_50_50" in {line["attribution_model"] for line in shipped}
    for number in range(12):
        parts = [chance.choice((0, 0, 0, 1, 2)) for _ in SHARES]
        # what every path has, or there would be paths that a model gives to nobody
        parts[SHARES.index(chance.choice(("first", "last", "even")))] += 1
        mixture = {name: part / sum(parts) for name, part in zip(SHARES, parts, strict=True)}
        shipped.append(
            {
                "attribution_model": f"mixture_{number}",
                "kind": "rule",
                "level": "channel",
                "needs_times": str(mixture["decayed"] + mixture["lead"] > 0).lower(),
                "conversion_types": chance.choice(("", "purchase", "lead purchase")),
                # each transform with and without a look-back
                "lookback_days": ("", "3", "", "10")[number % 4],
                "path_transform": TRANSFORMS[number % len(TRANSFORMS)],
                "half_life_days": chance.choice(("", "0.5", "14")) if mixture["decayed"] else "",
                **{f"{name}_share": str(share) for name, share in mixture.items()},
            }
        )
    return shipped


def drawn_path(chance: random.Random, number: int) -> list[Touch]:
    """Up to 9 touches before a conversion, some at one instant; a tenth of them without times."""
    kind = chance.choice(("purchase", "lead", "path"))
    length = chance.choice((1, 1, 2, 2, 3, 4, 6, 9))
    hours = sorted(chance.choice((0, 5, 24, 71.5, 72, 100, 600)) for _ in range(length))[::-1]
    lead = CONVERTED - datetime.timedelta(hours=chance.choice((0, 30, 90, 700)))
    return [
        {
            "conversion_id": number,
            "conversion_type": kind,
            "touchpoint_id": number * 10 + place,
            "channel": chance.choice(list(CHANNELS)),
            "weight": chance.choice((1, 1, 2, 4)),
            "hours_before": None if kind == "path" else before,
            "touched_at": None if kind == "path" else CONVERTED - datetime.timedelta(hours=before),
            "lead_at": None if kind == "path" or number % 2 else lead,
            "touch_position": place + 1,
            "path_length": length,
        }
        for place, before in enumerate(hours)
    ]


def looked_at(path: list[Touch], model: dict[str, Any]) -> list[Touch]:
    """What of a path the model sees."""
    days = model["lookback_days"]
    seen = [
        touch
        for touch in path
        if not days or touch["hours_before"] is None or touch["hours_before"] < int(days) * 24
    ]
    transform = model["path_transform"]
    if transform == "no_repeats":
        seen = [next(run) for _, run in groupby(seen, key=lambda touch: touch["channel"])]
    elif transform == "first_of_channel":
        seen = list({touch["channel"]: touch for touch in reversed(seen)}.values())[::-1]
        seen.sort(key=lambda touch: touch["touch_position"])
    elif transform == "last_of_channel":
        seen = list({touch["channel"]: touch for touch in seen}.values())
        seen.sort(key=lambda touch: touch["touch_position"])
    elif transform == "no_direct":
        seen = [touch for touch in seen if touch["channel"] != "direct"] or seen
    return seen


def shapley(seen: list[Touch]) -> list[float]:
    channels = [touch["channel"] for touch in seen]
    return [1 / len(set(channels)) / channels.count(channel) for channel in channels]


def shared(seen: list[Touch], model: dict[str, Any]) -> list[float]:
    """Credit of each touch by its definition, one share at a time."""
    share = {name: float(model[f"{name}_share"]) for name in SHARES}
    last = len(seen) - 1
    places = range(len(seen))
    kinds = [CHANNELS[touch["channel"]] for touch in seen]
    paid = [place for place in places if kinds[place] == "paid"]
    told = [place for place in places if kinds[place] != "direct"]
    leads = [
        place for place in places if seen[place]["lead_at"] is not None
        and seen[place]["touched_at"] <= seen[place]["lead_at"]
    ]  # fmt: skip
    taken = {0, last} | ({leads[-1]} if leads and share["lead"] else set())
    others = [place for place in places if place not in taken]
    credit = [0.0] * len(seen)
    for name, place in (
        *(("first", 0), ("last", last), ("last_non_direct", max(told, default=last))),
        *(("first_paid", min(paid, default=0)), ("last_paid", max(paid, default=last))),
        *([("lead", leads[-1])] if leads else []),
    ):
        credit[place] += share[name]
    for place in others:
        credit[place] += share["between"] / len(others)
    half_life = float(model["half_life_days"] or HALF_LIFE_DAYS) * 24
    decays = [2 ** -((touch["hours_before"] or 0) / half_life) for touch in seen]
    for place in places:
        credit[place] += share["even"] / len(seen)
        credit[place] += share["decayed"] * decays[place] / sum(decays)
        credit[place] += share["weighted"] * seen[place]["weight"] / sum(t["weight"] for t in seen)
    return [part / sum(credit) for part in credit]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_shares_every_path_by_its_line(seed: int, tmp_path) -> None:
    chance = random.Random(seed)
    models = drawn_models(chance)
    paths = [drawn_path(chance, number) for number in range(1, PATHS + 1)]
    touches = pd.DataFrame([touch for path in paths for touch in path]).sample(
        frac=1, random_state=seed
    )
    worlds.dbt(tmp_path, "seed", "--select", "attribution_models", "channels")
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.execute("delete from seeds.attribution_models")
        database.register("drawn", pd.DataFrame(models).replace("", None))
        database.execute("insert into seeds.attribution_models by name from drawn")
        database.register("touches", touches)
        database.execute(TABLES)
    worlds.dbt(tmp_path, "run", "--select", "int_credits_by_rule", "int_credits_by_shapley")
    columns = "attribution_model, conversion_id, touchpoint_id, credit, touch_position, path_length"
    rows = query(
        tmp_path,
        f"select {columns} from intermediate.int_credits_by_rule "
        f"union all select {columns} from intermediate.int_credits_by_shapley",
    )
    found: dict[tuple[str, int], dict[int, tuple[float, int, int]]] = {}
    for model, conversion, touchpoint, credit, *place in rows:
        assert credit > 0
        found.setdefault((model, conversion), {})[touchpoint] = (credit, *place)

    expected = 0
    for model in models:
        types = model["conversion_types"].split() or ["purchase", "lead", "path"]
        for path in paths:
            key = (model["attribution_model"], path[0]["conversion_id"])
            seen = looked_at(path, model)
            timeless = model["needs_times"] == "true" and path[0]["hours_before"] is None
            if path[0]["conversion_type"] not in types or timeless or not seen:
                assert key not in found
                continue
            credit = shapley(seen) if model["kind"] == "shapley" else shared(seen, model)
            ours = found[key]
            assert sum(part for part, *_ in ours.values()) == pytest.approx(1, abs=1e-12)
            for place, (touch, part) in enumerate(zip(seen, credit, strict=True), 1):
                told = ours.get(touch["touchpoint_id"], (0, place, len(seen)))
                assert told == (pytest.approx(part, abs=1e-9), place, len(seen))
            expected += 1
    assert len(found) == expected > 10_000
