package cshim

// Monitor is zmq_socket_monitor_versioned.
func Monitor(id uint64, endpoint string, events uint64, version, typ int) int {
	return on(id, func(s socket) error { return s.Socket.Monitor(endpoint, events, version, typ) })
}

// PipesStats is zmq_socket_monitor_pipes_stats.
func PipesStats(id uint64) int {
	return on(id, func(s socket) error { return s.Socket.PipesStats() })
}
