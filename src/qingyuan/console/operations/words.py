"""Words of what a telegram may hold and of what ledgers keep, in the reader's language.

Verdicts and kinds of leaves are numbers that share their values, so each list keeps a table of its own.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict
from qingyuan.hj212 import CommandKind, FrameError, Note, Variant

VERDICTS: dict[Verdict, Any] = {
    Verdict.ACCEPTED: _("accepted"), Verdict.UNKNOWN_MN: _("unknown MN"), Verdict.WRONG_PASSWORD: _("wrong password"),
    Verdict.BAD_CRC: _("wrong CRC"), Verdict.BAD_LENGTH: _("wrong length"), Verdict.UNREADABLE: _("unreadable"),
    Verdict.EDITION_NOT_ALLOWED: _("edition not allowed"),
}
KINDS: dict[Kind, Any] = {
    Kind.FRAME: _("telegram"), Kind.FILE: _("file"), Kind.MANUAL: _("manual result"), Kind.TICK: _("tick"),
    Kind.REGISTRY: _("registry entry"), Kind.RULING: _("ruling"), Kind.RULESET: _("rule set"),
    Kind.COMMAND: _("command"), Kind.DRAW: _("draw"), Kind.PUBLICATION: _("publication"), Kind.ERASURE: _("erasure"),
}
REMEDIES: dict[Verdict, Any] = {
    Verdict.UNKNOWN_MN: _("Register the logger if it is one of yours. What it sent before is then taken in."),
    Verdict.WRONG_PASSWORD: _("Ask the operator of the logger whether its password was changed there. If so, put the "
                              "new one into the registry on the page of its site; if not, somebody else sends under "
                              "this MN."),
    Verdict.BAD_CRC: _("The bytes were damaged on the way, or the logger computes another CRC. Open a sample: the "
                       "inspector says which variant fits. A variant is allowed in the site's entry."),
    Verdict.BAD_LENGTH: _("The length in front does not fit the bytes. A logger that counts characters instead of "
                          "bytes can be forgiven in the site's entry; else its maker must mend it."),
    Verdict.UNREADABLE: _("There is no MN in it, or no packet at all. A port scanner does this; so does a device with "
                          "another protocol."),
    Verdict.EDITION_NOT_ALLOWED: _("The site is registered with another edition of HJ 212. Change the site's entry, or "
                                   "leave its edition empty."),
}
CRC_AT_RECEIPT: dict[CrcVariant, Any] = {
    CrcVariant.NONE_MATCHED: _("no known variant fits"), CrcVariant.STANDARD: _("as the standard computes it"),
    CrcVariant.MODBUS: _("CRC-16/MODBUS instead of the standard's"),
    CrcVariant.MODBUS_SWAPPED: _("CRC-16/MODBUS with its two bytes exchanged"),
    CrcVariant.STANDARD_SWAPPED: _("the standard's with its two bytes exchanged"),
    CrcVariant.UNCHECKED: _("not checked, the length was wrong"),
}
VARIANTS: dict[Variant, Any] = {
    Variant.STANDARD: _("HJ 212 annex A"), Variant.STANDARD_SWAPPED: _("HJ 212 annex A, bytes exchanged"),
    Variant.MODBUS: _("CRC-16/MODBUS"), Variant.MODBUS_SWAPPED: _("CRC-16/MODBUS, bytes exchanged"),
}
MEANINGS: dict[Variant, Any] = {
    Variant.STANDARD: _("The logger computes the CRC as the standard says."),
    Variant.STANDARD_SWAPPED: _("The logger computes the right CRC and sends its low byte first. Its maker should mend "
                                "it; until then the site's entry may allow the variant standard_swapped."),
    Variant.MODBUS: _("The logger uses the common MODBUS routine; the standard's shifts differently although its name "
                      "is similar. The site's entry may allow the variant modbus."),
    Variant.MODBUS_SWAPPED: _("The logger uses the common MODBUS routine and sends its low byte first. The site's "
                              "entry may allow the variant modbus_swapped."),
}
ERRORS: dict[FrameError, Any] = {
    FrameError.LENGTH: _("The length in front does not lead to && and a CRC."),
    FrameError.CRC: _("The CRC is not that of these bytes."),
}
EXCHANGES: dict[CommandKind, Any] = {
    CommandKind.REQUEST: _("request, answered 9011 and then 9012"),
    CommandKind.UPLOAD: _("upload, answered 9014 if wanted"),
    CommandKind.NOTICE: _("notice, answered 9013 if wanted"), CommandKind.ANSWER: _("answer, not answered itself"),
}
NOTES: dict[Note, Any] = {
    Note.NO_QN: _("There is no QN, so a repeated telegram is known only by its DataTime."),
    Note.NO_FLAG: _("There is no Flag: no edition is named and no answer is asked for."),
    Note.BAD_FLAG: _("Flag is no whole number from 0 to 255."),
    Note.UNKNOWN_VERSION: _("Flag names an edition that does not exist."),
    Note.FLAG_MISMATCH: _("Flag and PNUM/PNO contradict each other about parts."),
    Note.BAD_SPLIT: _("PNUM and PNO do not count parts: PNO lies from 1 to PNUM."),
    Note.DUPLICATE_HEADER: _("A name stands twice in the head; the first counts."),
    Note.DUPLICATE_FACTOR: _("A factor's value stands twice; the first counts."),
    Note.KEY_CASE: _("A name is written in other letter case than in the standard."),
    Note.BAD_TIME: _("A time does not exist, or is no time."),
    Note.DATATIME_17: _("A time has milliseconds where the standard has none."),
    Note.BAD_FIELD: _("A piece is no name=value; it was left out."),
    Note.ORPHAN_FLAG: _("A data mark stands without a factor."),
    Note.NUMBER_FORMAT: _("A number is written with an exponent; it is kept as text and counts as no value."),
    Note.CODE_PREFIX: _("A factor code of five digits lacks its leading letter."),
    Note.HEAD_SEPARATOR: _("Names in the head are separated by something else than a semicolon."),
    Note.ITEM_SEPARATOR: _("Items of the data area are separated by a comma where a semicolon belongs."),
    Note.EMPTY_ITEM: _("There is an empty item between two separators."),
    Note.BLANKS: _("There are blanks that do not belong there; they were cut off."),
    Note.TEXT_ENCODING: _("The text is not UTF-8; it was read as GBK or byte by byte."),
    Note.TAIL: _("The packet does not end with carriage return and line feed."),
    Note.OVERSIZE: _("The data segment is longer than 1024 bytes."),
    Note.CRC_LOWERCASE: _("The CRC is written with small letters."),
    Note.CRC_PROFILE: _("The CRC was forgiven by the profile."),
    Note.LENGTH_IN_CHARS: _("The length counts characters instead of bytes; the profile forgave it."),
    Note.CRC_UNPADDED: _("The CRC has three digits, its leading zero is missing; the profile forgave it."),
}
FORGIVABLE: dict[str, Any] = {
    "length_in_chars": _("The length counts characters instead of bytes. The site's entry may forgive "
                         "length_in_chars."),
    "crc_unpadded": _("The CRC has three digits, its leading zero is missing. The site's entry may forgive "
                      "crc_unpadded."),
}
HEADS: dict[str, Any] = {
    "QN": _("request number: the sender's clock"), "ST": _("system code"), "CN": _("command"), "PW": _("password"),
    "MN": _("identifier of the logger"), "Flag": _("edition, parts, answer"), "PNUM": _("number of parts"),
    "PNO": _("number of this part"), "RF": _("sent later than it was due"),
}
FIELDS: dict[str, Any] = {
    "SystemTime": _("clock of the logger"), "QnRtn": _("answer to a request"), "ExeRtn": _("result of execution"),
    "RtdInterval": _("interval of real-time data, s"), "MinInterval": _("interval of minute data, min"),
    "RestartTime": _("time of start"), "PolId": _("factor"), "BeginTime": _("begin"), "EndTime": _("end"),
    "DataTime": _("time of the data"), "NewPW": _("new password"), "OverTime": _("time to wait, s"),
    "ReCount": _("repeats"), "VaseNo": _("sample bottle"), "CstartTime": _("first sampling of the day"),
    "Ctime": _("sampling cycle, h"), "Stime": _("time to result, min"), "InfoId": _("item of information"),
    "Flag": _("data mark"), "SKCreateTime": _("making of the key"), "NewSK": _("new key"),
    "CalibrationType": _("kind of calibration"),
}
SUFFIXES: dict[str, Any] = {
    "Rtd": _("real-time value"), "Min": _("smallest"), "Avg": _("mean"), "Max": _("largest"), "Cou": _("amount"),
    "ZsRtd": _("real-time value, converted"), "ZsMin": _("smallest, converted"), "ZsAvg": _("mean, converted"),
    "ZsMax": _("largest, converted"), "RT": _("running hours"), "Data": _("noise level"),
    "DayData": _("noise level by day"), "NightData": _("noise level by night"), "SampleRd": _("sample reading"),
    "StandardValue": _("value of the standard sample"), "SampleTime": _("time of sampling"), "Flag": _("data mark"),
    "EFlag": _("instrument mark"), "RS": _("device state"), "Info": _("information"), "SN": _("serial number"),
    "CompleteTime": _("time of completion"), "SampleType": _("kind of sample"), "ResultType": _("kind of result"),
}
DEVICE_STATES: dict[str, Any] = {
    "0": _("off"), "1": _("on"), "2": _("calibrating"), "3": _("maintenance"), "4": _("alarm"), "5": _("blow-back"),
}
