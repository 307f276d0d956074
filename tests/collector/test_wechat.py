"""Callbacks of official accounts 公众号 and WeCom 企业微信: handshakes, signatures, encryption."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st

from ingestion.collector.protocols.wechat import Account, decrypt, signature
from ingestion.records import BadRecordError
from tests.collector.conftest import AES_KEY, TOKEN
from tests.collector.service import PHONE, Service
from tests.ingestion.wire import PSEUDONYMISER

ACCOUNT = Account(TOKEN, AES_KEY, "wx1", is_always_encrypted=False)


def encrypted(message: str, owner: str, key: bytes = AES_KEY) -> str:
    """As the platform encrypts: random, length, message, owner, padded to 32."""
    text = message.encode()
    content = b"r" * 16 + len(text).to_bytes(4, "big") + text + owner.encode()
    padding = 32 - len(content) % 32
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    plain = content + bytes([padding]) * padding
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def signed(*parts: str, name: str = "signature", **others: str) -> str:
    sign = signature(TOKEN, "1783051506", "nonce", *parts)
    return urlencode({"timestamp": "1783051506", "nonce": "nonce", name: sign, **others})


def message(openid: str, content: str = "hello") -> str:
    fields = {"ToUserName": "gh_1", "FromUserName": openid, "CreateTime": "1783051506"}
    fields |= {"MsgType": "text", "Content": content, "MsgId": "1"}
    return "<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items()) + "</xml>"


def envelope(message: str, owner: str = "wx1") -> tuple[str, str]:
    """The encrypted body and the query that signs it, as an official account in safe mode does."""
    hidden = encrypted(message, owner)
    query = signed(hidden, name="msg_signature", signature=signature(TOKEN, "1783051506", "nonce"))
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{hidden}</Encrypt></xml>", query


def test_the_handshake_gives_the_echo_back(collector: Service) -> None:
    answer = collector.get(f"/wechat/gh_plain?{signed()}&echostr=4711")
    assert (answer.status, answer.body) == (200, b"4711")
    assert collector.get("/wechat/gh_plain?signature=0&timestamp=1&nonce=2").status == 403


def test_wecoms_handshake_decrypts_the_echo(collector: Service) -> None:
    echo = encrypted("4712", "ww1")
    query = signed(echo, name="msg_signature")
    answer = collector.get(f"/wecom/guides?{query}&{urlencode({'echostr': echo})}")
    assert (answer.status, answer.body) == (200, b"4712")
    wrong = encrypted("4712", "another")
    query = signed(wrong, name="msg_signature")
    assert collector.get(f"/wecom/guides?{query}&{urlencode({'echostr': wrong})}").status == 403


def test_a_plain_message_lands_and_is_answered(collector: Service) -> None:
    answer = collector.post(f"/wechat/gh_plain?{signed()}", message("o-plain", f"call {PHONE}"))
    assert (answer.status, answer.body) == (200, b"success")
    line = collector.line("wechat_oa", "o-plain")
    assert line["query"] == ""
    assert PHONE not in line["body"]
    assert PSEUDONYMISER.phone(PHONE) in line["body"]


def test_a_phone_written_as_xml_characters_is_seen(collector: Service) -> None:
    disguised = "".join(f"&#{ord(digit)};" for digit in PHONE)
    body = message("o-disguised", "x").replace("<![CDATA[x]]>", disguised)
    assert collector.post(f"/wechat/gh_plain?{signed()}", body).status == 200
    assert disguised not in collector.line("wechat_oa", "o-disguised")["body"]


def test_no_corner_of_the_xml_hides_a_phone(collector: Service) -> None:
    body = message("o-corner").replace("<MsgId>", f'<Extra tel="{PHONE}"/>{PHONE}<MsgId>')
    assert collector.post(f"/wechat/gh_plain?{signed()}", body).status == 200
    assert PHONE not in collector.line("wechat_oa", "o-corner")["body"]


def test_an_encrypted_message_lands_decrypted(collector: Service) -> None:
    body, query = envelope(message("o-secret"))
    answer = collector.post(f"/wechat/gh_secret?{query}&encrypt_type=aes&openid=o-secret", body)
    assert (answer.status, answer.body) == (200, b"success")
    line = collector.line("wechat_oa", "o-secret")
    assert "<FromUserName>o-secret</FromUserName>" in line["body"]
    assert "flaw" not in line


def test_wecom_lands_decrypted(collector: Service) -> None:
    hidden = encrypted(message("wecom-user"), "ww1")
    query = signed(hidden, name="msg_signature")
    body = f"<xml><ToUserName>ww1</ToUserName><Encrypt>{hidden}</Encrypt></xml>"
    assert collector.post(f"/wecom/guides?{query}", body).body == b"success"
    assert "<MsgType>text</MsgType>" in collector.line("wecom_callbacks", "wecom-user")["body"]


def test_who_does_not_sign_is_refused_and_nothing_lands(collector: Service) -> None:
    body, query = envelope(message("o-forged"))
    other, _ = envelope(message("o-forged") + " ")
    plain = f"/wechat/gh_plain?{signed()[:-1]}0"
    assert collector.post(plain, message("o-forged")).status == 403
    # a signature of another message, and no encryption where there must be one
    assert collector.post(f"/wechat/gh_secret?{query}", other).status == 403
    assert collector.post(f"/wechat/gh_secret?{query}", message("o-forged")).status == 403
    assert not collector.lines("wechat_oa", "o-forged")
    assert collector.post(f"/wechat/unknown?{signed()}", body).status == 404


def test_what_cannot_be_decrypted_is_kept_for_the_quarantine(collector: Service) -> None:
    body, query = envelope(message("o-1"), owner="wx-other")
    assert collector.post(f"/wechat/gh_secret?{query}", body).body == b"success"
    assert "decrypted" in collector.lines("wechat_oa", "<Encrypt>")[-1]["flaw"]["reason"]


def test_xml_with_entities_is_never_unfolded(collector: Service) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><FromUserName>&a;</FromUserName></xml>'
    assert collector.post(f"/wechat/gh_plain?{signed()}", bomb).status == 200
    assert "entities" in collector.lines("wechat_oa", '"flaw"')[-1]["flaw"]["reason"]


def test_real_messages_land(collector: Service, shared_data: Path) -> None:
    samples = json.loads((shared_data / "wechat" / "wechat_oa_event_xml.json").read_text())
    before = len(collector.lines("wechat_oa"))
    for sample in samples:
        body, query = envelope(sample["xml"])
        assert collector.post(f"/wechat/gh_secret?{query}", body).body == b"success"
    landed = collector.lines("wechat_oa")[before:]
    assert len(landed) == len(samples) > 5
    assert not [line for line in landed if "flaw" in line]


@given(st.text(), st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_every_message_comes_back_from_its_encryption(text: str, owner: str) -> None:
    account = ACCOUNT._replace(owner=owner)
    assert decrypt(account, encrypted(text, owner)).decode() == text


@pytest.mark.parametrize(
    "text", ["", "AAAA", "no base64!", encrypted("x", "wx1", bytes(32)), encrypted("x", "wx2")]
)
def test_nothing_else_is_taken_for_a_message(text: str) -> None:
    with pytest.raises(BadRecordError, match="cannot be decrypted"):
        decrypt(ACCOUNT, text)
