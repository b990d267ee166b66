package reload

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// patience is how long one reload may take; it takes a millisecond.
const patience = 10 * time.Second

// Accepts has a server that runs one configuration reload another, and gives the server's
// refusal. The server may write to the paths of both: a log, a pid file, a store.
//
// Two servers are asked. One is never started, so that its listeners may be configured; its
// JetStream is off, for it would start by the reload. Where both configurations have JetStream a
// second one, without listeners, is started in earnest.
func Accepts(before, after string) error {
	if err := accepts(before, after, false, func(o *server.Options) {
		o.JetStream, o.StoreDir = false, ""
	}); err != nil {
		return err
	}
	was, err := Load(before)
	if err != nil {
		return err
	}
	is, err := Load(after)
	if err != nil {
		return err
	}
	if !was.JetStream || !is.JetStream {
		return nil
	}
	return accepts(before, after, true, deaf)
}

// deaf takes all listeners from a configuration.
func deaf(o *server.Options) {
	o.DontListen = true
	o.HTTPPort, o.HTTPSPort, o.ProfPort = 0, 0, 0
	o.Cluster, o.Routes = server.ClusterOpts{}, nil
	o.Gateway, o.LeafNode = server.GatewayOpts{}, server.LeafNodeOpts{}
	o.Websocket, o.MQTT = server.WebsocketOpts{}, server.MQTTOpts{}
	o.PidFile, o.PortsFileDir = "", ""
}

// Load reads a configuration. Warnings are no errors.
func Load(text string) (*server.Options, error) {
	o := &server.Options{NoLog: true, NoSigs: true}
	err := o.ProcessConfigString(text)
	var both interface{ Errors() []error }
	if errors.As(err, &both) && len(both.Errors()) == 0 {
		err = nil
	}
	return o, err
}

func accepts(before, after string, start bool, change func(*server.Options)) error {
	was, err := Load(before)
	if err != nil {
		return fmt.Errorf("load what was: %w", err)
	}
	is, err := Load(after)
	if err != nil {
		return fmt.Errorf("load what is to be: %w", err)
	}
	change(was)
	change(is)
	s, err := server.NewServer(was)
	if err != nil {
		return fmt.Errorf("make a server: %w", err)
	}
	done := make(chan error, 1)
	go func() {
		if start {
			s.Start()
		}
		err := s.ReloadOptions(is)
		if start {
			s.Shutdown()
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return errors.New("the reload does not end")
	}
}
