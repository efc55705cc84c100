"""Poller and select: sockets and descriptors, registered, changed and taken out."""

import os
import socket
import threading

import common
import zmq

with zmq.Context() as ctx:
    # Every kind of change.
    pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
    p = zmq.Poller()
    assert p.poll(common.SHORT) == []
    p.register(pull)
    assert pull in p and push not in p
    p.modify(pull, zmq.POLLIN)
    p.register(push, zmq.POLLIN | zmq.POLLOUT)
    assert dict(p.poll(common.LONG)) == {push: zmq.POLLOUT}
    p.register(push, 0)  # the same as taking it out
    assert push not in p
    assert p.poll(common.SHORT) == []
    push.send(b"a")
    assert dict(p.poll()) == {pull: zmq.POLLIN}
    assert dict(p.poll(0)) == {pull: zmq.POLLIN}
    assert pull.recv() == b"a"
    assert p.poll(0) == []
    p.unregister(pull)
    try:
        p.unregister(pull)
        raise AssertionError("it was taken out")
    except KeyError:
        pass

    # Descriptors, by number and by object, beside sockets.
    p = zmq.Poller()
    near, far = socket.socketpair()
    r, w = os.pipe()
    p.register(near, zmq.POLLIN)
    p.register(r, zmq.POLLIN)
    p.register(pull, zmq.POLLIN)
    assert p.poll(common.SHORT) == []
    far.send(b"x")
    assert dict(p.poll(common.LONG)) == {near.fileno(): zmq.POLLIN}
    os.write(w, b"x")
    push.send(b"x")
    assert pull.poll(common.LONG) == zmq.POLLIN
    assert dict(p.poll(common.LONG)) == {near.fileno(): zmq.POLLIN, r: zmq.POLLIN, pull: zmq.POLLIN}
    assert near.recv(1) + os.read(r, 1) + pull.recv() == b"xxx"
    assert p.poll(0) == []
    os.close(w)
    assert dict(p.poll(common.LONG))[r] & zmq.POLLERR
    os.close(r)
    near.close()
    far.close()

    # select, as that of the operating system.
    assert zmq.select([pull], [push], [pull, push], 1) == ([], [push], [])
    push.send(b"y")
    assert zmq.select([pull], [], [], 10) == ([pull], [], [])
    assert pull.recv() == b"y"
    assert zmq.select([pull], [], [], 0.01) == ([], [], [])

    # What comes while a call waits wakes it, from every transport.
    for transport in "tcp", "ipc", "inproc":
        a, b = common.linked(ctx, zmq.PAIR, zmq.PAIR, transport)
        p = zmq.Poller()
        p.register(a, zmq.POLLIN)
        for i in range(50):
            t = threading.Thread(target=lambda: b.send(b"wake"))
            t.start()
            assert dict(p.poll(common.LONG)) == {a: zmq.POLLIN}
            assert a.recv() == b"wake"
            t.join()
        a.close()
        b.close()

    # A hundred sockets, of which some are ready.
    pairs = [common.linked(ctx, zmq.PULL, zmq.PUSH, "inproc") for _ in range(100)]
    p = zmq.Poller()
    for a, _ in pairs:
        p.register(a, zmq.POLLIN)
    ready = {3, 50, 51, 99}
    for i in ready:
        pairs[i][1].send(b"x")
    got = {s for s, _ in p.poll(common.LONG)}
    assert got == {pairs[i][0] for i in ready}, len(got)
    for a, b in pairs:
        a.close()
        b.close()
    pull.close()
    push.close()
