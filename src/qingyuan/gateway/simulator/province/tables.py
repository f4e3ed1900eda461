"""The invented enterprises, parks and rivers of the simulated province. No real unit is meant by any name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SO2, NOX, SMOKE = "a21026", "a21002", "a34013"
COD, NH3N, TP, TN = "w01018", "w21003", "w21011", "w21001"


@dataclass(frozen=True)
class StackType:
    """A kind of furnace: typical dry concentrations in mg/m³, what its permit allows (converted), and its stack."""

    name_zh: str
    name_en: str
    reference_o2: float          # % of volume to which concentrations are converted (GB 13223, 13271, 18485 …)
    oxygen: float                # % measured at full load
    flow: float                  # dry standard m³/s at full load
    typical: Mapping[str, float]
    limit: Mapping[str, float]
    height: float                # m
    diameter: float              # m
    degrees: float               # °C of the gas
    humidity: float              # % of volume
    shifts: bool = False         # stands still from 22 to 6 o'clock and on Sundays


def _three(so2: float, nox: float, smoke: float) -> Mapping[str, float]:
    return MappingProxyType({SO2: so2, NOX: nox, SMOKE: smoke})


STACK_TYPES = {
    "power": StackType("锅炉", "boiler", 6, 6.4, 260, _three(17, 30, 3.2), _three(35, 50, 10), 150, 6.0, 52, 12.5),
    "boiler": StackType("锅炉", "boiler", 9, 9.6, 34, _three(22, 36, 5.0), _three(35, 50, 10), 60, 2.2, 58, 11.0),
    "furnace": StackType("加热炉", "process heater", 3, 4.2, 17, _three(14, 62, 6.0), _three(50, 100, 20), 45, 1.6, 140,
                         9.0),
    "oxidiser": StackType("焚烧炉", "oxidiser", 11, 12.2, 6, _three(9, 55, 4.0), _three(50, 150, 20), 30, 0.9, 95, 14.0,
                          shifts=True),
    "sinter": StackType("烧结机", "sinter strand", 16, 16.3, 210, _three(21, 33, 6.0), _three(35, 50, 10), 90, 5.5, 105,
                        8.0),
    "cement": StackType("窑尾", "kiln", 10, 9.3, 125, _three(12, 68, 5.0), _three(35, 100, 10), 100, 4.2, 98, 10.0),
    "incinerator": StackType("焚烧炉", "incinerator", 11, 9.8, 26, _three(18, 118, 4.5), _three(100, 300, 30), 80, 2.0,
                             145, 18.0),
}


@dataclass(frozen=True)
class OutfallType:
    """A kind of waste water: typical flow in L/s, concentrations in mg/L, and what its permit allows."""

    flow: float
    typical: Mapping[str, float]
    limit: Mapping[str, float]
    ph: float
    batch: bool = False          # discharges from 8 to 20 o'clock only


def _four(cod: float, nh3n: float, tp: float, tn: float) -> Mapping[str, float]:
    return MappingProxyType({COD: cod, NH3N: nh3n, TP: tp, TN: tn})


OUTFALL_TYPES = {
    "chemical": OutfallType(28, _four(38, 2.1, 0.22, 9.0), _four(60, 8, 0.5, 15), 7.4),
    "dye": OutfallType(35, _four(52, 4.2, 0.28, 10.5), _four(80, 10, 0.5, 15), 7.8),
    "sewage": OutfallType(420, _four(24, 1.1, 0.21, 8.6), _four(50, 5, 0.5, 15), 7.1),
    "steel": OutfallType(60, _four(27, 1.6, 0.18, 8.0), _four(50, 5, 0.5, 15), 7.6),
    "food": OutfallType(16, _four(46, 3.4, 0.35, 11.0), _four(80, 10, 1.0, 20), 7.0, batch=True),
}


@dataclass(frozen=True)
class ParkRow:
    """One park: its centre in degrees, its radius in km, boundary stations, fugitive sources in g/s."""

    key: str
    name_zh: str
    name_en: str
    city: str
    lon: float
    lat: float
    radius_km: float
    boundary: int
    fugitive: Mapping[str, float]         # factor -> g/s of its tank farm and sewage works on a warm day


NMHC, H2S, NH3 = "a24088", "a21028", "a21001"
PARKS = (
    ParkRow("K1", "模拟滨江化工园区", "Simulated Riverside Chemical Park", "南京", 118.800, 32.235, 2.6, 6,
            MappingProxyType({NMHC: 60.0, H2S: 0.5, NH3: 4.0})),
    ParkRow("K2", "模拟临港工业园区", "Simulated Harbour Industrial Park", "连云港", 119.130, 34.490, 3.2, 5,
            MappingProxyType({NMHC: 32.0, H2S: 0.35, NH3: 6.0})),
)


@dataclass(frozen=True)
class EnterpriseRow:
    """One enterprise: where it is (a park's key, or degrees), its stacks and outfalls by type, the river it drains to
    and at which km.
    """

    key: str
    name_zh: str
    name_en: str
    city: str
    park: str = ""
    lon: float = 0.0
    lat: float = 0.0
    stacks: tuple[str, ...] = ()
    outfalls: tuple[tuple[str, str, float], ...] = ()


ENTERPRISES = (
    EnterpriseRow("E01", "模拟清江石化", "Simulated Qingjiang Petrochemical", "南京", "K1",
                  stacks=("furnace", "furnace", "boiler"), outfalls=(("chemical", "R1", 6.2),)),
    EnterpriseRow("E02", "模拟滨江热电", "Simulated Riverside Cogeneration", "南京", "K1", stacks=("power", "boiler")),
    EnterpriseRow("E03", "模拟钟山精细化工", "Simulated Zhongshan Fine Chemicals", "南京", "K1", stacks=("oxidiser",),
                  outfalls=(("chemical", "R1", 8.1),)),
    EnterpriseRow("E04", "模拟棠邑染料", "Simulated Tangyi Dyestuffs", "南京", "K1", stacks=("boiler", "oxidiser"),
                  outfalls=(("dye", "R1", 9.4),)),
    EnterpriseRow("E05", "模拟滨江污水处理厂", "Simulated Riverside Sewage Works", "南京", "K1",
                  outfalls=(("sewage", "R1", 11.0),)),
    EnterpriseRow("E06", "模拟临港钢铁", "Simulated Harbour Steel", "连云港", "K2",
                  stacks=("sinter", "sinter", "power"), outfalls=(("steel", "R2", 5.5),)),
    EnterpriseRow("E07", "模拟临港碱业", "Simulated Harbour Soda", "连云港", "K2", stacks=("boiler",),
                  outfalls=(("chemical", "R2", 7.0),)),
    EnterpriseRow("E08", "模拟云台农化", "Simulated Yuntai Agrochemicals", "连云港", "K2",
                  stacks=("oxidiser", "boiler")),
    EnterpriseRow("E09", "模拟临港污水处理厂", "Simulated Harbour Sewage Works", "连云港", "K2",
                  outfalls=(("sewage", "R2", 9.2),)),
    EnterpriseRow("E10", "模拟彭城电力", "Simulated Pengcheng Power", "徐州", lon=117.330, lat=34.340,
                  stacks=("power",)),
    EnterpriseRow("E11", "模拟毗陵水泥", "Simulated Piling Cement", "常州", lon=119.840, lat=31.720,
                  stacks=("cement",)),
    EnterpriseRow("E12", "模拟姑苏环保能源", "Simulated Gusu Waste to Energy", "苏州", lon=120.500, lat=31.240,
                  stacks=("incinerator", "incinerator")),
    EnterpriseRow("E13", "模拟梁溪印染", "Simulated Liangxi Dyeing", "无锡", outfalls=(("dye", "R3", 5.0),)),
    EnterpriseRow("E14", "模拟梁溪污水处理厂", "Simulated Liangxi Sewage Works", "无锡",
                  outfalls=(("sewage", "R3", 12.5),)),
    EnterpriseRow("E15", "模拟淮阴食品", "Simulated Huaiyin Foods", "淮安", outfalls=(("food", "R4", 4.0),)),
    EnterpriseRow("E16", "模拟淮阴酿造", "Simulated Huaiyin Brewery", "淮安", outfalls=(("food", "R4", 9.0),)),
    EnterpriseRow("E17", "模拟淮阴污水处理厂", "Simulated Huaiyin Sewage Works", "淮安",
                  outfalls=(("sewage", "R4", 15.0),)),
)


@dataclass(frozen=True)
class RiverRow:
    """One river: its first section, the direction it flows to, its sections by km, and its water."""

    key: str
    name_zh: str
    name_en: str
    city: str
    lon: float
    lat: float
    towards_deg: float                   # clockwise from north
    sections_km: tuple[float, ...]       # the first lies above every outfall
    discharge: float                     # m³/s at the first section
    speed: float                         # m/s
    source: Mapping[str, float]          # mean mg/L at the first section


CODMN = "w01019"
RIVERS = (
    RiverRow("R1", "模拟清溪河", "Simulated Qingxi River", "南京", 118.700, 32.215, 80,
             (0, 7.0, 13.0, 19.0), 24, 0.32,
             MappingProxyType({CODMN: 3.1, NH3N: 0.28, TP: 0.085, TN: 1.9})),
    RiverRow("R2", "模拟蔷湖河", "Simulated Qianghu River", "连云港", 119.020, 34.465, 85,
             (0, 6.2, 11.0, 18.0), 14, 0.25,
             MappingProxyType({CODMN: 4.2, NH3N: 0.41, TP: 0.12, TN: 2.6})),
    RiverRow("R3", "模拟梁湖河", "Simulated Lianghu River", "无锡", 120.190, 31.640, 110,
             (0, 6.5, 11.0, 18.5), 17, 0.22,
             MappingProxyType({CODMN: 3.9, NH3N: 0.36, TP: 0.11, TN: 2.3})),
    RiverRow("R4", "模拟淮清河", "Simulated Huaiqing River", "淮安", 118.900, 33.560, 60,
             (0, 6.0, 12.0, 21.0), 31, 0.38,
             MappingProxyType({CODMN: 3.4, NH3N: 0.25, TP: 0.09, TN: 1.7})),
)
