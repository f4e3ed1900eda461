"""Commands CN (HJ 212-2017 table 9, with those of 2005 that are obsolete and those of 2025 seen in public clients)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CommandKind(StrEnum):
    """How an exchange goes (6.5): requests are answered 9011 and 9012, uploads 9014 if wanted, notices 9013."""

    REQUEST = "request"
    UPLOAD = "upload"
    NOTICE = "notice"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `up` and `down` say how it travels in each direction, None where it does not."""

    cn: str
    name_zh: str
    name_en: str
    down: CommandKind | None
    up: CommandKind | None
    since: str
    obsolete: bool = False


R, U, N, A = CommandKind.REQUEST, CommandKind.UPLOAD, CommandKind.NOTICE, CommandKind.ANSWER
_ROWS: tuple[tuple[str, str, str, CommandKind | None, CommandKind | None, str], ...] = (
    ("1000", "设置超时时间及重发次数", "set timeout and retries", R, None, "2005"),
    ("1001", "上传数采仪硬件标识", "logger hardware identity", None, N, "2025"),
    ("1002", "设置数采仪标识", "set logger MN", R, None, "2025"),
    ("1011", "提取/上传现场机时间", "read or upload the clock", R, U, "2005"),
    ("1012", "设置现场机时间", "set the clock", R, None, "2005"),
    ("1013", "现场机时间校准请求", "ask for clock correction", None, N, "2017"),
    ("1014", "密钥请求/下发", "ask for or send an encryption key", R, N, "2025"),
    ("1061", "提取实时数据间隔", "read the real-time interval", R, U, "2005"),
    ("1062", "设置实时数据间隔", "set the real-time interval", R, None, "2005"),
    ("1063", "提取分钟数据间隔", "read the minute interval", R, U, "2017"),
    ("1064", "设置分钟数据间隔", "set the minute interval", R, None, "2017"),
    ("1072", "设置现场机密码", "set the password", R, None, "2005"),
    ("2011", "污染物实时数据", "real-time data", R, U, "2005"),
    ("2012", "停止察看实时数据", "stop real-time data", N, None, "2005"),
    ("2013", "周期性监测原始数据", "raw data of periodic measurement", R, U, "2025"),
    ("2021", "设备运行状态数据", "device states", R, U, "2005"),
    ("2022", "停止察看设备运行状态", "stop device states", N, None, "2005"),
    ("2031", "污染物日历史数据", "day data", R, U, "2005"),
    ("2041", "设备运行时间日历史数据", "device running hours by day", R, U, "2005"),
    ("2051", "污染物分钟数据", "minute data", R, U, "2005"),
    ("2052", "单次噪声数据", "single noise measurement", None, U, "2025"),
    ("2061", "污染物小时数据", "hour data", R, U, "2005"),
    ("2062", "自动标样核查数据", "automatic standard-sample check", R, U, "2025"),
    ("2081", "数采仪开机时间", "logger boot time", None, U, "2017"),
    ("2111", "炉膛温度五分钟均值", "furnace temperature, five-minute mean", None, U, "2025"),
    ("3011", "零点校准量程校准", "zero and span calibration", R, None, "2005"),
    ("3012", "即时采样", "immediate sampling", R, None, "2005"),
    ("3013", "启动清洗/反吹", "clean or blow back", R, None, "2017"),
    ("3014", "比对采样", "comparison sampling", R, None, "2017"),
    ("3015", "超标留样", "keep an exceedance sample", R, U, "2017"),
    ("3016", "设置采样时间周期", "set the sampling cycle", R, None, "2017"),
    ("3017", "提取采样时间周期", "read the sampling cycle", R, U, "2017"),
    ("3018", "提取出样时间", "read the time to result", R, U, "2017"),
    ("3019", "设备唯一标识", "instrument serial", R, U, "2017"),
    ("3020", "现场机信息", "field information", R, U, "2017"),
    ("3021", "设置现场机参数", "set a field parameter", R, None, "2017"),
    ("3022", "即时留样", "immediate keep-sample task", R, None, "2025"),
    ("3024", "启动标样核查", "start a standard-sample check", R, None, "2025"),
    ("9011", "请求应答", "request answer", None, A, "2005"),
    ("9012", "执行结果", "execution result", None, A, "2005"),
    ("9013", "通知应答", "notice answer", A, A, "2005"),
    ("9014", "数据应答", "data answer", A, A, "2005"),
    ("9015", "心跳", "heartbeat", None, N, "2025"),
)
_OBSOLETE = (
    ("1021", "提取污染物报警门限值", "read alarm limits"), ("1022", "设置污染物报警门限值", "set alarm limits"),
    ("1031", "提取上位机地址", "read the platform address"), ("1032", "设置上位机地址", "set the platform address"),
    ("1041", "提取数据上报时间", "read the time of the daily report"),
    ("1042", "设置数据上报时间", "set the time of the daily report"),
    ("2071", "污染物报警记录", "alarm records"), ("2072", "污染物报警事件", "alarm events"),
)
COMMANDS: dict[str, Command] = {row[0]: Command(*row) for row in _ROWS} | {
    cn: Command(cn, zh, en, R, U, "2005", obsolete=True) for cn, zh, en in _OBSOLETE}


def kind_of(cn: str) -> CommandKind:
    """How a packet is answered, as seen from its receiver: an upward command by its upward kind, one that only goes
    down by that kind. Unknown commands by their range: 9000-9999 are answers, all others data."""
    known = COMMANDS.get(cn)
    if known is not None:
        return known.up or known.down or U
    if cn.startswith("9"):
        return A
    return U
