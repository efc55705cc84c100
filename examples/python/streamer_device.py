"""A device between those who give out work and those who do it."""

import zmq
from arguments import arguments

(frontend, backend), _ = arguments(__doc__, "tcp://127.0.0.1:5565", "tcp://127.0.0.1:5566")

context = zmq.Context()
givers, workers = context.socket(zmq.PULL), context.socket(zmq.PUSH)
givers.bind(frontend)
workers.bind(backend)
zmq.device(zmq.STREAMER, givers, workers)
