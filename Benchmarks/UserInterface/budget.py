"""What the page of a large trace costs in a real browser: ./dev ui-budget [spans …]

Starts the martlet of MARTLET_BINARY on free ports with a folder of its own, sends traces of so many spans to it, opens
each in Chromium without a graphics card, and prints a table. Times are of the processor, as the browser's own record
has them for the thread of the page, and in brackets of the clock on the wall, which also says how busy the machine is.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get('MARTLET_CHROMIUM', '/usr/bin/chromium')
FLAGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-proxy-server', '--enable-precise-memory-info',
    '--js-flags=--expose-gc',
]
LISTENERS = [
    'query.http-server', 'query.grpc-server', 'collector.http-server', 'collector.otlp.http', 'collector.otlp.grpc',
    'collector.grpc-server', 'sampling.grpc-server', 'collector.zipkin', 'http-server', 'admin.http',
]
DATAGRAMS = ['jaeger-compact', 'jaeger-binary', 'zipkin-compact']
BATCH = 20_000

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(('127.0.0.1', 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    def __init__(self, binary, folder):
        names = [name + '.host-port' for name in LISTENERS]
        names += ['processor.%s.server-host-port' % name for name in DATAGRAMS]
        ports = dict(zip(names, free_ports(len(names))))
        self.query = 'http://127.0.0.1:%d' % ports['query.http-server.host-port']
        self.otlp = 'http://127.0.0.1:%d/v1/traces' % ports['collector.otlp.http.host-port']
        flags = ['--%s=127.0.0.1:%d' % pair for pair in ports.items()]
        self.process = subprocess.Popen([binary, '--data-dir=' + folder] + flags, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                OPENER.open(self.query + '/api/services').read()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def send_trace(server, trace_id, count):
    """A tree about ten deep over 24 services, each span with three attributes; spans overlap as in real traces."""
    chance = random.Random(count)
    begin = time.time_ns() - 3600 * 10**9
    for first in range(0, count, BATCH):
        services = {}
        for number in range(first, min(count, first + BATCH)):
            name = 'service-%02d' % ((number * 7 + number // 11) % 24)
            services.setdefault(name, []).append(span(trace_id, number, count, begin, chance))
        resources = [
            {'resource': {'attributes': [attribute('service.name', name)]}, 'scopeSpans': [{'spans': spans}]}
            for name, spans in services.items()
        ]
        body = json.dumps({'resourceSpans': resources}).encode()
        OPENER.open(urllib.request.Request(server.otlp, body, {'content-type': 'application/json'})).read()


def span(trace_id, number, count, begin, chance):
    start = begin + number * 10_000
    length = count * 10_000 if number == 0 else chance.randint(20, 4000) * 1000
    made = {
        'traceId': trace_id, 'spanId': '%016x' % (number + 1), 'name': 'operation %d' % (number % 300),
        'kind': 1 + number % 3, 'startTimeUnixNano': str(start), 'endTimeUnixNano': str(start + length),
        'attributes': [attribute('http.request.method', 'GET'), attribute('region', 'eu-%d' % (number % 4)),
                       attribute('url.path', '/items/%d' % (number % 1000))],
    }
    if number:
        near = chance.random() < 0.9
        made['parentSpanId'] = '%016x' % (1 + (max(0, number - 1 - int(chance.expovariate(1 / 30))) if near else 0))
    if number % 997 == 5:
        made['status'] = {'code': 2}
    return made


def attribute(key, value):
    return {'key': key, 'value': {'stringValue': value}}


# Runs in the page: marks when the bytes of the trace were there (columns, or JSON if it is small), and when rows of
# the waterfall are on the screen.
OBSERVE = """
() => {
  const readers = { arrayBuffer: Response.prototype.arrayBuffer, text: Response.prototype.text,
    json: Response.prototype.json };
  for (const [name, original] of Object.entries(readers)) {
    Response.prototype[name] = async function () {
      const content = await original.call(this);
      if (this.url.includes('/api/traces/')) performance.mark('budget-bytes');
      return content;
    };
  }
  const look = () => {
    const row = document.querySelector('trace-waterfall [role=row] .service');
    if (!row || !row.textContent) return requestAnimationFrame(look);
    // After the frame that shows them.
    requestAnimationFrame(() => setTimeout(() => performance.mark('budget-usable')));
  };
  requestAnimationFrame(look);
}
"""

USABLE = """
() => new Promise((done) => {
  const look = () =>
    performance.getEntriesByName('budget-usable').length ? done(performance.now()) : requestAnimationFrame(look);
  look();
})
"""

# The picture of the whole trace and the critical path come after the first rows.
SETTLED = """
() => new Promise((done) => {
  let frames = 0;
  const next = () => (++frames > 30 ? done() : requestIdleCallback(() => requestAnimationFrame(next)));
  next();
})
"""

# One wheel step: a hundred pixels, the list's work for the frame, and layout.
WHEEL = """
async () => {
  const { list, grid } = document.querySelector('trace-waterfall');
  for (let step = 0; step < 200; step++) {
    await new Promise(requestAnimationFrame);
    performance.mark('budget-begin', { detail: 'wheel' });
    list.offset += 100;
    list.draw();
    grid.getBoundingClientRect();
    document.body.offsetHeight;
    performance.mark('budget-end');
  }
}
"""

# A command: from its key until layout is done, twice each (the first time, a view may only be asked for).
COMMANDS = """
async () => {
  const app = document.querySelector('script[type=module]').src;
  const { run, available } = await import(app.replace('app.js', 'state/commands.js'));
  const known = new Set(available().map(({ id }) => id));
  for (const id of [...%s, ...%s].filter((id) => known.has(id))) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    performance.mark('budget-begin', { detail: id });
    run(id);
    document.body.offsetHeight;
    performance.mark('budget-end');
  }
}
"""

WANTED = [
    'trace.collapse-all', 'trace.expand-all', 'trace.collapse-level', 'trace.expand-level', 'trace.zoom-in',
    'trace.pan-right', 'trace.zoom-reset', 'trace.next-span', 'trace.previous-span', 'trace.critical-path',
    'trace.group-repeats', 'trace.scroll-down', 'trace.scroll-up', 'trace.matches-only', 'trace.flame',
    'trace.statistics', 'trace.spans', 'trace.graph', 'trace.logs', 'trace.json', 'trace.timeline',
]


class Recording:
    """What the browser writes down of its own work; times are what the page's thread was given of a processor."""

    def __init__(self, browser, page):
        self.browser = browser
        browser.start_tracing(page=page, categories=['blink.user_timing'])

    def end(self):
        events = json.loads(self.browser.stop_tracing())['traceEvents']
        marks = [event for event in events if event.get('name', '').startswith('budget-') and 'tts' in event]
        return sorted(marks, key=lambda event: event['ts'])


def between(first, last):
    """Milliseconds of the processor, and of the clock on the wall."""
    return (last['tts'] - first['tts']) / 1000, (last['ts'] - first['ts']) / 1000


def open_trace(browser, page, address):
    recording = Recording(browser, page)
    page.goto(address)
    whole = page.evaluate('(%s)()' % USABLE)
    marks = recording.end()
    usable = next(mark for mark in marks if mark['name'] == 'budget-usable')
    bytes_at = [mark for mark in marks if mark['name'] == 'budget-bytes' and mark['ts'] < usable['ts']][-1]
    return whole, *between(bytes_at, usable)


def steps(browser, page, script):
    """What each step cost, by what it was: pairs of processor and wall time."""
    recording = Recording(browser, page)
    page.evaluate('(%s)()' % script)
    marks = [mark for mark in recording.end() if mark['name'] in ('budget-begin', 'budget-end')]
    costs = {}
    for begin, end in zip(marks[::2], marks[1::2]):
        name = begin['args']['data'].get('detail', '""')
        costs.setdefault(json.loads(name), []).append(between(begin, end))
    return costs


def p95(pairs, side):
    values = sorted(pair[side] for pair in pairs)
    return values[int(len(values) * 0.95)]


# The budget: milliseconds of the processor, and MB. More than that ends with status 1.
BARS = {
    100_000: {'after the bytes': 500, 'wheel p95': 16, 'slowest command': 50, 'heap': 60},
    1_000_000: {'after the bytes': 3000, 'wheel p95': 16, 'heap': 300},
}
over = []


def judge(count, costs):
    for name, bar in BARS.get(count, {}).items():
        if costs[name] > bar:
            over.append('%s of %d spans: %.0f, which is more than %d' % (name, count, costs[name], bar))


def measure(browser, address, count):
    page = browser.new_context(viewport={'width': 1440, 'height': 900}).new_page()
    page.set_default_timeout(300_000)
    page.add_init_script('(%s)()' % OBSERVE)
    whole, usable, usable_wall = open_trace(browser, page, address)
    page.evaluate('(%s)()' % SETTLED)
    wheel = steps(browser, page, WHEEL)['wheel']
    twice = (json.dumps(WANTED), json.dumps(WANTED))
    commands = steps(browser, page, COMMANDS % twice)
    slowest = max(commands, key=lambda name: max(cost for cost, _ in commands[name]))
    slowest_cost = max(commands[slowest])
    page.evaluate('() => { for (let k = 0; k < 3; k++) gc(); }')
    heap = page.evaluate('() => performance.memory.usedJSHeapSize / 1e6')
    nodes = page.evaluate("() => document.querySelectorAll('*').length")
    page.context.close()
    if os.environ.get('MARTLET_BUDGET_DETAILS'):
        for name, pairs in commands.items():
            print('%24s %s' % (name, '  '.join('%.1f/%.1f' % pair for pair in pairs)))
    judge(count, {'after the bytes': usable, 'wheel p95': p95(wheel, 0), 'slowest command': slowest_cost[0],
                  'heap': heap})
    return {
        'spans': '{:,}'.format(count), 'whole page, wall': '%d ms' % whole,
        'after the bytes': '%d ms (%d)' % (usable, usable_wall),
        'wheel p95': '%.1f ms (%.1f)' % (p95(wheel, 0), p95(wheel, 1)),
        'slowest command': '%s %d ms (%d)' % (slowest.removeprefix('trace.'), *slowest_cost),
        'heap': '%d MB' % heap, 'elements': '{:,}'.format(nodes),
    }


def main():
    sizes = [int(text) for text in sys.argv[1:]] or [1_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory(prefix='martlet-') as folder:
        server = Server(os.environ['MARTLET_BINARY'], folder)
        try:
            rows = []
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for number, count in enumerate(sizes, 1):
                    trace_id = '%032x' % number
                    send_trace(server, trace_id, count)
                    rows.append(measure(browser, '%s/trace/%s' % (server.query, trace_id), count))
                browser.close()
        finally:
            server.stop()
    print('| ' + ' | '.join(rows[0]) + ' |')
    print('|' + '---|' * len(rows[0]))
    for row in rows:
        print('| ' + ' | '.join(str(value) for value in row.values()) + ' |')
    for line in over:
        print(line, file=sys.stderr)
    sys.exit(1 if over else 0)


main()
