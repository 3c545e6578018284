"""Every page while the server is ill: slow, full, broken, answering nonsense, gone. In a real browser.

MARTLET_UI is the address of the UI, MARTLET_OTLP_URL and MARTLET_COLLECTOR_URL take spans, MARTLET_PID is the server's
process, which is killed at the end. The answers of an ill server are put in its place before the browser; being slow
and being gone are the real thing. On every page the error stands where the data would be, says what was asked and what
came back, and its button brings the data once the server is well; no script error, no breach of the policy.
"""

import os
import re
import signal
import sys

import shop
from browser import CHROMIUM, FLAGS, Watch, new_context, visit
from playwright.sync_api import expect, sync_playwright

UI = os.environ['MARTLET_UI'].rstrip('/')
ERROR = '{"data":null,"errors":[{"code":%d,"msg":"the disk is on fire"}]}'
# What the server says instead: status, body, kind; and what of it the page must say.
ILLS = {
    'broken': (500, ERROR % 500, 'application/json', ['500', 'the disk is on fire']),
    'busy': (503, 'too many questions wait', 'text/plain', ['503', 'too many questions wait']),
    'limited': (429, ERROR % 429, 'application/json', ['429', 'the disk is on fire']),
    'proxy': (502, '<body><script>alert(1)</script>Bad Gateway</body>', 'text/html', ['502', 'Bad Gateway']),
    'garbage': (200, '\x00\x01PK not json at all', 'application/json', ['200', 'not json at all']),
    'cut off': (200, '{"data":[{"traceID":"1",', 'application/json', ['200', '"traceID":"1"']),
    'hollow': (200, '{}', 'application/json', None),
    'strange': (200, '{"data":{"a":[1]},"errors":null}', 'application/json', None),
}

expect.set_options(timeout=60_000)


def pages(stories):
    """Address, what must have been asked, and what is there when all is well."""
    trace, other = stories['order'].id, stories['before release'].id
    return {
        'search': ('/search?lookback=1h', 'api/trace-summaries', 'result-table tbody tr'),
        'trace': ('/trace/' + trace, 'api/traces/' + trace, 'trace-waterfall [role=row]'),
        'statistics': ('/trace/%s?view=statistics' % trace, 'api/traces/' + trace, 'statistics-table [role=row]'),
        'compare': ('/trace/%s...%s' % (other, trace), 'api/compare', '.compare-pair'),
        'usual': ('/trace/%s...' % trace, 'against', '.view-bar'),
        'searches': ('/compare?before=service%3Dcart&after=service%3Dpayment', 'api/', '.view-bar'),
        'system': ('/dependencies?lookback=1h', 'api/dependencies', 'service-map .node'),
        'paths': ('/dependencies?lookback=1h&view=paths&service=payment', 'api/dependencies', 'service-map .node'),
        'monitor': ('/monitor?lookback=1h', 'api/', 'figure-table tbody tr'),
        'monitor-service': ('/monitor?lookback=1h&service=payment', 'api/', 'line-chart svg.lines'),
        'status': ('/status', 'api/status', '.status-section'),
    }


class Ill:
    """Answers every question to the API in the server's place until it is well again."""

    def __init__(self, page):
        self.page = page
        self.answer = None
        page.route(re.compile('/api/'), self.route)

    def route(self, route):
        if self.answer is None:
            return route.fallback()
        status, body, kind, _ = self.answer
        return route.fulfill(status=status, body=body, content_type=kind)


def alert(page):
    return page.locator('main [role=alert]').filter(has=page.get_by_role('button', name='Retry'))


def sees_error(page, ill, name, address, asked, well):
    """A page that is gone to while the server is ill, and then well again."""
    ill.answer = ILLS[name]
    visit(page, UI + address)
    words = ILLS[name][3]
    if words is None:
        # JSON without what was asked for: either the page says so, or it says that nothing is there.
        shown = ['.notice:not(.loading)', '.page-body > *', '.results > *', '.compare-body > *']
        expect(page.locator(', '.join('main ' + place for place in shown)).first).to_be_visible()
        expect(page.locator('main .notice.loading')).to_have_count(0)
    else:
        for word in words + [asked]:
            expect(alert(page)).to_contain_text(word)
    ill.answer = None
    if alert(page).count():
        alert(page).get_by_role('button', name='Retry').click()
    else:
        visit(page, UI + address)
    expect(page.locator(well).first).to_be_visible()
    expect(alert(page)).to_have_count(0)


def live_is_refused(page, ill):
    """The stream of Live does not tell why it ended: the page asks, and says it, and goes on when all is well."""
    ill.answer = ILLS['busy']
    page.goto(UI + '/live')
    expect(alert(page)).to_contain_text('too many questions wait')
    expect(alert(page)).to_contain_text('api/tail?of=traces')
    ill.answer = None
    page.get_by_role('button', name='Retry').click()
    expect(page.get_by_text('Connected')).to_be_visible()
    expect(alert(page)).to_have_count(0)


def is_slow(page, process, places):
    """A server that stands still: each page waits without a word of error, and then shows what comes."""
    for address, _, well in places.values():
        os.kill(process, signal.SIGSTOP)
        try:
            visit(page, UI + address)
            expect(alert(page)).to_have_count(0)
        finally:
            os.kill(process, signal.SIGCONT)
        expect(page.locator(well).first).to_be_visible()


def is_gone(page, process, places):
    """A server that was killed: every page says what it asked, and Retry says it again."""
    os.kill(process, signal.SIGKILL)
    for address, asked, _ in places.values():
        visit(page, UI + address)
        expect(alert(page)).to_contain_text('The server does not answer')
        expect(alert(page)).to_contain_text(asked)
        alert(page).get_by_role('button', name='Retry').click()
        expect(alert(page)).to_contain_text(asked)
    visit(page, UI + '/live')
    expect(alert(page)).to_contain_text('api/tail')


def main():
    stories = shop.send(os.environ['MARTLET_OTLP_URL'], os.environ['MARTLET_COLLECTOR_URL'])
    process = int(os.environ['MARTLET_PID'])
    places = pages(stories)
    seen = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = new_context(browser, width=1280, height=800).new_page()
        watch = Watch(page)
        # That an answer was refused is what this is about; that a script fails over it is not.
        watch.expected = ['/api/', 'Failed to load', 'ERR_', 'ui-config']
        ill = Ill(page)
        page.goto(UI + '/nowhere')
        for name in ILLS:
            for place, (address, asked, well) in places.items():
                try:
                    sees_error(page, ill, name, address, asked, well)
                except Exception:
                    print('%s, server %s: %s' % (place, name, page.locator('main').inner_text()[:600]), file=sys.stderr)
                    raise
                seen += 1
        live_is_refused(page, ill)
        is_slow(page, process, places)
        is_gone(page, process, places)
        browser.close()
    for complaint in watch.complaints:
        print(complaint, file=sys.stderr)
    print('errors seen: %d' % seen)
    sys.exit(1 if watch.complaints else 0)


main()
