"""zmq.auth.thread: who is let in by address, by password and by key."""

import os
import tempfile

import common
import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def gets_in(ctx, configure_server, configure_client, user=None):
    """Whether a message goes from a client to a server."""
    server, client = common.new(ctx, zmq.PULL), common.new(ctx, zmq.PUSH)
    configure_server(server)
    configure_client(client)
    mon = server.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
        | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
    client.connect(common.bound(server))
    try:
        client.send(b"hello", zmq.DONTWAIT)
    except zmq.Again:
        pass  # it was refused already
    assert mon.poll(common.LONG)
    ok = int.from_bytes(mon.recv_multipart()[0][:2], "little") == zmq.EVENT_HANDSHAKE_SUCCEEDED
    if ok:
        frame = server.recv(copy=False)
        assert frame.bytes == b"hello"
        if user is not None:
            assert frame["User-Id"] == user, frame["User-Id"]
    else:
        assert server.poll(common.SHORT) == 0
    server.disable_monitor()
    server.close()
    client.close()
    return ok


def nothing(_):
    pass


def domain(s):
    s.zap_domain = b"global"


def plain_server(s):
    s.plain_server = True


def plain(user, password):
    def configure(s):
        s.plain_username, s.plain_password = user, password
    return configure


def curve_server(secret):
    def configure(s):
        s.curve_server, s.curve_secretkey = True, secret
    return configure


def curve(server, public, secret):
    def configure(s):
        s.curve_serverkey, s.curve_publickey, s.curve_secretkey = server, public, secret
    return configure


# NULL: by address.
with zmq.Context() as ctx:
    auth = ThreadAuthenticator(ctx)
    auth.start()
    assert auth.is_alive()
    assert gets_in(ctx, domain, nothing)
    auth.deny("127.0.0.1")
    assert not gets_in(ctx, domain, nothing)
    assert gets_in(ctx, nothing, nothing)  # nobody is asked without a domain
    auth.stop()

with zmq.Context() as ctx, tempfile.TemporaryDirectory() as keys:
    auth = ThreadAuthenticator(ctx)
    auth.start()
    auth.allow("127.0.0.1")
    assert gets_in(ctx, domain, nothing)

    # PLAIN.
    auth.configure_plain(domain="*", passwords={"admin": "secret"})
    assert gets_in(ctx, plain_server, plain(b"admin", b"secret"), "admin")
    assert not gets_in(ctx, plain_server, plain(b"admin", b"wrong"))
    assert not gets_in(ctx, plain_server, plain(b"nobody", b"secret"))
    assert gets_in(ctx, plain_server, plain(b"admin", b"secret"))

    # CURVE: any key, then those of a folder.
    zmq.auth.create_certificates(keys, "server")
    zmq.auth.create_certificates(keys, "client")
    server_public, server_secret = zmq.auth.load_certificate(os.path.join(keys, "server.key_secret"))
    public, secret = zmq.auth.load_certificate(os.path.join(keys, "client.key_secret"))
    assert zmq.curve_public(secret) == public
    strange_public, strange_secret = zmq.curve_keypair()
    auth.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
    assert gets_in(ctx, curve_server(server_secret), curve(server_public, strange_public, strange_secret))
    auth.configure_curve(domain="*", location=keys)
    assert gets_in(ctx, curve_server(server_secret), curve(server_public, public, secret), public.decode())
    assert not gets_in(ctx, curve_server(server_secret), curve(server_public, strange_public, strange_secret))
    auth.stop()
    assert not auth.is_alive()

# With nobody to ask: PLAIN refuses, CURVE does not.
with zmq.Context() as ctx:
    assert not gets_in(ctx, plain_server, plain(b"admin", b"secret"))
    assert gets_in(ctx, curve_server(server_secret), curve(server_public, strange_public, strange_secret))
