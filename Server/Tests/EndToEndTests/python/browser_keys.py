"""Every command of the one table, by each of its keys, and those without a key by the palette, in a real browser.

MARTLET_UI is the address of the UI, MARTLET_OTLP_URL and MARTLET_COLLECTOR_URL take spans. A command without a check is
a failure, and so is a check without a command: the table is read from the page that it came with. Arguments name
commands, or what their names begin with: then only those.
"""

import os
import sys

import key_checks_trace  # noqa: F401 (adds its checks)
import shop
from browser import CHROMIUM, FLAGS, Watch, new_context, visit
from key_checks import CHECKS, UI
from playwright.sync_api import expect, sync_playwright

NAMES = {
    'arrowup': 'ArrowUp', 'arrowdown': 'ArrowDown', 'arrowleft': 'ArrowLeft', 'arrowright': 'ArrowRight',
    'escape': 'Escape', ' ': 'Space', 'ctrl': 'Control', 'shift': 'Shift', 'alt': 'Alt',
}
PAGES = {
    'app': '/search?lookback=1h', 'search': '/search?lookback=1h&limit=20', 'system': '/dependencies?lookback=1h',
    'monitor': '/monitor?lookback=1h', 'live': '/live', 'status': '/status',
}
READY = {
    'app': 'result-table tbody tr', 'search': 'result-table tbody tr', 'trace': 'trace-waterfall .row',
    'system': 'service-map .node', 'monitor': 'figure-table tbody tr', 'live': '.live-status',
    'status': '.status-section',
}

expect.set_options(timeout=60_000)


def presses(page, keys, label):
    """What carries a command out: its keys, or its name in the palette when it has none."""
    def by_keys():
        for chord in ([keys] if keys == ' ' else keys.split(' ')):
            parts = [NAMES.get(part, part) for part in ([chord] if chord == '+' else chord.split('+'))]
            page.keyboard.press('+'.join(parts))

    def by_name():
        page.keyboard.press('Control+k')
        page.get_by_role('dialog').get_by_role('combobox').fill(label)
        page.get_by_role('option', name=label).first.wait_for()
        page.keyboard.press('Enter')

    return by_keys if keys is not None else by_name


def main():
    stories = shop.send(os.environ['MARTLET_OTLP_URL'], os.environ['MARTLET_COLLECTOR_URL'])
    PAGES['trace'] = '/trace/' + stories['repeats'].id
    pressed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        # Elsewhere than UTC, so that another zone shows other times.
        context = new_context(browser, timezone_id='Asia/Tokyo', permissions=['clipboard-read', 'clipboard-write'])
        page = context.new_page()
        watch = Watch(page)
        page.goto(UI + '/search')
        files = page.locator('script[type=module]').first.get_attribute('src').rsplit('/', 1)[0]
        table = page.evaluate('(files) => import(`${document.baseURI}${files}/state/commands.js`)'
                              '.then(({ COMMANDS }) => COMMANDS)', files)
        labels = page.evaluate('(files) => import(`${document.baseURI}${files}/text/en/commands.js`)'
                               '.then(({ commands }) => commands)', files)
        names = {command['id'] for command in table}
        assert names == set(CHECKS), 'without a check, or without a command: %s' % sorted(names ^ set(CHECKS))
        wanted = tuple(sys.argv[1:]) or ('',)
        for command in (command for command in table if command['id'].startswith(wanted)):
            for keys in command['keys'] or [None]:
                scope = command['scope']
                page.set_viewport_size({'width': 1280, 'height': 800})
                visit(page, UI + PAGES[scope])
                expect(page.locator(READY[scope]).first).to_be_visible()
                try:
                    CHECKS[command['id']](page, presses(page, keys, labels[command['id']]))
                except Exception:
                    print('%s by %r at %s' % (command['id'], keys, page.url), file=sys.stderr)
                    raise
                pressed += 1
        browser.close()
    for complaint in watch.complaints:
        print(complaint, file=sys.stderr)
    print('keys pressed: %d, for %d commands' % (pressed, len(table)))
    sys.exit(1 if watch.complaints else 0)


main()
