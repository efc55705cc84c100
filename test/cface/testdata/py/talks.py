"""Conversations of two sockets, and all that may happen while one waits."""

import os
import signal
import threading
import time

import common
import zmq


def interrupted(signum, frame):
    raise KeyboardInterrupt


signal.signal(signal.SIGINT, interrupted)


def talk(a, b, count=60):
    """Answers go back and forth, in a thread, until both sides know each other well."""

    def answer():
        for _ in range(count):
            b.send(b.recv())

    t = threading.Thread(target=answer)
    t.start()
    for i in range(count):
        a.send(b"%d" % i)
        assert a.recv() == b"%d" % i
    t.join()


def later(seconds, f, *args):
    t = threading.Timer(seconds, f, args)
    t.start()
    return t


for transport in ("tcp", "ipc", "inproc"):
    with zmq.Context() as ctx:
        a, b = common.linked(ctx, zmq.PAIR, zmq.PAIR, transport)
        talk(a, b)

        # A signal ends the wait, and nothing else.
        try:
            t = later(0.1, os.kill, os.getpid(), signal.SIGINT)
            a.recv()
            raise AssertionError("it was not interrupted")
        except KeyboardInterrupt:
            t.join()
        talk(a, b)

        # So does the time.
        a.rcvtimeo = 50
        start = time.monotonic()
        common.fails(zmq.EAGAIN, a.recv)
        assert time.monotonic() - start > 0.04
        a.rcvtimeo = common.LONG
        talk(a, b)

        # What comes while no call waits is there for calls that do not wait, and for polls.
        b.send(b"polled")
        assert a.poll(common.LONG) == zmq.POLLIN
        assert a.recv(zmq.DONTWAIT) == b"polled"
        talk(a, b)
        b.send(b"not waited for")
        end = time.monotonic() + 20
        while True:
            try:
                assert a.recv(zmq.DONTWAIT) == b"not waited for"
                break
            except zmq.Again:
                assert time.monotonic() < end

        # A large message in the middle.
        talk(a, b)
        t = later(0.05, b.send, b"x" * 3_000_000)
        assert len(a.recv()) == 3_000_000
        t.join()
        talk(a, b)

        # The end of the context.
        t = later(0.1, ctx.term)
        common.fails(zmq.ETERM, a.recv)
        a.close()
        b.close()
        t.join()

# The other side goes while one waits, and another comes.
with zmq.Context() as ctx:
    s = common.new(ctx, zmq.ROUTER)
    where = common.bound(s)
    for _ in range(5):
        c = common.new(ctx, zmq.DEALER)
        c.connect(where)
        for i in range(20):
            c.send(b"%d" % i)
            name, body = s.recv_multipart()
            assert body == b"%d" % i
            s.send_multipart([name, body])
            assert c.recv() == body
        t = later(0.05, c.close)
        s.rcvtimeo = 100
        common.fails(zmq.EAGAIN, s.recv)
        s.rcvtimeo = common.LONG
        t.join()

    # Two at once, of which one has talked for long.
    one, two = common.new(ctx, zmq.DEALER), common.new(ctx, zmq.DEALER)
    one.connect(where)
    for i in range(20):
        one.send(b"one")
        assert s.recv_multipart()[1] == b"one"
    two.connect(where)
    t = later(0.1, two.send, b"two")
    assert s.recv_multipart()[1] == b"two"
    t.join()
    one.send(b"one")
    assert s.recv_multipart()[1] == b"one"
    for c in (one, two, s):
        c.close()
