"""Audit: Great Expectations judges a candidate's marts.duckdb before anyone reads it.

One suite per mart in expectations/suites, in Great Expectations' own format, with two rules added:

* A suite's `meta.previous` names parameters taken from what is published now, as SQL that returns
  one number. `previous_rows`, the mart's row count, is always there. An expectation that uses one
  is left out when there is nothing to compare with.
* Nothing is asked of the columns of an empty mart: a warehouse without ads has no ad performance.
  Whether a mart may be empty is itself an expectation, on the row count.
"""

import contextlib
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb

from expectations.marts import PublishError

log = logging.getLogger(__name__)

SUITES = Path(__file__).parent / "suites"
_SAMPLE_ROWS = 3
_importing = threading.Lock()

Outcome = Literal["FAILED", "ERRORED", "WARNED"]
Parameters = dict[str, float]


@dataclass(frozen=True)
class Finding:
    """An expectation that was not met (FAILED, WARNED) or could not be judged (ERRORED)."""

    outcome: Outcome
    mart: str
    expectation: str
    column: str | None
    expected: str
    observed: str
    reason: str = ""

    def __str__(self) -> str:
        """Say which promise was broken, and by which figures."""
        place = f"{self.mart}.{self.column}" if self.column else self.mart
        lines = [f"{self.outcome:<8}{place}: {self.expectation}"]
        if self.reason:
            lines.append(f"        {self.reason}")
        lines.append(f"        expected  {self.expected}")
        label = "error   " if self.outcome == "ERRORED" else "observed"
        lines.append(f"        {label}  {self.observed}")
        return "\n".join(lines)


@dataclass(frozen=True)
class AuditResult:
    """The verdict on a candidate."""

    report: Path
    checked: int
    skipped: int
    findings: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> list[Finding]:
        """The findings that forbid publishing."""
        return [finding for finding in self.findings if finding.outcome != "WARNED"]

    def describe(self) -> str:
        """Return the verdict for a person to read."""
        counts = {
            word: sum(finding.outcome == word for finding in self.findings)
            for word in ("FAILED", "ERRORED", "WARNED")
        }
        told = ", ".join(f"{count} {word.lower()}" for word, count in counts.items() if count)
        verdict = "nothing was published" if self.blocking else "accepted"
        lines = [f"audit: {self.checked} expectations, {told or 'all met'}: {verdict}"]
        lines += [str(finding) for finding in self.findings]
        lines.append(f"report  {self.report}")
        return "\n".join(lines)


def run_audit(
    database: Path,
    rows: dict[str, int],
    *,
    report: Path,
    previous: Path | None = None,
    suites: Path = SUITES,
) -> AuditResult:
    """Validate every mart of a candidate against its suite and write the HTML report.

    Args:
        database: the candidate's marts.duckdb.
        rows: the marts to audit and how many rows each has.
        report: directory to write index.html to.
        previous: the published marts.duckdb to compare with.
        suites: directory of <mart>.json.

    Raises:
        PublishError: what is published cannot be read.
    """
    gx = import_great_expectations()
    from expectations import dialect

    context = _context(gx, report)
    source = context.data_sources.add_sql("marts", connection_string=dialect.url(str(database)))
    findings: list[Finding] = []
    checked = skipped = 0
    before = None
    try:
        before = _open_previous(previous)
        for mart, mart_rows in rows.items():
            try:
                suite = json.loads((suites / f"{mart}.json").read_bytes())
                parameters = _previous_parameters(mart, suite, before)
                kept = [
                    expectation
                    for expectation in suite["expectations"]
                    if _applies(expectation, mart_rows, parameters, suite)
                ]
                skipped += len(suite["expectations"]) - len(kept)
                checked += len(kept)
                for result in _validate(context, gx, source, mart, suite, kept, parameters):
                    findings += _judge(result, mart, source.get_engine())
            except Exception as error:
                # One unreadable suite must not hide what the others find.
                findings.append(_suite_error(mart, suites, error))
        context.build_data_docs()
    finally:
        if before:
            before.close()
        source.get_execution_engine().close()
        source.get_engine().dispose()
    order = {"ERRORED": 0, "FAILED": 1, "WARNED": 2}
    findings.sort(key=lambda finding: order[finding.outcome])
    result = AuditResult(report / "index.html", checked, skipped, tuple(findings))
    # The HTML pages fetch their styles from the web; the verdict must be readable without it.
    (report / "verdict.txt").write_text(result.describe() + "\n", encoding="utf-8")
    log.info(
        "audited %d marts: %d expectations, %d left out, %d not met",
        *(len(rows), checked, skipped, len(findings)),
    )
    return result


def import_great_expectations() -> Any:
    """Return the package, which takes seconds to import: some other thread may do so first."""
    # With pyspark out of sight: importing its connect client without grpc ends the whole process,
    # with exit code 0.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _importing, _without_pyspark():
        import great_expectations

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return great_expectations


@contextlib.contextmanager
def _without_pyspark() -> Iterator[None]:
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_pyspark(name)}
    sys.modules["pyspark"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(hidden)


def _is_pyspark(module: str) -> bool:
    return module.partition(".")[0] == "pyspark"


def _context(gx: Any, report: Path) -> Any:
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(report.absolute()),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            data_docs_sites={"audit": site},
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )


def _validate(
    context: Any,
    gx: Any,
    source: Any,
    mart: str,
    suite: dict[str, Any],
    expectations: list[dict[str, Any]],
    parameters: Parameters,
) -> list[Any]:
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    suite_of_mart = context.suites.add(
        gx.ExpectationSuite(name=mart, expectations=expectations, meta=suite.get("meta", {}))
    )
    asset = source.add_table_asset(mart, table_name=mart)
    batch = asset.add_batch_definition_whole_table("candidate").get_batch()
    validation = batch.validate(
        suite_of_mart, result_format="SUMMARY", expectation_parameters=parameters
    )
    for result in validation.results:
        # Some expectations answer with numpy's bool, which cannot be stored as JSON.
        result.success = bool(result.success)
    run = RunIdentifier(run_name=mart)
    validation.meta["run_id"] = run
    name = ExpectationSuiteIdentifier(mart)
    context.validation_results_store.store_validation_results(
        suite_validation_result=validation,
        suite_validation_result_identifier=ValidationResultIdentifier(name, run, batch.id),
        expectation_suite_identifier=name,
    )
    return validation.results


def _applies(
    expectation: dict[str, Any], rows: int, parameters: Parameters, suite: dict[str, Any]
) -> bool:
    about_table = expectation["type"] == "unexpected_rows_expectation" or expectation[
        "type"
    ].startswith("expect_table_")
    if rows == 0 and not about_table:
        return False
    used = set(re.findall(r"\w+", " ".join(_parameter_texts(expectation["kwargs"]))))
    from_previous = {"previous_rows", *suite.get("meta", {}).get("previous", {})}
    return not (used & from_previous) - parameters.keys()


def _parameter_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$PARAMETER" in value:
            yield value["$PARAMETER"]
        else:
            for item in value.values():
                yield from _parameter_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _parameter_texts(item)


def _open_previous(previous: Path | None) -> duckdb.DuckDBPyConnection | None:
    if previous is None:
        return None
    try:
        return duckdb.connect(str(previous), read_only=True)
    except duckdb.Error as error:
        raise PublishError(
            f"what is published cannot be read to compare with it: {error}; "
            "--allow-shrink publishes without the comparison"
        ) from error


def _previous_parameters(
    mart: str, suite: dict[str, Any], previous: duckdb.DuckDBPyConnection | None
) -> Parameters:
    if previous is None:
        return {}
    queries = {
        "previous_rows": f'select count(*) from "{mart}"',
        **suite.get("meta", {}).get("previous", {}),
    }
    parameters = {}
    for name, query in queries.items():
        # A mart or a column that is new has nothing to be compared with.
        with contextlib.suppress(duckdb.CatalogException, duckdb.BinderException):
            row = previous.execute(query).fetchone()
            if row is not None and row[0] is not None:
                parameters[name] = float(row[0])
    return parameters


def _judge(result: Any, mart: str, engine: Any) -> Iterator[Finding]:
    config = result.expectation_config
    column = config.kwargs.get("column")
    error = _error(result.exception_info)
    if error and column and column not in _columns(mart, engine):
        error = f"{mart} has no column {column}"
    if error is None and result.success:
        return
    outcome: Outcome = "FAILED" if config.severity == "critical" else "WARNED"
    yield Finding(
        outcome="ERRORED" if error else outcome,
        mart=mart,
        expectation=config.type,
        column=column,
        expected=_expected(config.kwargs),
        observed=error or _observed(result, mart, engine),
        reason=config.description or "",
    )


def _suite_error(mart: str, suites: Path, error: Exception) -> Finding:
    missing = isinstance(error, FileNotFoundError)
    return Finding(
        outcome="ERRORED",
        mart=mart,
        expectation="suite",
        column=None,
        expected=f"a suite in {suites.name}/{mart}.json",
        observed="there is none" if missing else f"{type(error).__name__}: {error}",
    )


def _error(info: dict[str, Any]) -> str | None:
    """Return the message of the exception an expectation ended in, if it did."""
    # Either one record, or one per metric that could not be computed.
    records = [info] if "raised_exception" in info else info.values()
    messages = {record["exception_message"] for record in records if record["raised_exception"]}
    if not messages:
        return None
    return " | ".join(" ".join(str(message).split()) for message in sorted(messages, key=str))


def _expected(kwargs: dict[str, Any]) -> str:
    parts = []
    if "unexpected_rows_query" in kwargs:
        parts.append("no rows from its query")
    if "quantile_ranges" in kwargs:
        ranges = kwargs["quantile_ranges"]
        parts += [
            f"quantile {quantile:g} {_interval(low, high)}"
            for quantile, (low, high) in zip(
                ranges["quantiles"], ranges["value_ranges"], strict=True
            )
        ]
    if kwargs.get("min_value") is not None or kwargs.get("max_value") is not None:
        parts.append(_interval(kwargs.get("min_value"), kwargs.get("max_value")))
    shown = {"min_value", "max_value", "quantile_ranges", "unexpected_rows_query"}
    parts += [
        f"{name} {_figure(value)}"
        for name, value in kwargs.items()
        if name not in shown | {"column", "batch_id"} and value not in (None, False)
    ]
    return ", ".join(parts)


def _interval(low: Any, high: Any) -> str:
    if high is None:
        return f"at least {_figure(low)}"
    if low is None:
        return f"at most {_figure(high)}"
    return f"between {_figure(low)} and {_figure(high)}"


def _observed(result: Any, mart: str, engine: Any) -> str:
    found = result.result
    kwargs = result.expectation_config.kwargs
    if "unexpected_rows_query" in kwargs:
        rows = _sample(kwargs["unexpected_rows_query"], mart, engine)
        return f"{found['observed_value']} rows, such as {'; '.join(rows)}"
    value = found.get("observed_value")
    if isinstance(value, dict) and "quantiles" in value:
        return ", ".join(
            f"quantile {quantile:g} is {_figure(at)}"
            for quantile, at in zip(value["quantiles"], value["values"], strict=True)
        )
    if found.get("unexpected_percent") is not None:
        return (
            f"{found['unexpected_count']} of {found['element_count']} values "
            f"({found['unexpected_percent']:.2f} %), such as "
            f"{_figure(found.get('partial_unexpected_list', [])[:_SAMPLE_ROWS])}"
        )
    details = found.get("details")
    told = "nothing" if value is None else _figure(value)
    return f"{told} ({_figure(details)})" if details else told


def _columns(mart: str, engine: Any) -> set[str]:
    with engine.connect() as connection:
        return {row[0] for row in connection.exec_driver_sql(f'describe "{mart}"')}


def _sample(query: str, mart: str, engine: Any) -> list[str]:
    query = query.format(batch=f'"{mart}"')
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"select * from ({query}) limit {_SAMPLE_ROWS}"
        ).mappings()
        return [
            ", ".join(f"{name} {_figure(value)}" for name, value in row.items()) for row in rows
        ]


def _figure(value: Any) -> str:
    if isinstance(value, float | Decimal):
        return f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_figure(item) for item in value) + "]"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
