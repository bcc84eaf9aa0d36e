// Go-client is an app that uses client-go as controllers do: with what it finds in
// the ServiceAccount's directory and nothing else. It prints what it sees as lines
// of JSON, so that two runs can be compared.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Session is what every command works with.
type session struct {
	config    *rest.Config
	client    *kubernetes.Clientset
	namespace string
	out       *lines
	// One line of standard input at a time; closed at its end.
	input <-chan string
}

var commands = map[string]func(context.Context, *session, []string) error{
	"elect":    elect,
	"informer": informer,
	"list":     list,
	"watch":    watchChanges,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 || commands[args[0]] == nil {
		return fmt.Errorf("usage: go-client elect|informer|list|watch NAMESPACE [OPTION…]")
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	out := &lines{}
	// no limit on this side: a test should not wait
	config.QPS = -1
	config.UserAgent = "go-client"
	config.Wrap(func(next http) http { return &recorder{next, out} })
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	return commands[args[0]](context.Background(), &session{config, client, args[1], out, readInput()}, args[2:])
}

func readInput() <-chan string {
	input := make(chan string)
	go func() {
		defer close(input)
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			input <- scanner.Text()
		}
	}()
	return input
}
