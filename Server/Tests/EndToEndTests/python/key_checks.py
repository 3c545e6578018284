"""What each command of the shell, the search, system, monitor, live and status does, to be seen in a browser.

A check is given a page of the command's scope, freshly opened, and `press`, which carries the command out.
"""

import os
import re
from urllib.parse import parse_qs, urlsplit

import shop
from browser import visit
from playwright.sync_api import expect

UI = os.environ['MARTLET_UI'].rstrip('/')
CHECKS = {}


def check(*commands):
    def keep(function):
        for command in commands:
            CHECKS[command] = function
        return function
    return keep


def rows(page):
    return page.locator('result-table tbody tr')


def heading(page, name):
    expect(page.get_by_role('heading', level=1, name=name, exact=True)).to_be_visible()


def opens_dialog(name):
    def run(page, press):
        press()
        expect(page.get_by_role('dialog', name=name)).to_be_visible()
        page.keyboard.press('Escape')
        expect(page.get_by_role('dialog')).to_have_count(0)
    return run


def goes_to(name, path):
    def run(page, press):
        if path == 'search':
            visit(page, UI + '/status')
            heading(page, 'Status')
        press()
        expect(page).to_have_url(re.compile('/%s(\\?|$)' % path))
        if name:
            heading(page, name)
        else:
            expect(rows(page).first).to_be_visible()
    return run


check('app.palette')(opens_dialog('Command palette'))
check('app.help')(opens_dialog('Keyboard shortcuts'))
check('app.settings')(opens_dialog('Settings'))
check('search.columns')(opens_dialog('Columns'))
check('search.save')(opens_dialog('Save this search'))
check('search.history')(opens_dialog('Searches'))
check('go.search')(goes_to('', 'search'))
check('go.compare')(goes_to('Compare', 'compare'))
check('go.import')(goes_to('Import', 'import'))
check('go.system')(goes_to('System Architecture', 'dependencies'))
check('go.monitor')(goes_to('Monitor', 'monitor'))
check('go.live')(goes_to('Live', 'live'))
check('go.status')(goes_to('Status', 'status'))


@check('app.look-up')
def looks_up(page, press):
    press()
    expect(page.get_by_label(re.compile('^Look up'))).to_be_focused()


@check('app.theme')
def changes_theme(page, press):
    theme = page.evaluate('document.documentElement.dataset.theme ?? "system"')
    press()
    following = {'system': 'light', 'light': 'dark', 'dark': None}[theme]
    if following:
        expect(page.locator('html')).to_have_attribute('data-theme', following)
    else:
        expect(page.locator('html:not([data-theme])')).to_be_attached()


@check('app.zone')
def changes_zone(page, press):
    expect(rows(page).first).to_be_visible()
    before = page.locator('.result-time').first.inner_text()
    press()
    expect(page.locator('.result-time').first).not_to_have_text(before)


@check('app.copy-link')
def copies_link(page, press):
    press()
    expect(page.locator('.toast')).to_contain_text('on the clipboard')
    assert page.evaluate('navigator.clipboard.readText()') == page.url


# Search


@check('search.focus')
def to_query(page, press):
    press()
    expect(page.get_by_label('Tags or TraceQL')).to_be_focused()


@check('search.run')
def searches_again(page, press):
    with page.expect_response(re.compile('/api/trace-summaries')):
        press()
    expect(page.locator('[aria-busy=true]')).to_have_count(0)


@check('search.next')
def next_row(page, press):
    rows(page).nth(0).locator('a.row-link').focus()
    press()
    expect(rows(page).nth(1).locator('a.row-link')).to_be_focused()


@check('search.previous')
def previous_row(page, press):
    rows(page).nth(1).locator('a.row-link').focus()
    press()
    expect(rows(page).nth(0).locator('a.row-link')).to_be_focused()


@check('search.open')
def opens_row(page, press):
    row = rows(page).nth(2)
    row.locator('a.row-link').focus()
    trace = row.get_attribute('data-trace')
    press()
    expect(page).to_have_url(re.compile('/trace/' + trace))


@check('search.pick')
def picks_row(page, press):
    rows(page).nth(1).locator('a.row-link').focus()
    press()
    expect(rows(page).nth(1).get_by_role('checkbox')).to_be_checked()
    expect(page).to_have_url(re.compile('pick=' + rows(page).nth(1).get_attribute('data-trace')))


@check('search.compare')
def compares(page, press):
    for number in (0, 1):
        rows(page).nth(number).get_by_role('checkbox').check()
    page.get_by_role('heading', level=1).click()
    press()
    expect(page).to_have_url(re.compile(r'/trace/[0-9a-f]+\.\.\.[0-9a-f]+\?cohort='))


@check('search.more')
def more_rows(page, press):
    expect(rows(page)).to_have_count(20)
    press()
    expect(rows(page)).to_have_count(40)


@check('search.view')
def other_view(page, press):
    press()
    expect(page.locator('result-list')).to_be_visible()
    expect(page).to_have_url(re.compile('view=list'))


@check('search.download')
def downloads(page, press):
    with page.expect_download() as download:
        press()
    assert download.value.suggested_filename.endswith('.json'), download.value.suggested_filename


@check('search.reset')
def resets(page, press):
    press()
    expect(page).to_have_url(UI + '/search')


def span_of(page):
    keys = parse_qs(urlsplit(page.url).query)
    return int(keys['start'][0]), int(keys['end'][0])


def moves_range(start_by, end_by):
    """Start and end move by parts of the length of the range."""
    def run(page, press):
        page.goto(UI + '/search?lookback=custom&start=1700000000000000&end=1700000600000000')
        expect(page.locator('.results h1')).to_be_visible()
        press()
        expect(page).not_to_have_url(re.compile('start=1700000000000000&end=1700000600000000'))
        assert span_of(page) == (1700000000000000 + int(start_by * 600e6), 1700000600000000 + int(end_by * 600e6))
    return run


check('search.earlier')(moves_range(-1, -1))
check('search.later')(moves_range(1, 1))
check('search.wider')(moves_range(-1, 0))
check('search.narrower')(moves_range(0.5, 0))


# System, Monitor, Live, Status


@check('system.find')
def finds_service(page, press):
    press()
    expect(page.locator('#system-find')).to_be_focused()


def hops(before, after):
    def run(page, press):
        page.goto('%s/dependencies?lookback=1h&service=checkout&hops=%d' % (UI, before))
        expect(page.locator('#system-hops')).to_have_value(str(before))
        press()
        expect(page.locator('#system-hops')).to_have_value(str(after))
    return run


check('system.deeper')(hops(2, 3))
check('system.shallower')(hops(2, 1))


@check('system.everything')
def everything(page, press):
    page.goto(UI + '/dependencies?lookback=1h&service=payment&hops=1')
    expect(page.locator('service-map .node')).to_have_count(3)
    press()
    expect(page.locator('service-map .node')).to_have_count(12)


@check('system.view')
def system_view(page, press):
    press()
    expect(page).to_have_url(re.compile('view=table'))
    expect(page.get_by_role('region', name='Edges')).to_be_visible()


@check('monitor.service')
def monitor_service(page, press):
    press()
    expect(page.locator('#monitor-service')).to_be_focused()


@check('monitor.earlier')
def monitor_earlier(page, press):
    press()
    expect(page).to_have_url(re.compile('end='))


@check('monitor.later')
def monitor_later(page, press):
    page.goto(UI + '/monitor?lookback=1h&end=1700000000000000')
    expect(page.locator('.page-body h1')).to_be_visible()
    press()
    expect(page).to_have_url(re.compile('end=1700003600000000'))


@check('live.pause')
def pauses(page, press):
    press()
    expect(page.get_by_role('button', name='Go on')).to_have_attribute('aria-pressed', 'true')


@check('live.filter')
def live_filter(page, press):
    press()
    expect(page.get_by_label('Tags or TraceQL')).to_be_focused()


@check('live.clear')
def live_clear(page, press):
    expect(page.get_by_text('Connected')).to_be_visible()
    shop.send_traces(os.environ['MARTLET_OTLP_URL'], shop.traces()[0][:2])
    expect(page.locator('.live-rows li').first).to_be_visible()
    press()
    expect(page.locator('.live-rows li')).to_have_count(0)


@check('status.refresh')
def asks_again(page, press):
    with page.expect_response(re.compile('/api/status')):
        press()
