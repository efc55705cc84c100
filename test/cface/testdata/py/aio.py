"""asyncio: many tasks, cancellation, time limits, pollers, an authenticator."""

import asyncio

import common
import zmq
import zmq.asyncio
from zmq.auth.asyncio import AsyncioAuthenticator

ctx = zmq.asyncio.Context()


async def many_requests():
    router = common.new(ctx, zmq.ROUTER)
    endpoint = common.bound(router)

    async def serve():
        while True:
            who, empty, text = await router.recv_multipart()
            asyncio.create_task(answer(who, text))

    async def answer(who, text):
        await asyncio.sleep(0)
        await router.send_multipart([who, b"", text.upper()])

    async def ask(i):
        with common.new(ctx, zmq.REQ) as req:
            req.connect(endpoint)
            for j in range(20):
                await req.send_string(f"q {i} {j}")
                assert await req.recv_string() == f"Q {i} {j}"

    server = asyncio.create_task(serve())
    await asyncio.gather(*(ask(i) for i in range(30)))
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)
    router.close()


async def streams():
    for transport in "tcp", "ipc", "inproc":
        pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH, transport)

        async def produce():
            for i in range(3000):
                await push.send_multipart([b"part", str(i).encode()])

        task = asyncio.create_task(produce())
        for i in range(3000):
            assert await pull.recv_multipart() == [b"part", str(i).encode()]
        await task
        pull.close()
        push.close()


async def cancelled():
    pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
    pull.rcvtimeo = -1
    for _ in range(20):
        try:
            await asyncio.wait_for(pull.recv(), 0.005)
            raise AssertionError("nothing was sent")
        except asyncio.TimeoutError:
            pass
    first, second = asyncio.ensure_future(pull.recv()), asyncio.ensure_future(pull.recv())
    await asyncio.sleep(0)
    first.cancel()
    await push.send(b"for the second")
    assert await second == b"for the second"
    assert first.cancelled()
    pull.rcvtimeo = common.SHORT
    try:
        await pull.recv()
        raise AssertionError("nothing was sent")
    except zmq.Again:
        pass
    pull.close()
    push.close()


async def closed_while_waiting():
    pull = common.new(ctx, zmq.PULL, rcvtimeo=-1)
    common.bound(pull)
    waits = asyncio.ensure_future(pull.recv())
    await asyncio.sleep(0.01)
    pull.close()
    await asyncio.gather(waits, return_exceptions=True)
    assert waits.done()


async def publishing():
    pub = common.new(ctx, zmq.XPUB)
    endpoint = common.bound(pub)
    subs = [common.new(ctx, zmq.SUB) for _ in range(5)]
    for i, s in enumerate(subs):
        s.subscribe(b"%d" % i)
        s.connect(endpoint)
    for _ in subs:
        assert (await pub.recv())[:1] == b"\1"
    for i in range(5):
        await pub.send_multipart([b"%d" % i, b"news"])
    got = await asyncio.gather(*(s.recv_multipart() for s in subs))
    assert got == [[b"%d" % i, b"news"] for i in range(5)], got
    pub.close()
    for s in subs:
        s.close()


async def polled():
    pull, push = common.linked(ctx, zmq.PULL, zmq.PUSH)
    poller = zmq.asyncio.Poller()
    poller.register(pull, zmq.POLLIN)
    poller.register(push, zmq.POLLOUT)
    assert dict(await poller.poll(common.LONG)) == {push: zmq.POLLOUT}
    poller.unregister(push)
    assert await poller.poll(common.SHORT) == []
    waits = asyncio.ensure_future(poller.poll(common.LONG))
    await asyncio.sleep(0)
    await push.send(b"x")
    assert dict(await waits) == {pull: zmq.POLLIN}
    assert await pull.poll(common.LONG) == zmq.POLLIN
    assert await pull.recv() == b"x"
    assert await pull.poll(common.SHORT) == 0
    pull.close()
    push.close()


async def authenticated():
    auth = AsyncioAuthenticator(ctx)
    auth.start()
    auth.configure_plain(domain="*", passwords={"admin": "secret"})
    server, client = common.new(ctx, zmq.PULL), common.new(ctx, zmq.PUSH)
    server.plain_server = True
    client.plain_username, client.plain_password = b"admin", b"secret"
    client.connect(common.bound(server))
    await client.send(b"in")
    assert await server.recv() == b"in"
    auth.stop()
    server.close()
    client.close()


async def main():
    for part in many_requests, streams, cancelled, closed_while_waiting, publishing, polled, authenticated:
        await part()


asyncio.run(main())
ctx.term()
