// A service that uses NATS, in a pod: it connects as the example of a service does, publishes without pause into a stream of three replicas,
// and says every second how it goes. When it is told to end it reads the stream, and says which of the messages that were acknowledged are not there.
//
//	client [-creds FILE] [-ca FILE] [-once | -end] URL
//
// With -once it publishes and receives one message, says so, and ends. With -end it tells the one that publishes to end.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Line is what is said every second, and at the end.
type Line struct {
	At     time.Time     // when it is said
	Acked  int           // messages that were acknowledged, from the start
	Gap    time.Duration // the longest time without an acknowledgement since the line before
	Final  bool          // the last line
	Stored uint64        // messages in the stream, at the end
	Lost   []int         // messages that were acknowledged and are not there, at the end
}

func main() {
	creds, ca, once := flag.String("creds", "", "file with the user's JWT and seed"), flag.String("ca", "", "file with the CA"), flag.Bool("once", false, "one message")
	end := flag.Bool("end", false, "tell the one that publishes to end")
	flag.Parse()
	options := []nats.Option{
		nats.Name("my-service"),
		nats.ReconnectWait(time.Second),
		nats.MaxReconnects(-1),
		nats.Timeout(10 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.Printf("Disconnected: %v", err) }),
		nats.ReconnectHandler(func(nc *nats.Conn) { log.Printf("Reconnected to %s", nc.ConnectedUrl()) }),
		nats.LameDuckModeHandler(func(nc *nats.Conn) { log.Printf("Lame duck: %s", nc.ConnectedUrl()) }),
	}
	if *creds != "" {
		options = append(options, nats.UserCredentials(*creds))
	}
	if *ca != "" {
		options = append(options, nats.RootCAs(*ca))
	}
	nc, err := nats.Connect(flag.Arg(0), options...)
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()
	if *end {
		if err := errors.Join(nc.Publish(ending, nil), nc.Flush()); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := oneMessage(nc); err != nil {
		log.Fatal(err)
	}
	fmt.Println("received")
	if *once {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if _, err := nc.Subscribe(ending, func(*nats.Msg) { stop() }); err != nil {
		log.Fatal(err)
	}
	if err := publish(ctx, nc); err != nil {
		log.Fatal(err)
	}
}

// oneMessage publishes a message and receives it.
func oneMessage(nc *nats.Conn) error {
	subject := "orders." + nats.NewInbox()[len(nats.InboxPrefix):]
	orders, err := nc.SubscribeSync(subject)
	if err != nil {
		return err
	}
	if err := nc.Publish(subject, []byte(`{"id": "order-456", "item": "Gadget"}`)); err != nil {
		return err
	}
	_, err = orders.NextMsg(10 * time.Second)
	return err
}

// The stream, and the subject of the message that ends the publishing.
const (
	stream = "E2E"
	ending = "my-service.end"
)

// publish publishes until it is told to end, a message at a time, each until it is acknowledged.
func publish(ctx context.Context, nc *nats.Conn) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	for {
		_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{"e2e.>"}, Replicas: 3, Storage: jetstream.FileStorage})
		if err == nil {
			break
		}
		log.Printf("No stream: %v", err)
		if !sleep(ctx, 500*time.Millisecond) {
			return err
		}
	}
	lines := json.NewEncoder(os.Stdout)
	line := Line{}
	last, said := time.Now(), time.Now()
	for n := 0; ctx.Err() == nil; {
		within, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, err := js.Publish(within, "e2e.steady", []byte(strconv.Itoa(n)), jetstream.WithMsgID(strconv.Itoa(n)))
		cancel()
		now := time.Now()
		line.Gap = max(line.Gap, now.Sub(last))
		if err == nil {
			line.Acked, last = line.Acked+1, now
			n++
		} else if ctx.Err() == nil {
			log.Printf("No acknowledgement of %d: %v", n, err)
		}
		if now.Sub(said) >= time.Second {
			line.At = now
			if err := lines.Encode(line); err != nil {
				return err
			}
			line.Gap, said = 0, now
		}
		sleep(ctx, 20*time.Millisecond)
	}
	line.Final, line.At = true, time.Now()
	if line.Stored, line.Lost, err = missing(js, line.Acked); err != nil {
		return err
	}
	return lines.Encode(line)
}

// missing reads the stream, and gives how much it has and which of the first messages it has not. A leader may change meanwhile: it begins anew then.
func missing(js jetstream.JetStream, acked int) (stored uint64, lost []int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		if stored, lost, err = read(ctx, js, acked); err == nil {
			return stored, lost, nil
		}
		log.Printf("Not read: %v", err)
		if !sleep(ctx, time.Second) {
			return 0, nil, err
		}
	}
}

func read(ctx context.Context, js jetstream.JetStream, acked int) (stored uint64, lost []int, err error) {
	there := make([]bool, acked)
	s, err := js.Stream(ctx, stream)
	if err != nil {
		return 0, nil, err
	}
	stored = s.CachedInfo().State.Msgs
	messages, err := js.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return 0, nil, err
	}
	for read := uint64(0); read < stored; {
		batch, err := messages.Fetch(int(min(500, stored-read)), jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			return 0, nil, err
		}
		got := 0
		for m := range batch.Messages() {
			n, err := strconv.Atoi(string(m.Data()))
			if err != nil {
				return 0, nil, err
			}
			if n < acked { // the last may be there without its acknowledgement
				there[n] = true
			}
			got++
		}
		if err := batch.Error(); err != nil {
			return 0, nil, err
		}
		if got == 0 {
			return 0, nil, errors.New("the stream gives no more messages")
		}
		read += uint64(got)
	}
	for n, is := range there {
		if !is {
			lost = append(lost, n)
		}
	}
	return stored, lost, nil
}

// sleep tells whether it slept to its end.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
