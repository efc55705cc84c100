// Command football comments on a match: everybody hears of the teams that he
// follows, as from a radio station.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"sync"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

var (
	teams  = []string{"portugal", "netherlands", "germany", "brazil"}
	events = []string{"goal", "corner", "foul", "yellow card", "red card"}

	sentences = flag.Int("n", 20, "how much there is to say")
	seed      = flag.Uint64("seed", 1, "which match it is")
)

func main() {
	flag.Parse()
	station, err := zmq.NewSocket(zmq.XPUB)
	check(err)
	check(station.SetXpubVerbose(1)) // hear of each, also of one that is not new
	check(station.Bind("tcp://127.0.0.1:*"))
	at, err := station.GetLastEndpoint()
	check(err)

	var fans sync.WaitGroup
	for _, follows := range [][]string{{"netherlands"}, {"germany", "brazil"}} {
		fans.Go(func() { listen(at, follows) }) // main waits for them
		for range len(follows) + 1 {            // the whistle too
			_, err := station.Recv(0) // a subscription
			check(err)
		}
	}
	match := rand.New(rand.NewPCG(*seed, 0))
	for range *sentences {
		sentence := teams[match.IntN(len(teams))] + " " + events[match.IntN(len(events))]
		fmt.Printf("-> %s\n", sentence)
		_, err := station.Send(sentence, 0)
		check(err)
	}
	_, err = station.Send("whistle", 0)
	check(err)
	fans.Wait()
	check(station.Close())
}

// listen hears of some teams until the end of the match.
func listen(station string, follows []string) {
	radio, err := zmq.NewSocket(zmq.SUB)
	check(err)
	defer radio.Close()
	check(radio.Connect(station))
	for _, topic := range append([]string{"whistle"}, follows...) {
		check(radio.SetSubscribe(topic))
	}
	for {
		news, err := radio.Recv(0)
		check(err)
		if news == "whistle" {
			return
		}
		fmt.Printf("fan of %v: %s\n", follows, news)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
