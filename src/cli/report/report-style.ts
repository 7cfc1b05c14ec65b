/** How the report looks: light or dark as the reader's system, narrow screens, and paper. */

export const REPORT_STYLE = `
:root{--paper:#fff;--ink:#1c2024;--soft:#60666c;--rule:#e1e4e8;--fill:#f6f7f9;--line:#2459c9;--band:#2459c926;--bad:#c62828;--warn:#a15c00;--good:#2e7d32}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e6e8ea;--soft:#9aa1a9;--rule:#2d3238;--fill:#1d2126;--line:#7aa5ff;--band:#7aa5ff2e;--bad:#ff7b72;--warn:#e3a34a;--good:#6cc673}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px;max-width:1120px;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}
nav{text-align:right;color:var(--soft)}a{color:var(--line)}
header{border-bottom:2px solid var(--ink);margin-bottom:16px}header p{color:var(--soft);margin:4px 0 12px}
h1{font-size:26px;line-height:1.25;margin:0;overflow-wrap:anywhere}h2{font-size:19px;margin:34px 0 10px}h3{font-size:16px;margin:0}h4{font-size:13px;margin:12px 0 2px;color:var(--soft)}
article+article{margin-top:64px}
ul{margin:4px 0;padding-left:20px}li,td,dd{overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:10px 24px;margin:0}dt{font-size:12px;color:var(--soft)}dd{margin:0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}th{font-size:12px;color:var(--soft);white-space:nowrap}.right{text-align:right;white-space:nowrap}
.tone{font-weight:600}.tone.bad{color:var(--bad)}.tone.warn{color:var(--warn)}.tone.good{color:var(--good)}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:14px}
figure{margin:0;padding:8px 10px;background:var(--fill);border-radius:6px;border-left:3px solid transparent;break-inside:avoid}
figure.bad{border-color:var(--bad)}figure.warn{border-color:var(--warn)}figure.good{border-color:var(--good)}
figcaption{font-size:13px;line-height:1.35}figcaption span{color:var(--soft)}
svg{display:block;width:100%;height:auto;margin-top:4px}.tick{font-size:10px;fill:var(--soft)}.grid{stroke:var(--rule)}
.line{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linejoin:round}.band{fill:var(--band)}.whisker{stroke:var(--band);stroke-width:5}
.dot{fill:var(--line)}.dot.bad{fill:var(--bad)}.dot.warn{fill:none;stroke:var(--warn);stroke-width:1.6}.dot.good{fill:var(--good)}
.mark.alert{stroke:var(--bad);stroke-width:1.4}.mark.over{stroke:var(--bad);stroke-dasharray:2 3}.mark.change{stroke:var(--soft);stroke-dasharray:5 3}.gap{font-size:11px;fill:var(--soft)}
.legend{font-size:12px;color:var(--soft)}
.alert{margin:12px 0;padding:10px 14px;background:var(--fill);border-left:4px solid var(--soft);border-radius:0 6px 6px 0;break-inside:avoid-page}
.alert.bad{border-color:var(--bad)}.alert.warn{border-color:var(--warn)}.alert.good{border-color:var(--good)}.alert p{margin:4px 0}.state{font-size:13px;color:var(--soft)}
@media print{:root{--paper:#fff;--ink:#000;--soft:#555;--rule:#ccc;--fill:#fff;--line:#2459c9;--band:#2459c926;--bad:#b71c1c;--warn:#8a4b00;--good:#1b5e20}body{max-width:none;padding:0;font-size:11pt}nav{display:none}
.charts{grid-template-columns:1fr 1fr 1fr}figure,.alert{border:1px solid #ccc}h2{break-after:avoid}thead{display:table-header-group}tr{break-inside:avoid}.wide{overflow:visible}article+article{break-before:page}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
  .trim()
  .replace(/\n/g, '');
