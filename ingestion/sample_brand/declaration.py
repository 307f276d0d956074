"""The declaration that tells ingestion how to read the brand's own CSV files."""

from pathlib import Path

CSV_FILES = ("douyin_behaviour.csv", "taobao_behaviour.csv", "ad_spend.csv")

_TEXT = """\
# The brand's own exports. Nothing in the code knows these files; this page does.
files:
  - name: douyin_behaviour
    path: douyin_behaviour.csv
    source: douyin
    shape: events
    encoding: gbk
    columns: {occurred_at: 时间, event: 行为, product: 商品ID}
    identifiers: {doudian_open_id: 用户ID}
    constants: {channel: douyin_organic}
  - name: taobao_behaviour
    path: taobao_behaviour.csv
    source: taobao
    shape: events
    columns: {occurred_at: time, event: 行为, product: item}
    identifiers: {taobao_open_uid: buyer_open_uid}
    constants: {channel: taobao}
  - name: ad_spend
    path: ad_spend.csv
    shape: ad_spend
    money_unit: fen
    columns:
      date: date
      channel: channel
      campaign: campaign
      campaign_name: campaign
      impressions: impressions
      clicks: clicks
      cost: cost
"""


def write(path: Path) -> None:
    """Write the declaration beside the files it describes."""
    path.write_text(_TEXT, encoding="utf-8")
