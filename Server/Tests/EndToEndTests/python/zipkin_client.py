"""py-zipkin against the server: version 1 as Thrift and JSON, version 2 as JSON and protobuf, packed and not.

Each sends a trace of a server span, a client span that failed, and a local span, and compares what the query API makes
of it. Where the encodings differ in what they can say, so does what is expected.
"""

import gzip
import os
import sys
import time as clock
import zlib

import requests
from py_zipkin import Encoding, Kind
from py_zipkin.encoding import create_endpoint
from py_zipkin.zipkin import zipkin_span

from readback import Differences, tag, traces

BASE = 'http://127.0.0.1:%s' % os.environ.get('MARTLET_ZIPKIN', '9411')
START = 1_795_392_000.25
MICROSECONDS = int(START * 1_000_000)
TEXT = 'jalapeño 🌶 \u4f60\u597d "quoted" <b>'

ENCODINGS = {
    'v1-thrift': (Encoding.V1_THRIFT, '/api/v1/spans', 'application/x-thrift'),
    'v1-json': (Encoding.V1_JSON, '/api/v1/spans', 'application/json'),
    'v2-json': (Encoding.V2_JSON, '/api/v2/spans', 'application/json'),
    'v2-protobuf': (Encoding.V2_PROTO3, '/api/v2/spans', 'application/x-protobuf'),
}
PACKINGS = {'': None, 'gzip': gzip.compress, 'deflate': zlib.compress}


def transport(path, content_type, packing):
    def post(body):
        body = body.encode() if isinstance(body, str) else body
        headers = {'Content-Type': content_type}
        if packing:
            headers['Content-Encoding'] = packing
            body = PACKINGS[packing](body)
        answer = requests.post(BASE + path, data=body, headers=headers, timeout=60)
        assert answer.status_code == 202, '%d %s' % (answer.status_code, answer.text)
    return post


def send(service, encoding, handler):
    ids = {}
    before = clock.time()
    with zipkin_span(
        service_name=service, span_name='get /jobs', transport_handler=handler, sample_rate=100.0, encoding=encoding,
        kind=Kind.SERVER, port=8080, host='10.1.2.3', use_128bit_trace_id=True,
        binary_annotations={'text': TEXT, 'empty': '', 'number': '42'}, annotations={'began': START + 0.001},
        report_root_timestamp=True,
    ) as root:
        ids['trace'] = root.zipkin_attrs.trace_id
        ids['root'] = root.zipkin_attrs.span_id
        with zipkin_span(
            service_name=service, span_name='call', kind=Kind.CLIENT, timestamp=START + 0.1, duration=0.2,
            binary_annotations={'error': 'it broke'},
        ) as client:
            client.remote_endpoint = create_endpoint(port=5432, service_name='database', host='10.9.8.7')
            ids['client'] = client.zipkin_attrs.span_id
        with zipkin_span(
            service_name=service, span_name='local', timestamp=START + 0.3, duration=0.05,
            annotations={'one': START + 0.31, 'two': START + 0.32},
        ) as local:
            ids['local'] = local.zipkin_attrs.span_id
    # The root's own times are those of the client's clock.
    ids['times'] = (int(before * 1_000_000) - 1, int(clock.time() * 1_000_000) + 1)
    return ids


def check(name, service, ids):
    found = traces(service, 3)
    differences = Differences()
    differences.equal(name + ': how many traces', len(found), 1)
    parent = {'refType': 'CHILD_OF', 'traceID': ids['trace'], 'spanID': ids['root']}

    def time(seconds):
        return MICROSECONDS + int(seconds * 1_000_000)

    def near(field, span, wanted):
        # The client makes integers of floating-point seconds: a microsecond more or less is its own.
        got = next(s for s in found[0]['spans'] if s['spanID'] == span)[field]
        differences.equal('%s: %s of %s is near' % (name, field, span), abs(got - wanted) <= 1, True)

    def logs(span, wanted):
        got = next(s for s in found[0]['spans'] if s['spanID'] == span)['logs']
        differences.equal('%s: events of %s' % (name, span), [log['fields'] for log in got],
                          [[tag('event', event)] for event, _ in wanted])
        for log, (_, at) in zip(got, wanted):
            differences.equal('%s: time of an event of %s' % (name, span), abs(log['timestamp'] - at) <= 1, True)

    # Version 1 has the host at the annotations: it becomes the process's. In version 2 it is the span's own.
    first = name.startswith('v1')
    host = [tag('net.host.ip', '10.1.2.3'), tag('net.host.port', 8080)]
    own = [] if first else host
    common = {'traceID': ids['trace'], 'service': service}
    if first:
        common['process'] = [tag('ipv4', '10.1.2.3'), tag('port', 8080)]
    differences.span(name + ': root', found[0], {
        **common, 'spanID': ids['root'], 'operationName': 'get /jobs', 'references': [],
        'tags': own + [tag('text', TEXT), tag('empty', ''), tag('number', '42'), tag('span.kind', 'server')],
    })
    differences.span(name + ': client', found[0], {
        **common, 'spanID': ids['client'], 'operationName': 'call', 'references': [parent],
        'tags': own + [
            tag('error', 'it broke'), tag('peer.service', 'database'), tag('net.peer.ip', '10.9.8.7'),
            tag('net.peer.port', 5432), tag('span.kind', 'client'), tag('otel.status_code', 'ERROR'),
            tag('error', True),
        ],
    })
    differences.span(name + ': local', found[0], {
        **common, 'spanID': ids['local'], 'operationName': 'local', 'references': [parent], 'tags': own,
    })
    began, ended = ids['times']
    root = next(s for s in found[0]['spans'] if s['spanID'] == ids['root'])
    differences.equal(name + ': the root began in between', began <= root['startTime'] <= ended, True)
    differences.equal(name + ': the root took no longer', 0 < root['duration'] <= ended - began, True)
    near('startTime', ids['client'], time(0.1))
    near('duration', ids['client'], 200_000)
    near('startTime', ids['local'], time(0.3))
    near('duration', ids['local'], 50_000)
    logs(ids['root'], [('began', time(0.001))])
    logs(ids['client'], [])
    logs(ids['local'], [('one', time(0.31)), ('two', time(0.32))])

    differences.finish(name)


def main():
    only = sys.argv[1:]
    for name, (encoding, path, content_type) in ENCODINGS.items():
        for packing in PACKINGS:
            full = name + ('-' + packing if packing else '')
            if only and full not in only:
                continue
            service = 'zipkin-' + full
            check(full, service, send(service, encoding, transport(path, content_type, packing)))


main()
