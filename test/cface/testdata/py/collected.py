"""Garbage collection: sockets, contexts and frames that nobody closes."""

import gc
import threading
import time
import weakref

import common
import zmq


kept = zmq.Context()


def forgotten():
    """Neither sockets nor contexts are closed."""
    ctx = zmq.Context()
    a, b = ctx.socket(zmq.PAIR), ctx.socket(zmq.PAIR)
    a.linger = b.linger = 0
    b.connect(common.bound(a))
    b.send(b"x")
    assert a.recv() == b"x"


def in_circles():
    class Node:
        pass

    one, two = Node(), Node()
    one.other, two.other = two, one
    one.socket = common.new(kept, zmq.PUSH)
    common.bound(one.socket)


def settled(want=0):
    """The descriptors, once they are so few or time is over: sockets end in the background."""
    gc.collect()
    end = time.monotonic() + 20
    while common.descriptors() > want and time.monotonic() < end:
        time.sleep(0.05)
    return common.descriptors()


for _ in range(3):
    forgotten()
    in_circles()
time.sleep(0.2)
before = common.descriptors()
for _ in range(50):
    forgotten()
    in_circles()
after = settled(before + 5)
assert after <= before + 5, (before, after)
kept.term()

with zmq.Context() as ctx:
    # Frames outlive their socket.
    pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
    frames = []
    for i in range(100):
        push.send(bytes([i]) * (10 + i * 100))
        frames.append(pull.recv(copy=False))
    views = [memoryview(f.buffer) for f in frames]
    pull.close()
    del frames
    gc.collect()
    assert all(bytes(v) == bytes([i]) * (10 + i * 100) for i, v in enumerate(views))
    del views
    gc.collect()

    # What is sent without a copy is let go when it has been sent.
    class Body(bytearray):
        pass

    push.close()
    pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
    body = Body(b"z" * 200000)
    gone = weakref.ref(body)
    tracker = push.send(body, copy=False, track=True)
    assert len(pull.recv()) == 200000
    tracker.wait(20)
    assert tracker.done
    del body, tracker
    for _ in range(200):  # a thread of pyzmq's lets go of it
        gc.collect()
        if gone() is None:
            break
        threading.Event().wait(0.05)
    assert gone() is None

    # A frame that is sent twice, and a message that is sent from a view.
    frame = zmq.Frame(b"again" * 1000)
    for _ in range(3):
        push.send(frame, copy=False)
        assert pull.recv(copy=False).bytes == b"again" * 1000
    push.send(memoryview(b"0123456789")[3:6])
    assert pull.recv() == b"345"
    pull.close()
    push.close()
