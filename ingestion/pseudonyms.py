"""Personal identifiers become keyed pseudonyms before anything is written.

A phone, e-mail address, ID number or IMEI is replaced by ``<type>.<key id>.<hmac>``; one HMAC
domain per type, so that tokens of different types never meet. A phone's token carries two more
parts, the HMACs of its md5 and sha256 as ad platforms compute them (11 digits, no country code):
a vendor's hash, pseudonymised by :meth:`Pseudonymiser.vendor_hash`, then meets our phone without
a plain hash, which 4.4e9 guesses would reverse, ever being stored.
"""

from __future__ import annotations

import fcntl
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

import tomlkit

SECRETS = Path(__file__).parents[1] / ".dlt" / "secrets.toml"
TOKEN_HEX = 32
MAC = re.compile(rf"[0-9a-f]{{{TOKEN_HEX}}}")
_GAP = r"(?:[- +]|%(?:25)*20)?"
_PHONE = (
    rf"(?:(?:\(?\+|%2[Bb]|00)?86\)?{_GAP}|0)?"
    rf"1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|\.\d{{4}}\.\d{{4}}|[- ]\d{{3}}[- ]\d{{5}})"
)
_ID_NUMBER = r"\d{6}[- ]?\d{8}[- ]?\d{3}[\dXx]"
_IMEI = r"\d{2}-\d{6}-\d{6}-\d|\d{15}"
# An address within an address is escaped again: %40, %2540, %252540.
_AT = r"%(?:25)*40"
_EMAIL = rf"[A-Za-z0-9._%+-]{{1,64}}(?:@|{_AT})[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{{2,}}"
# A number may follow an escape (%3D, %253D, \u0020, \n), a phone also a word (tel138…); order
# numbers begin with letters, so that elsewhere a letter before or after makes it another number.
_ESCAPE = (
    r"(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<=%2525[0-9A-Fa-f]{2})|"
    r"(?<=\\u[0-9A-Fa-f]{4})|(?<=\\[bfnrt])"
)
PERSONAL = re.compile(
    rf"(?P<email>{_EMAIL})|(?:(?:(?<!\d)|{_ESCAPE})(?P<phone>{_PHONE})|"
    rf"(?:(?<![0-9A-Za-z])|{_ESCAPE})(?:(?P<id_number>{_ID_NUMBER})|(?P<imei>{_IMEI})))"
    r"(?![0-9A-Za-z])"
)
EMAIL_ONLY = re.compile(r"[^\s@]+@((?:[a-z0-9-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+))")
PHONE_ONLY = re.compile(r"(?:(?:00)?86|0)?(1[3-9]\d{9})")
# Digits and signs that some keyboards and address books write instead of the ASCII ones.
_LOOKALIKES = re.compile("[０-９＠．－＋　\u00a0\u2010-\u2015\u200b-\u200f\u202a-\u202e]")
_PLAIN: dict[int, Any] = str.maketrans("０１２３４５６７８９＠．－＋　\u00a0", "0123456789@.-+  ")
_PLAIN |= dict.fromkeys(range(0x2010, 0x2016), "-")
_PLAIN |= dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F)))
# Device ids and hashes are long runs of hex digits; eleven decimals in a row there are no phone.
_HEX_BEFORE, _HEX_AFTER = re.compile(r"[0-9A-Fa-f-]*\Z"), re.compile(r"[0-9A-Fa-f-]*")
_HEX_LETTER = re.compile(r"[A-Fa-f]")
SHORTEST_HASH = 20
SHORTEST_PERSONAL = len("a@b.cn")
SMALLEST_PERSONAL = 13_000_000_000
SHORT = 40
_LABEL = re.compile(
    r"(?:^|[^0-9A-Za-z]|%(?:25)*[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[bfnrt])[A-Za-z]*\Z"
)

# Far cheaper than PERSONAL, and true wherever it can match: most texts hold nothing personal.
_MAYBE_PHONE = (
    r"1[3-9]\d(?:(?:(?:[- +]|%(?:25)*20|[^\x00-\x7f]{1,6})?\d{4}){2}|"
    r"\.\d{4}\.\d{4}|[- ]\d{3}[- ]\d{5})(?![0-9A-Za-z])"
)
# Looks back only from long numbers: trying the escapes at every character would cost the most.
_MAYBE_LONG = (
    r"(?=\d[\d -]{14})(?:(?<![0-9A-Za-z])|(?<=[%\\].[0-9A-Fa-f])|(?<=%25.[0-9A-Fa-f])|"
    r"(?<=%2525.[0-9A-Fa-f])|"
    r"(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
    rf"(?:{_ID_NUMBER}|{_IMEI})(?![0-9A-Za-z])"
)
_MAYBE = re.compile(_MAYBE_PHONE), re.compile(_MAYBE_LONG)
_MAYBE_BYTES = re.compile(_MAYBE_PHONE.encode()), re.compile(_MAYBE_LONG.encode())
_BETWEEN = re.compile(rb"\d[^\x00-\x7f]{1,9}\d|\xef\xbc[\x90-\xa0]")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 15


def may_be_personal(text: bytes) -> bool:
    """Whether a raw text is worth scrubbing: False only where nothing personal can be in it."""
    phone, long_number = _MAYBE_BYTES
    # A single byte is found ten times faster than two, and few texts have the first of these.
    return bool(
        b"@" in text
        or (b"%" in text and (b"%40" in text or b"2540" in text))
        or (b"\\" in text and b"\\u" in text)  # anything can be written as an escape
        or phone.search(text)
        or (_LONG in text.translate(_ZEROS, b"- ") and long_number.search(text))
        or (
            (
                (b"\xef" in text and b"\xef\xbc" in text)
                or (b"\xe2" in text and b"\xe2\x80" in text)
                or (b"\xc2" in text and b"\xc2\xa0" in text)
            )
            and _BETWEEN.search(text)
        )
    )


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
        # Names of properties, of systems and of pages come again and again.
        self._scrub_short = lru_cache(maxsize=50_000)(self.scrub)

    def token(self, identifier_type: str, value: str) -> str:
        """``<type>.<key id>.<hmac>`` of a normalised value."""
        return f"{identifier_type}.{self.key_id}.{self._mac(identifier_type, value)}"

    def phone(self, raw: Any) -> str | None:
        """The token of a phone number in any usual spelling; None where it is masked or no phone.

        Mainland mobile numbers are read with or without +86, blanks, dashes, brackets, full-width
        digits, and as spreadsheets leave them (``'138…``, ``138….0``). A token stays as it is: what
        reached us through the collector was pseudonymised there.
        """
        if self._is_token("phone", raw):
            return str(raw)
        text = unicodedata.normalize("NFKC", str(raw)).translate(_PLAIN)
        text = text.strip(" \t\r\n'\"=").removesuffix(".0")
        found = PHONE_ONLY.fullmatch(re.sub(r"[\s()+-]", "", text))
        return self._phone_token(found[1]) if found else None

    def vendor_hash(self, identifier_type: str, value: str) -> str:
        """The token of a vendor's hash (``phone_md5``, ``imei_md5`` …); a token stays as it is."""
        if self._is_token(identifier_type, value):
            return value
        return self.token(identifier_type, value.strip().lower())

    def secret(self, identifier_type: str, value: str) -> str:
        """The token of an e-mail address, ID number or IMEI, however it is spelled."""
        if self._is_token(identifier_type, value):
            return value
        text = value.strip()
        if identifier_type == "email":
            return self.token("email", re.sub(_AT, "@", text).lower())
        return self.token(identifier_type, re.sub(r"[\s-]", "", text).upper())

    def email_domain(self, value: Any) -> str | None:
        """The domain of an e-mail address, which names a company; None of what is no address.

        A token has none any more: only who sees the address can tell.
        """
        found = EMAIL_ONLY.fullmatch(re.sub(_AT, "@", str(value).strip()).lower())
        # a number that is somebody's is not let through because it ends in .com
        return found[1] if found and self.scrub(found[1]) == found[1] else None

    def scrub(self, text: str) -> str:
        """The text with every personal identifier in it replaced by its token."""
        if len(text) < SHORTEST_PERSONAL:
            return text
        if not text.isascii() and _LOOKALIKES.search(text):
            plain = text.translate(_PLAIN)
            text = plain if PERSONAL.search(plain) else text
        phone, long_number = _MAYBE
        if "@" in text or "%40" in text or "2540" in text:
            return PERSONAL.sub(self._replace, text)
        if phone.search(text) or long_number.search(text):
            return PERSONAL.sub(self._replace, text)
        return text

    def scrub_values(self, value: Any) -> Any:
        """A JSON value with every string, number and key in it scrubbed."""
        if isinstance(value, str):
            return self._scrub_short(value) if len(value) <= SHORT else self.scrub(value)
        if isinstance(value, dict):
            return {self._scrub_short(key): self.scrub_values(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.scrub_values(item) for item in value]
        if isinstance(value, float) and value.is_integer():
            value, whole = int(value), value
            scrubbed = self.scrub_values(value)
            return whole if scrubbed == value else scrubbed
        if isinstance(value, int) and abs(value) >= SMALLEST_PERSONAL:
            text = str(value)
            scrubbed = self.scrub(text)
            return value if scrubbed == text else scrubbed
        return value

    def fingerprint(self) -> str:
        """Tells two keys apart without giving either away."""
        return self._mac("key_fingerprint", "omnitouch")

    def _is_token(self, identifier_type: str, value: Any) -> bool:
        if not (isinstance(value, str) and value.startswith(f"{identifier_type}.{self.key_id}.")):
            return False
        macs = value.split(".")[2:]
        return len(macs) in (1, 3) and all(MAC.fullmatch(mac) for mac in macs)

    def _replace(self, match: re.Match[str]) -> str:
        kind, text = str(match.lastgroup), match.group()
        if kind == "email":
            return self.secret(kind, text)
        if _is_in_id(match):
            return text
        if kind == "phone":
            return self._phone_token(re.sub(r"%(?:25)*2[0Bb]|\D", "", text)[-11:])
        plain = re.sub(r"[ -]", "", text).upper()
        return self.token(kind, plain) if _CHECKS[kind](plain) else text

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


def _is_in_id(match: re.Match[str]) -> bool:
    """Whether the digits are the end of an id (``Rc060c139…``) or stand in a long hex run."""
    text, start, end = match.string, match.start(), match.end()
    label = _LABEL.search(text, max(0, start - 40), start)
    if not label:
        return True
    if label.group().startswith(("%", "\\")):
        return False
    before = _HEX_BEFORE.search(text, max(0, start - 40), start)
    after = _HEX_AFTER.match(text, end)
    around = before.group() + after.group()  # type: ignore[union-attr]
    return len(around) + end - start >= SHORTEST_HASH and bool(_HEX_LETTER.search(around))


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


def configured_pseudonymiser(secrets_file: Path = SECRETS) -> Pseudonymiser:
    """The pseudonymiser of this deployment.

    The key comes from ``OMNITOUCH_HMAC_KEY`` (64 hex digits or any text of 32 or more bytes), from
    ``omnitouch.hmac_key`` in dlt's secrets, or from the project's own secrets file, wherever the
    command is started. Where there is none, one is made once and kept in that file, outside the
    warehouse and outside git.
    """
    key, key_id = (_configured(name) for name in ("hmac_key", "hmac_key_id"))
    if not key:
        kept = _kept_secrets(secrets_file)
        key, key_id = kept["hmac_key"], key_id or kept.get("hmac_key_id")
    return Pseudonymiser(key.encode(), key_id or "k1")


def _configured(name: str) -> str | None:
    if found := os.environ.get(f"OMNITOUCH_{name.upper()}"):
        return found
    import dlt  # slow, and who set the variables is spared it

    return dlt.secrets.get(f"omnitouch.{name}", str)


def _kept_secrets(path: Path) -> dict[str, str]:
    """The section ``omnitouch`` of a secrets file, with a key in it: made here if need be.

    Two first runs at the same time must not make two keys: the folder is locked meanwhile, and the
    file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        content = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
        section = content.setdefault("omnitouch", tomlkit.table())
        if not section.get("hmac_key"):
            section["hmac_key"] = secrets.token_hex(32)
            section.setdefault("hmac_key_id", "k1")
            _write_whole(path, tomlkit.dumps(content))
        return section.unwrap()
    finally:
        os.close(folder)


def _write_whole(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(new, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
