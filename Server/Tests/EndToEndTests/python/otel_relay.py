"""The relay of relay.py with the OpenTelemetry SDK, for the formats that jaeger-client never had.

OTEL_PROPAGATORS says which; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT where the spans go.
"""

import http.server
import os
import urllib.parse
import urllib.request

from opentelemetry import baggage, context, propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind

provider = TracerProvider(resource=Resource.create({'service.name': os.environ['JAEGER_SERVICE_NAME']}))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer('relay')
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def relay(query):
    if 'greeting' in query:
        context.attach(baggage.set_baggage('greeting', query['greeting']))
    if 'next' not in query:
        return str(baggage.get_baggage('greeting') or '')
    with tracer.start_as_current_span('call', kind=SpanKind.CLIENT):
        headers = {}
        propagate.inject(headers)
        with opener.open(urllib.request.Request(query['next'], headers=headers), timeout=60) as answer:
            return answer.read().decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        if parts.path != '/relay':
            self.send_error(404)
            return
        query = dict(urllib.parse.parse_qsl(parts.query))
        headers = {key.lower(): value for key, value in self.headers.items()}
        context.attach(propagate.extract(headers))
        with tracer.start_as_current_span('relay', kind=SpanKind.SERVER):
            body = relay(query).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['RELAY_PORT'])), Handler).serve_forever()
