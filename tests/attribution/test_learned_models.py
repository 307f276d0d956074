"""Markov and Shapley figures are what their definitions say, on random worlds."""

from __future__ import annotations

import random
from hashlib import md5
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ingestion.loading import run as load
from ingestion.warehouse import Warehouse
from tests.attribution import oracle
from tests.attribution.oracle import Paths
from tests.warehouse import worlds
from tests.warehouse.worlds import query

ORDERS = (1, 2, 3)
CHAINS = (
    *("int_groups_left_out", "int_units_known"),
    *("int_channel_states_split", "int_channel_removals", "int_channel_departures_counted"),
    *("int_channel_chains", "int_states_visited", "int_states_converting"),
    *("int_channel_removals_solved", "int_removals_resampled", "int_effects_resampled"),
    *("int_removal_effects_shared", "channel_removal_effects"),
)
STEPS = (
    *("int_paths_counted", "int_channel_windows_counted", "int_chains_asked"),
    *("int_steps_grouped", "int_channel_transitions_counted"),
)
VALUES = (
    *("int_channels_numbered", "int_channel_sets_grouped", "int_channel_sets_counted"),
    *("int_coalitions_valued", "int_shapley_values_solved", "int_channel_orders_drawn"),
    *("int_channel_sets_completed", "int_channel_rates_drawn", "int_channel_gains_drawn"),
    *("int_shapley_values_sampled", "int_shapley_values_resampled", "channel_shapley_values"),
)
LEDGERS = ("int_credits_by_markov", "int_credits_by_shapley")
MODELS = (*STEPS, *CHAINS, *VALUES, *LEDGERS)
TABLES = """
    create schema if not exists intermediate;
    create or replace table main.paths (
        path_id bigint, conversion_type text, path text, placed_path text, conversions double,
        non_conversions double
    );
    create or replace table intermediate.int_customers_grouped (
        customer_id text, sample_group int
    );
    create or replace table intermediate.int_touchpoints_sequenced (
        conversion_id bigint, conversion_type text, customer_id text, touchpoint_id bigint,
        channel text, campaign_id text, weight double, touched_at timestamp, hours_before double,
        nearest_hours_before double, lead_at timestamp, touch_position bigint, path_length bigint
    );
    create or replace table intermediate.int_touchpoints_at_levels (
        level text, touchpoint_id bigint, channel text, unit text
    );
    create or replace table intermediate.int_customers_touched (
        customer_id text, touched_seq bigint
    );
"""
WALKED = """
    create or replace temp table walked as
    select
        *, string_split(path, ' > ') as channels, string_split(placed_path, ' > ') as units,
        unnest(range(1, len(channels) + 1)) as place
    from main.paths
"""
TOUCHES = """
    insert into intermediate.int_touchpoints_sequenced
    select
        path_id, conversion_type, 'somebody', path_id * 2000 + place, channels[place], null, 1,
        null, null, null, null, place, len(channels)
    from walked
"""
PLACES = """
    insert into intermediate.int_touchpoints_at_levels
    select 'campaign', path_id * 2000 + place, channels[place], units[place]
    from walked
"""

# of nobody known: of no group
GROUPED = """
    create or replace table intermediate.int_paths_grouped as
    select
        conversion_type, levels.level, cast(null as int) as sample_group,
        if(levels.level = 'channel', path, placed_path) as path, cast(1 as bigint) as path_length,
        cast(sum(conversions) as decimal(28, 8)) as conversions,
        cast(0 as decimal(28, 8)) as revenue,
        cast(sum(non_conversions) as decimal(28, 8)) as non_conversions
    from main.paths, (values ('channel'), ('campaign')) as levels (level)
    group by all
"""

MANIFEST = """
files:
  - name: paths
    path: {path}
    shape: paths
    separator: "{separator}"
    columns: {{path: path, conversions: total_conversions, non_conversions: total_null}}
"""
DECLARED = ("stg_declared__paths", "int_loads_sequenced", "int_paths_arrived", "int_paths_grouped")
# of whom a file of paths says nothing
NOBODY = """
    create schema intermediate;
    create table intermediate.int_customers_grouped (customer_id text, sample_group int);
    create table intermediate.int_journeys_by_level (
        conversion_type text, level text, customer_id text, sampled_id bigint, path text,
        path_length bigint, conversions double, revenue double, non_conversions double
    );
    create table intermediate.int_touchpoints_at_levels (level text, unit text, channel text);
    create table intermediate.int_conversions_numbered (conversion_type text);
    create table intermediate.int_journeys_converted (
        conversion_id bigint, conversion_type text, customer_id text, path text,
        path_length bigint, revenue double
    );
    create table intermediate.int_journeys_unconverted (
        conversion_type text, customer_id text, path text, path_length bigint
    );
"""

NAMES = st.sampled_from(["a", "b", "it's", "线下 讲座", "100%"])
COUNTS = st.integers(0, 4).map(float) | st.sampled_from([0.5, 1e6])
PATHS = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=7).map(tuple),
    st.tuples(COUNTS, COUNTS).filter(any),
    min_size=1,
    max_size=8,
)
TO_AND_FRO: Paths = {("a", "b") * 600: (1.0, 3.0), ("b",): (1.0, 0.0)}
NEVER: Paths = {("a", "b"): (0.0, 3.0)}
# each example is a run of dbt: a smaller one would not be worth the wait
few_large_examples = settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("learned")
    worlds.dbt(directory, "seed", "--select", "attribution_models", "channels")
    with duckdb.connect(str(directory / "omnitouch.duckdb")) as database:
        database.execute("update seeds.attribution_models set conversion_types = null")
    return directory


def placed(path: tuple[str, ...]) -> tuple[str, ...]:
    """The campaigns of a path: of each channel two take turns, and one has none."""
    return tuple(
        f"{name} / {place % 2}" if name != "b" else name for place, name in enumerate(path)
    )


def learn(
    warehouse: Path,
    kinds: list[Paths],
    backwards: bool = False,
    models: tuple[str, ...] = MODELS,
) -> None:
    """Build the models on worlds, each of which is a conversion type of its own."""
    told = [
        (f"world {number}", " > ".join(path), " > ".join(placed(path)), *counts)
        for number, paths in enumerate(kinds)
        for path, counts in paths.items()
    ]
    rows = pd.DataFrame([(path_id, *row) for path_id, row in enumerate(told)])
    if backwards:
        rows = rows[::-1].reset_index(drop=True)
    with duckdb.connect(str(warehouse / "omnitouch.duckdb")) as database:
        database.execute(TABLES)
        database.execute("insert into main.paths from rows")
        for statement in (WALKED, TOUCHES, PLACES, GROUPED):
            database.execute(statement)
    worlds.dbt(warehouse, "run", "--full-refresh", "--select", *models)


def figures(warehouse: Path, sql: str) -> dict[tuple, float]:
    return {tuple(row[:-1]): row[-1] for row in query(warehouse, sql)}


def assert_figures_are_the_oracle_s(scratch: Path, kinds: list[Paths]) -> None:
    effects = figures(
        scratch,
        "select conversion_type, attribution_model, unit, removal_effect "
        "from marts.channel_removal_effects",
    )
    shares = figures(
        scratch,
        "select conversion_type, attribution_model, unit, share_of_effect "
        "from marts.channel_removal_effects",
    )
    channels = query(scratch, "select unit, channel from marts.channel_removal_effects")
    assert all(unit.split(" / ")[0] == channel for unit, channel in channels)
    rates = figures(
        scratch, "select conversion_type, channel, shapley_value from marts.channel_shapley_values"
    )
    shapley = figures(
        scratch,
        """
        select conversion_type, credits.channel, sum(credits.credit * paths.conversions)
        from intermediate.int_credits_by_shapley as credits
        inner join main.paths as paths on credits.conversion_id = paths.path_id
        group by all
        """,
    )
    for number, paths in enumerate(kinds):
        kind = f"world {number}"
        chains = {f"markov_{order}": (paths, order) for order in ORDERS}
        chains["markov_campaign"] = ({placed(path): told for path, told in paths.items()}, 1)
        for model, (told, order) in chains.items() if oracle.conversions(paths) else ():
            expected = oracle.removal_effects(told, order)
            found = {name: effects[kind, model, name] for name in expected}
            assert found == pytest.approx(expected, abs=1e-9)
            total = sum(expected.values())
            assert [shares[kind, model, name] for name in expected] == pytest.approx(
                [effect / total for effect in expected.values()], abs=1e-9
            )
        for found, worth in ((rates, oracle.rate), (shapley, oracle.conversions)):
            expected = oracle.shapley(paths, worth)
            assert {name: found[kind, name] for name in expected} == pytest.approx(
                expected, rel=1e-9, abs=1e-9
            )
    converting = [f"world {n}" for n, paths in enumerate(kinds) if oracle.conversions(paths)]
    assert {kind for kind, *_ in effects} == set(converting)
    # the whole chain converts as often as the paths did; where few of a million did, the rest of
    # the mass is as large as they are few, and so is what a double rounds off
    left = dict(
        query(scratch, "select chain_id, converted from intermediate.int_channel_removals_solved")
    )
    for kind in converting:
        for order in ORDERS:
            assert left[hashed(f"{kind}|channel|{order}|")] == pytest.approx(1, abs=1e-9)


def hashed(text: str) -> int:
    """The id of a text, as macros/engine/hash_id.sql makes it."""
    return int(md5(text.encode(), usedforsecurity=False).hexdigest()[:16], 16) >> 1


def assert_paths_share_as_their_channels_weigh(scratch: Path) -> None:
    credited = query(
        scratch,
        """
        select
            paths.conversion_type, credits.conversion_id, models.level, models.markov_order,
            list(
                if(models.level = 'channel', credits.channel, units.unit)
                order by credits.touch_position
            ),
            list(credits.credit order by credits.touch_position), any_value(credits.path_length)
        from intermediate.int_credits_by_markov as credits
        inner join seeds.attribution_models as models using (attribution_model)
        inner join main.paths as paths on credits.conversion_id = paths.path_id
        left join intermediate.int_touchpoints_at_levels as units
            on credits.touchpoint_id = units.touchpoint_id and models.level = units.level
        group by all
        """,
    )
    effects = figures(
        scratch,
        "select conversion_type, level, markov_order, unit, removal_effect "
        "from intermediate.int_removal_effects_shared",
    )
    asked = (
        "select (select count(*) from main.paths) * count(*) "
        "from seeds.attribution_models where kind = 'markov'"
    )
    assert query(scratch, asked) == [(len(credited),)]
    for kind, _, level, order, units, credit, path_length in credited:
        assert sum(credit) == pytest.approx(1, abs=1e-12)
        assert min(credit) >= 0
        weights = [effects.get((kind, level, order, unit), 0) for unit in units]
        if not any(weights):
            weights = [1] * path_length
        assert credit == pytest.approx([weight / sum(weights) for weight in weights], abs=1e-9)


@example(kinds=[TO_AND_FRO, NEVER])
@given(kinds=st.lists(PATHS, min_size=20, max_size=30))
@few_large_examples
def test_figures_are_what_cutting_and_joining_one_by_one_gives(
    scratch: Path, kinds: list[Paths]
) -> None:
    learn(scratch, kinds)
    assert_figures_are_the_oracle_s(scratch, kinds)
    assert_paths_share_as_their_channels_weigh(scratch)


def test_so_they_are_in_a_thousand_worlds(scratch: Path) -> None:
    chance = random.Random(3)
    kinds = [drawn_world(chance) for _ in range(1000)]
    learn(scratch, kinds)
    assert_figures_are_the_oracle_s(scratch, kinds)
    assert_paths_share_as_their_channels_weigh(scratch)


def drawn_world(chance: random.Random) -> Paths:
    """Some paths of a few channels; most convert now and then, some always or never."""
    names = "abcde"[: chance.randint(1, 5)]
    return {
        tuple(chance.choices(names, k=chance.randint(1, 7))): (
            chance.choice([0.0, 1.0, 2.0, 0.5, 40.0]),
            chance.choice([1.0, 3.0, 0.25, 1e3]),
        )
        for _ in range(chance.randint(1, 8))
    }


def test_the_same_paths_in_another_order_give_the_same_bits(scratch: Path) -> None:
    # many steps into each state: two terms have the same sum in any order
    chance = random.Random(7)
    paths: Paths = {
        tuple(chance.choices("abcdef", k=chance.randint(1, 8))): (chance.random(), chance.random())
        for _ in range(200)
    }
    told = []
    for backwards in (False, True):
        learn(scratch, [paths], backwards)
        with duckdb.connect(str(scratch / "omnitouch.duckdb")) as database:
            database.execute(
                "create or replace table intermediate.int_channel_transitions_counted as "
                "from intermediate.int_channel_transitions_counted "
                f"order by hash(from_state, to_state) % 1009 {'desc' if backwards else ''}"
            )
        worlds.dbt(scratch, "run", "--full-refresh", "--select", *CHAINS, *VALUES, *LEDGERS)
        told.append(
            [
                sorted(query(scratch, f"from {table}"), key=str)
                for table in (
                    *("marts.channel_removal_effects", "marts.channel_shapley_values"),
                    *("intermediate.int_credits_by_markov", "intermediate.int_credits_by_shapley"),
                )
            ]
        )
    assert all(told[0])
    assert told[0] == told[1]


def test_of_many_channels_orders_are_drawn_and_their_error_is_told(scratch: Path) -> None:
    chance = random.Random(11)
    kinds: list[Paths] = []
    for channel_count in (15, 16, 17, 18, 18, 18):
        names = [f"c{number:02}" for number in range(channel_count)]
        kinds.append({(name,): (chance.random(), 5.0) for name in names})
        for _ in range(300):
            path = tuple(chance.sample(names, k=chance.randint(2, 6)))
            kinds[-1][path] = (3 * chance.random() * ("c03" in path), 10 * chance.random())
    learn(scratch, kinds, models=("int_paths_counted", "int_groups_left_out", *VALUES))
    found = query(
        scratch,
        "select conversion_type, channel, shapley_value, sampling_error, shapley_value_low "
        "from marts.channel_shapley_values order by all",
    )
    scores = []
    for number, paths in enumerate(kinds):
        expected = oracle.shapley_by_sets(paths)
        values = {name: row for kind, name, *row in found if kind == f"world {number}"}
        assert values.keys() == expected.keys()
        # what all add together is not a matter of the draw
        assert sum(value for value, *_ in values.values()) == pytest.approx(
            oracle.rate(paths), abs=1e-9
        )
        for name, (value, error, low) in values.items():
            assert low is None  # of nobody known
            if len(expected) == 15:
                assert (value, error) == (pytest.approx(expected[name], abs=1e-9), None)
            else:
                scores.append((value - expected[name]) / error)
    assert max(map(abs, scores)) < 5
    assert 0.6 < sum(score**2 for score in scores) / len(scores) < 1.6


def test_a_slow_chain_is_doubled_however_many_states_the_others_have(scratch: Path) -> None:
    with duckdb.connect(str(scratch / "omnitouch.duckdb")) as database:
        # 60 chains that end in two steps; one from x to y and back that ends in 10,000
        database.execute(
            """
            create or replace table intermediate.int_channel_chains as
            select
                chain_id, 'lead' as conversion_type, $start as from_id, place as to_id,
                0.001 as weight
            from range(1, 61) as chains (chain_id), range(1, 1001) as places (place)
            union all
            select chain_id, 'lead', place, $conversion, 1.0
            from range(1, 61) as chains (chain_id), range(1, 1001) as places (place)
            union all
            from (values
                (99, 'lead', $start, 1, 1.0), (99, 'lead', 1, 2, 0.9999), (99, 'lead', 2, 1, 1.0),
                (99, 'lead', 1, $conversion, 0.00005)
            )
            """,
            {"start": hashed("(start)"), "conversion": hashed("(conversion)")},
        )
    worlds.dbt(scratch, "run", "--select", "int_states_visited")
    visits = dict(
        query(
            scratch,
            "select state_id, visits from intermediate.int_states_visited where chain_id = 99",
        )
    )
    assert visits[1] == pytest.approx(10_000, rel=1e-9)
    assert visits[hashed("(conversion)")] == pytest.approx(0.5, abs=1e-9)


def test_a_chain_that_never_ends_is_an_error(scratch: Path) -> None:
    learn(scratch, [{("a", "b"): (1.0, 1.0)}])
    with duckdb.connect(str(scratch / "omnitouch.duckdb")) as database:
        database.execute(
            "update intermediate.int_channel_transitions_counted set to_state = 'a' "
            "where from_state = 'b' and to_state = '(null)'"
        )
        database.execute(
            "delete from intermediate.int_channel_transitions_counted "
            "where from_state = 'b' and to_state = '(conversion)'"
        )
        database.execute(
            "insert into intermediate.int_channel_transitions_counted "
            "values ('world 0', 'channel', 1, '(start)', '(conversion)', 1)"
        )
    with pytest.raises(AssertionError, match="1 chains still walk after 42 rounds"):
        worlds.dbt(scratch, "run", "--select", "int_channel_chains", "int_states_visited")


@pytest.mark.parametrize(
    ("name", "separator"), [("pathdata", ";"), ("kaggle_paths_dedup", ",")], ids=str
)
def test_published_removal_effects_of_declared_paths(
    shared_data: Path, tmp_path: Path, name: str, separator: str
) -> None:
    folder = shared_data / "attribution"
    (tmp_path / "manifest.yml").write_text(
        MANIFEST.format(path=folder / f"{name}.csv", separator=separator), encoding="utf-8"
    )
    load(Warehouse(tmp_path), [tmp_path / "manifest.yml"], lambda _: None)
    with duckdb.connect(str(tmp_path / "omnitouch.duckdb")) as database:
        database.execute(NOBODY)
    worlds.dbt(tmp_path, "seed", "--select", "attribution_models", "channels", "money_units")
    worlds.dbt(tmp_path, "run", "--select", *DECLARED, *STEPS, *CHAINS)
    expected = duckdb.sql(f"from read_csv('{folder / name}_expected_markov1.csv')").fetchall()
    ours = {
        channel: figures
        for channel, *figures in query(
            tmp_path,
            "select channel, removal_effect, conversions from marts.channel_removal_effects "
            "where attribution_model = 'markov_1'",
        )
    }
    assert len(expected) >= 5
    assert ours.keys() == {channel for channel, *_ in expected}
    for channel, *figures in expected:
        assert ours[channel] == pytest.approx(figures, rel=1e-9, abs=1e-9)
    # and of higher orders, which nobody published exactly
    paths = {
        tuple(path.split(" > ")): (conversions, lost)
        for path, conversions, lost in query(
            tmp_path,
            "select path, conversions, non_conversions from intermediate.int_paths_counted "
            "where level = 'channel'",
        )
    }
    for order in (2, 3):
        found = dict(
            query(
                tmp_path,
                "select channel, removal_effect from marts.channel_removal_effects "
                f"where markov_order = {order}",
            )
        )
        assert found == pytest.approx(oracle.removal_effects(paths, order), abs=1e-9)
