package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
)

// Cluster is one environment, with what conf.Build makes of it.
type Cluster struct {
	Intent *intent.Intent
	Conf   *conf.Conf
}

// Plan is what is rehearsed. Only Clusters must be given.
type Plan struct {
	// Clusters are the environments, each once. Gateways and leaf remotes connect those that
	// are here; one whose other end is not stays unconnected, and Observations name it.
	Clusters []Cluster

	// Hosts are names and addresses of the world outside, such as that of a load balancer, with the
	// environment that each leads to. Most are known without: what an intent advertises, has in its
	// certificates, or calls the gateway of another.
	Hosts map[string]string

	// Secrets are the texts of Secrets; those that are not here get random ones. The
	// credentials of a leaf remote must be here, for its hub made them.
	Secrets map[Secret]string
}

// Rehearsal is the running servers of a Plan. Stop must be called.
type Rehearsal struct {
	Plan    Plan
	Servers []*Server // environment by environment, and by ordinal

	dir       string
	subnet    subnet
	names     *names
	secrets   *secrets
	authority *authority

	lock    sync.Mutex
	changes []Change
	missing map[string]bool
}

// patience is how long Start and Stop wait at most where ctx sets no time of its own.
const patience = time.Minute

// Start starts all servers and waits until they are ready, as Ready does. On an error nothing is left behind.
func Start(ctx context.Context, p Plan) (*Rehearsal, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	r := &Rehearsal{Plan: p, missing: map[string]bool{}}
	err := r.prepare()
	for _, s := range r.Servers {
		if err == nil {
			err = s.Start()
		}
	}
	if err == nil {
		err = r.Ready(ctx)
	}
	if err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience/2)
		defer cancel()
		return nil, errors.Join(err, r.Stop(stopping))
	}
	return r, nil
}

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, patience)
}

// Stop stops all servers and removes every file of the rehearsal. It is bounded by ctx, or by a minute.
func (r *Rehearsal) Stop(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	errs := make([]error, len(r.Servers))
	var stopping sync.WaitGroup
	for n, s := range r.Servers {
		stopping.Go(func() { errs[n] = s.Stop(ctx) })
	}
	stopping.Wait()
	if r.dir != "" {
		if err := os.RemoveAll(r.dir); err != nil {
			errs = append(errs, fmt.Errorf("remove the files of the rehearsal: %w", err))
		}
	}
	return errors.Join(errs...)
}

// prepare makes everything that is there before a server starts.
func (r *Rehearsal) prepare() (err error) {
	if err := r.Plan.check(); err != nil {
		return err
	}
	var ports [][]int32
	for _, c := range r.Plan.Clusters {
		var own []int32
		for _, l := range c.Intent.Listeners() {
			own = append(own, l.Port)
		}
		for range c.Intent.PodNames() {
			ports = append(ports, own)
		}
	}
	if r.subnet, err = reserve(ports); err != nil {
		return err
	}
	if r.dir, err = os.MkdirTemp("", "natsyard-rehearse-"); err != nil {
		return fmt.Errorf("make a place for the files of a rehearsal: %w", err)
	}
	if r.authority, err = newAuthority(); err != nil {
		return err
	}
	var addresses [][]netip.Addr
	n := 0
	for _, c := range r.Plan.Clusters {
		var own []netip.Addr
		for range c.Intent.PodNames() {
			own = append(own, r.subnet.server(n))
			n++
		}
		addresses = append(addresses, own)
	}
	if r.names, err = newNames(r.Plan, addresses); err != nil {
		return err
	}
	r.secrets = newSecrets(r.Plan)
	if err := r.secrets.agree(r.Plan, r.names); err != nil {
		return err
	}
	for n, c := range r.Plan.Clusters {
		if err := r.furnish(n, c); err != nil {
			return fmt.Errorf("environment %s: %w", c.Intent.Environment, err)
		}
	}
	return nil
}

// check refuses a plan that says nothing or contradicts itself.
func (p Plan) check() error {
	seen := map[string]bool{}
	for _, c := range p.Clusters {
		switch {
		case c.Intent == nil || c.Conf == nil:
			return errors.New("a cluster of a rehearsal needs both an intent and a configuration")
		case len(c.Intent.Broken) > 0:
			return fmt.Errorf("environment %s has errors", c.Intent.Environment)
		case seen[c.Intent.Environment]:
			return fmt.Errorf("environment %s is there twice", c.Intent.Environment)
		}
		seen[c.Intent.Environment] = true
	}
	if len(seen) == 0 {
		return errors.New("a rehearsal needs at least one environment")
	}
	return nil
}

// note remembers a change, once.
func (r *Rehearsal) note(c Change) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if !slices.Contains(r.changes, c) {
		r.changes = append(r.changes, c)
	}
}

// miss remembers that an address leads out of the rehearsal.
func (r *Rehearsal) miss(env, option, host string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.missing[fmt.Sprintf("%s: %s leads to %s", env, option, host)] = true
}

func (r *Rehearsal) cluster(environment string) (Cluster, error) {
	for _, c := range r.Plan.Clusters {
		if c.Intent.Environment == environment {
			return c, nil
		}
	}
	return Cluster{}, fmt.Errorf("the rehearsal has no environment %s", environment)
}
