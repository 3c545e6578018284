"""Ten tasks of somebody who looks for something, in a real browser, and how many actions each takes: five at most.

MARTLET_UI is the address of the UI, MARTLET_OTLP_URL and MARTLET_COLLECTOR_URL take spans. MARTLET_WALK is the file
that the list and the counts are written to, if one is wanted. An action is a click, a choice from a list, a text with
Enter, or a shortcut. Each task begins on the search page as it first opens, and ends at what was looked for.
"""

import os
import re
import sys

import shop
from browser import CHROMIUM, FLAGS, Watch, new_context
from playwright.sync_api import TimeoutError, expect, sync_playwright

UI = os.environ['MARTLET_UI'].rstrip('/')
MOST = 5
TASKS = []
HEAD = """# Ten tasks, and how few actions they take

Walked by `browser_walk.py` of the end-to-end tests, in a shop of twelve services with faults in them (`shop.py`);
`./dev ui-walk` walks them again and writes this page. An action is a click, a choice from a list, a text with Enter, or
a shortcut (`g d` is one). Each task begins on the search page as it first opens. More than five fail the test.

| task | actions | |
|---|---|---|
"""

expect.set_options(timeout=60_000)


class Walk:
    """Does what a person would do, and counts."""

    def __init__(self, page):
        self.page = page
        self.actions = []

    def click(self, words, target):
        target.click()
        self.actions.append(words)

    def choose(self, words, label, option):
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.actions.append(words)

    def sort(self, words, option):
        """Chooses an order, and waits for what the server says to it."""
        with self.page.expect_response(re.compile('/api/trace-summaries')):
            self.choose(words, 'Order', option)
        expect(self.page.locator('.results[aria-busy=true]')).to_have_count(0)

    def write(self, words, label, text):
        field = self.page.get_by_label(label, exact=True).first
        field.fill(text)
        field.press('Enter')
        self.actions.append(words)

    def press(self, words, keys):
        for key in keys.split(' '):
            self.page.keyboard.press(key)
        self.actions.append(words)


def task(title):
    def keep(function):
        TASKS.append((title, function))
        return function
    return keep


def rows(page):
    return page.locator('result-table tbody tr')


def finds(page, trace):
    expect(page).to_have_url(re.compile('/trace/' + trace.id))
    expect(page.locator('trace-waterfall [role=row]').first).to_be_visible()


@task('the slow query of yesterday')
def slow_query(walk, page, stories):
    walk.choose('time: last 2 days', 'Time', 'Last 2 days')
    walk.write('query `{ span.db.system = "postgresql" && duration > 5s }`', 'Tags or TraceQL',
               '{ span.db.system = "postgresql" && duration > 5s }')
    expect(rows(page)).to_have_count(1)
    walk.click('the trace', rows(page).locator('a.row-link').first)
    finds(page, stories['slow query'])
    expect(page.get_by_role('region', name='Span', exact=True)).to_contain_text('GROUP BY sku')


@task('what changed after the release of the payment service')
def release(walk, page, stories):
    walk.press('`g c`', 'g c')
    walk.click('*Two searches*', page.locator('summary').filter(has_text='Two searches'))
    fields = page.locator('form.compare-form').nth(1)
    fields.locator('input[name=before]').fill('{ resource.service.version = "2.3.1" }')
    walk.actions.append('before: `{ resource.service.version = "2.3.1" }`')
    fields.locator('input[name=after]').fill('{ resource.service.version = "2.4.0" }')
    fields.locator('input[name=after]').press('Enter')
    walk.actions.append('after: `{ resource.service.version = "2.4.0" }`')
    expect(page.get_by_role('heading', name='What tells them apart')).to_be_visible()


@task('which service’s client drops spans')
def drops(walk, page, stories):
    walk.press('`g i`', 'g i')
    expect(page.get_by_role('region', name=re.compile('^Dropped by clients'))).to_contain_text('recommendations')


@task('which operation fails most, and a trace of it')
def failing(walk, page, stories):
    walk.press('`g m`', 'g m')
    link = page.get_by_role('link', name='Failed traces').first
    walk.click('*Failed traces* of the service', link)
    walk.click('the first trace', rows(page).locator('a.row-link').first)
    expect(page.get_by_role('treegrid')).to_be_visible()


@task('which call got slower since yesterday')
def slower(walk, page, stories):
    walk.press('`g d`', 'g d')
    walk.choose('compare with: a day earlier', 'Compare with', 'a day earlier')
    walk.click('*Table*', page.locator('fieldset.segments').get_by_text('Table'))
    expect(page.get_by_role('region', name='Edges')).to_contain_text('search')


@task('everything that one customer did today')
def customer(walk, page, stories):
    walk.choose('time: last 24 hours', 'Time', 'Last 24 hours')
    walk.write('query `customer.id=c-1042`', 'Tags or TraceQL', 'customer.id=' + shop.CUSTOMER)
    expect(rows(page).first).to_contain_text('matched')


@task('a query that is repeated once a row')
def repeats(walk, page, stories):
    walk.sort('order: most spans', 'Most spans first')
    walk.click('the first trace', rows(page).locator('a.row-link').first)
    finds(page, stories['repeats'])
    walk.press('`r`: group repeats', 'r')
    expect(page.get_by_role('row').filter(has_text='× 24')).to_be_visible()


@task('the trace of a span id in a log line')
def by_id(walk, page, stories):
    walk.press('`g t`', 'g t')
    page.keyboard.type(stories['order'].spans[6][1]['spanId'])
    page.keyboard.press('Enter')
    walk.actions.append('the id')
    finds(page, stories['order'])


@task('what a trace waited for')
def waiting(walk, page, stories):
    walk.sort('order: longest', 'Longest first')
    walk.click('the first trace', rows(page).locator('a.row-link').first)
    expect(page.locator('.path-marks > *').first).to_be_attached()
    walk.press('`3`: statistics, with own time', '3')
    expect(page.locator('statistics-table')).to_contain_text('payment')


@task('failures as they happen')
def live(walk, page, stories):
    walk.press('`g l`', 'g l')
    walk.write('query `{ status = error }`', 'Tags or TraceQL', '{ status = error }')
    expect(page.get_by_text('Connected')).to_be_visible()
    # "Connected" may still be that of the stream before the query: what comes before the new one listens is not shown.
    row = page.locator('.live-rows li').first
    for _ in range(30):
        shop.send_traces(os.environ['MARTLET_OTLP_URL'], [stories['failed']])
        try:
            row.wait_for(timeout=2000)
            break
        except TimeoutError:
            continue
    expect(row).to_be_visible()


def main():
    stories = shop.send(os.environ['MARTLET_OTLP_URL'], os.environ['MARTLET_COLLECTOR_URL'])
    lines, problems = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for title, walk_it in TASKS:
            page = new_context(browser, width=1440, height=1000).new_page()
            watch = Watch(page)
            page.goto(UI + '/search')
            expect(rows(page).first).to_be_visible()
            walk = Walk(page)
            try:
                walk_it(walk, page, stories)
            except Exception:
                print('%s, after %s at %s' % (title, walk.actions, page.url), file=sys.stderr)
                raise
            lines.append('| %s | %d | %s |' % (title, len(walk.actions), ' · '.join(walk.actions)))
            if len(walk.actions) > MOST:
                problems.append('%s takes %d actions' % (title, len(walk.actions)))
            problems += watch.complaints
            page.context.close()
        browser.close()
    if 'MARTLET_WALK' in os.environ:
        with open(os.environ['MARTLET_WALK'], 'w') as file:
            file.write(HEAD + '\n'.join(lines) + '\n')
    for problem in problems:
        print(problem, file=sys.stderr)
    print('tasks walked: %d' % len(lines))
    sys.exit(1 if problems else 0)


main()
