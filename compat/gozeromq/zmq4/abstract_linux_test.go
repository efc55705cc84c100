package zmq4_test

const abstract = true
