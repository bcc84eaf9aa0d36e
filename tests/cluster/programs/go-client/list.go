package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
)

const pageSize = 7

var mediaTypes = []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf}

// List reads all ConfigMaps of the namespace page by page, in each encoding, and
// their metadata alone.
func list(ctx context.Context, s *session, _ []string) error {
	for _, mediaType := range mediaTypes {
		client, err := kubernetes.NewForConfig(as(s.config, mediaType))
		if err != nil {
			return err
		}
		for token, isDone := "", false; !isDone; isDone = token == "" {
			page, err := client.CoreV1().ConfigMaps(s.namespace).List(ctx, metav1.ListOptions{Limit: pageSize, Continue: token})
			if err != nil {
				return err
			}
			s.out.print(line{"event": "page", "as": mediaType, "items": page.Items, "remaining": page.RemainingItemCount})
			token = page.Continue
		}
	}
	client, err := metadata.NewForConfig(s.config)
	if err != nil {
		return err
	}
	resource := metav1.SchemeGroupVersion.WithResource("configmaps")
	resource.Group = ""
	held, err := client.Resource(resource).Namespace(s.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	s.out.print(line{"event": "metadata", "items": held.Items})
	return nil
}

func as(config *rest.Config, mediaType string) *rest.Config {
	changed := rest.CopyConfig(config)
	changed.ContentType = mediaType
	changed.AcceptContentTypes = mediaType
	return changed
}
