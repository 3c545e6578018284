"""What the page of a large trace costs in a real browser: ./dev ui-budget [spans …]

Starts the martlet of MARTLET_BINARY on free ports with a folder of its own, sends traces of so many spans to it, opens
each in Chromium without a graphics card, and prints a table. Script and layout are measured around each wheel step by
forced layout, which says what the page costs and not how busy the machine is.
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
    'query.http-server', 'collector.http-server', 'collector.otlp.http', 'collector.otlp.grpc', 'collector.grpc-server',
    'sampling.grpc-server', 'collector.zipkin', 'http-server', 'admin.http',
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


# Runs in the page: when the bytes of the columns were there, and when a row of the waterfall is on the screen.
OBSERVE = """
() => {
  const original = Response.prototype.arrayBuffer;
  Response.prototype.arrayBuffer = async function () {
    const bytes = await original.call(this);
    window.bytesAt = performance.now();
    return bytes;
  };
  const look = () => {
    const row = document.querySelector('trace-waterfall [role=row] .service');
    if (row && row.textContent) requestAnimationFrame(() => { window.usableAt = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""

# One wheel step: its events, the frame's work of the list, and layout, without waiting for the screen.
WHEEL = """
async () => {
  const { list, grid } = document.querySelector('trace-waterfall');
  const costs = [];
  for (let step = 0; step < 200; step++) {
    const begin = performance.now();
    list.offset += 100;
    list.draw();
    grid.getBoundingClientRect();
    document.body.offsetHeight;
    costs.push(performance.now() - begin);
    if (step % 10 === 9) await new Promise(requestAnimationFrame);
  }
  costs.sort((a, b) => a - b);
  return costs[Math.floor(costs.length * 0.95)];
}
"""

COMMANDS = """
async () => {
  const { run, available } = await import(document.querySelector('script[type=module]').src.replace('app.js',
    'state/commands.js'));
  const wanted = ['trace.collapse-all', 'trace.expand-all', 'trace.collapse-level', 'trace.expand-level',
    'trace.zoom-in', 'trace.pan-right', 'trace.zoom-reset', 'trace.next-span', 'trace.critical-path',
    'trace.critical-path', 'trace.group-repeats', 'trace.group-repeats', 'trace.scroll-down'];
  const known = new Set(available().map(({ id }) => id));
  const costs = {};
  for (const id of wanted.filter((id) => known.has(id))) {
    const begin = performance.now();
    run(id);
    document.body.offsetHeight;
    costs[id] = Math.max(costs[id] ?? 0, performance.now() - begin);
    await new Promise(requestAnimationFrame);
  }
  return costs;
}
"""


UNTIL_USABLE = """() => new Promise((done) => {
  const look = () => (window.usableAt ? done() : requestAnimationFrame(look));
  look();
})"""


def measure(browser, server, trace_id, count):
    page = browser.new_context(viewport={'width': 1440, 'height': 900}).new_page()
    page.add_init_script('(%s)()' % OBSERVE)
    begin = time.monotonic()
    page.goto('%s/trace/%s' % (server.query, trace_id))
    page.locator('trace-waterfall [role=row]').first.wait_for(timeout=120_000)
    page.evaluate('(%s)()' % UNTIL_USABLE)
    opened = page.evaluate('() => [window.usableAt, window.usableAt - window.bytesAt]')
    wheel = page.evaluate('(%s)()' % WHEEL)
    commands = page.evaluate('(%s)()' % COMMANDS)
    page.evaluate('() => { for (let k = 0; k < 3; k++) gc(); }')
    heap = page.evaluate('() => performance.memory.usedJSHeapSize / 1e6')
    nodes = page.evaluate("() => document.querySelectorAll('*').length")
    slowest = max(commands, key=commands.get)
    page.context.close()
    return {
        'spans': count, 'open ms': round(opened[0]), 'after bytes ms': round(opened[1]),
        'wheel p95 ms': round(wheel, 1),
        'slowest command': '%s %d ms' % (slowest.removeprefix('trace.'), commands[slowest]),
        'heap MB': round(heap), 'elements': nodes, 'whole s': round(time.monotonic() - begin, 1),
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
                    rows.append(measure(browser, server, trace_id, count))
                browser.close()
        finally:
            server.stop()
    print('| ' + ' | '.join(rows[0]) + ' |')
    print('|' + '---|' * len(rows[0]))
    for row in rows:
        print('| ' + ' | '.join(str(value) for value in row.values()) + ' |')


main()
