"""How much script each page of the web UI needs at first, and, given the address of a server, how long it runs.

    python3 Benchmarks/FirstView/measure.py [http://localhost:16686]

The second part needs Playwright and Chromium (MARTLET_CHROMIUM, Debian's by default). The budget is 120 KB of
gzipped script and 300 ms of script time; more than that ends with status 1.
"""

import gzip
import os
import posixpath
import re
import sys

UI = os.path.join(os.path.dirname(__file__), '../../Server/Sources/CWebUI/ui')
PAGES = {
    'search': 'search', 'trace': '', 'compare': '', 'dependencies': 'dependencies', 'monitor': 'monitor',
    'live': 'live', 'status': 'status',
}
IMPORT = re.compile(r'^(?:import|\} from|import .* from|export .* from) "([^"]+)";', re.MULTILINE)
BYTES_MAX = 120 * 1024
MILLISECONDS_MAX = 300


def read(path):
    with open(os.path.join(UI, path), encoding='utf-8') as file:
        return file.read()


def reached(*starts):
    seen, left = set(), list(starts)
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        folder = posixpath.dirname(path)
        left += [posixpath.normpath(posixpath.join(folder, target)) for target in IMPORT.findall(read(path))]
    return seen


def sizes():
    over = False
    for page in PAGES:
        modules = reached('app.js', 'theme.js', 'pages/%s.js' % page)
        texts = [read(path).encode() for path in modules]
        packed = sum(len(gzip.compress(text, 6)) for text in texts)
        over = over or packed > BYTES_MAX
        print('| %s | %d | %d KB | %d KB |' % (page, len(modules), sum(map(len, texts)) // 1024, packed // 1024))
    return over


def times(address):
    from playwright.sync_api import sync_playwright
    over = False
    with sync_playwright() as playwright:
        executable = os.environ.get('MARTLET_CHROMIUM', '/usr/bin/chromium')
        browser = playwright.chromium.launch(executable_path=executable, args=['--no-sandbox', '--disable-gpu'])
        for page_name, path in PAGES.items():
            if not path:
                continue
            taken = []
            for _ in range(5):
                page = browser.new_context(viewport={'width': 1440, 'height': 900}).new_page()
                session = page.context.new_cdp_session(page)
                session.send('Performance.enable')
                page.goto('%s/%s' % (address.rstrip('/'), path))
                page.locator('main h1').first.wait_for()
                metrics = {entry['name']: entry['value'] for entry in session.send('Performance.getMetrics')['metrics']}
                taken.append(1000 * metrics['ScriptDuration'])
                page.context.close()
            middle = sorted(taken)[2]
            over = over or middle > MILLISECONDS_MAX
            print('%s: %.0f ms of script (%.0f to %.0f)' % (page_name, middle, min(taken), max(taken)))
        browser.close()
    return over


failed = sizes()
if len(sys.argv) > 1:
    failed = times(sys.argv[1]) or failed
sys.exit(1 if failed else 0)
