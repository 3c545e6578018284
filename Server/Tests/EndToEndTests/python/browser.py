"""What the scripts that drive a real browser share: how it is started, and what a page may not complain about.

With MARTLET_UI_FILES the pages come from that folder as they lie there, not from the binary: then a change can be
looked at without a build.
"""

import mimetypes
import os
import re

CHROMIUM = os.environ.get('MARTLET_CHROMIUM', '/usr/bin/chromium')
# Without these Chromium calls home, and needs privileges and a graphics card that a test machine does not have.
FLAGS = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-proxy-server',
]


class Watch:
    """Collects everything that a page complains about.

    Any error on the console, any script error, any breach of the Content-Security-Policy and any failed request counts,
    but for those whose address contains a text of `expected`.
    """

    def __init__(self, page):
        self.complaints = []
        self.expected = []
        page.on('console', lambda message: message.type == 'error' and self.add('console: ' + message.text, message))
        page.on('pageerror', lambda error: self.add('script: %s' % error))
        page.on('requestfailed', lambda request: self.failed(request))
        page.on('response', lambda answer: answer.status >= 400 and self.add('%d for %s' % (answer.status, answer.url)))
        page.expose_function('reportViolation', lambda text: self.add('content security policy: ' + text))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " (event) => reportViolation(`${event.violatedDirective} ${event.blockedURI}`));"
        )

    def add(self, complaint, message=None):
        place = message.location.get('url', '') if message else ''
        if not any(text in complaint or text in place for text in self.expected):
            self.complaints.append(complaint)

    def failed(self, request):
        # A page that is left gives up what it still asked for; that is no fault.
        if request.failure != 'net::ERR_ABORTED':
            self.add('%s: %s' % (request.url, request.failure))


def new_context(browser, dark=False, width=1280, height=720, **more):
    options = {
        'viewport': {'width': width, 'height': height},
        'color_scheme': 'dark' if dark else 'light',
        'reduced_motion': 'reduce',
        'locale': 'en-GB',
        'timezone_id': 'UTC',
    }
    context = browser.new_context(**{**options, **more})
    if 'MARTLET_UI_FILES' in os.environ:
        context.route(re.compile('/static/[0-9a-f]+/'), from_folder)
    return context


def visit(page, address):
    """Goes to an address as a link does, without loading the document again; the page there is a new one."""
    for target in ('nowhere', address):
        page.evaluate(FOLLOW, target)
        if target == 'nowhere':
            page.locator('not-found-page h1').wait_for(timeout=60_000)


FOLLOW = """(address) => {
  const link = document.createElement("a");
  link.href = address;
  document.activeElement?.blur();
  document.body.append(link);
  link.click();
  link.remove();
}"""


def from_folder(route):
    path = os.path.join(os.environ['MARTLET_UI_FILES'], re.split('/static/[0-9a-f]+/', route.request.url)[1])
    if os.path.isfile(path):
        route.fulfill(path=path, content_type=mimetypes.guess_type(path)[0])
    else:
        route.fulfill(status=404)
