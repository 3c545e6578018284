"""A shop of twelve services, as traces of the last day and a half, with stories in them that somebody may look for.

`send(otlp, collector)` stores them and returns what there is to be found. Nothing is left to chance but ids: the
same traces each time, counted back from now.
"""

import json
import random
import struct
import time
import urllib.request

SECOND = 10**9
HOUR = 3600
RELEASE = 35 * 60  # seconds ago, when the payment service went from one version to the next
YESTERDAY = 21 * HOUR
VERSIONS = {'payment': ('2.3.1', '2.4.0')}
CUSTOMER = 'c-1042'
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5


def attributes(values):
    """Attributes in OTLP's JSON; a bool is an int to Python, and must be looked for first."""
    kinds = [(bool, 'boolValue'), (int, 'intValue'), (float, 'doubleValue'), (str, 'stringValue')]
    made = []
    for key, value in values.items():
        kind = next(name for type_, name in kinds if isinstance(value, type_))
        made.append({'key': key, 'value': {kind: str(value) if kind == 'intValue' else value}})
    return made


class Trace:
    """One trace under construction; times are milliseconds after its start."""

    def __init__(self, numbers, seconds_ago):
        self.numbers = numbers
        self.id = '%032x' % numbers.getrandbits(127)
        self.seconds_ago = seconds_ago
        self.start = time.time_ns() - int(seconds_ago * SECOND)
        self.spans = []

    def span(self, service, name, start, length, parent='', kind=1, tags=None, error='', events=(), links=()):
        span_id = '%016x' % (self.numbers.getrandbits(63) | 1)
        made = {
            'traceId': self.id, 'spanId': span_id, 'name': name, 'kind': kind,
            'startTimeUnixNano': str(self.start + int(start * 1e6)),
            'endTimeUnixNano': str(self.start + int((start + length) * 1e6)),
            'attributes': attributes(tags or {}),
            'events': [
                {'timeUnixNano': str(self.start + int(at * 1e6)), 'name': event, 'attributes': attributes(fields)}
                for at, event, fields in events
            ],
            'links': [{'traceId': trace, 'spanId': span} for trace, span in links],
        }
        if parent:
            made['parentSpanId'] = parent
        if error:
            made['status'] = {'code': 2, 'message': error}
        self.spans.append((service, made))
        return span_id


def order(numbers, seconds_ago, region, customer):
    """An order: through the gateway to the checkout, and from there to everything that an order needs."""
    trace = Trace(numbers, seconds_ago)
    released = seconds_ago < RELEASE
    card = numbers.choice(['visa', 'visa', 'master', 'amex'])
    declined = released and card == 'amex'
    pay = numbers.uniform(60, 90) + (320 if released else 0)
    lost = region == 'ap' and numbers.random() < 0.4
    whole = pay + numbers.uniform(150, 190)
    web = {'http.request.method': 'POST', 'http.route': '/order'}
    answer = 502 if declined or lost else 200
    root = trace.span('gateway', 'POST /order', 0, whole, kind=SERVER, error='order refused' if answer == 502 else '',
                      tags={**web, 'http.response.status_code': answer, 'region': region, 'customer.id': customer})
    front = trace.span('frontend', 'POST /order', 2, whole - 4, root, SERVER, {**web, 'region': region})
    check = trace.span('checkout', 'place order', 6, whole - 12, front, SERVER, {'items': numbers.randint(1, 9)})
    cart = trace.span('cart', 'GET /cart', 8, 18, check, SERVER, {'customer.id': customer})
    trace.span('cart', 'HGETALL cart', 10, 6, cart, CLIENT, {'db.system': 'redis', 'db.statement': 'HGETALL cart:1'})
    stock = trace.span('inventory', 'reserve', 28, 40, check, SERVER, {'warehouse': numbers.choice(['ams', 'sfo'])})
    trace.span('inventory', 'UPDATE stock', 32, 30, stock, CLIENT, {
        'db.system': 'postgresql', 'db.statement': 'UPDATE stock SET reserved = reserved + 1 WHERE sku = $1'})
    paid = trace.span('payment', 'charge', 72, pay, check, SERVER, {'card.type': card, 'amount': 12.5},
                      error='card refused: unknown issuer' if declined else '',
                      events=[(74, 'retry', {'attempt': 1})] if released else [])
    for attempt in range(2 if released else 1):
        trace.span('fraud', 'score', 76 + 160 * attempt, 22, paid, SERVER, {'score': round(numbers.random(), 3)})
    ship = trace.span('shipping', 'quote', 74 + pay, 30, check, CLIENT, {'region': region, 'peer.service': 'carrier'},
                      error='carrier does not answer' if lost else '')
    queued = trace.span('checkout', 'orders publish', 110 + pay, 3, check, PRODUCER,
                        {'messaging.system': 'kafka', 'messaging.destination.name': 'orders'})
    trace.span('mailer', 'orders process', 150 + pay, 45, queued, CONSUMER,
               {'messaging.system': 'kafka', 'messaging.destination.name': 'orders'}, links=[(trace.id, ship)])
    return trace


def listing(numbers, seconds_ago, region, rows):
    """A page of the catalogue: one query for each row of it, which is one too many."""
    trace = Trace(numbers, seconds_ago)
    slow = 90 if seconds_ago < 12 * HOUR else 30  # the search got slower since yesterday
    look = slow + numbers.uniform(0, 12)
    web = {'http.request.method': 'GET', 'http.route': '/list', 'http.response.status_code': 200}
    root = trace.span('gateway', 'GET /list', 0, look + 12 + 4 * rows, kind=SERVER, tags={**web, 'region': region})
    front = trace.span('frontend', 'GET /list', 1, look + 10 + 4 * rows, root, SERVER, web)
    trace.span('search', 'find products', 3, look, front, SERVER, {'query': numbers.choice(['shoes', 'hats'])})
    shelf = trace.span('catalogue', 'GET /products', 5 + look, 4 + 4 * rows, front, SERVER)
    for row in range(rows):
        trace.span('catalogue', 'SELECT product', 6 + look + 4 * row, 3, shelf, CLIENT, {
            'db.system': 'postgresql', 'db.statement': 'SELECT id, name, price FROM product WHERE id = $1'})
    trace.span('recommendations', 'for customer', 5 + look, 12, front, SERVER, {'model': 'v7'})
    return trace


def report(numbers, seconds_ago, length):
    """A nightly report of the inventory, which is one query. `length` is in milliseconds."""
    trace = Trace(numbers, seconds_ago)
    root = trace.span('inventory', 'nightly report', 0, length + 20, kind=1, tags={'job': 'report'})
    query = 'SELECT sku, sum(reserved) FROM stock JOIN orders USING (sku) GROUP BY sku ORDER BY 2 DESC'
    trace.span('inventory', 'SELECT stock', 8, length, root, CLIENT, {
        'db.system': 'postgresql', 'db.statement': query, 'db.rows': 48_211})
    return trace


def traces(seed=7):
    """All traces, and what is told about them: name → trace."""
    numbers = random.Random(seed)
    # Two orders and a listing every so often: half of them in the last hour, the others back to the day before.
    ages = [20 + 29 * n for n in range(120)] + [HOUR + 60 + 780 * n for n in range(160)]
    made, stories = [], {}
    for number, age in enumerate(ages):
        region = ['eu', 'us', 'ap'][number % 3]
        customer = CUSTOMER if number % 40 == 3 else 'c-%d' % (2000 + number)
        made.append(order(numbers, age, region, customer))
        if number % 2:
            made.append(listing(numbers, age + 5, region, 24 if number == 5 else 2 + number % 3))
            if number == 5:
                stories['repeats'] = made[-1]
    for days in (0, 1):
        made.append(report(numbers, 3 * HOUR + days * 24 * HOUR, 800))
    stories['slow query'] = report(numbers, YESTERDAY, 9400)
    stories['order'] = next(trace for trace in made if trace.seconds_ago < RELEASE)
    stories['failed'] = next(trace for trace in made if any('status' in span for _, span in trace.spans))
    stories['before release'] = next(
        trace for trace in made if trace.seconds_ago > RELEASE and trace.spans[0][1]['name'] == 'POST /order')
    return made + [stories['slow query']], stories


def post(address, body, kind):
    request = urllib.request.Request(address, body, {'content-type': kind})
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()


def send_traces(otlp, made):
    """Stores traces, the spans of each service together as its exporter would send them."""
    for first in range(0, len(made), 100):
        resources = {}
        for trace in made[first:first + 100]:
            for service, span in trace.spans:
                before, after = VERSIONS.get(service, ('1.8.0', '1.8.0'))
                version = after if trace.seconds_ago < RELEASE else before
                resources.setdefault((service, version), []).append(span)
        body = {'resourceSpans': [
            {'resource': {'attributes': attributes(
                {'service.name': service, 'service.version': version, 'host.name': '%s-1' % service})},
             'scopeSpans': [{'scope': {'name': 'shop'}, 'spans': spans}]}
            for (service, version), spans in resources.items()
        ]}
        post(otlp + '/v1/traces', json.dumps(body).encode(), 'application/json')


def send_losses(collector, service, queue_full, too_large):
    """A batch of Jaeger's without spans, in which a client says what it had to drop (binary Thrift)."""
    def field(kind, number):
        return struct.pack('>bh', kind, number)

    name = service.encode()
    process = field(11, 1) + struct.pack('>i', len(name)) + name + b'\0'
    counts = [queue_full, too_large, 0]
    stats = b''.join(field(10, n + 1) + struct.pack('>q', count) for n, count in enumerate(counts)) + b'\0'
    batch = field(12, 1) + process + field(15, 2) + struct.pack('>bi', 12, 0)
    batch += field(10, 3) + struct.pack('>q', 1) + field(12, 4) + stats + b'\0'
    post(collector + '/api/traces?format=jaeger.thrift', batch, 'application/x-thrift')


def send(otlp, collector):
    """Stores everything; what there is to be found."""
    made, stories = traces()
    send_traces(otlp, made)
    send_losses(collector, 'recommendations', 1204, 3)
    return stories
