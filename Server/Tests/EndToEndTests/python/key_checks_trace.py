"""What each command of a trace page does, to be seen in a browser: the trace has 24 queries that are alike.

Importing this adds its checks to those of `key_checks`.
"""

import re

from key_checks import check
from playwright.sync_api import expect

SPANS = '29'


def grid_rows(page):
    return page.get_by_role('treegrid').get_by_role('row')


def zoom_of(page):
    found = re.search(r'[?&]z=([\d.]+)-([\d.]+)', page.url)
    return (float(found[1]), float(found[2])) if found else None


def scroll_top(page):
    return page.get_by_role('treegrid').evaluate('(grid) => grid.scrollTop')


@check('trace.scroll-down')
def scrolls_down(page, press):
    page.set_viewport_size({'width': 1280, 'height': 420})
    press()
    page.locator('body').evaluate(WAIT_SCROLL, [0, True])


@check('trace.scroll-up')
def scrolls_up(page, press):
    page.set_viewport_size({'width': 1280, 'height': 420})
    page.keyboard.press('s')
    page.locator('body').evaluate(WAIT_SCROLL, [0, True])
    press()
    page.locator('body').evaluate(WAIT_SCROLL, [0, False])


# Resolves once the waterfall is scrolled further than so far, or back to it.
WAIT_SCROLL = '''(body, [than, further]) => new Promise((done) => {
  const grid = body.querySelector("[role=treegrid]");
  const look = () => (grid.scrollTop > than) === further ? done() : requestAnimationFrame(look);
  look();
})'''


@check('trace.next-span')
def next_span(page, press):
    page.keyboard.press('f')
    first = page.locator('.row.active').get_attribute('aria-rowindex')
    press()
    expect(page.locator('.row.active')).to_have_attribute('aria-rowindex', str(int(first) + 1))


@check('trace.previous-span')
def previous_span(page, press):
    page.keyboard.press('f')
    page.keyboard.press('f')
    first = page.locator('.row.active').get_attribute('aria-rowindex')
    press()
    expect(page.locator('.row.active')).to_have_attribute('aria-rowindex', str(int(first) - 1))


def pans(sign):
    def run(page, press):
        for _ in range(3):
            page.keyboard.press('ArrowUp')
        before = zoom_of(page)
        press()
        expect(page).not_to_have_url(re.compile(re.escape('z=%g-' % before[0])))
        after = zoom_of(page)
        assert (after[0] - before[0]) * sign > 0, (before, after)
        assert abs((after[1] - after[0]) - (before[1] - before[0])) < 1, 'panning changed the length'
    return run


check('trace.pan-left', 'trace.pan-left-far')(pans(-1))
check('trace.pan-right', 'trace.pan-right-far')(pans(1))


@check('trace.zoom-in', 'trace.zoom-in-far')
def zooms_in(page, press):
    assert zoom_of(page) is None
    press()
    expect(page).to_have_url(re.compile(r'[?&]z='))


@check('trace.zoom-out', 'trace.zoom-out-far')
def zooms_out(page, press):
    for _ in range(6):
        page.keyboard.press('ArrowUp')
    before = zoom_of(page)
    press()
    expect(page).not_to_have_url(re.compile(re.escape('z=%g-' % before[0])))
    after = zoom_of(page)
    assert after is None or after[1] - after[0] > before[1] - before[0], (before, after)


@check('trace.zoom-reset')
def whole_trace(page, press):
    page.keyboard.press('ArrowUp')
    expect(page).to_have_url(re.compile(r'[?&]z='))
    press()
    expect(page).not_to_have_url(re.compile(r'[?&]z='))


@check('trace.collapse-all')
def collapses(page, press):
    press()
    expect(grid_rows(page)).to_have_count(1)


@check('trace.expand-all')
def expands(page, press):
    page.keyboard.press(']')
    expect(grid_rows(page)).to_have_count(1)
    press()
    expect(page.get_by_role('treegrid')).to_have_attribute('aria-rowcount', SPANS)


@check('trace.collapse-level')
def one_level_less(page, press):
    press()
    expect(page.get_by_role('treegrid')).not_to_have_attribute('aria-rowcount', SPANS)
    expect(grid_rows(page).first).to_have_attribute('aria-expanded', 'true')


@check('trace.expand-level')
def one_level_more(page, press):
    page.keyboard.press(']')
    expect(grid_rows(page)).to_have_count(1)
    press()
    expect(grid_rows(page)).to_have_count(2)


@check('trace.find')
def finds(page, press):
    press()
    expect(page.get_by_role('searchbox', name='Find in trace')).to_be_focused()


def found_select(page):
    page.goto(page.url.split('?')[0] + '?uiFind=SELECT')
    expect(page.locator('.row.match').first).to_be_visible()


@check('trace.clear')
def clears(page, press):
    found_select(page)
    press()
    expect(page.get_by_role('searchbox', name='Find in trace')).to_have_value('')
    expect(page.locator('.row.match')).to_have_count(0)


@check('trace.next-match')
def next_match(page, press):
    found_select(page)
    press()
    expect(page.locator('find-bar')).to_contain_text('1/24')


@check('trace.previous-match')
def previous_match(page, press):
    found_select(page)
    press()
    expect(page.locator('find-bar')).to_contain_text('24/24')


@check('trace.matches-only')
def matches_only(page, press):
    found_select(page)
    press()
    expect(page.get_by_label('Matches only')).to_be_checked()
    expect(page).to_have_url(re.compile('only=1'))


@check('trace.critical-path')
def critical_path(page, press):
    expect(page.locator('.path-marks > *').first).to_be_attached()
    press()
    expect(page).to_have_url(re.compile('path=0'))


@check('trace.group-repeats')
def groups(page, press):
    press()
    expect(grid_rows(page).filter(has_text='× 24')).to_be_visible()


def shows_view(name):
    def run(page, press):
        press()
        tab = page.locator('[role=tab][data-view=%s]' % name)
        expect(tab).to_have_attribute('aria-selected', 'true')
    return run


for view in ('flame', 'statistics', 'spans', 'graph', 'logs', 'json'):
    check('trace.' + view)(shows_view(view))


@check('trace.timeline')
def timeline(page, press):
    page.keyboard.press('3')
    expect(page.locator('[role=tab][data-view=statistics]')).to_have_attribute('aria-selected', 'true')
    press()
    expect(page.get_by_role('treegrid')).to_be_visible()


@check('trace.compare')
def compares_trace(page, press):
    press()
    expect(page).to_have_url(re.compile('/compare\\?a=[0-9a-f]+'))
