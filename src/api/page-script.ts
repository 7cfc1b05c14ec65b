/** What the page does: reads the API, draws the trends as small SVG charts, and keeps up through the event stream. Browser code, no build. */
export const PAGE_SCRIPT = String.raw`
'use strict';
const WORDS = {
  en: { runs: 'Runs', none: 'No training run was found yet.', alerts: 'Open alerts', quiet: 'No open alert.', trends: 'Capabilities', tasks: 'Tasks', training: 'Training', step: 'step', of: 'of',
    evaluated: 'evaluated', live: 'live', lost: 'connection lost, trying again', since: 'since step', good: 'last good checkpoint', active: 'active', stalled: 'stalled', finished: 'finished',
    evaluating: 'evaluating', loss: 'loss', learning_rate: 'learning rate', grad_norm: 'gradient norm', token: 'This server wants a token: open the address with #token=YOUR_TOKEN.', other: '中文', firing: 'firing', acknowledged: 'acknowledged', silenced: 'silenced', alert: 'alert', alerts_n: 'alerts', points: 'points' },
  zh: { runs: '训练任务', none: '尚未发现训练任务。', alerts: '未解决的告警', quiet: '没有未解决的告警。', trends: '能力', tasks: '评测任务', training: '训练指标', step: '步', of: '/',
    evaluated: '已评测', live: '实时', lost: '连接中断,正在重试', since: '始于步', good: '最近的良好检查点', active: '进行中', stalled: '停滞', finished: '已结束',
    evaluating: '评测中', loss: '损失', learning_rate: '学习率', grad_norm: '梯度范数', token: '此服务器需要令牌:请在网址后加上 #token=令牌。', other: 'English', firing: '告警中', acknowledged: '已确认', silenced: '已静默', alert: '条告警', alerts_n: '条告警', points: '个百分点' },
};
let language = localStorage.getItem('libra-language') || (navigator.language.startsWith('zh') ? 'zh' : 'en');
const t = (word) => WORDS[language][word] || word;
const fromHash = /token=([^&]+)/.exec(location.hash);
if (fromHash) { sessionStorage.setItem('libra-token', decodeURIComponent(fromHash[1])); history.replaceState(null, '', location.pathname); }
const headers = () => { const token = sessionStorage.getItem('libra-token'); return token ? { authorization: 'Bearer ' + token } : {}; };
const get = async (path) => {
  const reply = await fetch(path, { headers: headers() });
  if (!reply.ok) throw Object.assign(new Error((await reply.json()).detail), { status: reply.status });
  return reply.json();
};
const place = (id) => document.getElementById(id);
function make(tag, attributes, ...children) {
  const isSvg = ['svg', 'path', 'line', 'circle', 'text', 'title'].includes(tag);
  const node = isSvg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== ''));
  return node;
}
const count = (value) => value === null ? '?' : Number(value).toLocaleString(language);
const show = (value, unit) => value === null ? '–' : unit === 'points' ? (value * 100).toFixed(1) : unit === 'proportion' ? (value * 100).toFixed(1) + ' %' : Number(value.toPrecision(4)) + '';
let run = decodeURIComponent(location.hash.slice(1)) || null, running = {};

/** curve: points with x, y, low, high (y null: a gap; another segment: a new line); marks: steps of alerts; changes: what the team changed. */
function chart(points, marks, label, unit, changes = []) {
  const W = 300, H = 110, L = 40, R = 6, T = 8, B = 92, known = points.filter((point) => point.y !== null);
  if (known.length === 0) return '';
  const xs = points.map((point) => point.x), ys = known.flatMap((p) => [p.y, p.low === null ? p.y : p.low, p.high === null ? p.y : p.high]);
  const x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys);
  const X = (x) => (L + (x1 === x0 ? 0.5 : (x - x0) / (x1 - x0)) * (W - L - R)).toFixed(1);
  const Y = (y) => (y1 === y0 ? (T + B) / 2 : B - ((y - y0) / (y1 - y0)) * (B - T)).toFixed(1);
  const stretches = [[]];
  points.forEach((point, i) => {
    if (point.y === null) { stretches.push([]); return; }
    if (i > 0 && points[i - 1].segment !== point.segment) stretches.push([]);
    stretches[stretches.length - 1].push(point);
  });
  const svg = make('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': label }, make('line', { class: 'axis', x1: L, x2: W, y1: B + 3, y2: B + 3 }));
  for (const stretch of stretches.filter((one) => one.length)) {
    const banded = stretch.filter((point) => point.low !== null && point.high !== null);
    const line = (list, pick) => list.map((point) => X(point.x) + ',' + Y(pick(point))).join('L');
    if (banded.length > 1) svg.append(make('path', { class: 'band', d: 'M' + line(banded, (p) => p.high) + 'L' + line([...banded].reverse(), (p) => p.low) + 'Z' }));
    svg.append(make('path', { class: 'curve', d: 'M' + line(stretch, (p) => p.y) }));
  }
  for (const step of marks.filter((mark) => mark >= x0 && mark <= x1)) {
    svg.append(make('line', { class: 'mark', x1: X(step), x2: X(step), y1: T, y2: B }), make('path', { class: 'flag', d: 'M' + X(step) + ',' + B + 'l-4,8h8z' }));
  }
  for (const { step, note } of changes.filter((one) => one.step >= x0 && one.step <= x1)) {
    svg.append(make('line', { class: 'change', x1: X(step), x2: X(step), y1: T, y2: B }, make('title', {}, t('step') + ' ' + count(step) + ': ' + note)));
  }
  if (known.length <= 80) for (const point of known) svg.append(make('circle', { class: 'dot', cx: X(point.x), cy: Y(point.y), r: 2.4 }, make('title', {}, point.tip)));
  svg.append(make('text', { x: 0, y: T + 3 }, show(y1, unit)), make('text', { x: 0, y: B }, y1 === y0 ? '' : show(y0, unit)), make('text', { x: L, y: H - 2 }, count(x0)), make('text', { x: W - R, y: H - 2, 'text-anchor': 'end' }, count(x1)));
  return svg;
}

function seriesCard(series, alerts, changes) {
  const shown = series.points.map((point) => ({ x: point.step, y: point.value, low: point.ci95[0], high: point.ci95[1], segment: point.segment,
    tip: t('step') + ' ' + count(point.step) + ': ' + show(point.value, series.unit) + ' [' + show(point.ci95[0], series.unit) + ', ' + show(point.ci95[1], series.unit) + '], n ' + count(point.n) }));
  const last = series.points.filter((point) => point.value !== null).pop();
  const marks = alerts.filter((alert) => alert.step !== null && alert.capabilities.some((id) => id === series.capability || id === series.task)).map((alert) => alert.step);
  const name = series.name[language];
  return make('div', { class: 'card' }, make('span', { class: 'number' }, last ? show(last.value, series.unit) : '–'), name,
    make('div', { class: 'soft' }, (series.task ? series.metric : series.capability) + (series.unit && series.unit !== 'proportion' && series.unit !== series.metric.replaceAll('_', ' ') ? ' · ' + series.unit : '') + (last ? ' · n ' + count(last.n) : '')), chart(shown, marks, name, series.unit, changes));
}

function alertCard(alert, names) {
  const members = alert.members.map((member) => {
    const unit = member.metric === 'score' || (member.from >= 0 && member.from <= 1) ? 'proportion' : '';
    return make('li', {}, (names.get(member.capability) || member.capability) + ': ' + show(member.from, unit) + ' → ' + show(member.to, unit) + ' (' + show(member.difference, unit && 'points') + (unit ? ' ' + t('points') : '') + ' [' + show(member.ci95[0], unit && 'points') + ', ' + show(member.ci95[1], unit && 'points') + '], n ' + count(member.n) + ')');
  });
  const advice = alert.advice.map((one) => (language === 'zh' && one.zh) || one).map((one) => make('li', {}, one.action + ' — ' + one.why));
  return make('div', { class: 'card alert ' + alert.severity }, make('b', {}, alert.title), ' ', make('span', { class: 'soft' }, t(alert.state)), alert.summary ? make('div', {}, language === 'zh' && alert.summary_zh || alert.summary) : null,
    members.length ? make('ul', {}, ...members) : null,
    make('div', { class: 'soft' }, [alert.step === null ? '' : t('step') + ' ' + count(alert.step), alert.since_step === null ? '' : t('since') + ' ' + count(alert.since_step), alert.last_good_checkpoint ? t('good') + ': ' + alert.last_good_checkpoint : ''].filter(Boolean).join(' · ')),
    advice.length ? make('ul', {}, ...advice) : null);
}

async function refresh() {
  try {
    const runs = (await get('/api/v1/runs?limit=1000')).items;
    if (!runs.some((one) => one.id === run)) run = runs.length ? runs[runs.length - 1].id : null;
    const [trends, alerts] = run === null ? [null, []] : [await get('/api/v1/runs/' + encodeURIComponent(run) + '/trends?max_points=300'), (await get('/api/v1/alerts?limit=200&run=' + encodeURIComponent(run))).items];
    draw(runs, trends, alerts.filter((alert) => alert.state !== 'resolved' && alert.state !== 'pending'));
  } catch (error) {
    place('main').replaceChildren(make('p', {}, error.status === 401 ? t('token') : error.message));
  }
}

function draw(runs, trends, alerts) {
  document.documentElement.lang = language;
  place('language').textContent = t('other');
  const cards = runs.map((one) => {
    const latest = one.latest_checkpoint;
    return make('a', { class: 'card', href: '#' + encodeURIComponent(one.id), 'aria-current': one.id === run },
      make('span', { class: 'number' + (one.open_alerts ? ' bad' : ' good') }, one.open_alerts ? one.open_alerts + ' ' + t(one.open_alerts === 1 ? 'alert' : 'alerts_n') : '✓'), one.name,
      make('div', { class: 'soft' }, [t(one.state), latest ? t('step') + ' ' + count(latest.step) + (one.max_steps ? ' ' + t('of') + ' ' + count(one.max_steps) : '') : '', one.evaluated + ' ' + t('of') + ' ' + one.checkpoints + ' ' + t('evaluated'), running[one.id] ? t('evaluating') + ' ' + running[one.id] : ''].filter(Boolean).join(' · ')));
  });
  const body = [make('h2', {}, t('runs')), runs.length ? make('div', { class: 'grid' }, ...cards) : make('p', { class: 'soft' }, t('none'))];
  if (trends) {
    const nodes = trends.series.filter((series) => series.capability !== null), tasks = trends.series.filter((series) => series.task !== null);
    const names = new Map(nodes.map((series) => [series.capability, series.name[language]]));
    const losses = ['loss', 'learning_rate', 'grad_norm'].map((key) => {
      const points = trends.telemetry.map((point) => ({ x: point.step, y: point[key], low: null, high: null, segment: null, tip: t('step') + ' ' + count(point.step) + ': ' + point[key] }));
      return points.some((point) => point.y !== null) ? make('div', { class: 'card' }, t(key), chart(points, trends.telemetry.filter((point) => point.non_finite.includes(key)).map((point) => point.step), t(key), '')) : null;
    }).filter(Boolean);
    body.push(make('h2', {}, t('alerts')), ...(alerts.length ? alerts.map((alert) => alertCard(alert, names)) : [make('p', { class: 'soft' }, t('quiet'))]),
      make('h2', {}, t('trends')), make('div', { class: 'grid' }, ...nodes.map((series) => seriesCard(series, trends.alerts, trends.interventions))));
    if (tasks.length) body.push(make('h2', {}, t('tasks')), make('div', { class: 'grid' }, ...tasks.map((series) => seriesCard(series, trends.alerts, trends.interventions))));
    if (losses.length) body.push(make('h2', {}, t('training')), make('div', { class: 'grid' }, ...losses));
  }
  place('main').replaceChildren(...body);
}

let due = null;
const soon = () => { if (due === null) due = setTimeout(() => { due = null; refresh(); }, 300); };
let lastId = null;
function heard(block) {
  const id = /^id: ?(.*)$/m.exec(block), data = /^data: ?(.*)$/m.exec(block);
  if (id) lastId = id[1];
  if (!data) return;
  const event = JSON.parse(data[1]);
  if (event.event === 'evaluation.progress') running[event.run] = t('step') + ' ' + count(event.step === undefined ? null : event.step) + (event.total ? ' (' + Math.round(event.done / event.total * 100) + ' %)' : '');
  else if (event.run) delete running[event.run];
  soon();
}
async function follow() {
  for (;;) {
    try {
      const reply = await fetch('/api/v1/events', { headers: lastId === null ? headers() : { ...headers(), 'last-event-id': lastId } });
      if (!reply.ok) throw new Error(reply.statusText);
      place('live').textContent = t('live');
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (text + value).split('\n\n');
        text = blocks.pop();
        blocks.forEach(heard);
      }
    } catch {}
    place('live').textContent = t('lost');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    soon();
  }
}
place('language').addEventListener('click', () => { language = language === 'zh' ? 'en' : 'zh'; localStorage.setItem('libra-language', language); refresh(); });
addEventListener('hashchange', () => { run = decodeURIComponent(location.hash.slice(1)) || run; refresh(); });
refresh();
follow();
`;
