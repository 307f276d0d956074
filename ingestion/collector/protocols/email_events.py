"""SendGrid's event webhook: mails delivered, opened, clicked, unsubscribed."""

from __future__ import annotations

import base64
import binascii
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from starlette.responses import Response

from ingestion.collector.requests import Context, Endpoint, Reading, Received, RefusedError
from ingestion.collector.settings import SettingsError, secret
from ingestion.sources.email_events import with_domains

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


def endpoints(context: Context) -> list[Endpoint]:
    """The webhook's address; its signature is checked where the public key is set.

    Raises:
        SettingsError: the key is none.
    """
    read = partial(_read, context, _public_key(secret("sendgrid.public_key")))
    return [Endpoint("sendgrid", "email_events", ("POST",), "/email/sendgrid", read)]


def _public_key(text: str) -> EllipticCurvePublicKey | None:
    if not text:
        return None
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise SettingsError("collector.sendgrid.public_key is no public key") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise SettingsError("collector.sendgrid.public_key is not the ECDSA key SendGrid shows")
    return key


def _read(context: Context, key: EllipticCurvePublicKey | None, request: Received) -> Reading:
    if key and not _is_signed(key, request):
        raise RefusedError(403, "bad_signature")
    privacy = context.privacy
    cleaned = privacy.json(with_domains(request.body, privacy.pseudonymiser))
    return Reading(
        answer=Response(),
        body=cleaned.body,
        records=cleaned.records,
        denied=cleaned.denied,
    )


def _is_signed(key: EllipticCurvePublicKey, request: Received) -> bool:
    signed = request.headers.get(TIMESTAMP, "").encode() + request.body
    try:
        signature = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
        key.verify(signature, signed, ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True
