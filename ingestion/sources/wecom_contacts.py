"""WeCom 企业微信 external contacts (externalcontact/get, externalcontact/batch/get_by_user).

A contact once for each employee who knows it: with the union id, and the phones and tags that the
employee noted. Names and remarks stay outside. Our own pull begins with the corporation's tags
(externalcontact/get_corp_tag_list, its ``name`` told as ``tag_name``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.files import LandedFile
from ingestion.gateway import (
    Pull,
    Results,
    as_list,
    as_object,
    dump,
    each,
    read_pulls,
    required,
)
from ingestion.pseudonyms import Pseudonymiser
from ingestion.records import BadRecord, BadRecordError, Record, instant
from ingestion.tags import tag_text

OF_CONTACT = ("external_userid", "unionid", "type", "gender", "corp_name")
OF_FOLLOWER = ("userid", "createtime", "state", "add_way")
# A tag that the employee made up; those of the corporation have other types.
OWN_TAG = 2


def read(file: LandedFile, pseudonymiser: Pseudonymiser) -> Iterator[Record | BadRecord]:
    """Every contact, employee and phone; key: (corpid, contact, employee, fetch, phone's number).

    Each fetch is a version. Tags that come as ids are named by the list of tags before them.
    """
    named: dict[str, Any] = {}

    def record(found: tuple[Any, Any, int], pull: Pull) -> Record:
        contact = as_object(found[0], "external_contact")
        follower = as_object(found[1], "follow_user")
        corp_id = str(pull.request.get("corpid") or required(pull.request, "account"))
        instant(required(follower, "createtime"))
        kept = {name: contact[name] for name in OF_CONTACT if name in contact}
        kept |= {name: follower[name] for name in OF_FOLLOWER if name in follower}
        tags = [tag for tag in follower.get("tags") or [] if tag.get("type") != OWN_TAG]
        given = [named.get(tag_id, tag_id) for tag_id in follower.get("tag_id") or []]
        kept["_tags"] = tag_text([*tags, *given])
        kept = pseudonymiser.scrub_values(kept)
        phones = follower.get("remark_mobiles") or [None]
        kept["phone"] = pseudonymiser.phone(phones[found[2]])
        key = (corp_id, required(kept, "external_userid"), str(kept.get("userid") or ""))
        key = (*key, pull.fetched_at_raw, str(found[2]))
        payload = dump({**kept, "_corpid": corp_id})
        return Record("contact", key, str(kept["createtime"]), pull.fetched_at, payload)

    def parse(pull: Pull) -> Results:
        if "tag_group" in pull.response:
            named.update(_tag_names(pull.response))
            return
        yield from each(_followed(pull.response), lambda found: record(found, pull))

    return read_pulls(file, parse)


def _tag_names(response: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The id of each tag of the corporation, and its names."""
    for group in as_list(response["tag_group"], "tag_group"):
        for tag in group["tag"]:
            yield tag["id"], {"group_name": group["group_name"], "tag_name": tag["tag_name"]}


def _followed(response: dict[str, Any]) -> Iterator[tuple[Any, Any, int]]:
    """(contact, an employee who follows it, number of a phone the employee noted)."""
    for contact, follower in _pairs(response):
        noted = follower.get("remark_mobiles") if isinstance(follower, dict) else None
        for number in range(max(1, len(noted) if isinstance(noted, list) else 1)):
            yield contact, follower, number


def _pairs(response: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """(contact, one of the employees who follow it), of either API's answer."""
    if response.get("errcode") != 0:
        raise BadRecordError(
            f"the API answered errcode {str(response.get('errcode'))[:20]}",
            "Renew the token or slow down, then pull this page again.",
        )
    if "external_contact_list" in response:
        for entry in as_list(response["external_contact_list"], "external_contact_list"):
            # what is odd about an entry is said of that entry, when its record is made
            known = entry if isinstance(entry, dict) else {}
            yield known.get("external_contact"), known.get("follow_info")
    else:
        for follower in as_list(response.get("follow_user"), "follow_user"):
            yield response.get("external_contact"), follower
