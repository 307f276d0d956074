"""What a preview found, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.preview.comparison import Change, Comparison


def told(found: Comparison) -> Iterator[str]:
    """Lines that say what would change, and what to do next."""
    if found.edits:
        yield "Edited: " + "; ".join(
            f"{edit.seed} (+{edit.lines_added} -{edit.lines_removed} lines)" for edit in found.edits
        )
    else:
        yield "No rule is edited: the seeds are those of the warehouse."
    if found.changes_nothing:
        yield f"Nothing changes: {found.customers_after:,} customers, all their links as they are."
        return
    yield f"Customers: {found.customers_before:,} now, {found.customers_after:,} by these rules"
    if found.merged.customers:
        yield (
            f"  merged: {found.merged.customers:,} into {found.merged.into:,} others; "
            f"{_count(found.merged.identifiers, 'identifier')} moved"
        )
    if found.split.customers:
        yield (
            f"  split: {_count(found.split.customers, 'customer')}, parts of whom go to "
            f"{found.split.into:,} others; {_count(found.split.identifiers, 'identifier')} moved"
        )
    if found.largest:
        yield (
            f"  the largest of those who gain: {found.largest.customer_id}, "
            f"{found.largest.identifiers:,} identifiers (now {found.largest.identifiers_before:,})"
        )
    yield from _links(found)
    nobody = f", {found.events_of_nobody:,} of them nobody" if found.events_of_nobody else ""
    yield (
        f"Records that get another customer: {_count(found.events, 'event')}{nobody}; "
        f"{_count(found.orders, 'order')} of {found.net_revenue:,.2f} CNY net revenue"
    )
    if found.changes:
        yield "Largest changes:"
    for change in found.changes:
        yield from _change(change)
    yield from _next(found)


def _links(found: Comparison) -> Iterator[str]:
    for what, by_rule in (
        ("newly rejected", found.links_rejected),
        ("newly accepted", found.links_accepted),
    ):
        if by_rule:
            rules = ", ".join(f"{rule} {count:,}" for rule, count in by_rule.items())
            yield f"Links {what}: {sum(by_rule.values()):,} ({rules})"
    if found.links_made or found.links_unmade:
        yield (
            f"Links made: {found.links_made:,}, unmade: {found.links_unmade:,}, as another "
            "identifier of their records becomes the strongest"
        )


def _change(change: Change) -> Iterator[str]:
    more = ", …" if change.identifiers > len(change.sample) else ""
    yield (
        f"  {change.change_type} {change.previous_customer_id} -> {change.customer_id}: "
        f"{_count(change.identifiers, 'identifier')}: {', '.join(change.sample)}{more}"
    )
    if change.link:
        rule = f"rejected: {change.rule}" if change.rule else "accepted"
        yield f"    by {' - '.join(change.link)}, {rule}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _next(found: Comparison) -> Iterator[str]:
    if found.newly_blocked:
        yield (
            "Next: python -m ingestion load notes the pseudonyms of what is newly blocked "
            f"({found.newly_blocked:,}), dbt build applies the rules; ./run does both."
        )
    else:
        yield "Next: dbt build (or ./run) applies the rules."
    yield "To leave all as it is, undo the edit. The warehouse was only read."
