"""What a span costs the server by the way it comes: `./dev bench-protocols [SPANS] [ROUNDS]`.

The same made-up spans by each way, in turns; the figures are processor time of the server, with what it does in the two
seconds after the last span, and of several rounds the lowest. Ratios are to OTLP over HTTP with requests of the same
size. It fails if a bar is missed, or if a datagram at 50,000 spans a second is lost.
"""

import sys
import time

import measured

# The way, spans of a request, and the bar to the row that it is compared with.
WAYS = [
    ('otlp', 512, None), ('otlp-grpc', 512, 1.3), ('jaeger', 512, 1.0), ('zipkin', 512, 3.0),
    ('otlp', 50, None), ('otlp-grpc', 50, 1.3), ('jaeger', 50, 1.0), ('zipkin', 50, 3.0), ('udp', 50, None),
]
NAMES = {'otlp': 'OTLP, HTTP', 'otlp-grpc': 'OTLP, gRPC', 'jaeger': 'Jaeger Thrift, HTTP',
         'zipkin': 'Zipkin JSON v2', 'udp': 'Jaeger Thrift compact, UDP, at 50,000 spans/s'}


def cost(way, batch, spans):
    """Microseconds a span; a way that loses or refuses something is an error."""
    with measured.server() as server:
        # One service, so that a batch is one request in each protocol.
        common = {'services': 1, 'batch': batch, 'duration': '10m'}
        rate = 50_000 if way == 'udp' else 0
        server.load(way, rate=rate, senders=2, spans=20_000, **common)
        before = server.ledger()['stored']
        cpu = server.cpu_seconds()
        figures = server.load(way, rate=rate, senders=1 if way == 'udp' else 4, spans=spans, **common)
        time.sleep(2)
        cpu = server.cpu_seconds() - cpu
        stored = server.ledger()['stored'] - before
    lost = figures['sentSpans'] - stored
    if lost or figures['refusals'] or figures['failedSpans']:
        print('missed: %s: %d of %d spans lost, %d requests refused' % (
            way, lost, figures['sentSpans'], figures['refusals']))
        return None
    return 1e6 * cpu / stored


def main():
    spans = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    costs = {row[:2]: [] for row in WAYS}
    for _ in range(rounds):
        for way, batch, _ in WAYS:
            costs[way, batch].append(cost(way, batch, spans))
    is_missed = any(value is None for values in costs.values() for value in values)
    rows = [['way in', 'spans of a request', 'server CPU per span', 'to OTLP/HTTP', 'bar']]
    for way, batch, bar in WAYS:
        values = [value for value in costs[way, batch] if value is not None]
        least = min(values, default=float('nan'))
        ratio = least / min(value for value in costs['otlp', batch] if value is not None)
        rows.append([NAMES[way], str(batch), '%.2f µs' % least, '%.2f' % ratio, '%.1f' % bar if bar else ''])
        is_missed |= bool(bar) and not ratio <= bar
    measured.table(rows)
    sys.exit(1 if is_missed else 0)


main()
