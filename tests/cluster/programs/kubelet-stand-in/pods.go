package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
)

// podPlayer takes pods through their lives: bound to a node, ready, completed
// if a Job owns them, deleted.
type podPlayer struct {
	client kubernetes.Interface
	nodes  []string
	files  containerFiles
	queue  workqueue.TypedRateLimitingInterface[cache.ObjectName]
	lister listers.PodLister
	lastIP atomic.Uint32
}

func newPodPlayer(client kubernetes.Interface, nodes []string, files containerFiles) *podPlayer {
	retry := workqueue.NewTypedItemExponentialFailureRateLimiter[cache.ObjectName](20*time.Millisecond, 5*time.Second)
	return &podPlayer{
		client: client,
		nodes:  nodes,
		files:  files,
		queue:  workqueue.NewTypedRateLimitingQueue(retry),
	}
}

// start returns once all pods that exist are known.
func (p *podPlayer) start(ctx context.Context) error {
	factory := informers.NewSharedInformerFactory(p.client, 0)
	pods := factory.Core().V1().Pods()
	p.lister = pods.Lister()
	enqueue := func(object any) {
		if name, err := cache.DeletionHandlingObjectToName(object); err == nil {
			p.queue.Add(name)
		}
	}
	_, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, object any) { enqueue(object) },
		DeleteFunc: enqueue,
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	for kind, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return fmt.Errorf("the list of %v could not be had", kind)
		}
	}
	for range 4 {
		go p.work(ctx)
	}
	return nil
}

func (p *podPlayer) work(ctx context.Context) {
	for {
		name, shutdown := p.queue.Get()
		if shutdown {
			return
		}
		err := p.play(ctx, name)
		switch {
		case err == nil, apierrors.IsNotFound(err), apierrors.IsConflict(err):
			// a conflict means that a newer pod is on its way to the informer
			p.queue.Forget(name)
		default:
			klog.FromContext(ctx).Error(err, "Trying again", "pod", name)
			p.queue.AddRateLimited(name)
		}
		p.queue.Done(name)
	}
}

// play takes the pod one step further.
func (p *podPlayer) play(ctx context.Context, name cache.ObjectName) error {
	pod, err := p.lister.Pods(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		return p.files.remove(name.Namespace, name.Name)
	}
	if err != nil {
		return err
	}
	api := p.client.CoreV1().Pods(pod.Namespace)
	switch {
	case pod.DeletionTimestamp != nil:
		now := int64(0)
		return api.Delete(ctx, pod.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &now,
			Preconditions:      metav1.NewUIDPreconditions(string(pod.UID)),
		})
	case pod.Spec.NodeName == "":
		return p.bind(ctx, pod)
	case !slices.Contains(p.nodes, pod.Spec.NodeName):
		return nil
	}
	status, changed := p.nextStatus(pod)
	if !changed {
		return nil
	}
	if err := p.files.prepare(pod); err != nil {
		return err
	}
	next := pod.DeepCopy()
	next.Status = status
	_, err = api.UpdateStatus(ctx, next, metav1.UpdateOptions{})
	return err
}

// bind does the scheduler's work, without its judgement.
func (p *podPlayer) bind(ctx context.Context, pod *corev1.Pod) error {
	if pod.Spec.SchedulerName != corev1.DefaultSchedulerName || len(pod.Spec.SchedulingGates) > 0 {
		return nil
	}
	return p.client.CoreV1().Pods(pod.Namespace).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: p.nodes[0]},
	}, metav1.CreateOptions{})
}

func (p *podPlayer) nextStatus(pod *corev1.Pod) (corev1.PodStatus, bool) {
	now := metav1.Now()
	switch pod.Status.Phase {
	case corev1.PodPending:
		return runningStatus(pod, p.nextIP(), now), true
	case corev1.PodRunning:
		if owner := metav1.GetControllerOf(pod); owner != nil && owner.Kind == "Job" {
			return completedStatus(pod, now), true
		}
		if len(pod.Spec.EphemeralContainers) > len(pod.Status.EphemeralContainerStatuses) {
			return withEphemeralContainers(pod, now), true
		}
	}
	return corev1.PodStatus{}, false
}

func (p *podPlayer) nextIP() string {
	number := p.lastIP.Add(1)
	return fmt.Sprintf("10.244.%d.%d", number/250%250, number%250+1)
}

// end lets a pod that is not restarted succeed.
func (p *podPlayer) end(ctx context.Context, namespace, name string) error {
	pod, err := p.lister.Pods(namespace).Get(name)
	if err != nil || pod.Spec.RestartPolicy == corev1.RestartPolicyAlways {
		return err
	}
	next := pod.DeepCopy()
	next.Status = completedStatus(pod, metav1.Now())
	_, err = p.client.CoreV1().Pods(namespace).UpdateStatus(ctx, next, metav1.UpdateOptions{})
	return err
}

// runs tells whether the containers of the pod are there and have not ended.
func (p *podPlayer) runs(namespace, name string) bool {
	pod, err := p.lister.Pods(namespace).Get(name)
	return err == nil && pod.DeletionTimestamp == nil && pod.Status.Phase == corev1.PodRunning
}

// environment is what the pod's spec spells out for the container.
func (p *podPlayer) environment(namespace, name, container string) []string {
	pod, err := p.lister.Pods(namespace).Get(name)
	if err != nil {
		return nil
	}
	var environment []string
	for _, candidate := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if candidate.Name != container {
			continue
		}
		for _, variable := range candidate.Env {
			if variable.ValueFrom == nil {
				environment = append(environment, variable.Name+"="+variable.Value)
			}
		}
	}
	return environment
}
