"""What the programs here share. A program that hangs says where, and fails."""

import faulthandler
import os
import signal
import threading

import zmq

LONG = 20000  # ms
SHORT = 30

faulthandler.dump_traceback_later(100, exit=True)


def new(ctx, kind, **options):
    """A socket that does not wait for ever."""
    s = ctx.socket(kind)
    s.linger = 0
    s.rcvtimeo = s.sndtimeo = LONG
    for name, value in options.items():
        setattr(s, name, value)
    return s


def bound(s, transport="tcp"):
    """Binds where there is room, and says where."""
    s.bind({"tcp": "tcp://127.0.0.1:*", "ipc": "ipc://*"}.get(transport, f"inproc://{id(s)}"))
    return s.last_endpoint.rstrip(b"\0").decode()


def linked(ctx, a, b, transport="tcp"):
    """Two sockets of one connection; the second has connected."""
    a, b = new(ctx, a), new(ctx, b)
    b.connect(bound(a, transport))
    return a, b


def fails(error, call, *args, **kw):
    """The call fails with that errno."""
    try:
        call(*args, **kw)
    except zmq.ZMQError as e:
        assert e.errno == error, (e, e.errno, error)
    else:
        raise AssertionError(f"{call} did not fail")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


class Interrupts:
    """Sends this process a signal, again and again, until the block is left."""

    def __init__(self, number=signal.SIGINT, every=0.1):
        self.number, self.every = number, every
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.wait(self.every):
            os.kill(os.getpid(), self.number)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *why):
        # One more may come while the thread is waited for.
        before = signal.signal(self.number, signal.SIG_IGN)
        self.over.set()
        self.thread.join()
        signal.signal(self.number, before)
