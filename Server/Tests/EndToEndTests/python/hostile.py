"""Input that is meant to hurt: the server refuses it, does not grow, and goes on serving others.

While each attack lasts the server's memory is read again and again, and another client sends a span and reads it
back. `python hostile.py NAME…` runs some of the attacks only.
"""

import gzip
import http.client
import os
import resource
import socket
import struct
import sys
import threading
import time
import zlib

import requests
import zstandard

from readback import metric, traces

OTLP = int(os.environ.get('MARTLET_OTLP_HTTP', '4318'))
GRPC = int(os.environ.get('MARTLET_OTLP_GRPC', '4317'))
COLLECTOR = int(os.environ.get('MARTLET_COLLECTOR', '14268'))
COMPACT = int(os.environ.get('MARTLET_COMPACT', '6831'))
GROWTH_MAX = 64 << 20
PROTOBUF = {'Content-Type': 'application/x-protobuf'}
THRIFT = {'Content-Type': 'application/x-thrift'}
probes = os.getpid() << 20


def probe():
    """Another client, unaffected: its span is stored and found."""
    global probes
    probes += 1
    name = 'probe-%d' % probes
    span = {'traceId': '%032x' % probes, 'spanId': '%016x' % probes, 'name': 'probe',
            'startTimeUnixNano': '1795392000000000000', 'endTimeUnixNano': '1795392001000000000'}
    resource = {'attributes': [{'key': 'service.name', 'value': {'stringValue': name}}]}
    body = {'resourceSpans': [{'resource': resource, 'scopeSpans': [{'spans': [span]}]}]}
    answer = requests.post('http://127.0.0.1:%d/v1/traces' % OTLP, json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    traces(name, 1)


def memory():
    return metric('process_resident_memory_bytes')


class Peak(threading.Thread):
    """The most memory that the server has while something goes on."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.over = memory(), threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            self.look()

    def look(self):
        self.most = max(self.most, memory())

    def stop(self):
        self.over.set()
        self.join()
        self.look()
        return self.most


def post(port, path, body, headers):
    """The status and text of an answer, also to a body of which the server did not want all."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    try:
        connection.request('POST', path, body, headers)
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = connection.getresponse()
    return answer.status, answer.read()


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def otlp_span(content):
    span = field(1, bytes(15) + b'\x01') + field(2, bytes(7) + b'\x01') + content
    return field(1, field(2, field(2, span)))


def zeros_packed(coding, size):
    chunk = bytes(1 << 20)
    if coding == 'zstd':
        packer = zstandard.ZstdCompressor(level=1, write_content_size=False).compressobj()
        return b''.join([packer.compress(chunk) for _ in range(size >> 20)] + [packer.flush()])
    # A block that depends on none before it, again and again: what packs 10 GB in no time.
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * ((size >> 20) - 1) + packer.flush()


def bombs():
    for coding, size in (('zstd', 10 << 30), ('gzip', 10 << 30)):
        bomb = zeros_packed(coding, size)
        print('%s: %d bytes that unpack to %d' % (coding, len(bomb), size))
        for port, path, kind in ((OTLP, '/v1/traces', PROTOBUF), (COLLECTOR, '/api/traces', THRIFT)):
            status, words = post(port, path, bomb, {**kind, 'Content-Encoding': coding})
            assert status == 413 and b'times its size' in words, (status, words)
    twice = gzip.compress(gzip.compress(bytes(1 << 20)))
    status, words = post(OTLP, '/v1/traces', twice, {**PROTOBUF, 'Content-Encoding': 'gzip, gzip'})
    assert status == 415 and b'not supported' in words, (status, words)


def thrift_list():
    # Batch{2: list<struct> of 2,147,483,647}, in the binary protocol, and the same in compact for a datagram.
    body = b'\x0f\x00\x02\x0c\x7f\xff\xff\xff'
    status, words = post(COLLECTOR, '/api/traces', body, THRIFT)
    assert status == 400 and b'2147483647' in words, (status, words)
    datagram = b'\x82\x81\x00\x09emitBatch\x1c\x1c\x29\xfc' + varint(2_147_483_647)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for _ in range(100):
            udp.sendto(datagram, ('127.0.0.1', COMPACT))


def deep_value():
    """An AnyValue of a million arrays, one in the other; its lengths are worked out from the inside."""
    pieces, length = [b'\x0a\x01x'], 3
    for _ in range(1_000_000):
        for number in (1, 5):
            head = varint(number << 3 | 2) + varint(length)
            pieces.append(head)
            length += len(head)
    deep = b''.join(reversed(pieces))
    body = otlp_span(field(9, field(1, b'deep') + field(2, deep)))
    status, words = post(OTLP, '/v1/traces', body, PROTOBUF)
    assert status == 200, (status, words)
    json = b'{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":'
    json += b'{"arrayValue":{"values":[' * 1_000_000
    status, words = post(OTLP, '/v1/traces', json, {'Content-Type': 'application/json'})
    assert status == 400 and b'deeper' in words, (status, words)


def many_attributes():
    attribute = field(9, field(1, b'key') + field(2, b'\x0a\x05value'))
    status, words = post(OTLP, '/v1/traces', otlp_span(attribute * 1_000_000), PROTOBUF)
    assert status == 200, (status, words)
    cut = metric('martlet_ingest_truncations_total', kind='too_many_attributes')
    assert cut >= 1_000_000 - 1_024, cut


def idle_connections():
    """Ten thousand, of which the port keeps as many as it may; then the probe must still come in."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16_384) if hard > 0 else 16_384, hard))
    held = []
    for port in (OTLP, GRPC, COLLECTOR):
        for _ in range(3_400):
            held.append(socket.create_connection(('127.0.0.1', port), timeout=30))
    probe()
    for connection in held:
        connection.close()


def slow_sender():
    held = []
    for _ in range(50):
        connection = socket.create_connection(('127.0.0.1', OTLP), timeout=30)
        connection.sendall(b'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
                           b'Content-Length: 60000000\r\n\r\n')
        held.append(connection)
    for _ in range(10):
        for connection in held:
            connection.sendall(b' ')
        probe()
    for connection in held:
        connection.close()


def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes((kind, flags)) + struct.pack('>I', stream) + payload


# :method POST, :scheme http, :path and content-type in HPACK without an index.
HEADERS = b'\x83\x86\x04\x01/\x00\x0ccontent-type\x10application/grpc'
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0)


def flood(frames):
    """Sends frames until the server ends the connection, which it must before they are all gone."""
    with socket.create_connection(('127.0.0.1', GRPC), timeout=30) as connection:
        connection.sendall(PREFACE)
        try:
            for number, one in enumerate(frames):
                connection.sendall(one)
                if number % 100 == 0:
                    probe() if number == 1000 else None
            while connection.recv(1 << 16):
                pass
        except (BrokenPipeError, ConnectionResetError):
            return
        except socket.timeout:
            raise AssertionError('the connection is still open')


def rapid_reset():
    flood(frame(1, 4, 2 * n + 1, HEADERS) + frame(3, 0, 2 * n + 1, struct.pack('>I', 8)) for n in range(100_000))


def continuations():
    flood([frame(1, 0, 1, HEADERS)] + [frame(9, 0, 1, b'\x00\x01a\x01b')] * 100_000)


def pings():
    flood(frame(6, 0, 0, bytes(8)) for _ in range(100_000))


def large_headers():
    header = b'\x00\x01a' + b'\x7f' + varint(16_000 - 127) + b'b' * 16_000
    flood([frame(1, 0, 1, HEADERS + header)] + [frame(9, 0, 1, header) for _ in range(4)] + [frame(9, 4, 1, header)])


ATTACKS = [bombs, thrift_list, deep_value, many_attributes, idle_connections, slow_sender, rapid_reset, continuations,
           pings, large_headers]


def main():
    only = sys.argv[1:]
    probe()
    for attack in ATTACKS:
        if only and attack.__name__ not in only:
            continue
        before = memory()
        began = time.time()
        peak = Peak()
        attack()
        probe()
        growth = peak.stop() - before
        took = time.time() - began
        print('survived: %-16s %5.1f MB more, %4.1f s' % (attack.__name__, growth / 1e6, took), flush=True)
        assert growth < GROWTH_MAX, '%s: the server grew by %d bytes' % (attack.__name__, growth)


main()
