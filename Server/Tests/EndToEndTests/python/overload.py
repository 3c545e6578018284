"""More than the server can take, for some seconds: what is refused is refused with a hint, and the ledger balances.

`python overload.py [SECONDS] [CLIENTS]`. Each client sends OTLP over HTTP as fast as it can, and waits as it is told to
only for a moment, so that the load stays twice and more of what is taken. Meanwhile questions are asked. At the end
each span of each request that was accepted is counted as stored, and nothing else.
"""

import http.client
import json
import os
import sys
import threading
import time
import urllib.request

from readback import ADMIN, QUERY, metric, traces

OTLP = int(os.environ.get('MARTLET_OTLP_HTTP', '4318'))
SPANS = 400


def body(client, number):
    spans = [{
        'traceId': '%08x%08x%016x' % (client + 1, number, 1), 'spanId': '%016x' % (index + 1), 'name': 'work',
        'startTimeUnixNano': '1795392000000000000', 'endTimeUnixNano': '1795392001000000000',
        'attributes': [{'key': 'filler', 'value': {'stringValue': 'x' * 1_000}}],
    } for index in range(SPANS)]
    resource = {'attributes': [{'key': 'service.name', 'value': {'stringValue': 'flood'}}]}
    return json.dumps({'resourceSpans': [{'resource': resource, 'scopeSpans': [{'spans': spans}]}]}).encode()


class Client(threading.Thread):
    def __init__(self, number, until):
        super().__init__()
        self.number, self.until = number, until
        self.accepted = self.refused = 0
        self.problems = []

    def run(self):
        payload = body(self.number, 0)
        connection = None
        while time.time() < self.until:
            try:
                connection = connection or http.client.HTTPConnection('127.0.0.1', OTLP, timeout=60)
                try:
                    connection.request('POST', '/v1/traces', payload, {'Content-Type': 'application/json'})
                except (BrokenPipeError, ConnectionResetError):
                    pass
                answer = connection.getresponse()
                text = answer.read()
                if answer.status == 200:
                    self.accepted += 1
                    continue
                self.refused += 1
                hint = answer.getheader('Retry-After')
                if answer.status not in (429, 503) or not hint or not 1 <= int(hint) <= 36:
                    self.problems.append('%d, Retry-After %s: %s' % (answer.status, hint, text[:200]))
                if b'RetryInfo' not in text:
                    self.problems.append('no RetryInfo: %s' % text[:200])
                connection.close()
                connection = None
                time.sleep(0.01)
            except (http.client.HTTPException, OSError) as error:
                # The refusal may be lost when the body that nobody wants is still on its way.
                self.problems.append(repr(error))
                connection = None


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    budget = int(os.environ.get('MARTLET_BUDGET', '64')) << 20
    before = metric('process_resident_memory_bytes')
    clients = [Client(number, time.time() + seconds) for number in range(count)]
    for client in clients:
        client.start()
    answered, peak = 0, 0
    while any(client.is_alive() for client in clients):
        with urllib.request.urlopen(QUERY + '/api/services', timeout=60) as answer:
            answered += answer.status == 200
        peak = max(peak, metric('martlet_ingest_bytes_in_flight'))
        time.sleep(0.05)
    for client in clients:
        client.join()
    accepted = sum(client.accepted for client in clients)
    refused = sum(client.refused for client in clients)
    problems = [problem for client in clients for problem in client.problems]
    with urllib.request.urlopen('http://127.0.0.1:%s/ledger' % ADMIN, timeout=60) as answer:
        ledger = json.load(answer)
    row = next(row for row in ledger['rows'] if row['service'] == 'flood')
    print('accepted %d, refused %d, questions answered %d, bytes under way at most %d, memory %+.0f MB' % (
        accepted, refused, answered, peak, (metric('process_resident_memory_bytes') - before) / 1e6))
    assert not problems, problems[:5]
    assert refused > 0, 'nothing was refused: this was no overload'
    assert accepted > 0 and answered > 0
    assert peak <= budget, peak
    assert row['underWay'] == 0, row
    assert row['received'] == row['stored'] + sum(row['rejected'].values()), row
    assert row['stored'] == accepted * SPANS, (row, accepted * SPANS)
    assert metric('jaeger_collector_spans_received_total', svc='flood') == row['received']
    print('balanced: %s' % json.dumps(row))


main()
