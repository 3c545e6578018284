"""OpenTelemetry's exporter sends traces over OTLP/HTTP until the server is gone, and says which were taken.

    acknowledged.py PORT

prints a line for each export that succeeded, and nothing else: the id of the trace, and those of its spans.
"""

import logging
import sys

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

SPANS = 60


class Collecting(SpanProcessor):
    """Keeps what has ended, to be exported as one request."""

    def __init__(self):
        self.spans = []

    def on_end(self, span):
        self.spans.append(span)


def main():
    # That the server goes away is what this is for.
    logging.disable(logging.CRITICAL)
    exporter = OTLPSpanExporter(endpoint='http://127.0.0.1:%s/v1/traces' % sys.argv[1], timeout=5)
    collecting = Collecting()
    provider = TracerProvider(resource=Resource.create({'service.name': 'killed'}))
    provider.add_span_processor(collecting)
    tracer = provider.get_tracer('acknowledged')
    while True:
        collecting.spans = []
        with tracer.start_as_current_span('root') as root:
            for number in range(SPANS - 1):
                with tracer.start_as_current_span('step', attributes={'number': number, 'half': number % 2 == 0}):
                    pass
        try:
            if exporter.export(collecting.spans) != SpanExportResult.SUCCESS:
                return
        except requests.exceptions.RequestException:
            return
        ids = ' '.join('%016x' % span.context.span_id for span in collecting.spans)
        print('%032x %s' % (root.get_span_context().trace_id, ids), flush=True)


main()
