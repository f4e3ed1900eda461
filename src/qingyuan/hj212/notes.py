"""What can be odd about a packet that is read all the same, and what makes one invalid: closed lists."""

from enum import StrEnum


class Note(StrEnum):
    """Something the standard does not have, read tolerantly; never changes whether a packet is valid."""

    NO_QN = "no_qn"
    NO_FLAG = "no_flag"
    BAD_FLAG = "bad_flag"
    UNKNOWN_VERSION = "unknown_version"
    FLAG_MISMATCH = "flag_mismatch"
    BAD_SPLIT = "bad_split"
    DUPLICATE_HEADER = "duplicate_header"
    DUPLICATE_FACTOR = "duplicate_factor"
    KEY_CASE = "key_case"
    BAD_TIME = "bad_time"
    DATATIME_17 = "datatime_17"
    BAD_FIELD = "bad_field"
    ORPHAN_FLAG = "orphan_flag"
    NUMBER_FORMAT = "number_format"
    CODE_PREFIX = "code_prefix"
    HEAD_SEPARATOR = "head_separator"
    ITEM_SEPARATOR = "item_separator"
    EMPTY_ITEM = "empty_item"
    BLANKS = "blanks"
    TEXT_ENCODING = "text_encoding"
    TAIL = "tail"
    OVERSIZE = "oversize"
    CRC_LOWERCASE = "crc_lowercase"
    CRC_PROFILE = "crc_profile"
    LENGTH_IN_CHARS = "length_in_chars"
    CRC_UNPADDED = "crc_unpadded"


class FrameError(StrEnum):
    """Why a packet is invalid."""

    LENGTH = "length"
    CRC = "crc"
