"""Traces whose every field is hostile, in every view of a real browser: stored ones, and files of each format.

MARTLET_UI is the address of the UI, MARTLET_OTLP_HTTP the port that takes spans. Markup must stay text, an address that
runs script must not become a link, and no page may complain, a breach of the policy among it.
"""

import copy
import json
import os
import sys
import tempfile
import time

import requests
from browser import CHROMIUM, FLAGS, Watch, new_context
from playwright.sync_api import expect, sync_playwright

UI = os.environ['MARTLET_UI'].rstrip('/')
OTLP = 'http://127.0.0.1:%s/v1/traces' % os.environ['MARTLET_OTLP_HTTP']
BEGIN = time.time_ns() - 60 * 10**9
TEXTS = [
    '<img src=x onerror=alert(1)><script>alert(2)</script>', '__proto__', 'constructor', 'javascript:alert(3)',
    '\x1b]0;title\x07\x1b[31mred', '\u202egnp.exe\u2066', '"><svg/onload=alert(4)>', '${alert(5)}{{7*7}}',
    'x' * 5000, '\u0000\ufffe\ud7ff', "data:text/html,<script>alert(6)</script>",
]

expect.set_options(timeout=60_000)


def tag(text):
    return {'key': text, 'value': {'stringValue': text}}


def otlp(trace_id):
    """A span for each text, which it has in every field that holds text."""
    resources = []
    for number, text in enumerate(TEXTS, 1):
        span = {
            'traceId': trace_id.zfill(32), 'spanId': '%016x' % number, 'name': text, 'kind': 3,
            'parentSpanId': '%016x' % 1 if number > 1 else '', 'traceState': 'a=' + text[:50],
            'startTimeUnixNano': str(BEGIN + number * 10**6), 'endTimeUnixNano': str(BEGIN + (number + 40) * 10**6),
            'attributes': [tag(text), {'key': 'peer.service', 'value': {'stringValue': text}},
                           {'key': 'link', 'value': {'stringValue': text}}],
            'events': [{'timeUnixNano': str(BEGIN + number * 10**6), 'name': text, 'attributes': [tag(text), {
                'key': 'exception.stacktrace', 'value': {'stringValue': text}}]}],
            'links': [{'traceId': 'f' * 32, 'spanId': '%016x' % 9, 'attributes': [tag(text)]}],
            'status': {'code': 2, 'message': text},
        }
        resources.append({
            'resource': {'attributes': [{'key': 'service.name', 'value': {'stringValue': text}}, tag(text)]},
            'scopeSpans': [{'scope': {'name': text, 'version': text}, 'spans': [span]}],
        })
    return {'resourceSpans': resources}


def jaeger():
    spans, processes = [], {}
    for number, text in enumerate(TEXTS, 1):
        field = {'key': text, 'type': text, 'value': text}
        processes[text] = {'serviceName': text, 'tags': [field, {'key': 'o', 'value': {'__proto__': text}}]}
        spans.append({
            'traceID': 'd1', 'spanID': '%x' % number, 'operationName': text, 'processID': text,
            'startTime': BEGIN // 1000, 'duration': 1000 * number, 'tags': [field], 'warnings': [text],
            'logs': [{'timestamp': BEGIN // 1000, 'fields': [field, {'key': 'event', 'value': text}]}],
            'references': [{'refType': text, 'traceID': text, 'spanID': text},
                           {'refType': 'FOLLOWS_FROM', 'traceID': 'javascript:alert(1)', 'spanID': '1'}],
        })
    return {'data': [{'traceID': 'd1', 'spans': spans, 'processes': processes, 'warnings': TEXTS}]}


def zipkin():
    return [{
        'traceId': 'd3', 'id': '%016x' % number, 'name': text, 'timestamp': BEGIN // 1000, 'duration': 1000,
        'kind': text, 'localEndpoint': {'serviceName': text, 'ipv4': text}, 'remoteEndpoint': {'serviceName': text},
        'annotations': [{'timestamp': BEGIN // 1000, 'value': text}], 'tags': {text: text, 'error': text},
    } for number, text in enumerate(TEXTS, 1)]


def check(page, where):
    """Nothing of the trace is an element or runs, and the page still knows what objects are."""
    assert page.locator('#content :is(img, script, iframe, object)').count() == 0, 'markup became elements: ' + where
    assert page.locator('#content svg[onload]').count() == 0, where
    hrefs = page.locator('#content a').evaluate_all('(links) => links.map((link) => link.href)')
    wrong = [href for href in hrefs if not href.startswith(('http://127.0.0.1', 'blob:'))]
    assert not wrong, '%s: %s' % (where, wrong[:3])
    assert page.evaluate('() => ({}).polluted === undefined && Object.keys(Object.prototype).length === 0'), where


def walk(page, where):
    """Every view of the trace that is open, and the details of each span."""
    rows = page.locator('[role=treegrid] [role=row]')
    expect(rows.first).to_be_visible()
    region = page.get_by_role('region', name='Span', exact=True)
    for number in range(len(TEXTS)):
        rows.nth(number).click()
        expect(region).to_be_visible()
        region.locator('details').evaluate_all('(all) => all.forEach((section) => { section.open = true; })')
        check(page, '%s, span %d' % (where, number))
    page.get_by_role('treegrid').focus()
    for key in '2345671':
        page.keyboard.press(key)
        expect(page.get_by_role('tabpanel')).to_be_visible()
        expect(page.locator('.notice.loading')).to_have_count(0)
        check(page, '%s, view %s' % (where, key))
    page.get_by_role('button', name='View options').click()
    for key in TEXTS[:4]:
        page.get_by_label('Colour by').select_option(key)
        expect(page.get_by_role('list', name='Colours')).to_be_visible()
        check(page, '%s, colours' % where)


def stored(page):
    page.goto('%s/trace/%s' % (UI, 'e7'))
    walk(page, 'stored')
    page.goto('%s/trace/e7...e8' % UI)
    expect(page.get_by_role('region', name='Service and operation')).to_be_visible()
    check(page, 'compared')
    page.goto('%s/search?lookback=1h' % UI)
    expect(page.locator('#content')).to_contain_text('alert(1)')
    check(page, 'search')


def files(page):
    forms = {'jaeger': jaeger(), 'otlp': otlp('d2'), 'zipkin': zipkin()}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in forms.items():
            path = os.path.join(folder, name + '<b>.json')
            with open(path, 'w') as file:
                json.dump(content, file)
            page.goto(UI + '/import')
            page.locator('input[type=file]').set_input_files(path)
            expect(page.get_by_text('Only in this page')).to_be_visible()
            walk(page, name)


def main():
    for trace_id in ['e7', 'e8']:
        requests.post(OTLP, timeout=120, json=copy.deepcopy(otlp(trace_id))).raise_for_status()
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for journey in [stored, files]:
            page = new_context(browser, width=1440, height=1000).new_page()
            watch = Watch(page)
            journey(page)
            page.context.close()
            complaints += ['%s: %s' % (journey.__name__, text) for text in watch.complaints]
        browser.close()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print('nothing hostile got through')
    sys.exit(1 if complaints else 0)


main()
