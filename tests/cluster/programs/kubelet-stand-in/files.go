package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// containerFiles are the log of each container, <namespace>/<pod>/<container>.log,
// and the working directory of each pod, <namespace>/<pod>/work.
type containerFiles struct{ directory string }

func (f containerFiles) pod(namespace, pod string) string {
	return filepath.Join(f.directory, namespace, pod)
}

func (f containerFiles) log(namespace, pod, container string) string {
	return filepath.Join(f.pod(namespace, pod), container+".log")
}

func (f containerFiles) work(namespace, pod string) string {
	return filepath.Join(f.pod(namespace, pod), "work")
}

// prepare makes what is not there yet. A test may have written logs before.
func (f containerFiles) prepare(pod *corev1.Pod) error {
	if err := os.MkdirAll(f.work(pod.Namespace, pod.Name), 0o700); err != nil {
		return err
	}
	var names []string
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		names = append(names, container.Name)
	}
	for _, container := range pod.Spec.EphemeralContainers {
		names = append(names, container.Name)
	}
	for _, name := range names {
		path := f.log(pod.Namespace, pod.Name, name)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		log := containerLog{path: path}
		if _, err := fmt.Fprintf(&log, "Container %s of pod %s/%s would start here\n", name, pod.Namespace, pod.Name); err != nil {
			return err
		}
	}
	return nil
}

func (f containerFiles) remove(namespace, pod string) error {
	return os.RemoveAll(f.pod(namespace, pod))
}

// containerLog appends to a log in the format of the container runtimes (CRI).
type containerLog struct{ path string }

func (l *containerLog) Write(text []byte) (int, error) {
	var lines bytes.Buffer
	now := time.Now().UTC().Format(time.RFC3339Nano)
	for line := range bytes.Lines(text) {
		if whole, found := bytes.CutSuffix(line, []byte("\n")); found {
			fmt.Fprintf(&lines, "%s stdout F %s\n", now, whole)
		} else {
			fmt.Fprintf(&lines, "%s stdout P %s\n", now, line)
		}
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if _, err := lines.WriteTo(file); err != nil {
		return 0, err
	}
	return len(text), nil
}
