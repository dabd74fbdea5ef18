/// What moves in the page: lanes that open, and the way of one entry through them. Without it the page still reads.
enum ReportScript {
    /// Lanes: which are open, where each stands.
    static let layout = #"""
        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const find = (id) => document.getElementById(id);
        const expand = (text) => text.replace(/[\uFDD0-\uFDEF]/g, (mark) => data.phrases[mark.charCodeAt(0) - 0xFDD0]);
        const canvas = find('lanes'), layer = find('path'), rows = find('rows');
        const make = (name, attributes, text) => {
          const element = document.createElementNS(canvas.namespaceURI, name);
          for (const key in attributes) element.setAttribute(key, attributes[key]);
          if (text !== undefined) element.textContent = text;
          return element;
        };
        const lanes = data.lanes.map(([office, group, height, opener, name, markup], index) =>
          ({ office, group: group === 1, height, opener, name, markup, index, open: false, y: null, row: null, drawing: null }));
        const laneOf = [];
        for (const lane of lanes) if (!lane.group) laneOf[lane.office] = lane.index;

        /* A lane's row of the names and its drawing, made when it is first shown. */
        function build(lane) {
          if (lane.row) return;
          lane.row = find('name-' + lane.index);
          lane.drawing = find('lane-' + lane.index);
          if (!lane.row) {
            const holder = document.createElement('div');
            holder.innerHTML = expand(lane.name);
            lane.row = holder.firstElementChild;
            lane.drawing = make('g', { class: 'lane', id: 'lane-' + lane.index });
            lane.drawing.innerHTML = expand(lane.markup);
          }
          if (!lane.group) return;
          const button = document.createElement('button');
          button.type = 'button';
          button.append(...lane.row.childNodes);
          button.style.width = '100%';
          lane.row.append(button);
          button.addEventListener('click', () => { lane.open = !lane.open; arrange(); });
        }

        function arrange() {
          let y = data.start;
          const shownRows = [], shownDrawings = [];
          for (const lane of lanes) {
            const opener = lane.opener === -1 ? null : lanes[lane.opener];
            const visible = !opener || (opener.y !== null && opener.open);
            lane.y = null;
            if (!visible) continue;
            build(lane);
            lane.y = y;
            y += lane.height;
            lane.drawing.setAttribute('transform', 'translate(0 ' + lane.y + ')');
            if (lane.group) lane.row.firstElementChild.setAttribute('aria-expanded', lane.open);
            shownRows.push(lane.row);
            shownDrawings.push(lane.drawing);
          }
          rows.replaceChildren(...shownRows);
          for (const old of [...canvas.querySelectorAll('.lane[id]')]) old.remove();
          for (const drawing of shownDrawings) canvas.insertBefore(drawing, layer);
          canvas.setAttribute('height', y);
          drawMessages(y);
          draw();
        }

        /* The lane an office is seen in: its own, or that of a closed city or county. */
        function seen(office) {
          let lane = lanes[laneOf[office]];
          while (lane.y === null) lane = lanes[lane.opener];
          return lane;
        }
        const middle = (office) => { const lane = seen(office); return lane.y + lane.height / 2; };
        const place = (time) => data.margin + Math.min(1, Math.max(0, time / data.length)) * (100 - 2 * data.margin);

        /* In a province only the messages that begin or end at a machine with a lane of its own, as far as any city is open. */
        function drawMessages(height) {
          if (!data.aggregated) return;
          const frame = find('messages'), lines = { up: [], down: [] };
          for (let i = 0; i < data.messages.length; i += 4) {
            const [from, to, sent, arrived] = data.messages.slice(i, i + 4);
            const one = seen(from), other = seen(to);
            const opened = (!one.group && one.opener !== -1) || (!other.group && other.opener !== -1);
            if (one === other || !opened) continue;
            const [y, end] = [one.y + one.height / 2, other.y + other.height / 2];
            lines[end < y ? 'up' : 'down'].push('M' + (place(sent) * 10).toFixed(2) + ',' + y +
              'L' + (place(arrived) * 10).toFixed(2) + ',' + end);
          }
          frame.setAttribute('height', height);
          frame.setAttribute('viewBox', '0 0 1000 ' + height);
          frame.children[0].setAttribute('d', lines.up.join(''));
          frame.children[1].setAttribute('d', lines.down.join(''));
        }

        """#

    /// The chosen entry: its list, its sentence and its lines.
    static let paths = #"""
        const entries = data.entries.map(([writer, written, text, chinese, english, took, stations, messages], index) =>
          ({ writer, written, text, chinese, english, took, stations, messages, index }));
        let chosen = null;

        const pad = (number, width) => String(number).padStart(width, '0');
        function clock(passed) {
          const time = data.clock + passed, day = Math.floor(time / 86400000);
          const text = [3600000, 60000, 1000].map((unit) =>
            pad(Math.floor(time / unit) % (unit === 3600000 ? 24 : 60), 2)).join(':');
          return (day ? 'D' + (day + 1) + ' ' : '') + text;
        }
        function span(time) {
          const units = [[86400000, ' d'], [3600000, ' h'], [60000, ' min'], [1000, ' s']];
          if (time < 1000) return time + ' ms';
          if (time < 60000) return (time / 1000).toFixed(time < 10000 ? 1 : 0).replace('.0', '') + ' s';
          const first = units.findIndex(([size]) => time >= size);
          const rest = Math.floor(time % units[first][0] / units[first + 1][0]);
          return Math.floor(time / units[first][0]) + units[first][1] + (rest ? ' ' + rest + units[first + 1][1] : '');
        }

        const percent = (time) => place(time).toFixed(3) + '%';
        function line(kind, time, y, end, endY) {
          layer.append(make('line', { class: kind, x1: percent(time), y1: y, x2: percent(end), y2: endY,
            ...(kind.startsWith('hop') ? { 'marker-end': 'url(#head)' } : {}) }));
        }

        /* Its writing, every message that carried it, every arrival; what it waited for lies along the lane it waited in. */
        function draw() {
          layer.replaceChildren();
          canvas.classList.toggle('chosen', chosen !== null);
          if (chosen === null) return;
          const { writer, written, stations, messages, text } = entries[chosen];
          const held = new Map([[writer, written]]), leaves = new Map(), hops = [];
          for (let i = 0; i < stations.length; i += 2) if (!held.has(stations[i])) held.set(stations[i], stations[i + 1]);
          const told = new Set();
          for (const index of messages) {
            const [from, to, sent, arrived] = data.messages.slice(index * 4, index * 4 + 4);
            told.add(to);
            leaves.set(from, Math.max(leaves.get(from) ?? 0, sent));
            hops.push(['hop', from, to, sent, arrived]);
          }
          for (const [office, time] of held) {
            if (office === writer || told.has(office)) continue;
            let from = data.parents[office];
            while (from !== -1 && !(held.get(from) <= time)) from = data.parents[from];
            if (from === -1) {
              for (const [other, since] of held) {
                if (since <= time && data.parents[other] === office) { from = other; break; }
              }
            }
            if (from === -1) continue;
            leaves.set(from, Math.max(leaves.get(from) ?? 0, time));
            hops.push(['hop unseen', from, office, time, time]);
          }
          for (const [office, until] of leaves) {
            if (held.has(office)) line('wait', held.get(office), middle(office), until, middle(office));
          }
          for (const [kind, from, to, sent, arrived] of hops) {
            if (seen(from) !== seen(to)) line(kind, sent, middle(from), arrived, middle(to));
          }
          const named = held.size <= 40;
          for (const [office, time] of held) {
            const stop = make('circle', { class: 'stop', cx: percent(time), cy: middle(office), r: office === writer ? 6 : 4.5 });
            const after = office === writer ? clock(time) : '+' + span(time - written);
            stop.append(make('title', {}, data.names[office] + ' ' + clock(time) + ' ' + after + '\n' + text));
            layer.append(stop);
            if (!named) continue;
            const right = place(time) > 88;
            layer.append(make('text', { class: 'after', x: percent(time), dx: right ? -9 : 9, y: middle(office) - 6,
              'text-anchor': right ? 'end' : 'start' }, after));
          }
        }

        /* Opens what hides a short way, shows it and says it. */
        function choose(index, scrolls) {
          chosen = index;
          const way = find('way'), list = find('entries');
          way.replaceChildren();
          list.value = index === null ? '' : String(index);
          if (index !== null) {
            const entry = entries[index];
            const offices = [entry.writer, ...entry.stations.filter((_, place) => place % 2 === 0)];
            if (offices.length <= 12) for (const office of offices) {
              let opener = lanes[laneOf[office]].opener;
              while (opener !== -1) { lanes[opener].open = true; opener = lanes[opener].opener; }
            }
            for (const [name, words] of [['b', entry.text], ['span', entry.chinese], ['span', entry.english]]) {
              const part = document.createElement(name);
              part.textContent = words;
              way.append(part);
            }
            way.lastChild.className = 'en';
            way.lastChild.lang = 'en';
          }
          arrange();
          if (index === null || !scrolls) return;
          const box = find('box'), x = place(entries[index].written) / 100 * canvas.clientWidth;
          box.scrollTo({ left: Math.max(0, x - box.clientWidth / 3), top: Math.max(0, middle(entries[index].writer) - box.clientHeight / 2) });
        }

        function fill() {
          const words = find('find').value.trim().toLowerCase();
          const label = (entry) => clock(entry.written) + '  ' + data.names[entry.writer] + '  ' + entry.text +
            (entry.took ? '  · ' + span(entry.took) : '');
          const shown = entries.map((entry) => [entry, label(entry)])
            .filter(([, text]) => text.toLowerCase().includes(words));
          if (find('order').value === 'slow') shown.sort(([one], [other]) => other.took - one.took);
          find('entries').replaceChildren(...shown.map(([entry, text]) => new Option(text, entry.index)));
          if (chosen !== null) find('entries').value = String(chosen);
        }

        function follow(scrolls) {
          const match = /^#entry-(\d+)$/.exec(location.hash);
          if (match && Number(match[1]) < entries.length) choose(Number(match[1]), scrolls);
        }
        const forget = () => { history.replaceState(null, '', location.pathname + location.search); choose(null); };

        find('chooser').hidden = entries.length === 0;
        find('find').addEventListener('input', fill);
        find('order').addEventListener('change', fill);
        find('entries').addEventListener('change', (event) => {
          history.replaceState(null, '', '#entry-' + event.target.value);
          choose(Number(event.target.value), true);
        });
        find('clear').addEventListener('click', forget);
        find('zoom').addEventListener('change', (event) => {
          find('plot').dataset.zoom = event.target.value;
          find('plot').style.width = event.target.value === '1' ? '' : event.target.value * 1100 + 'px';
          if (chosen !== null) choose(chosen, true);
        });
        document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && chosen !== null) forget(); });
        canvas.addEventListener('click', (event) => {
          const link = event.target.closest('a');
          if (!link) return;
          event.preventDefault();
          history.replaceState(null, '', link.getAttribute('href'));
          follow(false);
        });
        window.addEventListener('hashchange', () => { follow(true); find('diagram').scrollIntoView(); });
        fill();
        arrange();
        follow(true);
        if (chosen !== null) find('diagram').scrollIntoView();

        """#
}
