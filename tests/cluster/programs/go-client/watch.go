package main

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

// WatchChanges watches the ConfigMaps of the namespace in the given encoding
// until one of the name "last" is deleted.
func watchChanges(ctx context.Context, s *session, options []string) error {
	if len(options) != 1 {
		return fmt.Errorf("usage: go-client watch NAMESPACE MEDIA-TYPE")
	}
	client, err := kubernetes.NewForConfig(as(s.config, options[0]))
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(s.namespace)
	changes, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: "0", AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer changes.Stop()
	s.out.print(line{"event": "watching"})
	for change := range changes.ResultChan() {
		if change.Type == watch.Bookmark {
			// when one comes is up to the server
			continue
		}
		s.out.print(line{"event": "change", "type": change.Type, "object": change.Object})
		object, is := change.Object.(metav1.Object)
		if is && change.Type == watch.Deleted && object.GetName() == "last" {
			return nil
		}
	}
	return fmt.Errorf("the watch ended early")
}
