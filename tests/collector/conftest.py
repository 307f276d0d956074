"""One collector that knows every protocol, shared by the tests that leave it as it is."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.collector.service import PHONE, Service, running

AES_KEY = bytes(range(32))
ENCODING_AES_KEY = base64.b64encode(AES_KEY).decode().rstrip("=")
TOKEN = "a token"
BAIDU_AKEY = "an akey"
MAIL_KEY = ec.derive_private_key(20260703, ec.SECP256R1())
SHORT_LINKS = f"""code,target,channel,campaign,message_id,member_id,phone
sale,https://shop.example.cn/sale?from=sms#top,sms,summer,batch-1,,
mine,https://shop.example.cn/me,sms,summer,batch-1,M7,{PHONE}
"""
SETTINGS: dict[str, Any] = {
    "wechat": ["gh_plain", "gh_secret"],
    "wecom": ["guides"],
    "short_links": "short_links.csv",
    "journal": {"rotate_seconds": 3600},
}


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    root = tmp_path_factory.mktemp("collector") / "warehouse"
    root.with_name("short_links.csv").write_text(SHORT_LINKS, encoding="utf-8")
    public = MAIL_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    secrets = {
        "WECHAT__GH_PLAIN__TOKEN": TOKEN,
        "WECHAT__GH_SECRET__TOKEN": TOKEN,
        "WECHAT__GH_SECRET__ENCODING_AES_KEY": ENCODING_AES_KEY,
        "WECHAT__GH_SECRET__APP_ID": "wx1",
        "WECOM__GUIDES__TOKEN": TOKEN,
        "WECOM__GUIDES__ENCODING_AES_KEY": ENCODING_AES_KEY,
        "WECOM__GUIDES__CORP_ID": "ww1",
        "BAIDU__AKEY": BAIDU_AKEY,
        "SENDGRID__PUBLIC_KEY": base64.b64encode(public).decode(),
    }
    named = {f"COLLECTOR__{name}": value for name, value in secrets.items()}
    with running(root, SETTINGS, named) as service:
        yield service
