package core

import (
	"context"
	"testing"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// What one message costs in the socket, the pattern and the pipe, without any
// I/O: an engine's side of the pipe is played by the benchmark itself.
func BenchmarkSend(b *testing.B) {
	s, far := hot(b, opt.TypePush)
	var batch pipe.Batch
	frame := make([]byte, 64)
	ctx := context.Background()
	b.ReportAllocs()
	for i := range b.N {
		if err := s.Send(ctx, [][]byte{frame}, false); err != nil {
			b.Fatal(err)
		}
		if i%500 == 499 {
			far.TakeBatch(&batch, 1<<20)
			batch.Free()
		}
	}
}

func BenchmarkRecv(b *testing.B) {
	s, far := hot(b, opt.TypePull)
	var wire []byte
	for range 500 {
		wire = append(wire, 0, 64)
		wire = append(wire, make([]byte, 64)...)
	}
	ctx := context.Background()
	var run pipe.Run
	b.ReportAllocs()
	for i := range b.N {
		if i%500 == 0 { // as an engine's reader does it
			chunk := msg.NewChunk(len(wire))
			read := chunk.B[:copy(chunk.B, wire)]
			run.Add(read, 500, chunk)
			far.Publish(&run)
			chunk.Release()
		}
		r, err := s.Recv(ctx, false)
		if err != nil || len(r.First) != 64 || r.Chunk() == nil {
			b.Fatal(err)
		}
		r.Release()
	}
}

// hot makes a socket with one peer and returns the peer's side of the pipe.
func hot(b *testing.B, typ int) (*Socket, *pipe.End) {
	s, err := NewSocket(NewContext(), typ)
	if err != nil {
		b.Fatal(err)
	}
	end, far := pipe.New(s.owner(), engine.NewHandle(nil), s.marksLocked(), true)
	s.lock()
	defer s.unlock()
	if err := s.attachLocked(end); err != nil {
		b.Fatal(err)
	}
	return s, far
}
