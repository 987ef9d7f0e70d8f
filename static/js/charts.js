// Draws charts from the JSON beside them. Each chart also stands on the page as a table.
"use strict";

const LIGHTS = {
  red: "#c2281d",
  yellow: "#d99a00",
  blue: "#2b7de0",
  green: "#2c7f45",
  purple: "#7443b0",
  grey: "#aab2bc",
};

const INK = "#1f2933";
const MUTED = "#56606d";
const LINE = "#dce1e7";

const common = {
  animation: false,
  aria: { enabled: true, decal: { show: true } },
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
  // Drawn in the chart: an HTML tooltip carries inline styles, which the page's policy refuses.
  tooltip: {
    renderMode: "richText",
    trigger: "axis",
    axisPointer: { type: "shadow" },
    confine: true,
    textStyle: { color: INK, fontSize: 13 },
  },
  legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: INK } },
};

// {"labels": [department], "series": [{"light", "name", "values": [count]}]}
function lightsByDepartment(data) {
  return {
    ...common,
    grid: { top: 36, left: 8, right: 16, bottom: 8, containLabel: true },
    xAxis: {
      type: "value",
      minInterval: 1,
      axisLabel: { color: MUTED },
      splitLine: { lineStyle: { color: LINE } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, width: 150, overflow: "truncate" },
    },
    series: data.series.map((line) => ({
      type: "bar",
      stack: "all",
      name: line.name,
      data: line.values,
      barMaxWidth: 16,
      itemStyle: { color: LIGHTS[line.light] },
    })),
  };
}

// {"labels": [day], "series": [{"name", "values": [percentage or null], "parts": ["a/b"]}]}
function trend(data) {
  const colours = ["#1d5aa8", "#2c7f45"];
  return {
    ...common,
    aria: { enabled: true },
    tooltip: {
      ...common.tooltip,
      axisPointer: { type: "line" },
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value}%`),
    },
    grid: { top: 36, left: 8, right: 24, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.labels, boundaryGap: false, axisLabel: { color: MUTED } },
    yAxis: {
      type: "value",
      min: 0,
      max: 100,
      axisLabel: { color: MUTED, formatter: "{value}%" },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: data.series.map((line, index) => ({
      type: "line",
      name: line.name,
      data: line.values,
      symbol: index ? "triangle" : "circle",
      symbolSize: 6,
      showSymbol: data.labels.length < 40,
      lineStyle: { width: 2, type: index ? "dashed" : "solid", color: colours[index] },
      itemStyle: { color: colours[index] },
    })),
  };
}

const SHAPES = { "lights-by-department": lightsByDepartment, trend };

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.from).textContent);
  if (data.labels.length > 8 && place.dataset.chart === "lights-by-department") {
    place.style.height = `${60 + data.labels.length * 28}px`;
  }
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(SHAPES[place.dataset.chart](data));
  window.addEventListener("resize", () => chart.resize());
  window.addEventListener("beforeprint", () => chart.resize());
}

document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-chart]")) draw(place);
});
