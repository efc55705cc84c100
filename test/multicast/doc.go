// Package multicast tests pgm:// and epgm:// between processes: this library's
// and libzmq's, on the loopback interface, and, for root on Linux, between
// network namespaces that lose packets.
package multicast
