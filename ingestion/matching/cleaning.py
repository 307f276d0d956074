"""What people write of themselves, in one form: of two records only what differs is to differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

NO_VALUES = {"", "-", "null", "none", "n/a", "无", "未知", "不详"}
WRITTEN_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)")
# The shortest number without its area code.
SHORTEST_PHONE, LONGEST_PHONE = 7, 11


class _OneByteEach(dict[int, int]):
    """Every character as one of 127: two that differ seldom meet, and a typo is one difference."""

    def __missing__(self, point: int) -> int:
        self[point] = point if point < 128 else 1 + point % 127
        return self[point]


ONE_BYTE_EACH = _OneByteEach()


def _plain(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return "" if text in NO_VALUES else text


def _name(text: str) -> str:
    """A Chinese name is written with or without blanks, a Latin one with dots and dashes or not."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", _plain(text)).replace("·", "")


def _city(text: str) -> str:
    plain = _name(text)
    return plain.removesuffix("市") if len(plain) > 2 else plain


def _address(text: str) -> str:
    return re.sub(r"[\W_]", "", _plain(text))


def _email(text: str) -> str:
    plain = _plain(text).replace(" ", "")
    return plain if "@" in plain else ""


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text).removesuffix(".0"))
    return digits[-LONGEST_PHONE:] if len(digits) >= SHORTEST_PHONE else ""


def _birth_date(text: str) -> str:
    """The day as ISO text, of 1990/1/2, 19900102 or 1990年1月2日; empty where it is none."""
    if not (found := WRITTEN_DATE.match(_plain(text))):
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


CLEANED: dict[str, Callable[[str], str]] = {
    "full_name": _name,
    "first_name": _name,
    "surname": _name,
    "birth_date": _birth_date,
    "city": _city,
    "address": _address,
    "email": _email,
    "phone": _phone,
}
