"""How two records are compared: levels of likeness a role, and which records are compared at all.

Likeness is counted on the spelling of a text (``full_name_spelled``, one byte a character),
sameness on the text itself. Two records that have the same rare value count for more than two of
a common one: few who are called 张伟 are the same 张伟.
"""

from __future__ import annotations

from collections.abc import Iterable

import splink.comparison_level_library as levels
from splink.comparison_library import CustomComparison

# A part of what a record says, and the roles it needs; a role stands for itself.
PARTS = {
    "birth_year": (("birth_date",), "year(birth_date)"),
    "email_name": (("email",), "split_part(email, '@', 1)"),
    "initial": (("full_name",), "left(full_name, 1)"),
    "first_name_initial": (("first_name",), "left(first_name, 1)"),
    "surname_initial": (("surname",), "left(surname, 1)"),
    "names_in_any_order": (
        ("first_name", "surname"),
        "case when first_name < surname then first_name || '|' || surname "
        "else surname || '|' || first_name end",
    ),
    "address_start": (("address",), "left(address, 6)"),
    "address_numbers": (
        ("address",),
        "nullif(regexp_replace(address, '[^0-9]', '', 'g'), '')",
    ),
}
# Two records are compared where they have one of these in common.
BLOCKS = (
    ("email",),
    ("phone",),
    ("address",),
    ("birth_date",),
    ("full_name",),
    ("names_in_any_order",),
    ("email_name",),
    ("full_name", "birth_year"),
    ("full_name", "city"),
    ("first_name", "city"),
    ("surname", "city"),
    ("surname", "first_name_initial"),
    ("first_name", "surname_initial"),
    ("initial", "birth_year", "city"),
    ("initial", "birth_year"),
    ("first_name_initial", "birth_year"),
    ("surname_initial", "birth_year"),
    ("address_start", "address_numbers"),
    ("initial", "address_numbers"),
    ("surname", "address_numbers"),
    ("birth_year", "city"),
    ("first_name",),
    ("surname",),
    ("birth_year",),
)
# Two records that have one of these in common are nearly always one person's.
CERTAIN = (
    ("email",),
    ("phone",),
    ("full_name", "birth_date"),
    ("first_name", "surname", "birth_date"),
    ("full_name", "address"),
    ("first_name", "surname", "address"),
)
# How far roles agree is learned from records that agree in others: the first ones that some do.
TRAINING = (
    ("full_name",),
    ("first_name", "surname"),
    ("birth_date",),
    ("email",),
    ("phone",),
    ("address",),
    ("surname",),
    ("first_name",),
    ("city",),
)


def usable(rules: Iterable[tuple[str, ...]], roles: list[str]) -> list[tuple[str, ...]]:
    """The rules whose parts the records can have."""
    return [rule for rule in rules if all(set(_part(part)[0]) <= set(roles) for part in rule)]


def key_of(rule: tuple[str, ...]) -> str:
    """SQL of what a record has in common by a rule; null where it lacks a part."""
    return " || '|' || ".join(f"cast({_part(part)[1]} as varchar)" for part in rule)


def block_of(rule: tuple[str, ...]) -> str:
    """The column of what a record has in common by a rule with few others."""
    return "block_" + "_".join(rule)


def values_in_more(rule: tuple[str, ...], records: int) -> str:
    """A relation of what more than so many records have in common."""
    key = key_of(rule)
    return (
        f"(select {key} from records where {key} is not null group by {key} "
        f"having count(*) > {records})"
    )


def _part(part: str) -> tuple[tuple[str, ...], str]:
    return PARTS.get(part, ((part,), part))


def comparisons(roles: list[str]) -> list[CustomComparison]:
    """One comparison a role; its levels from the same to nothing alike."""
    return [
        CustomComparison(
            [
                levels.NullLevel(role),
                levels.ExactMatchLevel(role, term_frequency_adjustments=True),
                *(levels.CustomLevel(sql) for sql in _alike(role, roles)),
                levels.ElseLevel(),
            ],
            output_column_name=role,
        )
        for role in roles
    ]


def sameness(roles: list[str]) -> dict[str, int]:
    """The number by which Splink calls the level of two texts that are the same, by role."""
    return {role: 1 + len(_alike(role, roles)) for role in roles}


def _jaro_winkler(column: str, *thresholds: float) -> tuple[str, ...]:
    return tuple(
        f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}" for least in thresholds
    )


def _edits(column: str, *counts: int) -> tuple[str, ...]:
    return tuple(f"damerau_levenshtein({column}_l, {column}_r) <= {most}" for most in counts)


def _years(*counts: int) -> tuple[str, ...]:
    return tuple(f"abs(birth_date_l - birth_date_r) <= {round(365.25 * most)}" for most in counts)


ALIKE = {
    "full_name": _jaro_winkler("full_name_spelled", 0.92, 0.88, 0.7),
    "first_name": _jaro_winkler("first_name_spelled", 0.92, 0.88, 0.7),
    "surname": _jaro_winkler("surname_spelled", 0.92, 0.88, 0.7),
    "birth_date": (*_edits("birth_date_spelled", 1, 2), *_years(1, 10)),
    "city": _jaro_winkler("city_spelled", 0.88),
    "address": (*_edits("address_spelled", 2), *_jaro_winkler("address_spelled", 0.92, 0.8)),
    "email": (
        "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)",
        *_jaro_winkler("email", 0.88),
    ),
    "phone": _edits("phone", 1),
}

# Given name and surname in each other's column.
SWAPPED = "first_name_l = surname_r and surname_l = first_name_r"


def _alike(role: str, roles: list[str]) -> tuple[str, ...]:
    names = {"first_name", "surname"}
    swapped = (SWAPPED,) if role in names and names <= set(roles) else ()
    return (*swapped, *ALIKE[role])
