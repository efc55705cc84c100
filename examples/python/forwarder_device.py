"""A device between publishers and subscribers, both of which connect to it."""

import zmq
from arguments import arguments

(frontend, backend), _ = arguments(__doc__, "tcp://127.0.0.1:5561", "tcp://127.0.0.1:5562")

context = zmq.Context()
publishers, subscribers = context.socket(zmq.SUB), context.socket(zmq.PUB)
publishers.bind(frontend)
publishers.setsockopt(zmq.SUBSCRIBE, b"")
subscribers.bind(backend)
zmq.device(zmq.FORWARDER, publishers, subscribers)
