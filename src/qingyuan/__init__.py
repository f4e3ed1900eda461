"""清源 Qingyuan: environmental monitoring in which every published figure proves itself."""

__version__ = "0.1.0"
