"""A server of its own on free ports, kept to some of the cores, and what it costs. For the scripts beside this one."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

BINARY = os.environ['MARTLET_BINARY']
# A proxy is for the world outside.
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
TICKS = os.sysconf('SC_CLK_TCK')

# A port's flag, and how it is spoken to.
FLAGS = {
    'query': 'query.http-server.host-port', 'otlp': 'collector.otlp.http.host-port',
    'otlp-grpc': 'collector.otlp.grpc.host-port', 'jaeger': 'collector.http-server.host-port',
    'zipkin': 'collector.zipkin.host-port', 'udp': 'processor.jaeger-compact.server-host-port',
    'admin': 'admin.http.host-port',
}
OFF = ('query.grpc-server.host-port', 'collector.grpc-server.host-port', 'sampling.grpc-server.host-port',
       'http-server.host-port', 'processor.jaeger-binary.server-host-port', 'processor.zipkin-compact.server-host-port')


def cores():
    """The server's cores and the sender's: apart, so that neither waits for the other."""
    all_cores = sorted(os.sched_getaffinity(0))
    half = max(1, len(all_cores) // 2)
    return all_cores[:half], all_cores[half:] or all_cores


def free_ports():
    """A port for each name, all different: they are held until the last one is known."""
    probes = {name: socket.socket(socket.AF_INET, socket.SOCK_DGRAM if name == 'udp' else socket.SOCK_STREAM)
              for name in FLAGS}
    for probe in probes.values():
        probe.bind(('127.0.0.1', 0))
    ports = {name: probe.getsockname()[1] for name, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    return ports


class Server:
    """A martlet that runs."""

    def __init__(self, *flags):
        self.folder = tempfile.mkdtemp(prefix='martlet-bench-')
        self.ports = free_ports()
        arguments = ['--%s=127.0.0.1:%d' % (FLAGS[name], port) for name, port in self.ports.items()]
        arguments += ['--%s=off' % flag for flag in OFF]
        self.log = open(self.folder + '/log', 'w')
        self.process = subprocess.Popen(
            [BINARY, 'all-in-one', '--data-dir=%s/data' % self.folder, *arguments, *flags],
            stdout=self.log, stderr=self.log, preexec_fn=lambda: os.sched_setaffinity(0, cores()[0]))
        deadline = time.time() + 60
        while True:
            # Somebody else may have taken a port meanwhile, and would answer in its place.
            if self.process.poll() is not None or time.time() > deadline:
                raise SystemExit('the server did not start:\n' + open(self.folder + '/log').read())
            with contextlib.suppress(OSError):
                if 'is ready' in open(self.folder + '/log').read():
                    self.get('admin', '/')
                    return
            time.sleep(0.02)

    def get(self, port, path, timeout=60):
        with urllib.request.urlopen('http://127.0.0.1:%d%s' % (self.ports[port], path), timeout=timeout) as answer:
            return answer.read().decode()

    def metric(self, name):
        for line in self.get('admin', '/metrics').splitlines():
            if line.split(' ')[0] == name:
                return float(line.split(' ')[1])
        raise KeyError(name)

    def ledger(self):
        """Sums over all services and ways in, once nothing is under way any more."""
        deadline = time.time() + 60
        while True:
            rows = json.loads(self.get('admin', '/ledger'))['rows']
            sums = {name: sum(row[name] for row in rows) for name in ('received', 'stored', 'sampledOut', 'underWay')}
            sums['rejected'] = sum(sum(row['rejected'].values()) for row in rows)
            if sums['underWay'] == 0 or time.time() > deadline:
                return sums
            time.sleep(0.05)

    def cpu_seconds(self):
        fields = open('/proc/%d/stat' % self.process.pid).read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, which='VmRSS'):
        """MiB."""
        for line in open('/proc/%d/status' % self.process.pid):
            if line.startswith(which + ':'):
                return int(line.split()[1]) / 1024

    def load(self, to, **options):
        """Sends spans, from the other cores, and returns the figures of `martlet load`."""
        arguments = ['--to', to, '--port', str(self.ports[to]), '--reuse', '--json']
        for name, value in options.items():
            arguments += ['--' + name.replace('_', '-')] + ([] if value is True else [str(value)])
        done = subprocess.run([BINARY, 'load', *arguments], stdout=subprocess.PIPE, text=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, cores()[1]))
        return json.loads(done.stdout.splitlines()[-1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def server(*flags):
    running = Server(*flags)
    try:
        yield running
    finally:
        running.stop()


class Watcher(threading.Thread):
    """Looks at a server again and again until it is told to stop."""

    def __init__(self, look, pause):
        super().__init__(daemon=True)
        self.look, self.pause = look, pause
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(self.pause):
            self.look()

    def stop(self):
        self.over.set()
        self.join()


def table(rows):
    """Rows of texts, the first one the head, as a table of Markdown."""
    print('| ' + ' | '.join(rows[0]) + ' |')
    print('|' + '---|' * len(rows[0]))
    for row in rows[1:]:
        print('| ' + ' | '.join(row) + ' |')
