"""Personal identifiers become keyed pseudonyms before anything is written.

A phone, e-mail address, ID number or IMEI is replaced by ``<type>.<key id>.<hmac>``; one HMAC
domain per type, so that tokens of different types never meet. A phone's token carries two more
parts, the HMACs of its md5 and sha256 as ad platforms compute them (11 digits, no country code):
a vendor's hash, pseudonymised by :meth:`Pseudonymiser.vendor_hash`, then meets our phone without
a plain hash, which 4.4e9 guesses would reverse, ever being stored.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import dlt

TOKEN_HEX = 32
_PHONE = r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
_EMAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
PERSONAL = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?P<phone>{_PHONE})|(?P<id_number>\d{{17}}[\dXx])|(?P<imei>\d{{15}}))"
    rf"(?![0-9A-Za-z])|(?P<email>{_EMAIL})"
)
PHONE_ONLY = re.compile(_PHONE)
# Far cheaper than PERSONAL, and true wherever it can match: most texts hold nothing personal.
_MAYBE_PHONE = r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])"
_MAYBE = re.compile(_MAYBE_PHONE), re.compile(r"\d{15}"), "@"
_MAYBE_BYTES = re.compile(_MAYBE_PHONE.encode()), re.compile(rb"\d{15}"), b"@"


def may_be_personal(text: bytes) -> bool:
    """Whether a raw text is worth scrubbing: False only where nothing personal can be in it."""
    phone, long_number, at_sign = _MAYBE_BYTES
    return bool(at_sign in text or phone.search(text) or long_number.search(text))


class Pseudonymiser:
    """Turns personal identifiers into tokens under one secret key."""

    def __init__(self, key: bytes, key_id: str = "k1") -> None:
        """Use ``key`` (at least 32 bytes) under the name ``key_id``.

        Raises:
            ValueError: the key is too short to withstand guessing.
        """
        if len(key) < 32:
            raise ValueError("The pseudonymisation key must have at least 32 bytes.")
        self.key_id = key_id
        self._key = key
        # Callbacks repeat the same few phones; a bounded cache makes them nearly free.
        self._phone_token = lru_cache(maxsize=200_000)(self._make_phone_token)

    def token(self, identifier_type: str, value: str) -> str:
        """``<type>.<key id>.<hmac>`` of a normalised value."""
        return f"{identifier_type}.{self.key_id}.{self._mac(identifier_type, value)}"

    def phone(self, raw: Any) -> str | None:
        """The token of a phone number in any usual spelling; None where it is masked or no phone.

        Mainland mobile numbers are read with or without +86, blanks, dashes or full-width digits.
        """
        text = unicodedata.normalize("NFKC", str(raw)).strip()
        if not PHONE_ONLY.fullmatch(text):
            return None
        return self._phone_token("".join(filter(str.isdigit, text))[-11:])

    def vendor_hash(self, identifier_type: str, value: str) -> str:
        """The token of a hash that a vendor computed (``phone_md5``, ``imei_md5`` …)."""
        return self.token(identifier_type, value.strip().lower())

    def email(self, raw: str) -> str:
        """The token of an e-mail address, case and outer blanks ignored."""
        return self.token("email", raw.strip().lower())

    def scrub(self, text: str) -> str:
        """The text with every personal identifier in it replaced by its token."""
        phone, long_number, at_sign = _MAYBE
        if at_sign in text or phone.search(text) or long_number.search(text):
            return PERSONAL.sub(self._replace, text)
        return text

    def scrub_values(self, value: Any) -> Any:
        """A JSON value with every string and number in it scrubbed; keys stay as they are."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return {key: self.scrub_values(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.scrub_values(item) for item in value]
        if isinstance(value, int) and not isinstance(value, bool):
            text = str(value)
            scrubbed = self.scrub(text)
            return value if scrubbed == text else scrubbed
        return value

    def fingerprint(self) -> str:
        """Tells two keys apart without giving either away."""
        return self._mac("key_fingerprint", "omnitouch")

    def _replace(self, match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        text = match.group()
        if kind == "phone":
            return str(self.phone(text))
        if kind == "email":
            return self.email(text)
        return self.token(kind, text.upper()) if _CHECKS[kind](text.upper()) else text

    def _make_phone_token(self, digits: str) -> str:
        # Unsalted hashes as the ad platforms define them, never stored as such.
        md5 = hashlib.md5(digits.encode()).hexdigest()
        sha256 = hashlib.sha256(digits.encode()).hexdigest()
        return ".".join(
            (
                self.token("phone", f"+86{digits}"),
                self._mac("phone_md5", md5),
                self._mac("phone_sha256", sha256),
            )
        )

    def _mac(self, domain: str, value: str) -> str:
        message = f"{domain}\x1f{value}".encode()
        return hmac.digest(self._key, message, "sha256").hex()[:TOKEN_HEX]


def _is_id_number(text: str) -> bool:
    """GB 11643: a birth date in the middle, a mod 11-2 check digit at the end."""
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17] and "1900" <= text[6:10] <= "2100"


def _is_imei(text: str) -> bool:
    """Luhn's check digit over all 15 digits."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(text)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


_CHECKS: dict[str, Callable[[str], bool]] = {"id_number": _is_id_number, "imei": _is_imei}


def configured_pseudonymiser(secrets_file: Path = Path(".dlt/secrets.toml")) -> Pseudonymiser:
    """The pseudonymiser of this deployment.

    The key comes from ``OMNITOUCH_HMAC_KEY`` (64 hex digits or any text of 32 or more bytes) or
    from ``omnitouch.hmac_key`` in dlt's secrets. Where there is none, one is made once and kept
    in dlt's secrets file, outside the warehouse and outside git.
    """
    key, key_id = (
        os.environ.get(f"OMNITOUCH_{name.upper()}") or dlt.secrets.get(f"omnitouch.{name}", str)
        for name in ("hmac_key", "hmac_key_id")
    )
    if not key:
        key = secrets.token_hex(32)
        secrets_file.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(secrets_file, flags, 0o600), "w") as file:
            file.write(f'\n[omnitouch]\nhmac_key = "{key}"\nhmac_key_id = "k1"\n')
            file.flush()
            os.fsync(file.fileno())
    return Pseudonymiser(key.encode(), key_id or "k1")
