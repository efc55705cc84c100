"""A device between clients and servers: each request goes to the next server."""

import zmq
from arguments import arguments

(frontend, backend), _ = arguments(__doc__, "tcp://127.0.0.1:5559", "tcp://127.0.0.1:5560")

context = zmq.Context()
clients, servers = context.socket(zmq.ROUTER), context.socket(zmq.DEALER)
clients.bind(frontend)
servers.bind(backend)
zmq.device(zmq.QUEUE, clients, servers)
