"""The pages of one trace, of two compared and of files, in a real browser: every view, filter, key and link of them.

MARTLET_UI is the address of the UI, MARTLET_OTLP_HTTP the port that takes spans, MARTLET_SCREENSHOTS the folder for
pictures (none are taken without). What a page complains about, a breach of the policy among it, is a failure, and so is
what axe finds in any screen, in both themes, 1440 and 400 pixels wide.
"""

import json
import os
import random
import re
import sys
import tempfile
import time

import requests
from axe_playwright_python.sync_playwright import Axe
from browser import CHROMIUM, FLAGS, Watch, new_context
from playwright.sync_api import expect, sync_playwright

UI = os.environ['MARTLET_UI'].rstrip('/')
OTLP = 'http://127.0.0.1:%s/v1/traces' % os.environ['MARTLET_OTLP_HTTP']
PICTURES = os.environ.get('MARTLET_SCREENSHOTS')
SHOP, BEFORE, HOSTILE, CHAIN, LARGE, PARTIAL = 'a1', 'a2', 'b1', 'c1', 'e1', 'e2'
DEEP = 100_000
PARTIAL_BEGIN = time.time_ns() - 900 * 10**9
MANY = 11_000  # of more than 10,000 spans only the skeleton is in the page
MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script>'

expect.set_options(timeout=60_000)


def attributes(values):
    return [{'key': key, 'value': {'intValue': str(value)} if isinstance(value, int) else {'stringValue': value}}
            for key, value in values.items()]


class Trace:
    def __init__(self, trace_id, seconds_ago):
        self.id = trace_id.zfill(32)
        self.start = time.time_ns() - seconds_ago * 10**9
        self.services = {}
        self.random = random.Random(trace_id)

    def span(self, service, name, start, length, parent=None, kind=1, tags=None, error=None, events=(), links=()):
        span_id = '%016x' % (self.random.getrandbits(63) | 1)
        made = {
            'traceId': self.id, 'spanId': span_id, 'name': name, 'kind': kind,
            'startTimeUnixNano': str(self.start + start * 10**6),
            'endTimeUnixNano': '0' if length is None else str(self.start + (start + length) * 10**6),
            'attributes': attributes(tags or {}),
            'events': [{'timeUnixNano': str(self.start + at * 10**6), 'name': event, 'attributes': attributes(fields)}
                       for at, event, fields in events],
            'links': [{'traceId': self.id, 'spanId': link} for link in links],
        }
        if parent:
            made['parentSpanId'] = parent
        if error:
            made['status'] = {'code': 2, 'message': error}
        self.services.setdefault(service, []).append(made)
        return span_id

    def send(self):
        answer = requests.post(OTLP, timeout=120, json={'resourceSpans': [
            {'resource': {'attributes': attributes({'service.name': name, 'host.name': 'node-1'})},
             'scopeSpans': [{'spans': spans}]} for name, spans in self.services.items()
        ]})
        answer.raise_for_status()


def send_shop(trace_id, seconds_ago, queries):
    trace = Trace(trace_id, seconds_ago)
    root = trace.span('frontend', 'POST /checkout', 0, 800, kind=2, tags={'http.response.status_code': 500})
    cart = trace.span('cart', 'GET /cart', 50, 300, root, kind=2)
    first = None
    for number in range(queries):
        query = trace.span('cart', 'SELECT items', 60 + 10 * number, 8, cart, kind=3, tags={
            'db.system': 'postgresql',
            'db.statement': 'SELECT id, price FROM items WHERE cart_id = $1 AND deleted IS NULL ORDER BY position',
        })
        first = first or query
    trace.span('payment', 'Charge', 400, 350, root, kind=3, error='declined', tags={'amount': 12, 'currency': 'EUR'},
               events=[(700, 'exception', {'exception.stacktrace': 'Declined\n  at bank.swift:42'})])
    trace.span('mail', 'send receipt', 790, 100, root, kind=5, links=[first])
    trace.span('mail', 'render', 795, 50, '00000000deadbeef')
    trace.span('stock', 'reserve', 45, 5, cart, kind=2)
    trace.span('worker', 'index order', 850, None, root)
    trace.send()


def send_hostile():
    trace = Trace(HOSTILE, 30)
    tags = {
        '__proto__': 'polluted', 'constructor': MARKUP, 'link': 'javascript:alert(1)', 'long': 'x' * 20_000,
        MARKUP: MARKUP,
    }
    name = '__proto__ \x1b[31mred\u202egnp.exe'
    root = trace.span(MARKUP, name, 0, 50, events=[(1, MARKUP, {'__proto__': MARKUP})], tags=tags)
    trace.span('toString', 'hasOwnProperty', 1, 3, root)
    trace.send()


def send_chain():
    """Spans one below the other, as deep as a trace gets."""
    begin = time.time_ns() - 60 * 10**9
    for first in range(0, DEEP, 20_000):
        spans = [{
            'traceId': CHAIN.zfill(32), 'spanId': '%016x' % (n + 1), 'name': 'level', 'kind': 1,
            'parentSpanId': '%016x' % n if n else '', 'startTimeUnixNano': str(begin + n * 1000),
            'endTimeUnixNano': str(begin + (2 * DEEP - n) * 1000),
        } for n in range(first, first + 20_000)]
        requests.post(OTLP, timeout=120, json={'resourceSpans': [{
            'resource': {'attributes': attributes({'service.name': 'deep'})}, 'scopeSpans': [{'spans': spans}],
        }]}).raise_for_status()


def send_large():
    """More spans than a page holds with their tags, in two regions, some of which say something."""
    begin = time.time_ns() - 60 * 10**9
    spans = []
    for n in range(MANY):
        start = begin + n * 1000
        spans.append({
            'traceId': LARGE.zfill(32), 'spanId': '%016x' % (n + 1), 'parentSpanId': '%016x' % 1 if n else '',
            'name': 'work', 'kind': 1, 'startTimeUnixNano': str(start), 'endTimeUnixNano': str(start + 10**7),
            'attributes': attributes({'region': 'eu-1' if n % 10 else MARKUP, 'attempt': n % 3}),
            'events': [{'timeUnixNano': str(start), 'name': 'event %d' % n, 'attributes': []}] if n < 300 else [],
        })
    requests.post(OTLP, timeout=120, json={'resourceSpans': [{
        'resource': {'attributes': attributes({'service.name': 'large'})}, 'scopeSpans': [{'spans': spans}],
    }]}).raise_for_status()


def send_partial(has_ended):
    """A span that is reported while it runs, and once more when it has ended."""
    span = {
        'traceId': PARTIAL.zfill(32), 'spanId': '%016x' % 7, 'name': 'long job', 'kind': 1,
        'startTimeUnixNano': str(PARTIAL_BEGIN),
        'endTimeUnixNano': str(PARTIAL_BEGIN + 5 * 10**9) if has_ended else '0',
    }
    requests.post(OTLP, timeout=120, json={'resourceSpans': [{
        'resource': {'attributes': attributes({'service.name': 'jobs'})}, 'scopeSpans': [{'spans': [span]}],
    }]}).raise_for_status()


def row(page, name):
    return page.get_by_role('row').filter(has_text=name).first


def timeline(page):
    """Folding, zooming, filters and details, by keys and by address."""
    page.goto('%s/trace/%s' % (UI, SHOP))
    expect(row(page, 'POST /checkout')).to_have_attribute('aria-level', '1')
    expect(row(page, 'missing span')).to_be_visible()
    expect(row(page, 'index order')).to_contain_text('not ended')
    page.keyboard.press(']')
    expect(row(page, 'POST /checkout')).to_have_attribute('aria-expanded', 'false')
    expect(page).to_have_url(re.compile(r'[?&]c='))
    page.reload()
    expect(row(page, 'POST /checkout')).to_have_attribute('aria-expanded', 'false')
    page.keyboard.press('[')
    expect(row(page, 'GET /cart')).to_have_attribute('aria-expanded', 'true')
    for key in ['ArrowUp', 'd', 'a']:
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r'[?&]z='))
    page.keyboard.press('0')
    expect(page).not_to_have_url(re.compile(r'[?&]z='))
    page.keyboard.press('r')
    expect(row(page, '× 6')).to_contain_text('SELECT items')
    row(page, '× 6').click()
    expect(page.get_by_role('row').filter(has_text='SELECT items')).to_have_count(7)
    page.keyboard.press('r')
    find(page)
    detail(page)


def find(page):
    box = page.get_by_role('searchbox', name='Find in trace')
    page.keyboard.press('Control+b')
    expect(box).to_be_focused()
    box.fill('{ status = error')
    expect(page.get_by_role('alert')).to_contain_text('expected “}”')
    box.fill('{ status = error }')
    expect(page.locator('.row.match')).to_have_count(1)
    page.get_by_label('Matches only').check()
    expect(page.get_by_text('spans hidden').first).to_be_visible()
    expect(row(page, 'SELECT items')).to_have_count(0)
    page.reload()
    expect(row(page, 'Charge')).to_be_visible()
    expect(row(page, 'SELECT items')).to_have_count(0)
    page.get_by_role('button', name='Show all').click()
    expect(row(page, 'SELECT items')).to_be_visible()
    page.go_back()
    expect(row(page, 'SELECT items')).to_have_count(0)
    page.get_by_role('treegrid').focus()
    page.keyboard.press('Escape')
    expect(box).to_have_value('')


def detail(page):
    row(page, 'Charge').click()
    region = page.get_by_role('region', name='Span', exact=True)
    expect(region.get_by_role('heading', name='Charge')).to_be_visible()
    expect(region).to_contain_text('bank.swift:42')
    expect(page).to_have_url(re.compile(r'[?&]s='))
    page.reload()
    expect(region.get_by_role('heading', name='Charge')).to_be_visible()
    currency = region.get_by_role('row').filter(has_text='currency')
    currency.hover()
    currency.get_by_role('button', name='currency', exact=True).click()
    region.get_by_role('button', name='Only spans with this value').click()
    expect(page.get_by_role('searchbox', name='Find in trace')).to_have_value('{ span.currency = "EUR" }')
    region.get_by_text('Among its kind').click()
    expect(region).to_contain_text('usual:')


def views(page):
    """Each view by its key and by its address."""
    page.goto('%s/trace/%s' % (UI, SHOP))
    expect(row(page, 'POST /checkout')).to_be_visible()
    marks = {
        '2': ('flame', 'cart SELECT items'), '3': ('statistics', 'payment'), '4': ('spans', 'SELECT items'),
        '5': ('graph', 'frontend POST /checkout'), '6': ('logs', 'exception'), '7': ('json', '"operationName"'),
    }
    for key, (view, content) in marks.items():
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile('view=' + view))
        expect(page.get_by_role('tabpanel')).to_contain_text(content)
        page.reload()
        expect(page.get_by_role('tabpanel')).to_contain_text(content)
    page.keyboard.press('1')
    expect(row(page, 'POST /checkout')).to_be_visible()


def compare(page):
    page.goto('%s/trace/%s...%s' % (UI, BEFORE, SHOP))
    expect(page.get_by_role('region', name='Service and operation')).to_contain_text('SELECT items')
    expect(page.get_by_text('difference')).to_be_visible()
    page.get_by_role('radio', name='By duration').click()
    expect(page).to_have_url(re.compile('by=duration'))
    page.goto('%s/trace/%s...' % (UI, SHOP))
    expect(page.get_by_role('heading', name='What stands out')).to_be_visible()
    query = 'service=frontend&lookback=1h'
    page.goto('%s/compare?before=%s&after=%s' % (UI, query.replace('&', '%26'), query.replace('&', '%26')))
    expect(page.get_by_role('heading', name='What tells them apart')).to_be_visible()


def imports(page):
    """A file is shown without being stored, then stored; a hostile one is text."""
    with tempfile.TemporaryDirectory() as folder:
        trace = requests.get('%s/api/traces/%s' % (UI, SHOP), timeout=60).json()
        content = json.dumps(trace).replace(trace['data'][0]['traceID'], 'd1'.zfill(16))
        path = os.path.join(folder, 'shop.json')
        with open(path, 'w') as file:
            file.write(content)
        page.goto(UI + '/import')
        page.locator('input[type=file]').set_input_files(path)
        expect(page.get_by_text('Only in this page')).to_be_visible()
        assert requests.get(UI + '/api/traces/d1', timeout=60).status_code == 404, 'it was stored unasked'
        page.get_by_role('button', name='Store', exact=True).click()
        expect(page.get_by_text('spans stored')).to_be_visible()
        assert requests.get(UI + '/api/traces/d1', timeout=60).status_code == 200
        path = os.path.join(folder, MARKUP.replace('/', '') + '.json')
        with open(path, 'w') as file:
            file.write('{"no": "traces"}')
        page.goto(UI + '/import')
        page.locator('input[type=file]').set_input_files(path)
        expect(page.get_by_text('has no traces')).to_be_visible()


def hostile(page):
    page.goto('%s/trace/%s' % (UI, HOSTILE))
    row(page, '__proto__').click()
    region = page.get_by_role('region', name='Span', exact=True)
    expect(region).to_contain_text('polluted')
    expect(region).to_contain_text(MARKUP)
    assert page.locator('#content img, #content script').count() == 0, 'markup of a span became elements'
    assert page.locator('a[href^="javascript:"]').count() == 0, 'a script became a link'
    assert page.evaluate('() => ({}).polluted') is None
    for key in '234567':
        page.keyboard.press(key)
        # The logs are of the one span that has any.
        expect(page.get_by_role('tabpanel')).to_contain_text('__proto__' if key == '6' else 'toString')
        assert page.locator('#content img, #content script').count() == 0, 'markup in view ' + key


def chain(page):
    page.goto('%s/trace/%s' % (UI, CHAIN))
    expect(row(page, 'level')).to_be_visible(timeout=90_000)
    expect(page.get_by_role('treegrid')).to_have_attribute('aria-rowcount', str(DEEP))
    page.get_by_role('treegrid').focus()
    page.keyboard.press('End')
    expect(page.locator('.row.active')).to_have_attribute('aria-level', str(DEEP))


def large(page):
    """What needs the tags and logs of all spans, where only the skeleton of the trace is in the page."""
    page.goto('%s/trace/%s' % (UI, LARGE))
    expect(row(page, 'work')).to_be_visible()
    expect(page.get_by_role('treegrid')).to_have_attribute('aria-rowcount', str(MANY))
    page.get_by_role('button', name='View options').click()
    colour = page.get_by_label('Colour by')
    expect(colour.locator('option[value=region]')).to_be_attached()
    colour.select_option('region')
    expect(page.get_by_role('list', name='Colours')).to_contain_text('eu-1')
    expect(page.get_by_role('list', name='Colours')).to_contain_text(MARKUP)
    page.reload()
    expect(page.get_by_role('list', name='Colours')).to_contain_text('eu-1')
    panel = page.get_by_role('tabpanel')
    page.goto('%s/trace/%s?view=statistics&g=region&w=attempt' % (UI, LARGE))
    expect(panel.get_by_role('row')).to_have_count(7)
    expect(panel).to_contain_text('3,300')
    page.goto('%s/trace/%s?view=spans' % (UI, LARGE))
    page.get_by_role('button', name='Columns').click()
    page.get_by_label('attempt', exact=True).check()
    expect(panel.get_by_role('columnheader', name='attempt')).to_be_visible()
    expect(page).to_have_url(re.compile('col=attempt'))
    page.keyboard.press('Escape')
    panel.get_by_role('columnheader', name='attempt').get_by_role('button').click()
    expect(panel.get_by_role('row').nth(1).get_by_role('gridcell').last).to_have_text('2')
    page.goto('%s/trace/%s?view=logs' % (UI, LARGE))
    expect(panel.get_by_role('grid')).to_have_attribute('aria-rowcount', '301')
    expect(panel).to_contain_text('event 0')
    page.goto('%s/trace/%s?view=json' % (UI, LARGE))
    expect(panel).to_contain_text('The first 100 of 11,000 spans')
    assert page.locator('#content img, #content script').count() == 0, 'markup of a span became elements'


def partial(page):
    page.goto('%s/trace/%s' % (UI, PARTIAL))
    expect(row(page, 'long job')).to_contain_text('not ended')
    send_partial(True)
    page.reload()
    expect(row(page, 'long job')).to_contain_text('5 s')
    expect(row(page, 'long job')).not_to_contain_text('not ended')
    expect(page.get_by_role('row').filter(has_text='long job')).to_have_count(1)


SCREENS = {
    'trace': '/trace/' + SHOP, 'trace-filtered': '/trace/%s?uiFind={status=error}&only=1&x=1' % SHOP,
    'trace-flame': '/trace/%s?view=flame' % SHOP, 'trace-statistics': '/trace/%s?view=statistics' % SHOP,
    'trace-spans': '/trace/%s?view=spans' % SHOP, 'trace-graph': '/trace/%s?view=graph' % SHOP,
    'trace-logs': '/trace/%s?view=logs' % SHOP, 'trace-json': '/trace/%s?view=json' % SHOP,
    'compare': '/trace/%s...%s' % (BEFORE, SHOP), 'compare-usual': '/trace/%s...' % SHOP, 'import': '/import',
}


def screens(browser, dark, width):
    """Each screen as it is first seen, checked by axe."""
    context = new_context(browser, dark, width, 900)
    page = context.new_page()
    watch = Watch(page)
    found = []
    for name, address in SCREENS.items():
        page.goto(UI + address)
        expect(page.locator('#content > * > *').first).to_be_visible()
        expect(page.locator('.notice.loading')).to_have_count(0)
        if name == 'trace':
            row(page, 'GET /cart').click()
        label = '%s%s-%d' % (name, '-dark' if dark else '', width)
        for violation in Axe().run(page).response['violations']:
            found.append('axe: %s: %s: %s' % (label, violation['id'], violation['nodes'][0]['html'][:200]))
        if PICTURES:
            page.screenshot(path=os.path.join(PICTURES, label + '.png'))
    context.close()
    return watch.complaints + found


def main():
    send_shop(SHOP, 60, 6)
    send_shop(BEFORE, 600, 3)
    send_hostile()
    send_chain()
    send_large()
    send_partial(False)
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for journey in [timeline, views, compare, imports, hostile, chain, large, partial]:
            page = new_context(browser, width=1440, height=1000).new_page()
            watch = Watch(page)
            watch.expected = ['/api/traces/d1']
            journey(page)
            page.context.close()
            complaints += ['%s: %s' % (journey.__name__, text) for text in watch.complaints]
        for dark in [False, True]:
            for width in [1440, 400]:
                complaints += screens(browser, dark, width)
        browser.close()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print('all journeys made')
    sys.exit(1 if complaints else 0)


main()
