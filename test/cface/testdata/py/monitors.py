"""Monitors of both ends, of refusals, and their ends."""

import common
import zmq
from zmq.utils.monitor import parse_monitor_message, recv_monitor_message


def until(mon, wanted):
    """Reads events until one is the wanted one; all that came."""
    seen = []
    while True:
        assert mon.poll(common.LONG), (wanted, seen)
        e = recv_monitor_message(mon)
        seen.append(zmq.Event(e["event"]))
        if e["event"] == wanted:
            return e, seen


with zmq.Context() as ctx:
    server, client = common.new(ctx, zmq.PULL), common.new(ctx, zmq.PUSH)
    near, far = server.get_monitor_socket(), client.get_monitor_socket()
    assert server.get_monitor_socket() is near
    endpoint = common.bound(server)
    e, _ = until(near, zmq.EVENT_LISTENING)
    assert e["endpoint"].decode() == endpoint and e["value"] > 0
    client.connect(endpoint)
    e, seen = until(far, zmq.EVENT_HANDSHAKE_SUCCEEDED)
    assert seen == [zmq.EVENT_CONNECT_DELAYED, zmq.EVENT_CONNECTED, zmq.EVENT_HANDSHAKE_SUCCEEDED], seen
    e, seen = until(near, zmq.EVENT_HANDSHAKE_SUCCEEDED)
    assert seen == [zmq.EVENT_ACCEPTED, zmq.EVENT_HANDSHAKE_SUCCEEDED], seen
    server.close()
    until(near, zmq.EVENT_MONITOR_STOPPED)
    until(far, zmq.EVENT_DISCONNECTED)
    until(far, zmq.EVENT_CONNECT_RETRIED)
    client.disable_monitor()
    client.close()

    # Only what was asked for.
    s = common.new(ctx, zmq.ROUTER)
    # libzmq frees a socket's descriptor before the name that is made of it.
    mon = s.get_monitor_socket(zmq.EVENT_LISTENING | zmq.EVENT_CLOSED, "inproc://some")
    where = common.bound(s)
    s.unbind(where)
    e, seen = until(mon, zmq.EVENT_CLOSED)
    assert seen == [zmq.EVENT_LISTENING, zmq.EVENT_CLOSED], seen
    s.disable_monitor()
    s.close()

    # A monitor of one's own, read as frames.
    s = common.new(ctx, zmq.DEALER)
    s.monitor("inproc://own", zmq.EVENT_ALL)
    mon = common.new(ctx, zmq.PAIR)
    mon.connect("inproc://own")
    common.bound(s)
    frames = mon.recv_multipart()
    assert len(frames) == 2 and len(frames[0]) == 6
    assert parse_monitor_message(frames)["event"] == zmq.EVENT_LISTENING
    s.monitor(None, 0)
    frames = mon.recv_multipart()
    assert parse_monitor_message(frames)["event"] == zmq.EVENT_MONITOR_STOPPED
    common.fails(zmq.EPROTONOSUPPORT, s.monitor, "tcp://127.0.0.1:5555", zmq.EVENT_ALL)
    mon.close()
    s.close()

    # Peers that do not agree on the mechanism.
    server, client = common.new(ctx, zmq.PULL, curve_server=True), common.new(ctx, zmq.PUSH)
    public, secret = zmq.curve_keypair()
    server.curve_secretkey = secret
    near = server.get_monitor_socket(addr="inproc://mismatch")
    client.connect(common.bound(server))
    e, _ = until(near, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
    assert e["value"] == zmq.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, e
    server.disable_monitor()
    server.close()
    client.close()
