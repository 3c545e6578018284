"""Twice the load that a server can take, for a minute: `./dev bench-overload [SECONDS]`.

First it is measured how many spans a second the server takes at the most. Then twice as many are sent, whatever it
says: what it refuses is dropped, as by clients whose queues are full. Meanwhile questions are asked. It fails if one
of the bars is missed: goodput 90 % of the maximum, each refusal with a hint when to come again, no question without
an answer, bytes under way within the budget, and each span that was acknowledged counted as stored, no other.
"""

import sys
import time

import measured

BUDGET = 64 << 20
BATCH = 500


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with measured.server() as server:
        server.load('otlp', rate=0, senders=8, batch=BATCH, duration='5s')
        most = max(maximum(server, senders) for senders in (8, 32))
        before = server.ledger()
        asked, under_way = [], [0]

        def ask():
            for path in ('/api/services', '/api/traces?service=frontend&limit=20&lookback=1m'):
                began = time.time()
                server.get('query', path)
                asked.append(time.time() - began)

        def look():
            under_way[0] = max(under_way[0], server.metric('martlet_ingest_bytes_in_flight'))

        watchers = [measured.Watcher(ask, 0.2), measured.Watcher(look, 0.1)]
        idle = server.memory()
        cpu, began = server.cpu_seconds(), time.time()
        figures = server.load('otlp', rate=2 * most, senders=256, batch=BATCH, duration='%ds' % seconds,
                              drop_refused=True)
        cpu = (server.cpu_seconds() - cpu) / (time.time() - began)
        for watcher in watchers:
            watcher.stop()
        after = server.ledger()
        peak = server.memory('VmHWM')
        again = maximum(server, 8)

    taken = figures['takenSpans'] / figures['seconds']
    offered = figures['sentSpans'] / figures['seconds']
    stored = after['stored'] - before['stored']
    asked.sort()
    measured.table([
        ['', ''],
        ['the most that it takes', '%s spans a second (and %s afterwards)' % (number(most), number(again))],
        ['sent', '%s spans a second, %.1f times as many, for %d s' % (number(offered), offered / most, seconds)],
        ['taken', '%s spans a second, %.0f %% of the most' % (number(taken), 100 * taken / most)],
        ['refused', '%s requests, %d of them without a hint' % (number(figures['refusals']),
                                                                figures['refusalsWithoutHint'])],
        ['failed otherwise', '%d spans' % figures['failedSpans']],
        ['acknowledged, and stored by the ledger', '%s and %s' % (number(figures['takenSpans']), number(stored))],
        ['bytes under way at the most', '%.1f MiB of %d' % (under_way[0] / (1 << 20), BUDGET >> 20)],
        ['memory', '%.0f MiB before, %.0f at the most' % (idle, peak)],
        ['questions meanwhile', '%d, all answered; half within %.0f ms, all within %.0f ms' % (
            len(asked), 1000 * asked[len(asked) // 2], 1000 * asked[-1])],
        ['cores that the server had, and used', '%d, %.2f' % (len(measured.cores()[0]), cpu)],
    ])
    problems = [words for is_missed, words in [
        (offered < 1.8 * most, 'the sender did not reach twice the load'),
        (taken < 0.9 * max(most, 1), 'goodput below 90 % of the maximum'),
        (figures['refusals'] == 0, 'nothing was refused: this was no overload'),
        (figures['refusalsWithoutHint'] > 0, 'refusals without a hint'),
        (figures['failedSpans'] > 0, 'requests that failed without being refused'),
        (stored != figures['takenSpans'], 'the ledger does not say what clients were told'),
        (after['received'] != after['stored'] + after['sampledOut'] + after['rejected'], 'the ledger is not balanced'),
        (under_way[0] > BUDGET, 'more under way than the budget allows'),
        (not asked, 'no question was answered'),
    ] if is_missed]
    for words in problems:
        print('missed: ' + words)
    sys.exit(1 if problems else 0)


def maximum(server, senders):
    figures = server.load('otlp', rate=0, senders=senders, batch=BATCH, duration='10s')
    return figures['takenSpans'] / figures['seconds']


def number(value):
    return '{:,.0f}'.format(value)


main()
