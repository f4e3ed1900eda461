"""The data clock and its inverse."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from qingyuan.registry import DataClock, EntryKind, Replay, fold, payload


def test_a_replay_maps_our_time_to_data_time() -> None:
    registry = fold([(1, payload(EntryKind.REPLAY, "demo", {"real_us": 1_000, "data_us": 50_000, "speed": 60}))])
    assert [registry.data_now(t) for t in (999, 1_000, 1_010)] == [49_940, 50_000, 50_600]
    assert [registry.real_at(t) for t in (50_000, 50_001, 50_060, 49_940)] == [1_000, 1_001, 1_001, 999]
    assert registry.replay == Replay("demo", 1_000, 50_000, Fraction(60))


def test_a_later_replay_takes_over_where_it_begins() -> None:
    clock = DataClock.of([Replay("a", 0, 0, Fraction(10)), Replay("b", 100, 10_000, Fraction(1))])
    assert [clock.data_us(t) for t in (99, 100, 101)] == [990, 10_000, 10_001]
    assert clock.real_us(5_000) == 100, "jumped over"
    assert clock.real_us(500) == 50


speeds = st.fractions(min_value=Fraction(1, 1000), max_value=100_000, max_denominator=1000)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(-10**12, 10**12), speeds), max_size=3),
       st.integers(-10**12, 10**13))
def test_real_time_is_the_first_at_which_data_time_stays_reached(lines: list, data_us: int) -> None:
    clock = DataClock.of(Replay(str(n), *line) for n, line in enumerate(lines))
    real = clock.real_us(data_us)
    assert clock.data_us(real) >= data_us
    starts = [p.real_us for p in clock.profiles if p.real_us > real]
    assert all(clock.data_us(at) >= data_us for at in starts)
    assert clock.data_us(real - 1) < data_us or any(clock.data_us(at - 1) < data_us for at in (real, *starts))
