"""A trace that was saved as a page: opened from the disk in a real Chromium, with the server gone, and driven.

MARTLET_PAGE is the file. What is in its spans is hostile: see SavedPageTests.
"""

import os

from playwright.sync_api import expect, sync_playwright

from browser import CHROMIUM, FLAGS, Watch, new_context

PATIENCE = 60_000
VIEWS = {
    'Flame graph': 'flame-graph', 'Statistics': 'statistics-table', 'Spans': 'span-table', 'Graph': 'trace-graph',
    'Logs': 'log-list', 'JSON': 'json-view', 'Timeline': 'trace-timeline',
}


def drive(page, address):
    watch = Watch(page)
    requests = []
    page.on('request', lambda request: requests.append(request.url))
    page.goto(address)
    expect(page.locator('trace-timeline')).to_be_visible(timeout=PATIENCE)
    expect(page.locator('h1')).to_contain_text('<img src=x onerror=alert(1)>', timeout=PATIENCE)
    # There is no server to store it.
    expect(page.get_by_role('button', name='Store')).to_have_count(0)

    for name, tag in VIEWS.items():
        page.get_by_role('tab', name=name, exact=True).click()
        expect(page.locator('#trace-view > ' + tag)).to_be_visible(timeout=PATIENCE)
    page.go_back()
    expect(page.locator('#trace-view > json-view')).to_be_visible(timeout=PATIENCE)
    page.go_forward()
    expect(page.locator('#trace-view > trace-timeline')).to_be_visible(timeout=PATIENCE)

    # TraceQL is answered in the page.
    find = page.locator('find-bar input[type=search], find-bar input').first
    find.fill('{ status = error }')
    find.press('Enter')
    expect(page.locator('find-bar')).to_contain_text('1', timeout=PATIENCE)
    page.wait_for_function("location.hash.includes('error')", timeout=PATIENCE)

    # A span opens with what it has, as text.
    page.evaluate("location.hash = ''")
    page.reload()
    expect(page.locator('trace-timeline')).to_be_visible(timeout=PATIENCE)
    page.locator('trace-timeline').get_by_text('charge').first.click()
    expect(page.locator('span-detail').first).to_contain_text('</script><script>alert(2)</script>', timeout=PATIENCE)

    # The theme, and the sheet of keys.
    page.get_by_role('radio', name='Dark').check(force=True)
    expect(page.locator('html')).to_have_attribute('data-theme', 'dark', timeout=PATIENCE)
    page.locator('h1').click()
    page.keyboard.press('?')
    expect(page.locator('dialog')).to_be_visible(timeout=PATIENCE)
    page.keyboard.press('Escape')

    foreign = [url for url in requests if not url.startswith(('file:', 'blob:', 'data:'))]
    assert not foreign, 'the page asked for %s' % foreign
    assert not watch.complaints, watch.complaints


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    for dark in (False, True):
        context = new_context(browser, dark=dark)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on('dialog', lambda dialog: (_ for _ in ()).throw(AssertionError('a script of the trace ran')))
        drive(page, 'file://' + os.path.abspath(os.environ['MARTLET_PAGE']))
        context.close()
    browser.close()
print('the saved page works')
