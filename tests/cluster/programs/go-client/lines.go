package main

import (
	"encoding/json"
	"os"
	"sync"
)

// Lines prints values, each on a line of its own.
type lines struct {
	mutex sync.Mutex
}

type line map[string]any

func (l *lines) print(value line) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	os.Stdout.Write(append(text, '\n'))
}
