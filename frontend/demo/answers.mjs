// What the demonstration server answers besides pages: parts, an evidence fragment, chart and site data by formula.
const START = Date.UTC(2026, 1, 17, 16) / 1000;
const html = (body, more = {}) => ({ type: "text/html; charset=utf-8", body, ...more });
const wave = (i, base, size, phase = 0) => Math.round(10 * (base + size * Math.sin((i + phase) / 24 * 2 * Math.PI) + size * 0.6 * Math.sin(i * 0.71 + phase) + size * 0.3 * Math.sin(i * 2.3))) / 10;

function hours(name, base, size, phase, more = {}) {
  const v = Array.from({ length: 168 }, (_, i) => Math.max(2, Math.round(wave(i, base, size, phase))));
  for (const i of [40, 41, 42, 43, 44, 100]) v[i] = null;
  return { name, averaging: "1h", span_s: 3600, t0: START, step_s: 3600, v, digits: 0, stage: v.map((_, i) => (i < 96 ? 2 : i < 144 ? 1 : 0)),
    id: v.map((_, i) => String(i)), url: "/figures/{id}", ...more };
}

function pm25() {
  const series = hours("PM2.5", 52, 18, 3), state = series.v.map((value) => (value === null ? 4 : 0)), original = {}, flags = {};
  for (const i of [70, 71, 72]) { state[i] = 2; series.v[i] = 130 - i; flags[i] = "A02 采样口堵塞：28，邻站 140"; }
  for (const i of [118, 119, 120, 121]) { state[i] = 3; original[i] = 8; flags[i] = "S1 邻站回归替代，裁定 118"; }
  state[150] = 1; flags[150] = "尖峰 qartod-spike@3：91，前后 52/54，限 25";
  return { title: "玄武湖 PM2.5 小时均值", unit: "µg/m³", averaging: "1h", offset_s: 28800, series: [{ ...series, state, original, flags }],
    limits: [{ value: 75, label: "24 h 限值 75", clause: "GB 3095-2026 表 1", averaging: "24h" }],
    marks: [{ from: START + 40 * 3600, to: START + 45 * 3600, letter: "C", label: "校准" }, { from: START + 70 * 3600, to: START + 73 * 3600, letter: "I", label: "人为干扰" }, { from: START + 118 * 3600, to: START + 122 * 3600, letter: "S", label: "替代" }] };
}

const o3 = () => ({ title: "O₃ 小时均值与邻站", unit: "µg/m³", averaging: "1h", offset_s: 28800,
  series: [hours("玄武湖", 110, 60, 0, { short: "玄武" }), hours("雨花台", 96, 55, 1, { short: "雨花" }), hours("草场门", 120, 50, 2, { short: "草场" })],
  limits: [{ value: 200, label: "限值 200", short: "200", clause: "GB 3095-2026 表 1", averaging: "1h" }, { value: 160, label: "8 h 限值 160", clause: "GB 3095-2026 表 1", averaging: "8h" }] });

function long() {
  const v = Array.from({ length: 200000 }, (_, i) => (i % 9000 < 120 ? null : Math.max(1, wave(i / 60, 50, 20) + (i === 123456 ? 400 : 0))));
  return { title: "PM2.5 分钟值", unit: "µg/m³", averaging: "1min", offset_s: 28800, series: [{ name: "PM2.5", span_s: 60, t0: START - 10368000, step_s: 60, v, digits: 1 }] };
}

const step = (what, text, more = "", kind = "is-proven") => `<li class="${kind}"><span class="qy-steps__what">${what}</span><div>${text}${more}</div></li>`;
const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const evidence = () => html(`<h2 data-drawer-title="PM2.5 53 µg/m³ · 14:00–15:00">PM2.5 <span class="qy-big">53</span><span class="qy-unit">µg/m³</span></h2>
<p>2026-02-24 14:00–15:00 · <span class="qy-stage qy-stage--provisional">初步</span></p>
<p class="qy-verdict qy-verdict--true">证明成立，用时 0.3 s</p>
<ol class="qy-steps">${step("用于", "AQI 86：50 + 50 × (53 − 35)/(60 − 35)，进位", '<div class="qy-steps__clause">HJ 633-2026 表 1，4.2</div>')}${step("规则", "小时均值，有效分钟 ≥ 45", '<div class="qy-steps__clause">GB 3095-2026 表 4</div>')}${step("数值", "第 1 版，自 15:02:11 认定")}${step("输入", '12 个五分钟值，1 个有标记 <a data-drawer href="/figures/9">看输入</a>')}${step("报文", '<code class="qy-telegram">##0431QN=20260224150000001;ST=22;CN=2061;PW=******;MN=A3201011234567890;Flag=9;CP=&amp;&amp;DataTime=20260224140000;<mark>a34004-Avg=53.2,a34004-Flag=N</mark>;a05024-Avg=96.0,a05024-Flag=N&amp;&amp;1B80</code>', '<div class="qy-steps__clause">15:00:04.118 收自 10.3.2.7:40112</div>')}${step("叶", `账簿 nanjing-1 第 8 412 077 叶 <span class="qy-hash" id="h">${HASH}</span> <button class="qy-copy" data-copy-from="#h">复制</button>`, `<ul class="qy-proof">${`<li>${HASH}</li><li class="is-right">${HASH}</li>`.repeat(3)}</ul>`)}${step("检查点", "8 412 544，已签名；见证方 1 家", "", "")}</ol>`);

function sites() {
  const kinds = ["station", "station", "section", "outlet_stack", "outlet_water", "boundary"], features = [];
  for (let i = 0; i < 5000; i++) {
    const a = (i * 0.6180339887) % 1, b = (i * 0.7548776662) % 1, grade = i % 6 + 1, kind = kinds[i % 6], water = kind === "section" || kind === "outlet_water";
    features.push({ type: "Feature", id: i, geometry: { type: "Point", coordinates: [117.2 + 4.2 * a, 31.2 + 3.4 * b] },
      properties: { id: `s${i}`, kind, scale: water ? "water" : "air", grade, letter: water ? ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣"][grade - 1] : String(grade), name: `样点 ${i}`, text: `${20 + (i % 90)} µg/m³ · ◔ 初步 · 14:00–15:00`, grade_text: (water ? ["优", "优", "良好", "轻度污染", "中度污染", "重度污染"] : ["优", "良", "轻度污染", "中度污染", "重度污染", "严重污染"])[grade - 1], short: `${20 + (i % 90)}`, url: "/station", ...(kind === "station" && i % 12 === 0 ? { wind_from: (i * 7) % 360, wind_speed: 1 + (i % 5) } : {}) } });
  }
  features.push({ type: "Feature", geometry: { type: "Polygon", coordinates: [[[118.70, 32.20], [118.86, 32.20], [118.88, 32.28], [118.74, 32.30], [118.70, 32.20]]] }, properties: { id: "p1", kind: "park", name: "样园区", url: "/station" } });
  return { type: "FeatureCollection", features };
}

export const answers = {
  "/parts/needs": (url, request) => (/fail=1/.test(request.headers["hx-current-url"] ?? "") ? html("", { status: 503 }) : html('<ul class="qy-rows" data-rows><li id="n1"><span class="qy-sev qy-sev--urgent">3 个排口无数据</span><span class="grow qy-quiet">超过 2 h</span><a href="/map">打开</a></li><li id="n2"><span class="qy-sev qy-sev--serious">1 起强干扰</span><span class="grow qy-quiet">A02 雨花台</span><a href="/review">打开</a></li><li id="n3"><span class="qy-sev qy-sev--notice">2 个案件今天到期</span><span class="grow qy-quiet">118 号、121 号</span><a href="/review">打开</a></li><li id="n4"><span class="qy-sev">5 项待第二审批</span><span class="grow"></span><a href="/review">打开</a></li></ul>')),
  "/parts/ended": () => html("", { status: 401, headers: { "HX-Redirect": "/form" } }),
  "/figures/missing": () => html('<div class="qy-error"><h2>没有这个数</h2><p>它可能已被新一版替代；请从站点页重新打开。</p></div>', { status: 404 }),
  "/figures/*": evidence, "/evidence": evidence,
  "/charts/pm25": () => ({ body: pm25() }), "/charts/o3": () => ({ body: o3() }), "/charts/long": () => ({ body: long() }), "/charts/none": () => ({ body: { title: "SO₂", series: [] } }),
  "/sites.json": () => ({ body: sites() }),
};
