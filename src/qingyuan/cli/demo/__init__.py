"""`qingyuan demo`: the whole way on measured data, in one command."""

from qingyuan.cli.demo.verb import register

__all__ = ["register"]
