"""OpenTelemetry's own exporters against the server: gRPC and HTTP, protobuf and JSON, packed in every way.

Each combination sends a trace with everything that OpenTelemetry has, and compares what the query API makes of it. The
Python SDK has no exporter for JSON: its own request is sent in protobuf's JSON, with ids as OTLP wants them.
"""

import base64
import gzip
import json
import os
import sys
import zlib

import grpc
import requests
import zstandard
from google.protobuf import json_format
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from readback import Differences, tag, traces

GRPC = '127.0.0.1:%s' % os.environ.get('MARTLET_OTLP_GRPC', '4317')
HTTP = 'http://127.0.0.1:%s/v1/traces' % os.environ.get('MARTLET_OTLP_HTTP', '4318')
START = 1_795_392_000_000_000_000
OTHER = SpanContext(
    0x0AF7651916CD43DD8448EB211C80319C, 0x00F067AA0BA902B7, True, TraceFlags(1), TraceState([('v', '1')])
)


class Posting(SpanExporter):
    """Posts the SDK's request itself, as JSON or in an encoding that the SDK does not offer."""

    def __init__(self, body_of, headers):
        self.body_of = body_of
        self.headers = headers

    def export(self, spans):
        answer = requests.post(HTTP, data=self.body_of(encode_spans(spans)), headers=self.headers, timeout=60)
        assert answer.status_code == 200, '%d %s' % (answer.status_code, answer.text)
        assert answer.headers['Content-Type'] == self.headers['Content-Type']
        return SpanExportResult.SUCCESS


def as_json(request):
    """OTLP/JSON: protobuf's JSON, but ids in hexadecimal and enumerations as numbers."""
    document = json_format.MessageToDict(request, use_integers_for_enums=True)

    def walk(node):
        if isinstance(node, dict):
            for key in ('traceId', 'spanId', 'parentSpanId'):
                if key in node:
                    node[key] = base64.b64decode(node[key]).hex()
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(document)
    return json.dumps(document).encode()


def exporters():
    plain = {'Content-Type': 'application/json'}
    protobuf = {'Content-Type': 'application/x-protobuf'}
    yield 'grpc', GRPCExporter(endpoint=GRPC, insecure=True)
    yield 'grpc-gzip', GRPCExporter(endpoint=GRPC, insecure=True, compression=grpc.Compression.Gzip)
    yield 'grpc-deflate', GRPCExporter(endpoint=GRPC, insecure=True, compression=grpc.Compression.Deflate)
    yield 'http', HTTPExporter(endpoint=HTTP, compression=Compression.NoCompression)
    yield 'http-gzip', HTTPExporter(endpoint=HTTP, compression=Compression.Gzip)
    yield 'http-deflate', HTTPExporter(endpoint=HTTP, compression=Compression.Deflate)
    yield 'json', Posting(as_json, plain)
    yield 'json-gzip', Posting(lambda r: gzip.compress(as_json(r)), {**plain, 'Content-Encoding': 'gzip'})
    for name, pack in (('zstd', zstandard.compress), ('gzip', gzip.compress), ('deflate', zlib.compress)):
        encoding = {**protobuf, 'Content-Encoding': name}
        yield 'protobuf-' + name, Posting(lambda r, pack=pack: pack(r.SerializeToString()), encoding)


def send(service, exporter):
    """Three spans: a server span with everything, a client span that failed, and a consumer that links to both."""
    resource = Resource.create(
        {'service.name': service, 'service.version': '1.2.3', 'host.cpus': 4, 'host.load': 0.5, 'host.virtual': False}
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer('the.scope', '0.9', attributes={'scope.attribute': 'x'})
    root = tracer.start_span(
        'GET /jobs/{id}',
        kind=SpanKind.SERVER,
        start_time=START,
        attributes={
            'text': 'jalapeño 🌶 \u4f60\u597d "quoted" <b>', 'empty': '', 'true': True, 'false': False, 'int': -7,
            'large': (1 << 62) + 1, 'double': 2.5, 'texts': ['a', 'b"c'], 'ints': [1, 2], 'bools': [True],
            'doubles': [0.5],
        },
    )
    root.add_event('queried', {'rows': 12, 'sql': 'select 1'}, timestamp=START + 1_000_000)
    root.add_event('plain', timestamp=START + 2_000_000)
    within = trace.set_span_in_context(root)
    child = tracer.start_span('call', context=within, kind=SpanKind.CLIENT, start_time=START + 3_000_000)
    child.record_exception(ValueError('no such thing'), timestamp=START + 4_000_000)
    child.set_status(Status(StatusCode.ERROR, 'it broke'))
    child.end(START + 9_000_000)
    links = [Link(OTHER, {'why': 'batch'}), Link(root.get_span_context())]
    began = START + 5_000_000
    consumer = tracer.start_span('take', context=within, kind=SpanKind.CONSUMER, links=links, start_time=began)
    consumer.set_status(Status(StatusCode.OK))
    consumer.end(START + 6_000_000)
    root.end(START + 10_500_000)
    provider.shutdown()
    return root, child, consumer


def check(name, service, root, child, consumer):
    found = traces(service, 3)
    differences = Differences()
    differences.equal(name + ': how many traces', len(found), 1)
    trace_id = '%032x' % root.get_span_context().trace_id
    parent = {'refType': 'CHILD_OF', 'traceID': trace_id, 'spanID': '%016x' % root.get_span_context().span_id}
    scope = [tag('otel.scope.name', 'the.scope'), tag('otel.scope.version', '0.9')]
    process = [tag('service.version', '1.2.3'), tag('host.cpus', 4), tag('host.load', 0.5), tag('host.virtual', False)]
    common = {'traceID': trace_id, 'service': service, 'process': process}
    start = START // 1000
    differences.span(name + ': root', found[0], {
        **common, 'spanID': '%016x' % root.get_span_context().span_id, 'operationName': 'GET /jobs/{id}',
        'startTime': start, 'duration': 10_500, 'references': [],
        'tags': scope + [
            tag('text', 'jalapeño 🌶 \u4f60\u597d "quoted" <b>'), tag('empty', ''), tag('true', True),
            tag('false', False), tag('int', -7), tag('large', (1 << 62) + 1), tag('double', 2.5),
            tag('texts', '["a","b\\"c"]'), tag('ints', '[1,2]'), tag('bools', '[true]'), tag('doubles', '[0.5]'),
            tag('span.kind', 'server'),
        ],
        'logs': [
            {'timestamp': start + 1000, 'fields': [tag('event', 'queried'), tag('rows', 12), tag('sql', 'select 1')]},
            {'timestamp': start + 2000, 'fields': [tag('event', 'plain')]},
        ],
    })
    exception = child.events[0].attributes
    differences.span(name + ': child', found[0], {
        **common, 'spanID': '%016x' % child.get_span_context().span_id, 'operationName': 'call',
        'startTime': start + 3000, 'duration': 6000, 'references': [parent],
        'tags': scope + [
            tag('span.kind', 'client'), tag('otel.status_code', 'ERROR'), tag('error', True),
            tag('otel.status_description', 'it broke'),
        ],
        'logs': [{
            'timestamp': start + 4000,
            'fields': [tag('event', 'exception')] + [tag(key, exception[key]) for key in exception],
        }],
    })
    other = {'refType': 'FOLLOWS_FROM', 'traceID': '%032x' % OTHER.trace_id, 'spanID': '%016x' % OTHER.span_id}
    differences.span(name + ': consumer', found[0], {
        **common, 'spanID': '%016x' % consumer.get_span_context().span_id, 'operationName': 'take',
        'startTime': start + 5000, 'duration': 1000,
        'tags': scope + [tag('span.kind', 'consumer'), tag('otel.status_code', 'OK')],
        'logs': [],
    })
    span = next(s for s in found[0]['spans'] if s['operationName'] == 'take')
    differences.equal(name + ': links', other in span['references'], True)
    differences.equal(name + ': first reference', span['references'][0]['spanID'], parent['spanID'])
    differences.finish(name)


def main():
    only = sys.argv[1:]
    for name, exporter in exporters():
        if not only or name in only:
            service = 'otel-' + name
            check(name, service, *send(service, exporter))


main()
