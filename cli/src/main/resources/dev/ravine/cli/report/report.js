'use strict';
(() => {
  const COLOURS = 6;
  const DASHES = ['solid', [7, 4], [2, 3], [9, 3, 2, 3]];
  const SYMBOLS = ['M0 5A5 5 0 1 1 10 5A5 5 0 1 1 0 5Z', 'M5 0L10 10H0Z', 'M0 0H10V10H0Z', 'M5 0L10 5L5 10L0 5Z'];
  const EXPORT = {width: 960, height: 540};

  /* On the screen a chart is as large as its box; on paper its letters would shrink with it, so it is drawn anew. */
  const SCREEN = {width: 'auto', height: 'auto'};
  const PAPER = {width: 690, height: 190};
  const SMALL_PAPER = {width: 200, height: 110};
  let isPrinting = false;

  /* More lines than this are drawn one by one at first, each before the others in grey. */
  const MOST_TOGETHER = 8;

  const element = (tag, text, className) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  };

  /* Long settings of an optimizer may break between names and words. */
  const breakable = name => name.split(/(?<=[,:=])(?=[a-z])/).flatMap(part => [part, element('wbr')]);

  /* Numbers */

  const RAISED = {'-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹'};

  const raised = power => [...String(Number(power))].map(c => RAISED[c]).join('');

  /* The twin of Figure.java: four significant digits, but whole up to a million. */
  const figure = value => {
    const grouped = x => x.toLocaleString('en', {maximumFractionDigits: 0}).replace('-', '−');
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e9) return grouped(value);
    const [mantissa, exponent] = value.toExponential(3).split('e');
    const rounded = Number(value.toPrecision(4));
    if (Math.abs(rounded) >= 1000 && size < 1e6) return grouped(value);
    if (exponent < -4 || Math.abs(rounded) >= 1e6) return `${mantissa.replace('-', '−')}×10${raised(exponent)}`;
    return Number.isInteger(rounded) ? grouped(rounded) : value.toFixed(3 - exponent).replace('-', '−');
  };

  /* A number on an axis, as short as it is. */
  const tick = (value, digits) => {
    if (value === 0) return '0';
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
    const power = Number(exponent);
    const plain = x => x.toLocaleString('en', {maximumSignificantDigits: digits}).replace('-', '−');
    if (power < 6 && power >= -4) return plain(value);
    return Math.abs(Number(mantissa)) === 1 ? `${mantissa < 0 ? '−' : ''}10${raised(power)}` : `${plain(Number(mantissa))}×10${raised(power)}`;
  };

  /* The largest of 1, 2, 5, 10, 20 ... that is not above a positive number. */
  const roundStep = value => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].map(step => step * power).find(step => step <= value * (1 + 1e-9));
  };

  /* The logarithm of the next of 1, 2, 5, 10, 20 ... below or above. */
  const roundLog = (log, up) => {
    const steps = [0, Math.log10(2), Math.log10(5), 1].map(step => Math.floor(log) + step);
    return up ? steps.find(step => step >= log - 1e-9) : steps.reverse().find(step => step <= log + 1e-9);
  };

  /* Colours: charts take theirs from the style sheet. */

  const probe = document.body.appendChild(element('i'));
  probe.hidden = true;
  const colour = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const look = () => ({
    paper: colour('paper'), ink: colour('ink'), quiet: colour('quiet'), rule: colour('rule'), raised: colour('raised'),
    lines: Array.from({length: COLOURS}, (_, i) => colour(`line-${i}`)),
    font: getComputedStyle(document.body).fontFamily,
  });

  /* What is drawn of one line on the chosen axes. Where a logarithm has no value, there is no point. */
  const drawn = (line, x, y, log) => {
    const usable = (value, isLog) => value !== null && (!isLog || value > 0);
    const xs = line.values[x.key];
    const ys = line.values[y.key];
    const points = xs.map((value, i) => [
      usable(value, log.x) ? value : null,
      usable(ys[i], log.y) ? ys[i] : null,
    ]);
    const isPoint = i => points[i] !== undefined && points[i][0] !== null && points[i][1] !== null;
    const alone = new Set();
    points.forEach((_, i) => {
      if (isPoint(i) && !isPoint(i - 1) && !isPoint(i + 1)) alone.add(i);
    });
    const leftOut = xs.filter((value, i) => value !== null && ys[i] !== null && !isPoint(i)).length;
    let band = [];
    if (line.bands[y.key]) {
      const [low, high] = line.bands[y.key];
      band = points
        .map((point, i) => [point[0], usable(low[i], log.y) ? low[i] : null, usable(high[i], log.y) ? high[i] : null])
        .map(([at, from, to]) => (at === null || to === null ? null : [at, from, to]));
    }
    return {line, points, alone, leftOut, band, isEmpty: !points.some((_, i) => isPoint(i))};
  };

  /* A band is one polygon for each stretch without a gap; an end that a logarithm cannot show is at the bottom. */
  const polygons = (band, fill) => (params, api) => {
    if (params.dataIndex !== 0) return null;
    const bottom = params.coordSys.y + params.coordSys.height;
    const stretches = [[]];
    band.forEach(at => (at === null ? stretches.push([]) : stretches[stretches.length - 1].push(at)));
    const outline = stretch => [
      ...stretch.map(([x, , high]) => api.coord([x, high])),
      ...stretch.map(([x, low, high]) => (low === null ? [api.coord([x, high])[0], bottom] : api.coord([x, low]))).reverse(),
    ];
    return {
      type: 'group',
      children: stretches.filter(stretch => stretch.length > 1).map(stretch => ({
        type: 'polygon',
        shape: {points: outline(stretch)},
        style: {fill, opacity: 0.16},
      })),
    };
  };

  /* Each colour is used once with the first dash and symbol, then once with the second. */
  const styleOf = (line, look) => {
    const round = Math.floor(line.place / COLOURS);
    return {
      colour: look.lines[line.place % COLOURS],
      dash: DASHES[round % DASHES.length],
      symbol: SYMBOLS[round % SYMBOLS.length],
    };
  };

  /* Measured values are marked while there are few of them. */
  const FEW = 40;

  /* Lines of this many values can be smoothed. */
  const MANY = 60;

  /* An exponential mean of the values so far, of logarithms on a logarithmic axis. */
  const smoothed = (points, strength, isLog) => {
    const [to, from] = isLog ? [Math.log, Math.exp] : [value => value, value => value];
    let mean = 0;
    let weight = 0;
    return points.map(([px, py]) => {
      if (py === null) return [px, py];
      mean = strength * mean + (1 - strength) * to(py);
      weight = strength * weight + (1 - strength);
      return [px, from(mean / weight)];
    });
  };

  const seriesOf = ({line, points, alone, band}, x, y, look) => {
    const {colour, dash, symbol} = styleOf(line, look);
    const isShort = line.style === 'LINE' && points.length <= FEW;
    const marked = line.style !== 'LINE';
    const series = [{
      id: `line ${line.name}`,
      name: line.name,
      type: line.style === 'POINTS' ? 'scatter' : 'line',
      data: points.map(([px, py]) => [x.place(px), y.place(py)]),
      symbol: marked ? `path://${symbol}` : (_, params) => (isShort || alone.has(params.dataIndex) ? 'circle' : 'none'),
      showSymbol: marked || isShort || alone.size > 0,
      symbolSize: line.style === 'POINTS' ? 6 : isShort ? 5 : 7,
      lineStyle: {width: 2, color: colour, type: dash},
      itemStyle: {color: colour, opacity: line.style === 'POINTS' ? 0.7 : 1},
      emphasis: {disabled: true},
      z: 3,
    }];
    const placed = band.map(at => (at === null ? null : [x.place(at[0]), y.place(at[1]), y.place(at[2])]));
    const bounds = placed.filter(at => at !== null);
    if (bounds.length > 1) {
      series.push({
        id: `band ${line.name}`,
        name: line.name,
        type: 'custom',
        data: bounds,
        encode: {x: 0, y: [1, 2]},
        renderItem: polygons(placed, colour),
        itemStyle: {color: colour},
        clip: true,
        silent: true,
        z: 2,
      });
    }
    return series;
  };

  const extent = values => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return [low, high];
  };

  /*
   * Where values are on an axis, bounds close to them, and ticks at round numbers, about as many as `ticks`.
   * A logarithmic axis is a linear one of logarithms: the library's own rounds ticks below 1e-10 to 0.
   */
  const scaleOf = (isLog, [low, high], ticks, isWhole = false) => {
    // Over less than a factor of two a logarithm is as good as straight, and its round numbers are too far apart.
    if (!isLog || (low > 0 && low <= high && high < 2 * low)) {
      const scale = {place: value => value, valueAt: place => place, isStraight: true};
      if (low > high) return {...scale, bounds: {}};
      if (low === high) {
        const margin = isWhole ? 1 : Math.abs(high) / 10 || 1;
        [low, high] = [low - margin, high + margin];
      }
      const step = Math.max(roundStep((1.1 * (high - low)) / ticks), isWhole ? 1 : 0);
      const min = Math.floor(low / step + 1e-9) * step;
      const max = Math.max(Math.ceil(high / step - 1e-9) * step, min + step);
      return {...scale, bounds: {min, max, splitNumber: Math.round((max - min) / step)}};
    }
    const scale = {place: value => (value === null ? null : Math.log10(value)), valueAt: place => 10 ** place};
    if (low > high) return {...scale, bounds: {}};
    const min = roundLog(Math.log10(low), false);
    const max = Math.max(roundLog(Math.log10(high), true), min + Math.log10(2));
    return {...scale, bounds: {min, max}, marks: logMarks(min, max, ticks)};
  };

  /* Powers of ten, each or evenly chosen; where there are fewer than two, 1, 2 and 5 times them. */
  const logMarks = (min, max, ticks) => {
    const within = place => place >= min - 1e-9 && place <= max + 1e-9;
    const powers = Array.from({length: Math.floor(max + 1e-9) - Math.ceil(min - 1e-9) + 1}, (_, i) => Math.ceil(min - 1e-9) + i);
    if (max - min < 1.7) {
      return [Math.floor(min) - 1, ...powers, Math.ceil(max)]
        .flatMap(power => [0, Math.log10(2), Math.log10(5)].map(step => power + step))
        .filter(within).filter((place, i, all) => all.findIndex(other => Math.abs(other - place) < 1e-9) === i).sort((p, q) => p - q);
    }
    const step = Math.max(1, [1, 2, 5, 10, 20, 50, 100, 200].find(each => powers.length / each <= ticks + 1) ?? 100);
    return powers.filter(power => power % step === 0);
  };

  const axisOf = (isLog, {bounds, marks, valueAt}, look) => ({
    type: 'value',
    scale: true,
    ...bounds,
    axisLine: {show: true, onZero: false, lineStyle: {color: look.quiet}},
    axisTick: {show: true, lineStyle: {color: look.quiet}, customValues: marks},
    splitLine: {show: true, lineStyle: {color: look.rule}},
    axisLabel: {color: look.quiet, hideOverlap: true, customValues: marks, formatter: place => tick(valueAt(place), isLog ? 3 : 6)},
    nameTextStyle: {color: look.ink, fontSize: 12},
  });

  /* Every line at the pointer: its nearest value, unless it ended long before. */
  const tip = (lines, x, y, at, width, look) => {
    const box = element('div', undefined, 'tip');
    box.append(element('b', `${x.label}: ${figure(at)}`));
    const table = box.appendChild(element('table'));
    const found = [];
    for (const {line, points} of lines) {
      let nearest = -1;
      points.forEach((point, i) => {
        if (point[0] === null || point[1] === null) return;
        if (nearest < 0 || width(point[0], at) < width(points[nearest][0], at)) nearest = i;
      });
      if (nearest < 0 || width(points[nearest][0], at) > 0.03) continue;
      found.push({line, nearest, point: points[nearest]});
    }
    // As the lines lie, the highest first.
    found.sort((p, q) => q.point[1] - p.point[1]);
    for (const {line, nearest, point: [px, py]} of found) {
      const band = line.bands[y.key];
      const row = table.insertRow();
      row.insertCell().append(swatch(line, look, 18));
      row.insertCell().append(...breakable(line.name));
      row.insertCell().textContent = figure(py);
      row.insertCell().textContent = (band && band[0][nearest] !== null && band[1][nearest] !== null
        ? `${figure(band[0][nearest])} – ${figure(band[1][nearest])}` : '')
        + (width(px, at) > 0.003 ? ` at ${figure(px)}` : '');
    }
    return box;
  };

  const swatch = (line, look, width = 26) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const {colour, dash, symbol} = styleOf(line, look);
    const attributes = (tag, values) => {
      const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
      Object.entries(values).forEach(([key, value]) => e.setAttribute(key, value));
      return e;
    };
    svg.setAttribute('width', width);
    svg.setAttribute('height', 10);
    svg.setAttribute('aria-hidden', 'true');
    if (line.style !== 'POINTS') {
      svg.append(attributes('path', {d: `M0 5H${width}`, stroke: colour, 'stroke-width': 2.5, 'stroke-dasharray': dash === 'solid' ? '' : dash.join(' ')}));
    }
    if (line.style !== 'LINE') {
      svg.append(attributes('path', {d: symbol, fill: colour, transform: `translate(${width / 2 - 4} 1) scale(0.8)`}));
    }
    return svg;
  };

  /* What the reader chose is in the address, so that it stays when the page is loaded again, and can be sent. */

  const chosenBefore = new URLSearchParams(location.search);
  const keep = (key, value) => {
    if (value === null || value === '') {
      chosenBefore.delete(key);
    } else {
      chosenBefore.set(key, value);
    }
    const query = chosenBefore.toString();
    if (query === location.search.slice(1)) return;
    history.replaceState(null, '', `${location.pathname}${query ? `?${query}` : ''}${location.hash}`);
  };

  const save = (name, content, type) => {
    const link = element('a');
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  /* One chart with its controls. */
  const chartOf = figureElement => {
    const chart = JSON.parse(figureElement.querySelector('.drawn').textContent);
    const isLogAtFirst = new Map([...chart.x, ...chart.y].map(axis => [axis, axis.isLog]));
    const view = figureElement.querySelector('.view');
    view.append(document.getElementById('controls').content.cloneNode(true));
    const plot = view.querySelector('.plot');
    const note = view.querySelector('.note');
    const zoom = figureElement.querySelector('.zoom');
    const reset = figureElement.querySelector('.reset');
    const before = what => chosenBefore.get(`${chart.name}.${what}`);
    const hidden = new Set((before('without') ?? '').split(',').filter(i => i !== '').map(i => chart.lines[i]?.name));
    const first = side => chart[side].find(axis => axis.key === before(side)) ?? chart[side][0];
    const chosen = {x: first('x'), y: first('y')};
    for (const side of ['x', 'y']) {
      if (before(`${side}-log`) !== null) chosen[side].isLog = before(`${side}-log`) === 'on';
    }
    const remember = () => {
      for (const side of ['x', 'y']) {
        keep(`${chart.name}.${side}`, chosen[side] === chart[side][0] ? null : chosen[side].key);
        keep(`${chart.name}.${side}-log`, chosen[side].isLog === isLogAtFirst.get(chosen[side]) ? null : chosen[side].isLog ? 'on' : 'off');
      }
      keep(`${chart.name}.without`, chart.lines.map((line, i) => (hidden.has(line.name) ? i : -1)).filter(i => i >= 0).join(','));
      keep(`${chart.name}.smooth`, strength > 0 ? String(strength) : null);
      keep(`${chart.name}.each`, isEach === isEachAtFirst ? null : String(isEach));
    };
    plot.setAttribute('aria-label', `${chart.caption} Lines: ${[...new Set(chart.lines.map(line => line.name))].join(', ')}.`);

    const instance = echarts.init(plot, null, {renderer: 'svg'});
    const multiples = view.querySelector('.multiples');
    const panels = [...new Set(chart.lines.map(line => line.panel).filter(panel => panel))];
    const isEachAtFirst = panels.length > 0 || chart.lines.length > MOST_TOGETHER;
    let isEach = panels.length > 0 || (before('each') ?? String(isEachAtFirst)) === 'true';
    let small = [];

    let strength = Number(before('smooth') ?? 0) || 0;
    const smooth = view.querySelector('.smooth');
    const offerSmoothing = () => {
      smooth.hidden = !chart.lines.some(line => line.style === 'LINE' && line.values[chart.x[0].key].length >= MANY);
    };
    offerSmoothing();
    smooth.querySelector('input').value = strength;
    smooth.querySelector('input').addEventListener('input', event => {
      strength = Number(event.target.value);
      draw();
    });
    const linesOn = log => chart.lines.map(line => {
      const one = drawn(line, chosen.x, chosen.y, log);
      return strength > 0 && line.style === 'LINE' && one.points.length >= MANY
        ? {...one, points: smoothed(one.points, strength, log.y)} : one;
    });

    /* Whether everything is shown, also what the axis leaves out at first. */
    let isAll = false;
    let isEnlarged = false;
    let tipOf = null;
    let shownRange = [NaN, NaN];
    const isOutside = value => !isAll && (value < chosen.y.least || value > chosen.y.most);
    const outside = lines => {
      const values = lines.filter(each => !hidden.has(each.line.name)).flatMap(({points}) => points)
        .filter(point => point[0] !== null && point[1] !== null).map(point => point[1]);
      const found = values.filter(isOutside);
      return found.length < values.length ? found : [];
    };

    const option = (look, lines, shown) => {
      const {x, y} = chosen;
      const log = {x: x.isLog, y: y.isLog};
      const visible = lines.filter(each => !each.isEmpty && !hidden.has(each.line.name));
      const xs = visible.flatMap(each => each.points.filter(point => point[1] !== null).map(point => point[0]));
      const ys = visible.flatMap(each => [...each.points.map(point => point[1]), ...each.band.flatMap(at => (at === null ? [] : [at[1], at[2]]))]);
      const within = ys.filter(value => value !== null && !isOutside(value));
      const isWhole = values => values.every(value => value === null || Number.isInteger(value));
      const xExtent = extent(xs);
      const isNarrow = (shown?.width ?? plot.clientWidth) < 600;
      const xScale = scaleOf(log.x, xExtent, isNarrow ? 4 : 8, isWhole(xs));
      const yScale = scaleOf(log.y, extent(within.length > 0 ? within : ys), isNarrow || isPrinting ? 4 : 6, isWhole(ys));
      shownRange = [yScale.bounds.min, yScale.bounds.max].map(yScale.valueAt);
      const length = xScale.place(xExtent[1]) - xScale.place(xExtent[0]) || 1;
      const width = (a, b) => Math.abs(xScale.place(a) - xScale.place(b)) / length;
      tipOf = some => params => tip(some, x, y, xScale.valueAt(params[0].axisValue), width, look);
      return {
        animation: false,
        textStyle: {fontFamily: look.font, color: look.ink},
        grid: {left: 8, right: 18, top: 34, bottom: 34, containLabel: true},
        xAxis: {...axisOf(log.x && !xScale.isStraight, xScale, look), name: x.label, nameLocation: 'middle', nameGap: 30},
        yAxis: {...axisOf(log.y && !yScale.isStraight, yScale, look), name: y.label, nameLocation: 'end', nameGap: 14, nameTextStyle: {align: 'left', color: look.ink, fontSize: 12}},
        tooltip: {
          trigger: 'axis',
          confine: true,
          transitionDuration: 0,
          backgroundColor: look.paper,
          borderColor: look.rule,
          textStyle: {color: look.ink},
          axisPointer: {type: 'line', snap: false, lineStyle: {color: look.quiet}},
          formatter: tipOf(visible),
        },
        toolbox: {show: true, left: -100, feature: {dataZoom: {filterMode: 'none', brushStyle: {color: look.quiet, opacity: 0.2}}}},
        series: visible.flatMap(each => seriesOf(each, xScale, yScale, look).map(one => ({...one, panel: each.line.panel}))),
        ...shown,
      };
    };

    const resize = () => {
      if (isPrinting) {
        instance.resize(PAPER);
      } else if (plot.clientHeight > 0 && !matchMedia('print').matches) {
        instance.resize(SCREEN);
      }
    };

    const draw = () => {
      const colours = look();
      const log = {x: chosen.x.isLog, y: chosen.y.isLog};
      const lines = linesOn(log);
      isEnlarged = false;
      reset.hidden = outside(lines).length === 0;
      plot.hidden = isEach;
      zoom.hidden = isEach;
      each.setAttribute('aria-pressed', String(isEach));
      if (isEach) {
        drawEach(lines, colours);
      } else {
        emptyEach();
        resize();
        instance.setOption(option(colours, lines), {notMerge: true});
        scalable(plot);
        setZooming(false);
      }
      drawLegend(lines, colours);
      note.textContent = noteOf(lines);
      remember();
    };

    /* Small charts on the same axes: one for each panel, or for each line with the others in grey behind it. */
    const drawEach = (lines, colours) => {
      const whole = option(colours, lines);
      const shown = lines.filter(one => !one.isEmpty && !hidden.has(one.line.name));
      const isOf = panel => series => series.panel === panel;
      const parts = panels.length > 0
        ? panels.map(panel => ({title: panel, series: whole.series.filter(isOf(panel)), told: shown.filter(one => one.line.panel === panel)}))
        : shown.map(({line}) => ({
          title: line.name,
          series: whole.series.filter(series => series.name === line.name || series.type === 'line')
            .map(series => (series.name === line.name ? {...series, z: 9}
              : {...series, showSymbol: false, lineStyle: {width: 1, color: colours.rule}, z: 1})),
          told: shown,
        }));
      const filled = parts.filter(part => part.told.length > 0);
      if (String(small.map(one => one.title)) !== String(filled.map(part => part.title))) {
        emptyEach();
        small = filled.map(({title}) => smallChart(title));
      }
      filled.forEach(({series, told}, i) => {
        const {instance: one, place} = small[i];
        one.resize(isPrinting ? SMALL_PAPER : SCREEN);
        one.setOption({
          ...whole,
          tooltip: {...whole.tooltip, confine: false, appendTo: figureElement, formatter: tipOf(told)},
          toolbox: undefined,
          grid: {left: 4, right: 18, top: 8, bottom: 8, containLabel: true},
          xAxis: {...whole.xAxis, name: '', splitNumber: 3},
          yAxis: {...whole.yAxis, name: ''},
          series,
        }, {notMerge: true});
        scalable(place);
      });
    };

    const emptyEach = () => {
      small.forEach(one => one.instance.dispose());
      small = [];
      multiples.replaceChildren();
    };

    const smallChart = title => {
      const box = multiples.appendChild(element('div'));
      box.append(element('p', title));
      const place = box.appendChild(element('div'));
      place.setAttribute('role', 'img');
      place.setAttribute('aria-label', title);
      return {title, place, instance: echarts.init(place, null, {renderer: 'svg'})};
    };

    /* On paper a chart shrinks with its box. */
    const scalable = box => {
      const svg = box.querySelector('svg');
      if (svg) svg.setAttribute('viewBox', `0 0 ${svg.getAttribute('width')} ${svg.getAttribute('height')}`);
    };

    const each = figureElement.querySelector('.each');
    each.hidden = chart.lines.length < 3 || panels.length > 0;
    each.addEventListener('click', () => {
      isEach = !isEach;
      draw();
    });

    const noteOf = lines => {
      const notes = [];
      const visible = lines.filter(each => !hidden.has(each.line.name));
      const leftOut = visible.reduce((sum, each) => sum + each.leftOut, 0);
      if (leftOut > 0) {
        notes.push(`${figure(leftOut)} ${leftOut === 1 ? 'value that is' : 'values that are'} not positive ${leftOut === 1 ? 'is' : 'are'} left out on the logarithmic axis.`);
      }
      const beyond = outside(lines);
      for (const [side, bound, found] of [
        ['above', shownRange[1], beyond.filter(value => value > chosen.y.most)],
        ['below', shownRange[0], beyond.filter(value => value < chosen.y.least)],
      ]) {
        if (found.length > 0) {
          notes.push(`Values ${side} ${figure(bound)} are outside the axis; “Show all” shows them too.`);
        }
      }
      const thinned = visible.filter(each => each.points.length < each.line.length);
      if (thinned.length > 0) {
        const all = thinned.reduce((sum, each) => sum + each.line.length, 0);
        const kept = thinned.reduce((sum, each) => sum + each.points.length, 0);
        notes.push(`Of ${figure(all)} values ${figure(kept)} are drawn, extremes included; CSV and JSON hold all.`);
      }
      return notes.join(' ');
    };

    const named = chart.lines.filter((line, i) => chart.lines.findIndex(other => other.name === line.name) === i);
    const buttons = named.map(line => {
      const button = element('button');
      button.type = 'button';
      button.addEventListener('click', () => {
        hidden.delete(line.name) || hidden.add(line.name);
        draw();
      });
      button.addEventListener('dblclick', () => {
        const others = named.map(each => each.name).filter(name => name !== line.name);
        const isAlone = others.every(name => hidden.has(name));
        hidden.clear();
        if (!isAlone) others.forEach(name => hidden.add(name));
        draw();
      });
      return button;
    });
    view.querySelector('.lines').append(...buttons);

    const drawLegend = (lines, colours) => named.forEach((line, i) => {
      const button = buttons[i];
      const isEmpty = lines.every(one => one.line.name !== line.name || one.isEmpty);
      button.disabled = isEmpty;
      button.title = isEmpty ? 'No values on these axes' : 'Hide or show; double click: this one only';
      button.setAttribute('aria-pressed', String(!hidden.has(line.name)));
      button.replaceChildren(swatch(line, colours), line.name);
    });

    const setZooming = active => {
      zoom.setAttribute('aria-pressed', String(active));
      instance.dispatchAction({type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: active});
    };
    zoom.addEventListener('click', () => setZooming(zoom.getAttribute('aria-pressed') === 'false'));
    reset.addEventListener('click', () => {
      isAll = isAll || !isEnlarged;
      draw();
    });
    instance.on('datazoom', () => {
      isEnlarged = true;
      reset.hidden = false;
      setZooming(false);
    });

    for (const side of ['y', 'x']) {
      const controls = view.querySelector(`[data-axis=${side}]`);
      const log = controls.querySelector('.log input');
      log.checked = chosen[side].isLog;
      log.setAttribute('aria-label', `logarithmic ${side} axis`);
      log.addEventListener('change', () => {
        chosen[side].isLog = log.checked;
        draw();
      });
      if (chart[side].length > 1) {
        controls.querySelector('.choices').append(...chart[side].map((axis, i) => {
          const label = element('label');
          const radio = element('input');
          radio.type = 'radio';
          radio.name = `${chart.name} ${side}`;
          radio.checked = axis === chosen[side];
          radio.value = axis.key;
          radio.addEventListener('change', () => {
            chosen[side] = axis;
            isAll = false;
            log.checked = axis.isLog;
            draw();
          });
          label.append(radio, element('span', axis.label));
          return label;
        }));
      }
    }

    /* The chart as shown, at a size for documents, on white, with its caption and legend. */
    const picture = renderer => {
      const scheme = document.documentElement.style.colorScheme;
      document.documentElement.style.colorScheme = 'light';
      const colours = look();
      document.documentElement.style.colorScheme = scheme;
      const log = {x: chosen.x.isLog, y: chosen.y.isLog};
      const lines = linesOn(log);
      const names = lines.filter(each => !each.isEmpty && !hidden.has(each.line.name))
        .map(({line}) => ({name: line.name, itemStyle: {opacity: line.style === 'LINE' ? 0 : 1}}));
      const head = 64 + 20 * names.length;
      const holder = element('div');
      const copy = echarts.init(holder, null, {renderer, width: EXPORT.width, height: EXPORT.height + head});
      copy.setOption(option(colours, lines, {
        backgroundColor: colours.paper,
        title: {text: chart.caption, left: 20, top: 16, textStyle: {color: colours.ink, fontSize: 16, width: EXPORT.width - 40, overflow: 'truncate'}},
        legend: {data: names, orient: 'vertical', left: 16, top: 46, itemGap: 6, itemWidth: 30, itemHeight: 9, textStyle: {color: colours.ink}},
        grid: {left: 20, right: 30, top: head + 24, bottom: 48, containLabel: true},
        toolbox: undefined,
      }));
      const url = renderer === 'svg' ? copy.renderToSVGString() : copy.getDataURL({pixelRatio: 2});
      copy.dispose();
      return url;
    };
    for (const format of ['.png', '.svg']) figureElement.querySelector(format).hidden = panels.length > 0;
    figureElement.querySelector('.svg').addEventListener('click', () => save(`${chart.name}.svg`, picture('svg'), 'image/svg+xml'));
    figureElement.querySelector('.png').addEventListener('click', () => {
      const bytes = Uint8Array.from(atob(picture('canvas').split(',')[1]), c => c.charCodeAt(0));
      save(`${chart.name}.png`, bytes, 'image/png');
    });

    draw();

    /* Further values of the same lines, on a page that grows. The part that the reader enlarged stays until it is left. */
    let pointed = null;
    plot.addEventListener('mousemove', event => {
      const box = plot.getBoundingClientRect();
      pointed = {x: event.clientX - box.left, y: event.clientY - box.top};
    });
    plot.addEventListener('mouseleave', () => (pointed = null));
    figureElement.update = fresh => {
      fresh.lines.forEach((line, i) => Object.assign(chart.lines[i], line));
      for (const side of ['x', 'y']) {
        fresh[side].forEach(({least, most}, i) => Object.assign(chart[side][i], {least, most}));
      }
      offerSmoothing();
      if (isEnlarged || plot.contains(document.activeElement)) return;
      draw();
      if (pointed && !isEach) instance.dispatchAction({type: 'showTip', ...pointed});
    };

    new ResizeObserver(() => {
      if (plot.clientWidth > 0 && !isPrinting && !matchMedia('print').matches) {
        instance.resize(SCREEN);
        scalable(plot);
      }
    }).observe(plot);
    return {draw};
  };

  if (['light', 'dark'].includes(chosenBefore.get('theme'))) document.documentElement.style.colorScheme = chosenBefore.get('theme');

  const charts = [...document.querySelectorAll('figure.chart')].map(chartOf);

  /* Files from the numbers in the page; a browser that cannot unpack them follows the link to the file beside the page. */

  const csv = ({columns, rows}) => {
    const cell = value => {
      // As in the files beside the page: no text is taken for a formula by a spreadsheet.
      const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(value)
          && !/^[-+]?(\d[\d.,]*(e[-+]?\d+)? ?%?|Infinity)$/.test(value);
      const text = value === null ? '' : (isFormula ? "'" : '') + String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns, ...rows].map(row => row.map(cell).join(',') + '\r\n').join('');
  };

  for (const link of document.querySelectorAll('.save a:not(.sheet)')) {
    link.addEventListener('click', async event => {
      if (!window.DecompressionStream) return;
      event.preventDefault();
      const name = link.getAttribute('href');
      const packed = atob(link.closest('figure').querySelector('.numbers').textContent);
      const bytes = Uint8Array.from(packed, c => c.charCodeAt(0));
      const json = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
      if (name.endsWith('.csv')) {
        save(name, csv(JSON.parse(json)), 'text/csv');
      } else {
        save(name, json, 'application/json');
      }
    });
  }

  /* Light and dark: as the system has it, until the reader chooses. */

  const system = matchMedia('(prefers-color-scheme: dark)');
  const theme = document.getElementById('theme');
  const isDark = () => (document.documentElement.style.colorScheme || (system.matches ? 'dark' : 'light')) === 'dark';
  const redraw = () => {
    theme.textContent = isDark() ? 'Light' : 'Dark';
    charts.forEach(chart => chart.draw());
  };
  theme.textContent = isDark() ? 'Light' : 'Dark';
  theme.addEventListener('click', () => {
    document.documentElement.style.colorScheme = isDark() ? 'light' : 'dark';
    keep('theme', isDark() === system.matches ? null : isDark() ? 'dark' : 'light');
    redraw();
  });
  system.addEventListener('change', redraw);

  let before = '';
  addEventListener('beforeprint', () => {
    before = document.documentElement.style.colorScheme;
    document.documentElement.style.colorScheme = 'light';
    isPrinting = true;
    redraw();
  });
  addEventListener('afterprint', () => {
    isPrinting = false;
    document.documentElement.style.colorScheme = before;
    redraw();
  });

  /* The contents follow the reader: the last section whose heading is above the middle of the window. */

  const links = [...document.querySelectorAll('nav a')];
  const follow = () => {
    const above = links.filter(link => document.querySelector(link.hash).getBoundingClientRect().top < innerHeight / 2);
    const current = above[above.length - 1] ?? links[0];
    links.forEach(link => (link === current ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current')));
  };
  if (links.length > 0) {
    addEventListener('scroll', follow, {passive: true});
    follow();
  }

  /* The command */

  const copy = document.getElementById('copy');
  copy.addEventListener('click', async () => {
    const command = document.getElementById('command');
    try {
      await navigator.clipboard.writeText(command.textContent);
      copy.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(command);
      copy.textContent = 'Selected';
    }
    setTimeout(() => (copy.textContent = 'Copy'), 2000);
  });
})();
