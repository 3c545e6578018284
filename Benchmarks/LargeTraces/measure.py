"""What it costs a running server to hand out one large trace, in each of its forms.

    python3 Benchmarks/LargeTraces/measure.py PID SPANS [QUERY-PORT OTLP-PORT]

Stores a trace of so many spans with three attributes each, then asks for it and throws away what comes: size, CPU time
of the server and the most memory that it had meanwhile. Linux only; the server must keep spans of 2023
(--retention.max-age=0).
"""

import http.client
import sys
import time

PID, SPANS = int(sys.argv[1]), int(sys.argv[2])
QUERY, OTLP = (int(port) for port in sys.argv[3:5] or (16686, 4318))
START = 1_700_000_000_000_000_000
TRACE = '%032x' % SPANS
SPAN = ('{"traceId":"%s","spanId":"%016x","parentSpanId":"%s","name":"op%d","kind":2,"startTimeUnixNano":"%d",'
        '"endTimeUnixNano":"%d","attributes":[{"key":"http.method","value":{"stringValue":"GET"}},'
        '{"key":"http.status_code","value":{"intValue":"200"}},{"key":"index","value":{"intValue":"%d"}}]}')
BATCH = ('{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc%d"}}]},'
         '"scopeSpans":[{"spans":[%s]}]}]}')
PROTOBUF = {'Accept': 'application/protobuf'}
FORMS = [
    ('Jaeger JSON', '/api/traces/%s', {}), ('v3, OTLP JSON', '/api/v3/traces/%s', {}),
    ('Tempo, protobuf', '/tempo/api/v2/traces/%s', PROTOBUF), ('columns', '/api/traces/%s/columns', {}),
    ('two of its spans', '/api/traces/%s/spans?spanID=1f,2f', {}),
]


def cpu():
    fields = open('/proc/%d/stat' % PID).read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def megabytes(name):
    return next(int(line.split()[1]) for line in open('/proc/%d/status' % PID) if line.startswith(name)) // 1024


def store():
    connection = http.client.HTTPConnection('127.0.0.1', OTLP)
    for first in range(0, SPANS, 5000):
        spans = [
            SPAN % (TRACE, n + 1, '%016x' % (n // 8) if n > 7 else '', n % 50, START + n * 1000,
                    START + n * 1000 + 500_000, n)
            for n in range(first, min(SPANS, first + 5000))
        ]
        connection.request('POST', '/v1/traces', BATCH % (first // 5000 % 7, ','.join(spans)),
                           {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()


store()
query = http.client.HTTPConnection('127.0.0.1', QUERY)
for name, path, headers in FORMS:
    open('/proc/%d/clear_refs' % PID, 'w').write('5')
    before, begin, used, size = megabytes('VmRSS'), time.monotonic(), cpu(), 0
    query.request('GET', path % TRACE, headers=headers)
    answer = query.getresponse()
    while piece := answer.read(1 << 20):
        size += len(piece)
    print('%-17s %7.1f MB, %5.2f s, CPU %.2f s, memory %d MB before, %d MB at most' % (
        name, size / 1e6, time.monotonic() - begin, cpu() - used, before, megabytes('VmHWM')))
