"""The pages around a trace seen through a real browser: search, system, monitor, live and status, and the shell.

MARTLET_UI is the address of the UI, MARTLET_OTLP_URL where OTLP over HTTP goes, MARTLET_PID the server's process, which
is stopped, continued and killed at the end. MARTLET_SCREENSHOTS is the folder for pictures, if they are wanted;
MARTLET_PART is "journeys" to leave out what axe looks at.
Whatever a page complains about is a failure, and so is a finding of axe.
"""

import json
import os
import random
import re
import signal
import sys
import time
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from browser import CHROMIUM, FLAGS, Watch, new_context

UI = os.environ['MARTLET_UI'].rstrip('/')
OTLP = os.environ['MARTLET_OTLP_URL']
PICTURES = os.environ.get('MARTLET_SCREENSHOTS')
DIALOG_KEYS = {'?': 'Keyboard shortcuts', 'Control+k': 'Command palette'}
PAGES = {
    'search': 'search?lookback=1h&columns=services,spans,errors,matched,duration,start,region&kind=server',
    'search-list': 'search?lookback=1h&view=list&chart=histogram&service=web',
    'search-heatmap': 'search?lookback=1h&chart=heatmap',
    'search-nothing': 'search?lookback=1h&service=nobody',
    'system': 'dependencies?lookback=1h',
    'system-table': 'dependencies?lookback=1h&view=table&against=before',
    'system-paths': 'dependencies?lookback=1h&view=paths&service=payment',
    'monitor': 'monitor?lookback=1h',
    'monitor-service': 'monitor?lookback=1h&service=web',
    'live': 'live',
    'status': 'status',
    'nowhere': 'nowhere',
}

expect.set_options(timeout=60_000)
numbers = random.Random(7)


def attribute(key, value):
    kinds = {bool: 'boolValue', int: 'intValue', str: 'stringValue'}
    return {'key': key, 'value': {kinds[type(value)]: str(value) if type(value) is int else value}}


def send(count, reach_seconds):
    """Traces of web → checkout → payment; of every fifth the payment fails."""
    services = {'web': [], 'checkout': [], 'payment': []}
    now = time.time_ns()
    for number in range(count):
        trace = '%032x' % numbers.getrandbits(128)
        start = now - int(reach_seconds * 1e9 * (number + 0.5) / count) - 2_000_000_000
        parent = ''
        for depth, service in enumerate(services):
            span = '%016x' % numbers.getrandbits(64)
            failed = service == 'payment' and number % 5 == 0
            services[service].append({
                'traceId': trace, 'spanId': span, 'parentSpanId': parent, 'kind': 2,
                'name': {'web': 'POST /order', 'checkout': 'place', 'payment': 'charge'}[service],
                'startTimeUnixNano': str(start + depth * 1_000_000),
                'endTimeUnixNano': str(start + (20 + number) * 1_000_000 - depth * 2_000_000),
                'attributes': [attribute('region', ['eu', 'us'][number % 2]), attribute('http.status', 200)],
                'status': {'code': 2} if failed else {},
            })
            parent = span
    body = {'resourceSpans': [
        {'resource': {'attributes': [attribute('service.name', service)]}, 'scopeSpans': [{'spans': spans}]}
        for service, spans in services.items()
    ]}
    request = urllib.request.Request(
        OTLP + '/v1/traces', json.dumps(body).encode(), {'content-type': 'application/json'})
    urllib.request.urlopen(request).read()


def rows(page):
    return page.locator('result-table tbody tr')


def search_journey(page):
    """Service, completion of a key and a value, columns, orders, pages, brush; back, forward and a reload."""
    page.goto(UI + '/search?limit=10')
    expect(rows(page)).to_have_count(10)
    page.get_by_role('combobox', name='Service').click()
    page.get_by_role('option', name='payment').click()
    query = page.get_by_label('Tags or TraceQL')
    query.click()
    query.press_sequentially('regi')
    page.get_by_role('option', name='region').click()
    page.get_by_role('option', name='eu').click()
    query.press('Enter')
    expect(page).to_have_url(re.compile(r'service=payment.*tags=%7B%22region%22%3A%22eu%22%7D'))
    expect(page.get_by_role('heading', level=1)).to_contain_text('10 of')
    expect(page.locator('.matched').first).to_have_text('1 matched')
    page.get_by_role('button', name='Duration').click()
    expect(page).to_have_url(re.compile('sort=longest'))
    expect(page.locator('.duration-cell .number').first).to_have_text('78 ms')
    page.get_by_role('button', name='Load 10 more').click()
    expect(rows(page)).to_have_count(20)
    before = page.url
    canvas = page.locator('scatter-plot canvas')
    box = canvas.bounding_box()
    page.mouse.move(box['x'] + 200, box['y'] + 30)
    page.mouse.down()
    page.mouse.move(box['x'] + 500, box['y'] + 40, steps=4)
    # What was there before stays until the answer comes: it must not be taken for it.
    with page.expect_response(re.compile('/api/trace-summaries.*lookback=custom')) as narrower:
        page.mouse.up()
    expect(page).to_have_url(re.compile('lookback=custom'))
    narrowed, fewer = page.url, len(narrower.value.json()['data'])
    assert 0 < fewer <= 10, fewer
    expect(rows(page)).to_have_count(fewer)
    page.go_back()
    expect(page).to_have_url(before)
    expect(rows(page)).to_have_count(20)
    page.go_forward()
    expect(page).to_have_url(narrowed)
    expect(rows(page)).to_have_count(fewer)
    shown = page.locator('.result-body').inner_text()
    page.reload()
    expect(rows(page)).to_have_count(fewer)
    assert ages_off(page.locator('.result-body').inner_text()) == ages_off(shown), 'a reload shows something else'


def ages_off(text):
    return re.sub(r'\d+ \w+ ago', '', text)


def query_errors(page, watch):
    """A mistake in TraceQL is shown under its word, and the answer stays on the page until it is mended."""
    watch.expected = ['400', 'trace-summaries']
    page.goto(UI + '/search')
    query = page.get_by_label('Tags or TraceQL')
    query.fill('{ foo = 3 }')
    query.press('Enter')
    expect(page.locator('.query-mirror .fault')).to_have_text('foo')
    expect(page.locator('query-box [role=alert]')).to_contain_text('not a field')
    query.fill('{ status = error }')
    query.press('Enter')
    expect(rows(page).first).to_be_visible()
    watch.expected = []


def keyboard(page):
    """Rows, picks, comparing and every page by keys alone; help lists what the table of commands has."""
    page.goto(UI + '/search')
    expect(rows(page).first).to_be_visible()
    page.keyboard.press('j')
    page.keyboard.press('x')
    page.keyboard.press('j')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('Space')
    expect(page).to_have_url(re.compile('pick=[0-9a-f]+%2C[0-9a-f]+'))
    expect(page.get_by_role('button', name='Compare 2')).to_be_enabled()
    page.keyboard.press('v')
    expect(page.locator('result-list')).to_be_visible()
    page.keyboard.press('/')
    expect(page.get_by_label('Tags or TraceQL')).to_be_focused()
    page.keyboard.type('j?')
    expect(page.get_by_label('Tags or TraceQL')).to_have_value('j?')
    page.get_by_label('Tags or TraceQL').fill('')
    page.locator('h1').click()
    for key, name in DIALOG_KEYS.items():
        page.keyboard.press(key)
        expect(page.get_by_role('dialog', name=name)).to_be_visible()
        page.keyboard.press('Escape')
        expect(page.get_by_role('dialog')).to_have_count(0)
    for key, name in [('d', 'System Architecture'), ('m', 'Monitor'), ('l', 'Live'), ('i', 'Status')]:
        page.keyboard.press('g')
        page.keyboard.press(key)
        expect(page.get_by_role('heading', level=1, name=name)).to_be_visible()
    page.keyboard.press('g')
    page.keyboard.press('t')
    expect(page.get_by_label(re.compile('Look up'))).to_be_focused()
    page.keyboard.press('Control+k')
    page.keyboard.type('go to sea')
    page.keyboard.press('Enter')
    expect(page).to_have_url(re.compile('/search'))


def saved(page):
    page.goto(UI + '/search?service=web&lookback=1h')
    expect(rows(page).first).to_be_visible()
    page.keyboard.press('Control+s')
    page.get_by_label('Name').fill('orders of the web')
    page.get_by_role('dialog').get_by_role('button', name='Save').click()
    page.goto(UI + '/search?service=payment')
    expect(rows(page).first).to_be_visible()
    page.keyboard.press('h')
    page.get_by_role('dialog').get_by_role('link', name='orders of the web').click()
    expect(page).to_have_url(re.compile('service=web'))


def system(page):
    page.goto(UI + '/dependencies?lookback=1h')
    edge = page.get_by_role('button', name=re.compile('checkout → payment: 60 calls, 20 % failed'))
    edge.press('Enter')
    expect(page.get_by_role('dialog', name='checkout → payment')).to_contain_text('60')
    page.get_by_role('dialog').get_by_role('link', name='Those that failed').click()
    expect(page).to_have_url(re.compile('/search.*q='))
    expect(rows(page).first).to_contain_text('1 matched')
    page.go_back()
    page.get_by_role('link', name=re.compile('^payment:')).click()
    expect(page).to_have_url(re.compile('service=payment'))
    page.keyboard.press('v')
    expect(page.get_by_role('region', name='Edges').get_by_role('row')).to_have_count(3)


def monitor(page):
    page.goto(UI + '/monitor?lookback=1h')
    page.get_by_role('link', name='payment', exact=True).click()
    expect(page).to_have_url(re.compile('service=payment'))
    chart = page.get_by_role('img', name=re.compile('^Latency'))
    chart.focus()
    page.keyboard.press('End')
    page.keyboard.press('ArrowLeft')
    expect(page.locator('line-chart').nth(2).get_by_role('status')).to_contain_text('p95')
    page.get_by_role('button', name='Show as a table').first.click()
    expect(page.get_by_role('region', name='Requests')).to_be_visible()
    page.get_by_role('link', name='Failed traces').first.click()
    expect(rows(page).first).to_contain_text('1 matched')


def live(page):
    page.goto(UI + '/live?service=payment')
    expect(page.get_by_text('Connected')).to_be_visible()
    send(1, 1)
    shown = page.locator('.live-rows li')
    expect(shown).to_have_count(1)
    page.get_by_role('button', name='Pause').click()
    send(1, 1)
    page.get_by_role('button', name='1 new').click()
    expect(shown).to_have_count(2)


def status(page):
    page.goto(UI + '/status')
    row = page.get_by_role('region', name=re.compile('^Ledger')).get_by_role('row').filter(has_text='payment')
    expect(row).to_contain_text('otlp_http')
    expect(page.get_by_text('The ledger balances.')).to_be_visible()
    expect(page.get_by_text('--query.http-server.host-port').first).to_be_visible()


def accessible(browser):
    """Every page in both themes, wide and narrow, without a finding, and narrow without scrolling sideways."""
    findings = []
    for dark in (False, True):
        for width in (1440, 400):
            context = new_context(browser, dark, width, 900)
            for name, address in PAGES.items():
                page = context.new_page()
                page.goto('%s/%s' % (UI, address))
                expect(page.locator('main h1').first).to_be_visible()
                expect(page.locator('[aria-busy=true]')).to_have_count(0)
                for finding in Axe().run(page).response['violations']:
                    nodes = [node['html'][:120] for node in finding['nodes'][:3]]
                    findings.append('%s at %d%s: %s %s' % (name, width, ' dark' if dark else '', finding['id'], nodes))
                if page.evaluate('document.documentElement.scrollWidth > innerWidth'):
                    findings.append('%s scrolls sideways at %d' % (name, width))
                if PICTURES:
                    file = '%s%s%s.png' % (name, '' if width == 1440 else '-narrow', '-dark' if dark else '')
                    page.screenshot(path=os.path.join(PICTURES, file))
                page.close()
            context.close()
    return findings


def embedded(page):
    """uiEmbed=v0 takes the bar away, and stays on the way to a trace."""
    page.goto(UI + '/search?uiEmbed=v0&uiSearchHideGraph=1')
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role('banner')).to_be_hidden()
    expect(page.locator('result-charts')).to_have_count(0)
    rows(page).first.get_by_role('link').click()
    expect(page).to_have_url(re.compile('/trace/.*uiEmbed=v0'))


def troubles(page, watch, process):
    """A server that is slow, and one that is gone: what was asked is shown where the data would be."""
    watch.expected = ['ERR_', '/api/', 'Failed to load']
    page.goto(UI + '/search')
    expect(rows(page).first).to_be_visible()
    os.kill(process, signal.SIGSTOP)
    page.get_by_role('button', name='Find Traces').click()
    expect(page.locator('.results[aria-busy=true]')).to_be_visible()
    os.kill(process, signal.SIGCONT)
    expect(page.locator('.results[aria-busy=true]')).to_have_count(0)
    expect(rows(page).first).to_be_visible()
    os.kill(process, signal.SIGKILL)
    page.get_by_role('button', name='Find Traces').click()
    notice = page.get_by_role('alert').filter(has_text='The server does not answer')
    expect(notice).to_contain_text('api/trace-summaries')
    expect(notice.get_by_role('button', name='Retry')).to_be_visible()
    watch.expected = ['ERR_', '/api/', 'Failed to load', '/static/', 'module']
    page.keyboard.press('g')
    page.keyboard.press('i')
    expect(page.get_by_role('alert')).to_be_visible()


def main():
    send(60, 600)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = new_context(browser, width=1440, height=900).new_page()
        watch = Watch(page)
        search_journey(page)
        query_errors(page, watch)
        for journey in (keyboard, saved, system, monitor, live, status):
            journey(page)
        framed = new_context(browser).new_page()
        embed_watch = Watch(framed)
        embedded(framed)
        framed.close()
        findings = accessible(browser) if os.environ.get('MARTLET_PART', 'all') == 'all' else []
        troubles(page, watch, int(os.environ['MARTLET_PID']))
        browser.close()
    findings += watch.complaints + embed_watch.complaints
    for finding in findings:
        print(finding, file=sys.stderr)
    print('pages seen:', len(PAGES))
    sys.exit(1 if findings else 0)


main()
