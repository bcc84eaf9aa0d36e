package main

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// runningStatus is that of a pod whose init containers have done their work and
// whose other containers, native sidecars among them, are ready.
func runningStatus(pod *corev1.Pod, ip string, now metav1.Time) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	status.Phase = corev1.PodRunning
	status.StartTime = &now
	status.HostIP = "127.0.0.1"
	if pod.Spec.HostNetwork {
		ip = status.HostIP
	}
	status.HostIPs = []corev1.HostIP{{IP: status.HostIP}}
	status.PodIP = ip
	status.PodIPs = []corev1.PodIP{{IP: ip}}
	for _, condition := range []corev1.PodConditionType{
		corev1.PodScheduled, corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady,
	} {
		setCondition(&status, condition, corev1.ConditionTrue, "", now)
	}
	status.InitContainerStatuses = nil
	for _, container := range pod.Spec.InitContainers {
		state := completed(now)
		if isSidecar(container) {
			state = running(now)
		}
		status.InitContainerStatuses = append(status.InitContainerStatuses, containerStatus(container.Name, container.Image, state, true))
	}
	status.ContainerStatuses = nil
	for _, container := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, containerStatus(container.Name, container.Image, running(now), true))
	}
	return status
}

// completedStatus is that of a pod all of whose containers have ended well.
func completedStatus(pod *corev1.Pod, now metav1.Time) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	status.Phase = corev1.PodSucceeded
	for _, condition := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		setCondition(&status, condition, corev1.ConditionFalse, "PodCompleted", now)
	}
	for _, list := range [][]corev1.ContainerStatus{status.InitContainerStatuses, status.ContainerStatuses} {
		for index, container := range list {
			if container.State.Running != nil {
				list[index] = containerStatus(container.Name, container.Image, completed(now), false)
			}
		}
	}
	return status
}

func withEphemeralContainers(pod *corev1.Pod, now metav1.Time) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	for _, container := range pod.Spec.EphemeralContainers[len(status.EphemeralContainerStatuses):] {
		status.EphemeralContainerStatuses = append(status.EphemeralContainerStatuses,
			containerStatus(container.Name, container.Image, running(now), false))
	}
	return status
}

func isSidecar(container corev1.Container) bool {
	return container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func running(now metav1.Time) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
}

func completed(now metav1.Time) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		Reason: "Completed", StartedAt: now, FinishedAt: now,
	}}
}

func containerStatus(name, image string, state corev1.ContainerState, ready bool) corev1.ContainerStatus {
	started := state.Running != nil
	return corev1.ContainerStatus{
		Name: name, Image: image, ImageID: image, State: state, Ready: ready, Started: &started,
	}
}

func setCondition(status *corev1.PodStatus, kind corev1.PodConditionType, value corev1.ConditionStatus, reason string, now metav1.Time) {
	condition := corev1.PodCondition{Type: kind, Status: value, Reason: reason, LastTransitionTime: now}
	for index, present := range status.Conditions {
		if present.Type == kind {
			if present.Status != value {
				status.Conditions[index] = condition
			}
			return
		}
	}
	status.Conditions = append(status.Conditions, condition)
}
