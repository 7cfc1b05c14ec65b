/** The parts of ECharts that are used; this file is loaded only when a chart is shown. */
import { CustomChart, HeatmapChart, LineChart, RadarChart, ScatterChart } from 'echarts/charts';
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  RadarComponent,
  VisualMapComponent,
} from 'echarts/components';
import * as core from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

core.use([
  CustomChart,
  HeatmapChart,
  LineChart,
  RadarChart,
  ScatterChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  RadarComponent,
  VisualMapComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export const { init } = core;
export type { ECharts } from 'echarts/core';
