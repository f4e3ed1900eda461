"""How rows lie on disk, and which files a question opens."""

import pyarrow.parquet as pq
from sample_lake import HOUR_US, T0, figure, fill, observation, us

from qingyuan.lake import SPECS, Question, query


def columns(lake, file):
    group = pq.ParquetFile(lake.path / file.path).metadata.row_group(0)
    found = (group.column(i) for i in range(group.num_columns))
    return {c.path_in_schema: c for c in found}


def test_instants_leaves_and_mantissas_are_delta_packed_and_the_rest_is_a_dictionary(lake):
    fill(lake, "observation", [observation(start=T0 + n * HOUR_US, leaf=n) for n in range(50)])
    found = columns(lake, lake.current().files[0])
    packed = {name for name, column in found.items() if "DELTA_BINARY_PACKED" in column.encodings}
    assert packed == {"start", "received", "leaf", "rtd", "min", "avg", "max", "cou", "zs_rtd", "zs_min",
                      "zs_avg", "zs_max"}
    assert {n for n, c in found.items() if c.has_dictionary_page} >= {"site", "factor", "avg_scale", "span_s"}
    assert {c.compression for c in found.values()} == {"ZSTD"}


def test_rows_lie_in_the_order_of_their_table(lake):
    fill(lake, "hour", [figure(s, n, T0 + h * HOUR_US) for h in (1, 0) for n in ("b", "a") for s in "BA"])
    rows = pq.read_table(lake.path / lake.current().files[0].path, partitioning=None)
    kept = list(zip(*(rows.column(c).to_pylist() for c in SPECS["hour"].order), strict=True))
    assert kept == sorted(kept)


def test_question_opens_only_files_that_can_answer(lake):
    months = [us(f"2020-{m:02d}-10T00:00:00+08:00") for m in (1, 2, 3)]
    fill(lake, "hour", [figure(start=m) for m in months])
    fill(lake, "hour", [figure(start=months[1] + HOUR_US)])

    def opened(**when):
        asked = query.ask(lake.path, lake.current(), SPECS["hour"], Question(**when))
        return [p.rpartition("month=")[2] for p in asked.values[0]] if asked.text else []

    assert opened(start_us=months[1], end_us=months[1] + HOUR_US) == ["2020-02/00000001-001.parquet"]
    assert opened(start_us=months[2]) == ["2020-03/00000001-002.parquet"]
    assert opened(end_us=months[0]) == []
    assert len(opened()) == 4
