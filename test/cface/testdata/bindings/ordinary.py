"""pyzmq's ordinary use: sockets, frames, pollers, monitors, devices, asyncio, Ctrl-C, fork."""

import asyncio
import multiprocessing
import os
import signal
import threading

import zmq
import zmq.asyncio
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.devices import ThreadDevice
from zmq.utils.monitor import recv_monitor_message


def linked(ctx, a, b):
    a, b = ctx.socket(a), ctx.socket(b)
    port = a.bind_to_random_port("tcp://127.0.0.1")
    b.connect(f"tcp://127.0.0.1:{port}")
    return a, b


def frames(ctx):
    pull, push = linked(ctx, zmq.PULL, zmq.PUSH)
    for i in range(10):
        push.send_multipart([b"number", str(i).encode()])
    assert [pull.recv_multipart()[1] for _ in range(10)] == [str(i).encode() for i in range(10)]
    sent = push.send(b"y" * 100000, copy=False, track=True)
    sent.wait(30)
    got = pull.recv(copy=False)
    assert len(got.bytes) == 100000
    assert got.get("Socket-Type") == "PUSH" and got["Peer-Address"] == "127.0.0.1"
    push.send_pyobj({"a": 1})
    assert pull.recv_pyobj() == {"a": 1}
    try:
        pull.recv(zmq.DONTWAIT)
        raise AssertionError("nothing was sent")
    except zmq.Again:
        pass
    pull.close()
    push.close()


def polling(ctx):
    pull, push = linked(ctx, zmq.PULL, zmq.PUSH)
    poller = zmq.Poller()
    poller.register(pull, zmq.POLLIN)
    assert poller.poll(10) == []
    push.send(b"x")
    assert poller.poll(30000) == [(pull, zmq.POLLIN)]
    r, w = os.pipe()
    poller.register(r, zmq.POLLIN)
    os.write(w, b"x")
    assert dict(poller.poll(30000)) == {pull: zmq.POLLIN, r: zmq.POLLIN}
    os.close(r)
    os.close(w)
    pull.close()
    push.close()


def monitored(ctx):
    s = ctx.socket(zmq.ROUTER)
    with s.get_monitor_socket() as mon:
        s.bind_to_random_port("tcp://127.0.0.1")
        event = recv_monitor_message(mon)
        assert event["event"] == zmq.EVENT_LISTENING, event
        assert event["endpoint"] == s.last_endpoint.rstrip(b"\0"), event
        s.disable_monitor()
    s.close()


def device():
    d = ThreadDevice(zmq.QUEUE, zmq.ROUTER, zmq.DEALER)
    front = d.bind_in_to_random_port("tcp://127.0.0.1")
    back = d.bind_out_to_random_port("tcp://127.0.0.1")
    d.start()
    with zmq.Context() as ctx:
        req, rep = ctx.socket(zmq.REQ), ctx.socket(zmq.REP)
        req.connect(f"tcp://127.0.0.1:{front}")
        rep.connect(f"tcp://127.0.0.1:{back}")
        for _ in range(10):
            req.send(b"question")
            assert rep.recv() == b"question"
            rep.send(b"answer")
            assert req.recv() == b"answer"
        req.close()
        rep.close()


def authenticated(ctx):
    auth = ThreadAuthenticator(ctx)
    auth.start()
    auth.configure_plain(domain="*", passwords={"admin": "secret"})
    server, client = ctx.socket(zmq.PULL), ctx.socket(zmq.PUSH)
    server.plain_server = True
    port = server.bind_to_random_port("tcp://127.0.0.1")
    client.plain_username, client.plain_password = b"admin", b"secret"
    client.connect(f"tcp://127.0.0.1:{port}")
    client.send(b"in")
    got = server.recv(copy=False)
    assert got.bytes == b"in" and got["User-Id"] == "admin"
    server.close()
    client.close()
    auth.stop()


def interrupted(ctx):
    pull = ctx.socket(zmq.PULL)
    for wait in pull.recv, pull.poll:
        t = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        t.start()
        try:
            wait()
            raise AssertionError("not interrupted")
        except KeyboardInterrupt:
            t.join()
    pull.close()


async def asynchronous():
    ctx = zmq.asyncio.Context()
    router, dealer = linked(ctx, zmq.ROUTER, zmq.DEALER)

    async def echo():
        for _ in range(500):
            await router.send_multipart(await router.recv_multipart())

    task = asyncio.create_task(echo())
    for i in range(500):
        await dealer.send(b"%d" % i)
        assert await dealer.recv() == b"%d" % i
    await task
    router.close()
    dealer.close()
    ctx.term()


def worker(port):
    with zmq.Context.instance() as ctx, ctx.socket(zmq.PUSH) as s:
        s.connect(f"tcp://127.0.0.1:{port}")
        s.send_string(f"child {os.getpid()}")


def forked():
    ctx = zmq.Context.instance()
    pull = ctx.socket(zmq.PULL)
    port = pull.bind_to_random_port("tcp://127.0.0.1")
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=worker, args=(port,)) for _ in range(3)]
    for c in children:
        c.start()
    got = sorted(pull.recv_string() for _ in children)
    for c in children:
        c.join(60)
        assert c.exitcode == 0, c.exitcode
    assert got == sorted(f"child {c.pid}" for c in children)
    pull.close()
    ctx.term()


with zmq.Context() as context:
    frames(context)
    polling(context)
    monitored(context)
    authenticated(context)
    interrupted(context)
device()
asyncio.run(asynchronous())
forked()
