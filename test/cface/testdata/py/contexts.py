"""Contexts and their managers: ending, destroying, shadowing, with sockets still open."""

import errno
import threading

import common
import zmq

# What is left open by a block is closed by it.
with zmq.Context() as ctx:
    with ctx.socket(zmq.PUSH) as push, ctx.socket(zmq.PULL) as pull:
        with pull.bind("inproc://block"), push.connect("inproc://block"):
            push.send(b"x")
            assert pull.recv() == b"x"
        common.fails(errno.ENOENT, pull.unbind, "inproc://block")
    assert push.closed and pull.closed
    common.fails(zmq.ENOTSOCK, push.send, b"x")
assert ctx.closed
for call in (lambda: ctx.socket(zmq.PUSH)), (lambda: ctx.io_threads):
    try:
        call()
        raise AssertionError("the context has ended")
    except (zmq.ZMQError, RuntimeError):
        pass

# One for the process.
one = zmq.Context.instance()
assert zmq.Context.instance() is one
one.term()
assert zmq.Context.instance() is not one

# Options, of the context and for its sockets.
ctx = zmq.Context(io_threads=3)
assert ctx.io_threads == 3 and ctx.get(zmq.MAX_SOCKETS) == 1023
ctx.max_sockets = 2
ctx.linger = 7
ctx.rcvhwm = 77
a, b = ctx.socket(zmq.PULL), ctx.socket(zmq.PUSH)
assert a.linger == 7 and b.rcvhwm == 77
common.fails(errno.EMFILE, ctx.socket, zmq.PUSH)
common.fails(zmq.EINVAL, ctx.set, zmq.MAX_SOCKETS, -1)
common.fails(zmq.EINVAL, ctx.get, 9999)

# A shadow is the same context, and does not end it.
shadow = zmq.Context.shadow(ctx.underlying)
assert shadow == ctx or shadow.underlying == ctx.underlying
a.close()
while True:  # libzmq counts it for some time longer
    try:
        c = shadow.socket(zmq.PULL)
        break
    except zmq.ZMQError as e:
        assert e.errno == errno.EMFILE
c.bind("inproc://shadow")
b.connect("inproc://shadow")
b.send(b"x")
assert c.recv() == b"x"
del shadow
again = zmq.Socket.shadow(b.underlying)
again.send(b"y")
assert c.recv() == b"y"
del again
c.close(linger=0)
ctx.destroy(linger=0)
assert b.closed and ctx.closed

# What is undelivered is waited for, and what may be lost is not.
ctx, there = zmq.Context(), zmq.Context()
push, pull = ctx.socket(zmq.PUSH), there.socket(zmq.PULL)
push.connect(common.bound(pull))
for _ in range(100):
    push.send(b"x" * 1000)
push.close()
ctx.term()
assert all(len(pull.recv()) == 1000 for _ in range(100))
pull.close()
there.term()
ctx = zmq.Context()
push = ctx.socket(zmq.PUSH)
push.connect("tcp://127.0.0.1:1")
push.send(b"never")
push.close(linger=0)
ctx.term()

# A call that waits is told of the end.
ctx = zmq.Context()
told = []


def waits(kind, call):
    s = ctx.socket(kind)
    started.release()
    try:
        call(s)
    except zmq.ContextTerminated:
        told.append(kind)
    s.close(linger=0)


started = threading.Semaphore(0)
threads = [threading.Thread(target=waits, args=a) for a in (
    (zmq.PULL, lambda s: s.recv()),
    (zmq.PUSH, lambda s: s.send(b"x")),
    (zmq.SUB, lambda s: s.poll()),
    (zmq.DEALER, lambda s: s.recv_multipart()),
    (zmq.ROUTER, lambda s: zmq.proxy(s, s)),
)]
for t in threads:
    t.start()
    started.acquire()
ctx.term()
for t in threads:
    t.join(20)
    assert not t.is_alive()
assert len(told) == len(threads), told
