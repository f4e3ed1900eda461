"""Writing and reading the lake."""

import pyarrow as pa
import pytest
from sample_lake import HOUR_US, SCHEMAS, T0, figure, fill, flag, observation, plain, us

from qingyuan.lake import FIGURE, OBSERVATION, SPECS, Lake, LakeBusy, UnknownTable, WrongColumns


def test_new_lake_is_empty_and_answers_every_table(lake):
    assert (lake.current().number, lake.current().files, lake.current().tick_us) == (0, (), 0)
    for name, spec in SPECS.items():
        answer = lake.read(name, sites=["x"], start_us=0, as_of_us=5)
        assert (answer.schema, len(answer)) == (spec.schema, 0)


def test_rows_come_back_as_written_in_the_order_of_the_table(lake):
    rows = [observation("B", leaf=3, avg=-1),
            observation("A", "a21026", leaf=2, mark="M", text='{"Avg":"<5"}'),
            observation("A", "a21026", T0 - HOUR_US, leaf=1, cou=2**62, cou_scale=6)]
    fill(lake, "observation", rows)
    written = pa.Table.from_pylist([rows[2], rows[1], rows[0]], schema=OBSERVATION)
    assert lake.read("observation").equals(written)


def test_commit_shows_rows_position_and_tick_together(lake):
    with lake.begin() as transaction:
        transaction.write("hour", pa.Table.from_pylist([figure()], schema=FIGURE))
        assert lake.current().number == 0
        made = transaction.commit({"telegram-1": 7, "office": 2}, 99)
    assert lake.current() == made
    assert (dict(made.position), made.tick_us, made.number) == ({"office": 2, "telegram-1": 7}, 99, 1)
    assert made.rows("hour") == 1


def test_commit_without_rows_moves_the_position_only(lake):
    fill(lake, "hour", [figure()], {"t": 1}, 1)
    fill(lake, "hour", [], {"t": 2}, 2)
    assert (lake.current().position["t"], len(lake.current().files), len(lake.read("hour"))) == (2, 1, 1)


def test_abandoned_transaction_leaves_nothing(lake):
    with lake.begin() as transaction:
        transaction.write("hour", pa.Table.from_pylist([figure()], schema=FIGURE))
    assert len(lake.read("hour")) == 0
    with lake.begin() as again:
        again.commit({}, 1)
    with pytest.raises(RuntimeError, match="has ended"):
        again.commit({}, 2)


def test_months_are_local(lake):
    starts = [us("2020-03-31T23:00:00+08:00"), T0, us("2020-04-30T23:00:00+08:00")]
    fill(lake, "hour", [figure(start=s) for s in starts])
    assert [(f.month, f.rows, f.min_start_us) for f in lake.current().files] == [
        ("2020-03", 1, starts[0]), ("2020-04", 2, starts[1])]
    assert all((lake.path / f.path).parent.name == f"month={f.month}" for f in lake.current().files)


def test_read_filters_by_site_factor_name_and_half_open_time(lake):
    fill(lake, "hour", [figure("A"), figure("B"), figure("A", start=T0 + HOUR_US), figure("A", "hour.SO2",
                                                                                         factor="a21026")])
    assert plain(lake.read("hour", sites=["A"], names=["hour.PM2.5"]), "subject", "start") == [
        ("A", T0), ("A", T0 + HOUR_US)]
    assert plain(lake.read("hour", factors=["a21026"]), "name") == [("hour.SO2",)]
    assert plain(lake.read("hour", start_us=T0 + 1), "start") == [(T0 + HOUR_US,)]
    assert len(lake.read("hour", start_us=T0, end_us=T0 + HOUR_US)) == 3
    assert len(lake.read("hour", sites=[])) == 0
    assert lake.read("hour", columns=["value", "name"]).column_names == ["value", "name"]


def test_values_are_bound_not_pasted(lake):
    nasty = "x') OR 1=1 --"
    fill(lake, "hour", [figure(nasty), figure("A")])
    assert plain(lake.read("hour", sites=[nasty]), "subject") == [(nasty,)]


def test_belief_of_figures(lake):
    first, second = T0 + HOUR_US, T0 + 2 * HOUR_US
    fill(lake, "hour", [figure(value="53", believed=first)])
    fill(lake, "hour", [figure(value="54", believed=second, version=2)])
    assert plain(lake.read("hour"), "value", "version") == [("54", 2)]
    assert plain(lake.read("hour", as_of_us=second - 1), "value") == [("53",)]
    assert plain(lake.read("hour", as_of_us=second), "value") == [("54",)]
    assert len(lake.read("hour", as_of_us=first - 1)) == 0
    assert plain(lake.read("hour", all_versions=True), "value") == [("53",), ("54",)]


def test_rows_of_one_tick_are_found_even_when_replaced_since(lake):
    first, second = T0 + HOUR_US, T0 + 2 * HOUR_US
    fill(lake, "hour", [figure(believed=first), figure("B", believed=first)])
    fill(lake, "hour", [figure(value="54", believed=second, version=2)])
    assert plain(lake.read("hour", believed_us=first), "subject", "value") == [("1151A", "53"), ("B", "53")]
    assert plain(lake.read("hour", believed_us=second), "subject", "value") == [("1151A", "54")]


def test_belief_of_observations_is_by_receipt_ledger_and_leaf(lake):
    same = T0 + HOUR_US
    fill(lake, "observation", [observation(avg=1, received=same, leaf=9),
                               observation(avg=2, received=same, leaf=10),
                               observation(avg=3, received=same, kind="minute", leaf=1)])
    fill(lake, "observation", [observation(avg=4, received=same + 60_000_000, leaf=11)])
    assert plain(lake.read("observation", as_of_us=same), "kind", "avg") == [("hour", 2), ("minute", 3)]
    assert plain(lake.read("observation"), "kind", "avg") == [("hour", 4), ("minute", 3)]
    assert len(lake.read("observation", all_versions=True)) == 4


def test_belief_of_flags_is_by_kind_and_a_good_one_takes_back(lake):
    fill(lake, "flag", [flag(), flag(what="rate")])
    fill(lake, "flag", [flag(level=1, believed=T0 + 2 * HOUR_US)])
    assert plain(lake.read("flag"), "what", "level") == [("range", 1), ("rate", 3)]
    assert plain(lake.read("flag", as_of_us=T0 + HOUR_US), "what", "level") == [("range", 3), ("rate", 3)]


def test_rows_equal_in_everything_that_orders_go_by_order_of_writing(lake):
    fill(lake, "flag", [flag(level=3), flag(level=1), flag("0", level=4)])
    assert plain(lake.read("flag"), "site", "level") == [("0", 4), ("1151A", 1)]


def test_reader_can_stay_with_a_manifest(lake):
    fill(lake, "hour", [figure(value="1")])
    before = lake.current()
    fill(lake, "hour", [figure("other", value="2")])
    assert len(lake.read("hour")) == 2
    assert plain(lake.read("hour", at=before), "value") == [("1",)]


def test_wrong_questions_and_rows_are_refused_with_the_reason(lake):
    fill(lake, "hour", [figure()])
    fill(lake, "observation", [observation()])
    with pytest.raises(UnknownTable, match="observation, hour"):
        lake.read("minute")
    with pytest.raises(WrongColumns, match="no column oops"):
        lake.read("hour", columns=["oops"])
    with pytest.raises(WrongColumns, match="no column name"):
        lake.read("observation", names=["x"])
    with lake.begin() as transaction:
        with pytest.raises(WrongColumns, match="wants the columns"):
            transaction.write("hour", pa.table({"name": ["x"]}))
        with pytest.raises(WrongColumns, match="must have a start"):
            transaction.write("hour", pa.Table.from_pylist([{"name": "x"}], schema=FIGURE))
        too_wide = pa.schema([f if f.name != "scale" else pa.field("scale", pa.int64()) for f in FIGURE])
        with pytest.raises(WrongColumns, match="300"):
            transaction.write("hour", pa.Table.from_pylist([figure() | {"scale": 300}], schema=too_wide))


def test_one_writer(lake):
    with lake.begin(), pytest.raises(LakeBusy):
        Lake(lake.path).begin()
    fill(Lake(lake.path), "hour", [figure()])


def test_close_frees_the_lock_of_an_abandoned_transaction(lake):
    abandoned = lake.begin()
    lake.close()
    fill(Lake(lake.path), "hour", [figure()])
    with pytest.raises(LakeBusy, match="manifest 1"):
        abandoned.commit({}, 1)
    lake.close()
    fill(lake, "hour", [figure("B")])


def test_writer_may_hold_the_lake_over_several_transactions(lake):
    with lake.writing():
        fill(lake, "hour", [figure()])
        with pytest.raises(LakeBusy):
            Lake(lake.path).begin()
        fill(lake, "hour", [figure("B")])
    assert lake.current().number == 2


def test_two_open_transactions_cannot_overwrite_a_manifest(lake):
    first = lake.begin()
    second = lake.begin()
    second.commit({"t": 1}, 1)
    with pytest.raises(LakeBusy, match="manifest 1"):
        first.commit({"t": 2}, 2)
    first.abort()
    assert lake.current().position["t"] == 1


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_table_keeps_its_types(lake, table):
    row = {"observation": observation, "flag": flag}.get(table, figure)()
    fill(lake, table, [row])
    assert lake.read(table).schema == SCHEMAS[table]
    assert lake.read(table).to_pylist() == pa.Table.from_pylist([row], schema=SCHEMAS[table]).to_pylist()
