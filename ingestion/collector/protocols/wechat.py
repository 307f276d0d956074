"""Callbacks of WeChat official accounts 公众号 and WeCom 企业微信, decrypted.

Who does not answer in five seconds is called again, three times: the same message may land more
than once, and its key makes it one record.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import partial
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from starlette.responses import PlainTextResponse, Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received, RefusedError
from ingestion.collector.settings import SettingsError, needed_secret, secret
from ingestion.gateway import load_xml
from ingestion.records import BadRecordError

RANDOM_BYTES, LENGTH_BYTES = 16, 4
PADDING = 32
ENCODED_KEY_LENGTH = 43


class Account(NamedTuple):
    """One official account or WeCom app; ``owner`` is its appid or corpid, where it is known."""

    token: str
    aes_key: bytes | None
    owner: str
    is_always_encrypted: bool


def endpoints(context: Context) -> list[Endpoint]:
    """One address for each account in the settings.

    Raises:
        SettingsError: an account lacks its token or key.
    """
    found = []
    for kind, source, names in (
        ("wechat", "wechat_oa", context.settings.wechat),
        ("wecom", "wecom_callbacks", context.settings.wecom),
    ):
        for name in names:
            account = _account(kind, name)
            found += [
                Endpoint(kind, source, ("GET",), f"/{kind}/{name}", partial(_shake_hands, account)),
                Endpoint(
                    kind,
                    source,
                    ("POST",),
                    f"/{kind}/{name}",
                    partial(_read, context, account),
                    _accepted,
                ),
            ]
    return found


def _accepted() -> Response:
    return PlainTextResponse("success")


def _account(kind: str, name: str) -> Account:
    where = f"{kind}.{name}"
    token = needed_secret(f"{where}.token", f"{kind} account {name}")
    key_name = f"{where}.encoding_aes_key"
    is_wecom = kind == "wecom"
    encoded = needed_secret(key_name, f"WeCom app {name}") if is_wecom else secret(key_name)
    if encoded and len(encoded) != ENCODED_KEY_LENGTH:
        raise SettingsError(f"collector.{key_name} has not the 43 characters of an EncodingAESKey")
    try:
        aes_key = base64.b64decode(encoded + "=", validate=True) if encoded else None
    except binascii.Error as error:
        raise SettingsError(f"collector.{key_name} is no base64") from error
    owner = secret(f"{where}.{'corp_id' if is_wecom else 'app_id'}")
    return Account(token, aes_key, owner, is_wecom)


def _shake_hands(account: Account, request: Received) -> Response:
    """The platform checks the address once: it wants its ``echostr`` back."""
    echo = request.parameters.get("echostr", "")
    if account.is_always_encrypted:
        _check(account, request, "msg_signature", echo)
        try:
            echo = decrypt(account, echo).decode()
        except ValueError as error:
            raise RefusedError(403, "not_decrypted") from error
    else:
        _check(account, request, "signature")
    return PlainTextResponse(echo)


def _read(context: Context, account: Account, request: Received) -> Reading:
    if not account.is_always_encrypted:
        _check(account, request, "signature")
    try:
        root = load_xml(request.body)
    except BadRecordError as error:
        if account.aes_key:
            raise RefusedError(403, "bad_signature") from error
        raise
    encrypted = root.findtext("Encrypt")
    flaw = None
    if account.aes_key:
        _check(account, request, "msg_signature", encrypted or "")
        try:
            root = load_xml(decrypt(account, encrypted or ""))
        except BadRecordError as error:
            flaw = error
    return Reading(answer=_accepted(), body=context.privacy.clean_xml(root), flaw=flaw)


def _check(account: Account, request: Received, name: str, *signed: str) -> None:
    parts = (account.token, *(request.parameters.get(part, "") for part in ("timestamp", "nonce")))
    expected = signature(*parts, *signed)
    if not hmac.compare_digest(request.parameters.get(name, "").encode(), expected.encode()):
        raise RefusedError(403, "bad_signature")


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts, as WeChat signs token, timestamp, nonce (and message)."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def decrypt(account: Account, encrypted: str) -> bytes:
    """The message: AES-256-CBC over 16 random bytes, its length, itself and its owner's id.

    Raises:
        BadRecordError: the key is another one's, or the message was changed.
    """
    key = account.aes_key or b""
    try:
        packed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        plain = decryptor.update(packed) + decryptor.finalize()
    except ValueError as error:
        raise _undecipherable() from error
    if not plain or not 1 <= plain[-1] <= PADDING:
        raise _undecipherable()
    content = plain[RANDOM_BYTES : -plain[-1]]
    length = int.from_bytes(content[:LENGTH_BYTES], "big")
    message = content[LENGTH_BYTES : LENGTH_BYTES + length]
    owner = content[LENGTH_BYTES + length :].decode(errors="replace")
    if len(message) != length or (account.owner and owner != account.owner):
        raise _undecipherable()
    return message


def _undecipherable() -> BadRecordError:
    return BadRecordError(
        "the message cannot be decrypted",
        "Compare EncodingAESKey and appid or corpid with the platform's page.",
    )
