// Kubelet-stand-in plays the kubelets of nodes that do not exist: pods bound to them
// become ready at once, and logs, exec, attach and port-forward work as the API
// server expects them, for SPDY and WebSocket clients. Containers run nothing;
// commands and ports are those of this machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	nodes := flag.String("nodes", "", "names of the nodes, with commas between")
	directory := flag.String("directory", "", "folder for the logs and working directories of pods")
	listen := flag.String("listen", "", "address to serve on")
	cert := flag.String("cert", "", "serving certificate")
	key := flag.String("key", "", "its key")
	clientCA := flag.String("client-ca", "", "authority of the certificate that the API server presents")
	flag.Parse()

	if err := run(*kubeconfig, strings.Split(*nodes, ","), containerFiles{*directory}, serving{*listen, *cert, *key, *clientCA}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig string, nodes []string, files containerFiles, serving serving) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// no limit on this side: a test should not wait
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx := klog.NewContext(context.Background(), klog.Background())
	pods := newPodPlayer(client, nodes, files)
	if err := pods.start(ctx); err != nil {
		return err
	}
	return serve(serving, &streams{pods: pods, files: files})
}
