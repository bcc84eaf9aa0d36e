// Reads requests, one JSON object a line ({"method", "target"}; each character
// of the target is one byte), and writes what kube-apiserver's own code makes
// of each: null where Go's server refuses the request.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/klog/v2"
)

type input struct {
	Method string `json:"method"`
	Target string `json:"target"`
}

type output struct {
	IsResourceRequest bool     `json:"isResourceRequest"`
	Path              string   `json:"path"`
	Verb              string   `json:"verb"`
	APIPrefix         string   `json:"apiPrefix"`
	APIGroup          string   `json:"apiGroup"`
	APIVersion        string   `json:"apiVersion"`
	Namespace         string   `json:"namespace"`
	Resource          string   `json:"resource"`
	Subresource       string   `json:"subresource"`
	Name              string   `json:"name"`
	Parts             []string `json:"parts"`
	FieldSelector     string   `json:"fieldSelector"`
	LabelSelector     string   `json:"labelSelector"`
	IsIncomplete      bool     `json:"isIncomplete"`
}

var factory = request.RequestInfoFactory{
	APIPrefixes:          sets.NewString("api", "apis"),
	GrouplessAPIPrefixes: sets.NewString("api"),
}

func main() {
	flags := flag.NewFlagSet("klog", flag.ExitOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("alsologtostderr", "false")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
	decoder := json.NewDecoder(bufio.NewReader(os.Stdin))
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for {
		var in input
		if err := decoder.Decode(&in); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		if err := encoder.Encode(resolve(in)); err != nil {
			panic(err)
		}
	}
}

func resolve(in input) *output {
	head := in.Method + " " + toBytes(in.Target) + " HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
	if err != nil {
		return nil
	}
	info, err := factory.NewRequestInfo(req)
	parts := info.Parts
	if parts == nil {
		parts = []string{}
	}
	return &output{
		info.IsResourceRequest, info.Path, info.Verb, info.APIPrefix, info.APIGroup,
		info.APIVersion, info.Namespace, info.Resource, info.Subresource, info.Name,
		parts, info.FieldSelector, info.LabelSelector, err != nil,
	}
}

func toBytes(text string) string {
	bytes := make([]byte, 0, len(text))
	for _, character := range text {
		bytes = append(bytes, byte(character))
	}
	return string(bytes)
}
