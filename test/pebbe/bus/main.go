// Command bus sends and receives over the message bus of EdgeX, a program that
// others wrote on github.com/pebbe/zmq4: a publisher, and a subscriber to two
// topics. It is built with that module and with its replacement.
package main

import (
	"fmt"
	"log"
	"net"
	"sync"
	"time"

	"github.com/edgexfoundry/go-mod-messaging/messaging"
	"github.com/edgexfoundry/go-mod-messaging/pkg/types"
)

func main() {
	log.SetFlags(0)
	port := freePort()
	client := func(c types.MessageBusConfig) messaging.MessageClient {
		c.Type = messaging.ZeroMQ
		m, err := messaging.NewMessageClient(c)
		check(err)
		check(m.Connect())
		return m
	}
	pub := client(types.MessageBusConfig{PublishHost: types.HostInfo{Host: "127.0.0.1", Port: port}})
	sub := client(types.MessageBusConfig{SubscribeHost: types.HostInfo{Host: "127.0.0.1", Port: port}})
	topics := []types.TopicChannel{
		{Topic: "goal", Messages: make(chan types.MessageEnvelope, 100)},
		{Topic: "foul", Messages: make(chan types.MessageEnvelope, 100)},
	}
	problems := make(chan error, 100)
	check(sub.Subscribe(topics, problems))

	send := func(topic, payload string) {
		check(pub.Publish(types.MessageEnvelope{CorrelationID: "1", Payload: []byte(payload), ContentType: "text/plain"}, topic))
	}
	var fans sync.WaitGroup
	ready := make(chan bool, 2)
	for _, t := range topics {
		fans.Go(func() { follow(t, ready) }) // main waits for them
	}
	// Until both have heard something, what is sent may find nobody.
	for n := 0; n < len(topics); {
		for _, t := range topics {
			send(t.Topic, "warming up")
		}
		select {
		case <-ready:
			n++
		case <-time.After(20 * time.Millisecond):
		}
	}
	for n := range 20 {
		send("goal", fmt.Sprintf("goal %d", n))
		send("foul", fmt.Sprintf("foul %d", n))
		send("corner", "for nobody")
	}
	for _, t := range topics {
		send(t.Topic, "end")
	}
	fans.Wait()
	check(pub.Disconnect())
	select {
	case err := <-problems:
		fmt.Println("a problem:", err)
	default:
	}
	fmt.Println("done")
}

// follow counts the news of a topic until it ends.
func follow(t types.TopicChannel, ready chan<- bool) {
	var first sync.Once
	n, last := 0, ""
	for m := range t.Messages {
		first.Do(func() { ready <- true })
		switch string(m.Payload) {
		case "warming up":
		case "end":
			fmt.Printf("%s: %d messages, the last %q, %s\n", t.Topic, n, last, m.ContentType)
			return
		default:
			n, last = n+1, string(m.Payload)
		}
	}
}

func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
