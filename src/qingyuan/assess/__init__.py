"""Assessment by the national standards: pure, exact functions on numbers and tables."""

from qingyuan.assess.aqi import AqiResult, aqi_daily, aqi_realtime
from qingyuan.assess.composite import composite_index, rank
from qingyuan.assess.iaqi import SYMBOLS, averaging_of, breakpoints_of, iaqi, iaqi_trace
from qingyuan.assess.kernel import AqiRows, aqi_rows
from qingyuan.assess.means import DailyMean, Mda8, daily_mean, o3_mda8
from qingyuan.assess.summary import annual_validity, compliance_rate, exceedance, gas_at_298k, percentile_text

__all__ = [
    "SYMBOLS", "AqiResult", "AqiRows", "DailyMean", "Mda8", "annual_validity", "aqi_daily", "aqi_realtime",
    "aqi_rows", "averaging_of", "breakpoints_of", "compliance_rate", "composite_index", "daily_mean", "exceedance",
    "gas_at_298k", "iaqi", "iaqi_trace", "o3_mda8", "percentile_text", "rank",
]
