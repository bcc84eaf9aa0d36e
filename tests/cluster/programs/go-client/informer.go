package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// Informer follows the ConfigMaps of the namespace until its input ends. The word
// "store" on a line makes it print what it holds.
func informer(ctx context.Context, s *session, _ []string) error {
	ctx, stop := context.WithCancel(ctx)
	factory := informers.NewSharedInformerFactoryWithOptions(s.client, time.Second, informers.WithNamespace(s.namespace))
	maps := factory.Core().V1().ConfigMaps()
	registration, err := maps.Informer().AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, isInInitialList bool) {
			s.out.print(line{"event": "add", "initial": isInInitialList, "object": object})
		},
		UpdateFunc: func(before, object any) {
			if before.(*corev1.ConfigMap).ResourceVersion == object.(*corev1.ConfigMap).ResourceVersion {
				s.out.print(line{"event": "resync", "name": object.(*corev1.ConfigMap).Name})
				return
			}
			s.out.print(line{"event": "update", "object": object})
		},
		DeleteFunc: func(object any) {
			if unknown, is := object.(cache.DeletedFinalStateUnknown); is {
				s.out.print(line{"event": "missed delete", "key": unknown.Key})
				return
			}
			s.out.print(line{"event": "delete", "object": object})
		},
	})
	if err != nil {
		stop()
		return err
	}
	factory.Start(ctx.Done())
	cache.WaitForCacheSync(ctx.Done(), registration.HasSynced)
	s.out.print(line{"event": "synced"})
	for range s.input {
		held, err := maps.Lister().List(labels.Everything())
		if err != nil {
			stop()
			return err
		}
		versions := map[string]string{}
		for _, object := range held {
			versions[object.Name] = object.ResourceVersion
		}
		s.out.print(line{"event": "store", "versions": versions})
	}
	stop()
	factory.Shutdown()
	return nil
}
