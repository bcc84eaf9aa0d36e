package main

import (
	"context"
	"flag"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Elect takes part in a leader election until its input ends, and then gives the
// lease up.
func elect(ctx context.Context, s *session, options []string) error {
	flags := flag.NewFlagSet("elect", flag.ContinueOnError)
	name := flags.String("lease", "", "name of the lease")
	identity := flags.String("identity", "", "who takes part")
	duration := flags.Duration("duration", 15*time.Second, "for how long the lease holds; the other times are in client-go's proportion to it")
	if err := flags.Parse(options); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		for range s.input {
		}
		stop()
	}()
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: s.namespace, Name: *name},
			Client:     s.client.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: *identity},
		},
		LeaseDuration:   *duration,
		RenewDeadline:   *duration * 10 / 15,
		RetryPeriod:     *duration * 2 / 15,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { s.out.print(line{"event": "leading"}) },
			OnStoppedLeading: func() { s.out.print(line{"event": "stopped"}) },
			OnNewLeader:      func(leader string) { s.out.print(line{"event": "leader", "identity": leader}) },
		},
	})
	return nil
}
