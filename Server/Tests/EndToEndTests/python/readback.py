"""Reads traces back from the query API and compares them, field by field, with what a test says was sent."""

import json
import os
import time
import urllib.parse
import urllib.request

ADMIN = os.environ.get('MARTLET_ADMIN', '14269')
QUERY = 'http://127.0.0.1:%s' % os.environ.get('MARTLET_QUERY', '16686')


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def metric(name, **labels):
    """The sum of a metric's samples that have these labels."""
    with urllib.request.urlopen('http://127.0.0.1:%s/metrics' % ADMIN, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    total = 0.0
    for line in lines:
        sample, _, value = line.rpartition(' ')
        if sample.partition('{')[0] == name and all('%s="%s"' % label in sample for label in labels.items()):
            total += float(value)
    return total


def traces(service, spans, seconds=60):
    """All traces of a service, as soon as they have that many spans."""
    url = '%s/api/traces?limit=1000&service=%s' % (QUERY, urllib.parse.quote(service, safe=''))
    deadline = time.time() + seconds
    while True:
        found = get(url)['data'] or []
        count = sum(len(trace['spans']) for trace in found)
        if count >= spans:
            assert count == spans, '%s has %d spans, not %d' % (service, count, spans)
            return found
        assert time.time() < deadline, '%s has %d of %d spans' % (service, count, spans)
        time.sleep(0.05)


def tag(key, value):
    if isinstance(value, bool):
        kind = 'bool'
    elif isinstance(value, int):
        kind = 'int64'
        value = value if abs(value) < 1 << 53 else str(value)
    elif isinstance(value, float):
        kind = 'float64'
    else:
        kind = 'string'
    return {'key': key, 'type': kind, 'value': value}


def tags(**values):
    return [tag(key, value) for key, value in values.items()]


def in_order(items):
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


class Differences:
    """Collects what differs, so that one run shows all of it."""

    def __init__(self):
        self.lines = []

    def equal(self, what, got, wanted):
        if got != wanted:
            self.lines.append('%s\n   is     %s\n   should be %s' % (what, json.dumps(got), json.dumps(wanted)))

    def span(self, what, trace, wanted):
        """Compares a span with the fields in `wanted`; tags, fields of logs and process tags in any order."""
        found = [span for span in trace['spans'] if span['spanID'] == wanted['spanID']]
        self.equal(what + ': how many have its id', len(found), 1)
        if not found:
            return
        span = found[0]
        process = trace['processes'][span['processID']]
        for field in ('traceID', 'operationName', 'startTime', 'duration', 'references'):
            if field in wanted:
                self.equal('%s: %s' % (what, field), span[field], wanted[field])
        if 'tags' in wanted:
            self.equal(what + ': tags', in_order(span['tags']), in_order(wanted['tags']))
        if 'logs' in wanted:
            got = [(log['timestamp'], in_order(log['fields'])) for log in span['logs']]
            logs = [(log['timestamp'], in_order(log['fields'])) for log in wanted['logs']]
            self.equal(what + ': logs', in_order(got), in_order(logs))
        if 'service' in wanted:
            self.equal(what + ': service', process['serviceName'], wanted['service'])
        if 'process' in wanted:
            names = {item['key'] for item in wanted['process']}
            got = [item for item in process['tags'] if item['key'] in names]
            self.equal(what + ': process tags', in_order(got), in_order(wanted['process']))

    def finish(self, what):
        assert not self.lines, '%s differs:\n%s' % (what, '\n'.join(self.lines))
        print('equal: ' + what, flush=True)
