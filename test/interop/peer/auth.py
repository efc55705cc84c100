"""A pyzmq peer with security.

auth.py client ENDPOINT null | plain USER PASSWORD | curve SERVER_CERT CERT
    sends "hello" and prints "got REPLY", or "refused STATUS"
auth.py server null ALLOW | plain USER PASSWORD | curve CERT FOLDER
    prints its endpoint, replies to each request with the user id, and ends
    with its standard input
auth.py cert FOLDER NAME
    makes a certificate
"""
import sys
import threading

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

LONG = 20000


def client(endpoint, mechanism, *how):
    ctx = zmq.Context()
    s = ctx.socket(zmq.DEALER)
    s.linger = 0
    if mechanism == "plain":
        s.plain_username, s.plain_password = how[0].encode(), how[1].encode()
    elif mechanism == "curve":
        s.curve_serverkey, _ = zmq.auth.load_certificate(how[0])
        s.curve_publickey, s.curve_secretkey = zmq.auth.load_certificate(how[1])
    events = s.get_monitor_socket()
    s.connect(endpoint)
    s.send(b"hello")
    poller = zmq.Poller()
    poller.register(s, zmq.POLLIN)
    poller.register(events, zmq.POLLIN)
    while True:
        ready = dict(poller.poll(LONG))
        if not ready:
            print("nothing")
            break
        if s in ready:
            print("got", s.recv().decode())
            break
        event = recv_monitor_message(events)
        if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            print("refused", event["value"])
            break
        if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
            print("protocol", hex(event["value"]))
            break
    s.disable_monitor()
    ctx.destroy(0)


def server(mechanism, *how):
    ctx = zmq.Context()
    auth = ThreadAuthenticator(ctx)
    auth.start()
    s = ctx.socket(zmq.ROUTER)
    s.linger = 0
    if mechanism == "null":
        s.zap_domain = b"global"
        if how[0] != "-":
            auth.allow(how[0])
    elif mechanism == "plain":
        s.plain_server = True
        auth.configure_plain(domain="*", passwords={how[0]: how[1]})
    elif mechanism == "curve":
        s.curve_server = True
        s.curve_publickey, s.curve_secretkey = zmq.auth.load_certificate(how[0])
        auth.configure_curve(domain="*", location=how[1])
    s.bind("tcp://127.0.0.1:*")
    print(s.last_endpoint.decode(), flush=True)
    over = ctx.socket(zmq.PAIR)
    over.bind("inproc://over")

    def wait():
        sys.stdin.read()
        end = ctx.socket(zmq.PAIR)
        end.connect("inproc://over")
        end.send(b"")

    threading.Thread(target=wait, daemon=True).start()
    poller = zmq.Poller()
    poller.register(s, zmq.POLLIN)
    poller.register(over, zmq.POLLIN)
    while over not in dict(poller.poll()):
        name, body = s.recv_multipart(copy=False)
        s.send_multipart([name.bytes, body.get("User-Id").encode()])
    auth.stop()
    ctx.destroy(0)


if sys.argv[1] == "cert":
    zmq.auth.create_certificates(sys.argv[2], sys.argv[3], metadata={"name": "py # thon"})
else:
    {"client": client, "server": server}[sys.argv[1]](*sys.argv[2:])
