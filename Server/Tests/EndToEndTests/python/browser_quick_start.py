"""The quick start seen through a real browser: find the service, open a trace, open a span, read its tag.

Needs the traces of quick_start.py in the server. MARTLET_UI is the address of the UI, MARTLET_CHROMIUM the browser
(Debian's by default), MARTLET_SCREENSHOTS the folder for pictures (a temporary one by default). Any error on the
console, any script error, any breach of the Content-Security-Policy and any failed request is a failure.
"""

import os
import re
import sys
import tempfile

from playwright.sync_api import expect, sync_playwright

from browser import CHROMIUM, FLAGS, Watch, new_context

UI = os.environ['MARTLET_UI'].rstrip('/')
PICTURES = os.environ.get('MARTLET_SCREENSHOTS') or tempfile.mkdtemp(prefix='martlet-')

expect.set_options(timeout=60_000)


def find_traces(page):
    page.goto(UI + '/')
    page.get_by_role('combobox', name='Service').click()
    page.get_by_role('option', name='first-service').click()
    page.get_by_role('button', name='Find Traces').click()
    expect(result(page, 'fourth-span')).to_be_visible()
    expect(page).to_have_url(re.compile('/search.*service=first-service'))
    return page.url


def result(page, name):
    return page.get_by_role('link').filter(has_text=name).first


def open_trace(page, name):
    result(page, name).click()
    expect(page).to_have_url(re.compile('/trace/[0-9a-f]+'))
    row = page.get_by_role('row').filter(has_text=name).first
    expect(row).to_be_visible()
    return row


def check_child(page):
    """The child is in the row below its parent and one level deeper."""
    parent = open_trace(page, 'fourth-span')
    child = page.get_by_role('row').filter(has_text='fifth-span')
    expect(parent).to_have_attribute('aria-level', '1')
    expect(child).to_have_attribute('aria-level', '2')
    assert parent.bounding_box()['y'] < child.bounding_box()['y'], 'the child is not below its parent'
    return child


def check_tag(page, child):
    child.click()
    detail = page.get_by_role('region', name='Span', exact=True)
    expect(detail.get_by_role('heading', name='fifth-span')).to_be_visible()
    tag = detail.get_by_role('row').filter(has_text='fifth-tag')
    expect(tag).to_contain_text('80')


def check_theme(page, dark):
    """The page follows the system's theme: its ground is dark or light as asked."""
    colour = page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    brightness = sum(float(part) for part in re.findall(r'[\d.]+', colour)[:3]) / 3
    assert (brightness < 128) == dark, 'the ground is %s' % colour


def picture(page, name):
    page.screenshot(path=os.path.join(PICTURES, name + '.png'))


def journey(browser, dark):
    context = new_context(browser, dark)
    page = context.new_page()
    watch = Watch(page)
    suffix = '-dark' if dark else ''
    search = find_traces(page)
    check_theme(page, dark)
    picture(page, 'search' + suffix)
    child = check_child(page)
    check_tag(page, child)
    picture(page, 'child' + suffix)
    # The address of a search is a link: it gives the same result again.
    page.goto(search)
    expect(result(page, 'fourth-span')).to_be_visible()
    if result(page, 'get-python-jobs').count():
        open_trace(page, 'get-python-jobs').click()
        expect(page.get_by_role('region', name='Span', exact=True)).to_contain_text('jobs-count')
        picture(page, 'trace' + suffix)
    context.close()
    return watch.complaints


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        complaints = journey(browser, dark=False) + journey(browser, dark=True)
        browser.close()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print('pictures in', PICTURES)
    sys.exit(1 if complaints else 0)


main()
