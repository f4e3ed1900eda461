"""Loggers made of software: measured or made-up data sent as HJ 212 telegrams over real connections."""

from qingyuan.gateway.simulator.choose import Data, choose_source
from qingyuan.gateway.simulator.fleet import Report, replay, send_all
from qingyuan.gateway.simulator.province import Province, province
from qingyuan.gateway.simulator.provision import data_begin_us, provision
from qingyuan.gateway.simulator.source import Reading, Source, SourceError, Station
from qingyuan.gateway.simulator.telegrams import Telegram, telegrams

__all__ = ["Data", "Province", "Reading", "Report", "Source", "SourceError", "Station", "Telegram", "choose_source",
           "data_begin_us", "province", "provision", "replay", "send_all", "telegrams"]
