// Names at the ends of lines keep apart, however close the lines end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { columns } from "../src/chart/columns.js";
import { data, option } from "../src/chart/option.js";
import * as theme from "../src/chart/theme.js";

use([LineChart, ScatterChart, CustomChart, GridComponent, TooltipComponent, MarkLineComponent, DataZoomComponent, LabelLayout, SVGRenderer]);
const LINE = 14; // px a line of 11 px needs, Chinese characters too

/** Where the names stand, px from above, in a chart whose lines end at these values. */
function places(ends, width, names = ends.map((_, n) => `站${n}`)) {
  const series = ends.map((end, n) => ({ name: names[n], short: names[n], span_s: 3600, t0: 0, step_s: 3600, v: [60, 40, end] }));
  const made = { columns: series.map((one) => ({ series: one, cols: columns(one, 0) })), extent: [0, 3 * 36e5], unit: "µg/m³", offset: 0, labels: {} };
  const plot = init(null, null, { renderer: "svg", ssr: true, width, height: 240 });
  const look = { ...theme, ground: "#ffffff" };
  plot.setOption(option(made, look, width, false, false));
  plot.setOption({ series: data(made, look, 0, 3 * 36e5, width) });
  const drawn = plot.renderToSVGString();
  plot.dispose();
  return names.map((name) => {
    const found = new RegExp(`<text[^>]*(?:transform="translate\\([^ ]+ ([\\d.]+)\\)"|y="([\\d.]+)")[^>]*>${name}<`).exec(drawn);
    assert.ok(found, `${name} is not drawn`);
    return Number(found[1] ?? found[2]);
  });
}

for (const width of [390, 1000]) {
  for (const ends of [[115, 115], [115, 114, 113], [80, 80, 80, 80], [10, 50, 90, 91]]) {
    test(`${ends.join(", ")} at ${width} px`, () => {
      const at = places(ends, width).sort((a, b) => a - b);
      for (let n = 1; n < at.length; n++) assert.ok(at[n] - at[n - 1] >= LINE, `${at}`);
    });
  }
}

test("a name of three Chinese characters stands whole on a phone", () => places([10, 90], 390, ["山西路", "草场门"]));
